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
from functools import partial
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

    def takes(self, leg: Leg, peer: Leg, body: bytes) -> bool:
        """Is an offer of `leg` ours to answer, as far as there is music?"""
        return bool(body) and ((description.holds(body) and _ours(leg)) or (peer.held and _ours(peer)))

    def answer(self, one: Conversation, leg: Leg, peer: Leg, body: bytes, done: Done, onward: Onward) -> None:
        """Answer an offer that is ours: `done` gets the answer, once the other side hears music where it is to;
        `onward` is called when it does not, and the offer has to pass after all."""
        waiting, holds = self._controller.waiting, description.holds(body) and _ours(leg)

        def fetched(music: Sound | None) -> None:
            if music is None:
                onward()
            else:
                waiting.accept(one, leg, body, partial(accepted, music))

        def accepted(music: Sound, answer: bytes | None) -> None:
            if answer is None or leg.over:
                onward()
            elif holds and not peer.held:
                waiting.begin(one, peer, music, partial(begun, music, answer))
            else:
                begun(music, answer, 0)

        def begun(music: Sound, answer: bytes, status: int) -> None:
            if status in GONE:
                return  # the call is over
            if status:
                onward()
                return
            done(answer)
            if one.peer(leg) is not peer:
                return  # one of them is in another call by now
            waiting.hear(leg, music if peer.held and _ours(peer) and not leg.held else None)
            waiting.hear(peer, music if holds and not peer.held else None)

        waiting.fetch(one, (leg if holds else peer).end.extension, fetched)

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

    def given_back(self, one: Conversation, leg: Leg, peer: Leg, join: Onward) -> None:
        """`peer`, which was to be transferred, is with `leg` again: it hears music when it is on hold still; else
        `join` connects the two, where it was asked to hear something meanwhile."""
        if peer in self._controller.waiting:
            self.again(one, leg, peer, join)

    def again(self, one: Conversation, leg: Leg, peer: Leg, join: Onward) -> None:
        """The same for one who was certainly asked something meanwhile."""
        waiting, waits = self._controller.waiting, peer in self._controller.waiting

        def fetched(music: Sound | None) -> None:
            if one.over or (waits and peer not in waiting):
                return
            if music is not None:
                waiting.begin(one, peer, music)
            elif waits:
                join()

        if leg.held and _ours(leg):
            waiting.fetch(one, leg.end.extension, fetched)
        else:
            join()


def _ours(leg: Leg) -> bool:
    return bool(leg.end.extension) and not leg.end.trunk
