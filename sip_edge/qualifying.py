"""Carriers are asked by OPTIONS whether they are there (RFC 3261 section 11), every half minute each.

Rules of this file: whatever a carrier answers, it is there; a refusal of OPTIONS is an answer. One task a trunk.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from sip_edge.call.trunk import Trunk
from sip_edge.message import Request, SipError, Uri
from sip_edge.message.uri import sip
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Unreachable
from sip_edge.stack_request import ClientRequest
from sip_edge.transport.flow import Flow
from sip_edge.trunk_state import TrunkState

EVERY = 30.0
EVERY_SILENT = 10.0
"""Seconds between two questions; one that has just gone silent is asked sooner, so that it is used again sooner."""
PATIENCE = 5.0
"""Seconds for an answer; over UDP it is asked four times in these (RFC 3261 section 17.1.2.2)."""


async def ask(stack: Stack, flow_to: Callable[[Uri], Awaitable[Flow]], trunk: Trunk) -> tuple[bool, str, int]:
    """Ask a carrier now: whether it answered, what it said (or why nothing came), and after how many milliseconds."""
    begun = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE):
            client = _options(stack, await flow_to(_where(trunk)), trunk)
            response = await client
    except TimeoutError:
        return False, f"no answer within {PATIENCE:.0f} seconds", 0
    except (SipError, Unreachable, ValueError) as error:
        return False, str(error) or "the carrier's address cannot be used", 0
    if client.failed:
        return False, "nothing listens there" if client.failed == "transport" else "no answer", 0
    return True, f"{response.status} {response.reason}", round((time.monotonic() - begun) * 1000)


def _where(trunk: Trunk) -> Uri:
    where = sip(None, trunk.host, trunk.port)
    return where if trunk.transport == "udp" else where.with_parameter("transport", trunk.transport)


def _options(stack: Stack, flow: Flow, trunk: Trunk) -> ClientRequest:
    target = str(_where(trunk))
    me = stack.uri(flow, trunk.user or "provd")
    rows = [
        ("From", f"<{me}>;tag={secrets.token_hex(8)}"), ("To", f"<{target}>"),
        ("Call-ID", f"{secrets.token_hex(16)}@{stack.host}"), ("CSeq", "1 OPTIONS"), ("Contact", f"<{me}>"),
        ("Max-Forwards", "70"), ("Accept", "application/sdp"),
    ]  # fmt: skip
    return stack.request(Request.build("OPTIONS", target, rows), flow)


class Qualifying:
    """Keeps asking those trunks that are in use. `changed` is called when what is known of one has changed."""

    def __init__(
        self,
        stack: Stack,
        flow_to: Callable[[Uri], Awaitable[Flow]],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._stack = stack
        self._flow_to = flow_to
        self._now = now
        self._known: dict[str, tuple[Trunk, TrunkState]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def state(self, name: str) -> TrunkState:
        """What is known of a trunk."""
        found = self._known.get(name)
        return found[1] if found is not None else TrunkState()

    def follow(self, trunks: Iterable[Trunk]) -> None:
        """These are the trunks to be asked from now on; one that has moved begins anew."""
        wanted = {one.name: one for one in trunks if one.enabled and one.asks}
        for name, (before, _) in list(self._known.items()):
            if name not in wanted or _way(wanted[name]) != _way(before):
                del self._known[name]
                self._tasks.pop(name).cancel()
        for name, trunk in wanted.items():
            if name not in self._known:
                self._known[name] = (trunk, TrunkState())
                self._tasks[name] = asyncio.ensure_future(self._keep(name))

    async def stop(self) -> None:
        """Ask nobody any more."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        self._known.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def ask(self, trunk: Trunk) -> tuple[bool, str, int]:
        """Ask one now, and remember it where it is ours to ask."""
        told = await ask(self._stack, self._flow_to, trunk)
        self._take(trunk.name, *told)
        return told

    async def _keep(self, name: str) -> None:
        while True:
            await self.ask(self._known[name][0])
            await self._stack.timers.pause(EVERY_SILENT if self.state(name).silent else EVERY)

    def _take(self, name: str, answers: bool, heard: str, millis: int) -> None:
        if name not in self._known:
            return
        trunk, before = self._known[name]
        now = self._now()
        since = before.since if before.answers is answers else now
        self._known[name] = (
            trunk,
            replace(
                before, answers=answers, ever=before.ever or answers, heard=heard, millis=millis, asked=now, since=since
            ),
        )
        self.changed()


def _way(trunk: Trunk) -> tuple[str, int, str]:
    return trunk.host, trunk.port, trunk.transport
