"""The end of calls and legs: every way out leads through here, and nothing is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.call.placing import ELSEWHERE

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

NOBODY = frozenset(("refused", "transfer failed"))
"""Reasons of ends at which nobody had taken the call."""


class Ending:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def refuse(self, one: Conversation, status: int) -> None:
        """Nobody is there for the caller. One who is talking already is hung up, unless somebody knows better."""
        if one.on_refused is not None and one.on_refused(status):
            return
        if not self._controller.screening.regrets(one, status):
            self.refused(one, status)

    def refused(self, one: Conversation, status: int) -> None:
        """The caller knows, or is told by the status."""
        self._controller.counts["refused"] += 1
        self.end(one, None, "refused", status)

    def hung_up(self, leg: Leg, reason: str = "hung_up") -> None:
        """A leg is over, and so is what it was in."""
        one = self._controller.book.of(leg)
        if one is None:
            leg.ended()
            return
        if leg.number in one.call.asking:  # it has answered only to be asked, and others ring still
            self._controller.confirming.hung_up(one, leg)
            return
        if one.call.joins(leg.number):  # it has answered, and hung up before its audio was connected
            self._controller.hearing.failed(one, leg, 487)
            return
        rings = _rings(one)
        self._controller.carry_out(one, one.call.given_up())
        self.end(one, leg, reason, 487, nobody=rings)

    def end(
        self, one: Conversation, by: Leg | None = None, reason: str = "", status: int = 0, *, nobody: bool = False
    ) -> None:
        """Release everything of a conversation, once. `nobody`: nobody had taken it."""
        if one.over:
            return
        one.over = True
        nobody = nobody or _rings(one) or reason in NOBODY
        for timer in one.timers.values():
            timer.cancel()
        if one.asked is not None and not one.asked.answered:
            one.asked.reply(status or 480)
        for asked in one.pending:
            asked.reply(487)
        for leg in list(one.legs.values()):
            self._release(one, leg, reason if leg is by else "ended")
        self._controller.orbits.emptied(one)
        self._silent(one)
        self._ended(one, status, reason, nobody=nobody)
        if one.on_over is not None:
            one.on_over()

    def dissolve(self, one: Conversation, reason: str, status: int = 200) -> None:
        """A conversation has nobody in it any more: who was, is in another. `status`: why nobody took the call."""
        one.over = True
        for timer in one.timers.values():
            timer.cancel()
        self._controller.orbits.emptied(one)
        self._silent(one)
        self._ended(one, status, reason, nobody=status >= 300)

    def _silent(self, one: Conversation) -> None:
        self._controller.screening.over(one)
        if not self._controller.confirming.leaves(one):
            self._controller.audio.over(one)

    def _ended(self, one: Conversation, status: int, reason: str, *, nobody: bool) -> None:
        """`nobody`: there was nobody for the caller, though who is transferred, or has said a name, talks already."""
        self._controller.book.conversations.pop(one.id, None)
        talked = not nobody and one.answered and (one.callee is not None or not one.screened)
        self._controller.note(one, "ended", status=200 if talked else status or 480, reason=reason)

    def _release(self, one: Conversation, leg: Leg, reason: str) -> None:
        if not leg.over and not leg.incoming and not leg.talking:
            self.cancel(one, leg, elsewhere=False)
            return
        talked = leg.talking
        invitation = one.invitations.get(leg.number)
        if talked and invitation is not None and not leg.incoming:
            invitation.acknowledge()
        if not leg.over:
            self._controller.wire.bye(leg)
        if talked or leg.was_talking:
            self._left(one, leg, reason)
        else:
            self.leave(one, leg)

    def _left(self, one: Conversation, leg: Leg, reason: str) -> None:
        self._controller.note(one, "left", leg, reason=reason)
        self.leave(one, leg)

    def leave(self, one: Conversation, leg: Leg) -> None:
        """Nothing here knows the leg any more."""
        invitation = one.invitations.get(leg.number)
        self._controller.lamps.clear(leg)
        self._controller.sessions.forget(leg)
        self._controller.waiting.end(leg)
        self._controller.journal.over(self._controller.name_of(leg))
        self._controller.book.leave(leg, invitation.request.call_id if invitation is not None else "")

    def cancel(self, one: Conversation, leg: Leg | None, *, elsewhere: bool) -> None:
        """A phone is to ring no more; `elsewhere`: another has answered."""
        if leg is None or leg.over:
            return
        leg.cancelled = True
        invitation = one.invitations.get(leg.number)
        if invitation is not None:
            self._controller.placing.cancel(invitation, ELSEWHERE if elsewhere else "")
        self._controller.note(one, "not_answered", leg, status=487, reason="elsewhere" if elsewhere else "cancelled")
        self.leave(one, leg)

    def too_late(self, one: Conversation, number: int) -> None:
        """A phone has answered a call that is somebody else's by now."""
        leg, invitation = one.legs.get(number), one.invitations.get(number)
        if leg is not None and invitation is not None:
            invitation.acknowledge()
            self._controller.wire.bye(leg, ELSEWHERE)
            self.leave(one, leg)


def _rings(one: Conversation) -> bool:
    """Do phones still ring for the caller?"""
    return one.callee is None and len(one.legs) > 1
