"""What routing decides about a call, carried out: phones rung, trunks called, features done, callers sent on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provd.answering.rule import Destination
from sip_edge.call.conversation import Conversation, Lives
from sip_edge.call.leg import Leg
from sip_edge.presence.subscription import user_of
from sip_edge.routing.decide import decide, onward
from sip_edge.routing.decision import Decision

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller


class Deciding:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def decide(self, one: Conversation) -> None:
        """Ask routing where the call goes, and send it there."""
        lives = Lives(one.known, self._controller.book, self._controller.reached, one.caller)
        self.carry_on(one, decide(one.facts, one.known.company, lives, self._controller.now()))

    def carry_on(self, one: Conversation, decision: Decision) -> None:
        """Carry a decision out."""
        one.decision, one.shown = decision, decision.caller_id
        self._note_decision(one, decision)
        match decision.action:
            case "ring":
                self.ring(one, decision)
            case "feature":
                self._controller.features.do(one, decision)
            case "send" if decision.destination is not None and decision.destination.kind == "external":
                self._outside(one, decision.destination)
            case "refuse":
                self._controller.carry_out(one, one.call.refuse(decision.status))
            case _:
                if self._controller.applications(one, decision):
                    self._controller.screening.leaves(one)
                else:
                    self._controller.carry_out(one, one.call.refuse(decision.status or one.failed_with or 480))

    def _note_decision(self, one: Conversation, decision: Decision) -> None:
        detail = {"action": decision.action}
        if decision.destination is not None:
            detail["destination"] = str(decision.destination)
        if decision.owner:
            detail["owner"] = decision.owner
        blocked = decision.announcement == "blocked" or decision.status == 608
        self._controller.note(one, "decided", reason="\n".join(decision.steps), blocked=blocked, detail=detail)

    def ring(self, one: Conversation, decision: Decision) -> None:
        """Ring the phones of a decision, once the caller has said a name where that is wanted."""
        if self._controller.screening.wants(one, decision):
            self._controller.carry_out(one, one.call.ask_name())
        else:
            self._ring(one, decision)

    def proceed(self, one: Conversation) -> None:
        """The caller was asked for a name: ring the phones that there are by now."""
        if one.decision is not None:
            self._ring(one, one.decision)

    def _ring(self, one: Conversation, decision: Decision) -> None:
        screens, placing = self._controller.screening.screens(one), self._controller.placing
        legs: list[Leg] = []
        for wanted in decision.legs:
            if wanted.kind == "external":
                found = placing.outside(one, wanted.target, wanted.delay, confirm=wanted.confirm or screens)
                legs += [found] if found is not None else []
            else:
                legs += placing.phones(one, wanted, confirm=screens)
                self._controller.features.called(one, user_of(wanted.target))
        delays = [(leg.number, one.targets[leg.number].delay) for leg in legs]
        self._controller.carry_out(one, one.call.ring(delays, decision.seconds))

    def _outside(self, one: Conversation, to: Destination) -> None:
        leg = self._controller.placing.outside(one, to.value, confirm=to.confirm)
        if leg is None:
            self._controller.carry_out(one, one.call.refuse(503))
        else:
            self._controller.carry_out(one, one.call.ring([(leg.number, 0.0)], None))

    def go_on(self, one: Conversation, why: str, status: int) -> None:
        """Nobody answered, all were busy, or who answered wants the caller in the mailbox: what follows is decided by
        the rules of this moment."""
        decision = one.decision
        follows = None if decision is None else _follows(decision, why)
        if decision is None or follows is None:
            self._controller.carry_out(one, one.call.refuse(status))
            return
        self._controller.note(one, "forwarded", reason=why, detail={"to": str(follows), "owner": decision.owner})
        lives = Lives(one.known, self._controller.book, self._controller.reached, one.caller)
        one.sent_on = why
        after = onward(one.facts, decision, follows, one.known.company, lives, self._controller.now())
        one.failed_with = status
        self.carry_on(one, after)


def _follows(decision: Decision, why: str) -> Destination | None:
    if why == "voicemail":
        return Destination("voicemail", decision.owner)
    return decision.busy if why == "busy" else decision.no_answer
