"""A mail server on the loopback address: aiosmtpd, with manners that a test chooses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope


class PostOffice:
    """What it took, and what it says: an answer of `says` for `RCPT` or `DATA` takes the place of yes."""

    def __init__(self, **says: str) -> None:
        self.says = says
        self.taken: list[Envelope] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.connections = 0
        self.port = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, said: list[str]) -> list[str]:
        session.host_name = name
        return said

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.taken.append(envelope)
        if self.says.get("DATA") == "hang up":
            server.transport.abort()
            return "421 gone"
        return self.says.get("DATA", "250 yes")

    def login(self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        self.logins.append((given.login, given.password))
        return AuthResult(success=given.password == b"hush@hush")

    @asynccontextmanager
    async def open(self, **more: Any) -> AsyncIterator[PostOffice]:
        def connection() -> SMTP:
            self.connections += 1
            return SMTP(self, authenticator=self.login, loop=asyncio.get_running_loop(), **more)

        implicit = more.pop("implicit", None)
        server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0, ssl=implicit)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
