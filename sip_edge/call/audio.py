"""The audio of calls on its way through the server, where it cannot go from phone to phone (sip_edge.media.mode).

Rules of this file: where nothing has to pass, `then` is called at once with the description as it is; else when the
engine has made its own of it, with None when that cannot be.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.media.engine import MediaEngine, Peer
from sip_edge.media.mode import mode
from sip_edge.message import SipError
from sip_edge.transport.flow import Flow

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

log = logging.getLogger(__name__)
Then = Callable[[bytes | None], None]
Work = Coroutine[Any, Any, bytes]
LAST_SECONDS = 1.0
"""What the engine has, once the server stops."""


class Audio:
    """One a controller. Without an engine all audio goes directly."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self.engine: MediaEngine | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def relayed(self, one: Conversation, first: Leg, second: Leg, offer: bytes = b"") -> bool:
        """Does the audio of two legs pass through here? Decided once a pair, by the first offer."""
        if self.engine is None:
            return False
        pair = frozenset((first.number, second.number))
        if pair not in one.relayed and any(_confirms(one, leg) for leg in (first, second)):
            one.relayed[pair] = True
            self._controller.note(one, "relayed", second, reason="who answers has to confirm it")
        if pair not in one.relayed:
            found = mode(
                offer or first.theirs, peer_of(first), peer_of(second), callee_behind_nat=first.nat or second.nat
            )
            one.relayed[pair] = found.relay
            if found.relay:
                self._controller.note(one, "relayed", second, reason=found.reason)
        return one.relayed[pair]

    def offer(self, one: Conversation, source: Leg, to: Leg, body: bytes, then: Then) -> None:
        """An offer of `source` as `to` is to get it."""
        if not body or self.engine is None or not self.relayed(one, source, to, body):
            then(body)
            return
        name, target = str(source.number), str(to.number)
        plain = any(each.confirm for each in one.targets.values())  # the engine is to speak in this call
        work = self.engine.offer(one.id, name, body, to=target, peer=peer_of(source), to_peer=peer_of(to), plain=plain)
        self.later(work, one, then, opens=True)

    def ask(self, one: Conversation, leg: Leg, then: Then) -> None:
        """The offer to a leg that is to confirm: the caller's, or the engine's where the caller makes none."""
        if one.offer or self.engine is None:
            self.offer(one, one.caller, leg, one.offer, then)
            return
        self.relayed(one, one.caller, leg)
        work = self.engine.invite(one.id, str(leg.number), peer=peer_of(leg))
        self.later(work, one, then, opens=True)

    def answer(self, one: Conversation, source: Leg, to: Leg, body: bytes, then: Then) -> None:
        """An answer of `source` as `to` is to get it."""
        if not body or self.engine is None or not self.relayed(one, source, to):
            then(body)
            return
        name, target = str(source.number), str(to.number)
        if to.number in one.hosted:
            one.hosted.discard(to.number)
            self.later(self._bridge(self.engine, one, source, to), one, then)
            return
        work = self.engine.answer(one.id, name, body, to=target, peer=peer_of(source))
        self.later(work, one, then, opens=True)

    async def _bridge(self, engine: MediaEngine, one: Conversation, source: Leg, to: Leg) -> bytes:
        await engine.answer(one.id, str(source.number), source.theirs, peer=peer_of(source))
        await engine.bridge(one.id, str(source.number), str(to.number))
        return b""

    def joined(
        self, one: Conversation, first: Leg, second: Leg, then: Callable[[tuple[bytes, bytes] | None], None]
    ) -> None:
        """Two legs that have both offered, connected through here: the answers to the first and to the second."""
        assert self.engine is not None
        answers: list[bytes] = []

        def done(body: bytes | None) -> None:
            then(None if body is None else (answers[0], answers[1]))

        work = self._join(self.engine, one, (first, second), answers)
        self.later(work, one, done, opens=True)

    async def _join(self, engine: MediaEngine, one: Conversation, legs: tuple[Leg, Leg], answers: list[bytes]) -> bytes:
        for leg in legs:
            answers.append(await engine.accept(one.id, str(leg.number), leg.theirs, peer=peer_of(leg)))
        await engine.bridge(one.id, *(str(leg.number) for leg in legs))
        return b"joined"

    def over(self, one: Conversation) -> None:
        """The conversation has ended, or its legs are in another: its ports are free."""
        if self.engine is not None and any(one.relayed.values()):
            self.later(self._delete(self.engine, one), one, lambda _body: None)

    async def _delete(self, engine: MediaEngine, one: Conversation) -> bytes:
        await engine.delete(one.id)
        return b""

    def later(self, work: Work, one: Conversation, then: Then, *, opens: bool = False) -> None:
        """Have the engine do something; `then` gets what came of it, None when it cannot be. `opens`: legs of the call,
        which are closed again when it has ended meanwhile."""
        task = asyncio.ensure_future(self._run(work, one, then, opens=opens))
        self._tasks.add(task)
        task.add_done_callback(partial(self._done, work))

    def _done(self, work: Work, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        work.close()  # a task that is cancelled before its first step never gets to what it was given

    async def _run(self, work: Work, one: Conversation, then: Then, *, opens: bool) -> None:
        body: bytes | None = None
        try:
            body = await work
        except SipError as error:
            log.info("The audio of a call of %s cannot pass: %s", one.domain, error.sentence)
        except Exception:
            log.exception("The audio of a call of %s cannot pass.", one.domain)
        if opens and one.over:
            self.over(one)
        try:
            then(body)
        except Exception:
            log.exception("A call of %s failed when its audio was ready.", one.domain)
            self._controller.end(one, None, "failed", 500)

    async def stop(self) -> None:
        """The server stops: the ports of the calls that end now are given back first, as long as that takes no time."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _confirms(one: Conversation, leg: Leg) -> bool:
    return leg.number in one.targets and one.targets[leg.number].confirm


def peer_of(leg: Leg) -> Peer:
    """What the engine is to know of a leg's far end."""
    flow = leg.flow
    return Peer(flow.remote[0], flow.secure) if isinstance(flow, Flow) else Peer()
