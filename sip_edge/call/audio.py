"""The audio of calls on its way through the server, where it cannot go from phone to phone (sip_edge.media.mode).

Rules of this file: where nothing has to pass, `then` is called at once with the description as it is; else when the
engine has made its own of it, with None when that cannot be.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
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
        if pair not in one.relayed:
            found = mode(offer or first.theirs, _peer(first), _peer(second), callee_behind_nat=first.nat or second.nat)
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
        self._later(self.engine.offer(one.id, name, body, to=target, peer=_peer(source), to_peer=_peer(to)), one, then)

    def answer(self, one: Conversation, source: Leg, to: Leg, body: bytes, then: Then) -> None:
        """An answer of `source` as `to` is to get it."""
        if not body or self.engine is None or not self.relayed(one, source, to):
            then(body)
            return
        name, target = str(source.number), str(to.number)
        self._later(self.engine.answer(one.id, name, body, to=target, peer=_peer(source)), one, then)

    def joined(
        self, one: Conversation, first: Leg, second: Leg, then: Callable[[tuple[bytes, bytes] | None], None]
    ) -> None:
        """Two legs that have both offered, connected through here: the answers to the first and to the second."""
        assert self.engine is not None
        answers: list[bytes] = []

        def done(body: bytes | None) -> None:
            then(None if body is None else (answers[0], answers[1]))

        self._later(self._join(self.engine, one, (first, second), answers), one, done)

    async def _join(self, engine: MediaEngine, one: Conversation, legs: tuple[Leg, Leg], answers: list[bytes]) -> bytes:
        for leg in legs:
            answers.append(await engine.accept(one.id, str(leg.number), leg.theirs, peer=_peer(leg)))
        await engine.bridge(one.id, *(str(leg.number) for leg in legs))
        return b"joined"

    def over(self, one: Conversation) -> None:
        """The conversation has ended, or its legs are in another: its ports are free."""
        if self.engine is not None and any(one.relayed.values()):
            self._later(self._delete(self.engine, one), one, lambda _body: None)

    async def _delete(self, engine: MediaEngine, one: Conversation) -> bytes:
        await engine.delete(one.id)
        return b""

    def _later(self, work: Coroutine[Any, Any, bytes], one: Conversation, then: Then) -> None:
        task = asyncio.ensure_future(self._run(work, one, then))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, work: Coroutine[Any, Any, bytes], one: Conversation, then: Then) -> None:
        body: bytes | None = None
        try:
            body = await work
        except SipError as error:
            log.info("The audio of a call of %s cannot pass: %s", one.domain, error.sentence)
        except Exception:
            log.exception("The audio of a call of %s cannot pass.", one.domain)
        try:
            then(body)
        except Exception:
            log.exception("A call of %s failed when its audio was ready.", one.domain)
            self._controller.end(one, None, "failed", 500)

    async def stop(self) -> None:
        """The server stops."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _peer(leg: Leg) -> Peer:
    flow = leg.flow
    return Peer(flow.remote[0], flow.secure) if isinstance(flow, Flow) else Peer()
