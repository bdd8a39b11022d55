"""We register with carriers that know us by a user name (RFC 3261 section 10, as the client).

Rules of this file: one task a trunk; it ends with the trunk. What a carrier refuses is asked again later and later, so
that a wrong password does not lock an account.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from sip_edge.call.trunk import Trunk
from sip_edge.message import Request, Response, SipError, Uri
from sip_edge.message.digest import answer, strongest
from sip_edge.message.uri import sip
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Unreachable
from sip_edge.transport.flow import Flow

log = logging.getLogger(__name__)

EXPIRES = 600
LEAST, LONGEST = 30, 3600
"""Seconds between two registrations, whatever the carrier says."""
FIRST_RETRY, LAST_RETRY = 30, 1800
"""Seconds until a refused registration is tried again, doubled each time."""


@dataclass(slots=True)
class Registration:
    """What is known of one trunk. `address` is the carrier's, `why` what it said when it refused, empty before it said
    anything; `since` is when it was registered, epoch seconds."""

    trunk: Trunk
    on: bool = False
    address: str = ""
    why: str = ""
    since: float = 0.0
    until: float = 0.0
    """When the last registration that was granted runs out: until then the carrier may call, whatever it says now."""
    expires: int = EXPIRES
    tries: int = 0
    cseq: int = 0
    call_id: str = field(default_factory=lambda: secrets.token_hex(16))
    tag: str = field(default_factory=lambda: secrets.token_hex(8))


class SigningOn:
    """Registers those trunks that want it, and keeps them registered."""

    def __init__(
        self, stack: Stack, flow_to: Callable[[Uri], Awaitable[Flow]], now: Callable[[], float] = time.time
    ) -> None:
        self.changed: Callable[[], None] = lambda: None
        """Called when it stands otherwise with a trunk."""
        self._now = now
        self._stack = stack
        self._flow_to = flow_to
        self._known: dict[str, Registration] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def state(self, name: str) -> Registration | None:
        """How it stands with a trunk; None for one that does not register."""
        return self._known.get(name)

    def follow(self, trunks: Iterable[Trunk]) -> None:
        """These are the trunks now: register the new ones, forget the others; a changed one begins anew."""
        wanted = {one.name: one for one in trunks if one.enabled and one.registers}
        for name in [name for name, one in self._known.items() if wanted.get(name) != one.trunk]:
            self._known.pop(name)
            self._tasks.pop(name).cancel()
        for name, trunk in wanted.items():
            if name not in self._known:
                one = self._known[name] = Registration(trunk)
                self._tasks[name] = asyncio.ensure_future(self._keep(one))

    def address(self, name: str) -> str:
        """Where a trunk is registered, so that its calls come from there; empty when it is nowhere."""
        one = self._known.get(name)
        return one.address if one is not None and (one.on or one.until > self._now()) else ""

    async def stop(self) -> None:
        """Ask nobody any more; registrations run out by themselves."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, one: Registration) -> None:
        while True:
            before = one.on
            try:
                await self._register(one)
            except (SipError, Unreachable, ValueError) as error:
                one.on, one.why = False, str(error) or "The carrier's address cannot be used."
            one.tries = 0 if one.on else one.tries + 1
            if one.on:
                one.since = one.since if before else self._now()
                one.until = self._now() + one.expires
            self.changed()
            if not one.on:
                log.warning("The trunk %s could not register: %s", one.trunk.name, one.why)
            await self._stack.timers.pause(_pause_of(one))

    async def _register(self, one: Registration) -> None:
        trunk = one.trunk
        where = sip(None, trunk.host, trunk.port)
        where = where if trunk.transport == "udp" else where.with_parameter("transport", trunk.transport)
        flow = await self._flow_to(where)
        response = await self._ask(one, flow, ())
        if response.status == 423:  # RFC 3261 section 10.2.8: too short for the carrier
            one.expires = _seconds(response.headers.first("min-expires"), one.expires)
            response = await self._ask(one, flow, ())
        if response.status in (401, 407):
            response = await self._prove(one, flow, response)
        one.on = response.status == 200
        one.why = "" if one.on else f"{response.status} {response.reason}"
        if one.on:
            one.address = str(flow.remote[0])
            one.expires = _granted(response, one.expires)

    async def _prove(self, one: Registration, flow: Flow, response: Response) -> Response:
        proxy = response.status == 407
        challenge = strongest(response.headers.all("proxy-authenticate" if proxy else "www-authenticate"))
        if challenge is None:
            return response
        target = _registrar(one.trunk)
        given = answer(challenge, "REGISTER", target, one.trunk.user, one.trunk.password, secrets.token_hex(8), 1)
        return await self._ask(one, flow, (("Proxy-Authorization" if proxy else "Authorization", str(given)),))

    async def _ask(self, one: Registration, flow: Flow, proof: tuple[tuple[str, str], ...]) -> Response:
        one.cseq += 1
        trunk, stack = one.trunk, self._stack
        me = sip(trunk.user, trunk.host)
        rows = [
            ("From", f"<{me}>;tag={one.tag}"), ("To", f"<{me}>"), ("Call-ID", f"{one.call_id}@{stack.host}"),
            ("CSeq", f"{one.cseq} REGISTER"), ("Contact", f"<{stack.uri(flow, trunk.user)}>"),
            ("Expires", str(one.expires)), ("Max-Forwards", "70"), *proof,
        ]  # fmt: skip
        client = stack.request(Request.build("REGISTER", _registrar(trunk), rows), flow)
        response = await client
        if client.failed:
            raise Unreachable(f"Nothing answers at {trunk.host} port {trunk.port} over {trunk.transport.upper()}.")
        return response


def _registrar(trunk: Trunk) -> str:
    return str(sip(None, trunk.host))


def _granted(response: Response, asked: int) -> int:
    """How long the registration holds: what Contact says, or Expires (RFC 3261 section 10.2.4)."""
    for contact in response.headers.all("contact"):
        found = contact.lower().partition(";expires=")[2].partition(";")[0].strip(' "')
        if found:
            return _seconds(found, asked)
    return _seconds(response.headers.first("expires"), asked)


def _seconds(text: str | None, otherwise: int) -> int:
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 8 else otherwise


def _pause_of(one: Registration) -> float:
    """Seconds until it is asked again: well before it runs out, or later and later."""
    if one.on:
        return float(min(max(LEAST, one.expires * 4 // 5), LONGEST))
    return float(min(FIRST_RETRY * 2 ** min(one.tries - 1, 10), LAST_RETRY))
