"""Asking rtpengine: a datagram with a cookie, sent again until the answer with that cookie comes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from sip_edge.media.rtpengine import bencode
from sip_edge.message.errors import SipError

RESEND_SECONDS = (0.3, 0.6, 1.2, 2.4)
"""rtpengine answers a cookie that it has seen with what it answered before, so that asking again does no harm."""
AWAY = "The audio of calls is not available at the moment: rtpengine does not answer."
REFUSED = {"Unknown call-id": 481, "Unknown from-tag": 481, "Ran out of ports": 503}


class Client(asyncio.DatagramProtocol):
    """One rtpengine."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def connect(self, host: str, port: int) -> None:
        """From now on ask there."""
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, remote_addr=(host, port))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        cookie, _, answer = data.partition(b" ")
        future = self._waiting.get(cookie.decode("ascii", "replace"))
        if future is not None and not future.done():
            try:
                said = bencode.decode(answer)
            except ValueError:
                return
            if isinstance(said, dict):
                future.set_result(said)

    async def ask(self, command: str, **asked: object) -> dict[str, Any]:
        """What rtpengine answers; `call_id=` stands for its `call-id`. Raises SipError."""
        if self._transport is None:
            raise SipError(503, AWAY)
        cookie = secrets.token_hex(8)
        said = {name.replace("_", "-"): value for name, value in asked.items()}
        data = cookie.encode() + b" " + bencode.encode({"command": command, **said})
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[cookie] = future
        try:
            answer = await self._answer(data, future)
        finally:
            del self._waiting[cookie]
        if answer.get("result") not in ("ok", "pong"):
            reason = str(answer.get("error-reason", answer.get("result")))
            raise SipError(REFUSED.get(reason, 488), f"rtpengine refuses: {reason[:100]}.")
        return answer

    async def _answer(self, data: bytes, future: asyncio.Future[dict[str, Any]]) -> dict[str, Any]:
        assert self._transport is not None
        for seconds in RESEND_SECONDS:
            self._transport.sendto(data)
            done, _ = await asyncio.wait([future], timeout=seconds)
            if done:
                return future.result()
        raise SipError(503, AWAY)

    def close(self) -> None:
        """No more."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None


class Keypresses(asyncio.DatagramProtocol):
    """What rtpengine tells of keys: JSON datagrams to the address of its --dtmf-log-dest."""

    def __init__(self, heard: Callable[[bytes], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._heard(data)
