"""Calls on hold: who holds is answered by this server, who is held hears music until the two are connected again.

Rules of this file:
- A hold is ours to answer when a phone of the company holds and its person has music; all others pass as they are, and
  so does one whose other side does not want to hear us, or speaks no G.711.
- Somebody who holds hears nothing. Who is held and does not hold hears the holder's music. When nobody holds, the offer
  passes: only then are the two connected.
- A carrier's hold is its own: it sends what its side wants to be heard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sip_edge.call import description
from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.call.waiter import Sound
from sip_edge.call.waiting import GONE

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

Done = Callable[[bytes], None]
Onward = Callable[[], None]


class Holding:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def takes(self, one: Conversation, leg: Leg, peer: Leg, body: bytes) -> bool:
        """Is an offer of `leg` ours to answer?"""
        if not body:
            return False
        if description.holds(body) and _ours(leg):
            return self._music(one, leg) is not None
        return peer.held and _ours(peer) and self._music(one, peer) is not None

    def answer(self, one: Conversation, leg: Leg, peer: Leg, body: bytes, done: Done, onward: Onward) -> None:
        """Answer an offer that is ours: `done` gets the answer, once the other side hears music where it is to;
        `onward` is called when it does not, and the offer has to pass after all."""
        waiting, holds = self._controller.waiting, description.holds(body)

        def accepted(answer: bytes | None) -> None:
            if answer is None or leg.over:
                onward()
                return
            music = self._music(one, leg) if holds and _ours(leg) and not peer.held else None
            if music is None:
                begun(answer, 0)
            else:
                waiting.begin(one, peer, music, lambda status: begun(answer, status))

        def begun(answer: bytes, status: int) -> None:
            if status in GONE:
                return  # the call is over
            if status:
                onward()
                return
            done(answer)
            self._hear(one, leg, peer)

        waiting.accept(one, leg, body, accepted)

    def alone(self, one: Conversation, leg: Leg, body: bytes, then: Callable[[bytes | None], None]) -> bool:
        """An offer of a leg that is connected with nobody: is it ours to answer, as of one that hears us? Then `then`
        gets the answer."""
        if not body or leg not in self._controller.waiting:
            return False
        self._controller.waiting.accept(one, leg, body, then)
        return True

    def connected(self, *legs: Leg) -> None:
        """These have been described to each other."""
        for leg in legs:
            self._controller.waiting.end(leg)

    def given_back(self, one: Conversation, leg: Leg, peer: Leg) -> bool:
        """`peer` was to be transferred and is with `leg` again. True: it hears music, for it is on hold still, or was
        never asked to hear anything; False: the two have to be connected."""
        waiting = self._controller.waiting
        if peer not in waiting:
            return True
        music = self._music(one, leg) if leg.held and _ours(leg) else None
        if music is not None:
            waiting.begin(one, peer, music)
        return music is not None

    def _hear(self, one: Conversation, leg: Leg, peer: Leg) -> None:
        """`leg` has been answered: each hears what it is to hear now."""
        waiting = self._controller.waiting
        for each, other in ((leg, peer), (peer, leg)):
            held = other.held and _ours(other) and not each.held
            waiting.hear(each, self._music(one, other) if held else None)

    def _music(self, one: Conversation, holder: Leg) -> Sound | None:
        return self._controller.waiting.sound(one, holder.end.extension)


def _ours(leg: Leg) -> bool:
    return bool(leg.end.extension) and not leg.end.trunk
