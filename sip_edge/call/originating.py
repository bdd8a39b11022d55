"""Calls that the server begins for an application: somebody is rung, and whoever answers speaks with it.

Rules of this file:
- Such a call is made as if `owner` had dialled, so that trunks, caller ID and limits are those of a call of theirs.
  A phone of the company is rung by itself, without anybody's rules: whoever asked for the call sits beside it.
- Feature codes and emergency numbers are never called, and nothing follows when nobody answers.
- Until somebody answers, its caller is a leg that is in no dialog and in no book; then it is who answered.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from provd.errors import Conflict
from sip_edge.call.audio import Then, peer_of
from sip_edge.call.conversation import Begun, Conversation, Lives
from sip_edge.call.description import Origin
from sip_edge.call.known import Known
from sip_edge.call.leg import End, Leg
from sip_edge.media.engine import MediaEngine
from sip_edge.routing.decide import decide
from sip_edge.routing.decision import CallerId, Decision
from sip_edge.routing.decision import Leg as Ring
from sip_edge.routing.facts import Call as Facts

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

RINGS = 45.0
"""Seconds."""
MOST_IN_COMPANY = 10
"""Such calls of one company at a time."""


class Originating:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._on: dict[str, set[str]] = {}

    def call(
        self, known: Known, owner: str, to: str, title: str, begun: Begun, over: Callable[[int], None]
    ) -> Conversation:
        """Ring `to`, an extension or a number as `owner` would dial it; phones show `title` as the caller.

        `begun` gets the call and the leg once somebody has answered; `over` the SIP status when it has ended
        before, 200 when somebody had answered. Raises Conflict with the sentence for what cannot be called.
        """
        controller, domain = self._controller, known.company.domain
        if controller.audio.engine is None:
            raise Conflict("This server plays no audio, so it cannot call anybody.")
        if len(self._on.get(domain, ())) >= MOST_IN_COMPANY:
            raise Conflict("The server calls several people of the company at this moment; try again in a minute.")
        one = self._conversation(known, owner, to, title)
        decision = self._decided(one)
        one.begun = begun
        one.decision, one.shown = decision, decision.caller_id
        one.shows = CallerId(_mailbox_code(known) or owner, title)
        self._enter(one, over)
        self._note(one, decision)
        legs = self._legs(one, decision)
        controller.carry_out(one, one.call.ring([(leg.number, 0.0) for leg in legs], RINGS))
        return one

    def _conversation(self, known: Known, owner: str, to: str, title: str) -> Conversation:
        controller, person = self._controller, known.company.people.get(owner)
        end = End(known.company.domain, name=title)
        number = controller.next_number()
        nobody = Leg(number, False, end, None, Origin(secrets.randbits(31), controller.stack.host))
        facts = Facts(to, name=person.name if person is not None else "", extension=owner)
        return Conversation(f"{number}-{secrets.token_hex(8)}", known, facts, nobody, controller.now())

    def _decided(self, one: Conversation) -> Decision:
        controller, company, to = self._controller, one.known.company, one.facts.called
        person = company.people.get(to)
        if person is not None:
            phones = [device for device in person.devices if controller.reached(company.domain, device)]
            if not phones:
                raise Conflict(f"No phone of {to} is registered; give a number that can be reached.")
            step = f"The server calls the phones of {to}; no rules apply."
            return Decision("ring", tuple(Ring("device", each) for each in phones), owner=to, steps=(step,))
        lives = Lives(one.known, controller.book, controller.reached, one.caller)
        found = decide(one.facts, company, lives, controller.now())
        outside = found.action == "send" and found.destination is not None and found.destination.kind == "external"
        if not outside or found.emergency:
            raise Conflict(f"{to[:20]} is nothing that the server calls: give an extension, or a number outside.")
        if not controller.trunks_for(company.domain):
            raise Conflict("There is no trunk that is free for a call to a number outside.")
        return found

    def _legs(self, one: Conversation, decision: Decision) -> list[Leg]:
        placing = self._controller.placing
        if decision.legs:
            return [leg for ring in decision.legs for leg in placing.phones(one, ring)]
        assert decision.destination is not None, "it goes outside"
        leg = placing.outside(one, decision.destination.value)
        return [leg] if leg is not None else []

    def _enter(self, one: Conversation, over: Callable[[int], None]) -> None:
        on = self._on.setdefault(one.domain, set())
        on.add(one.id)

        last = [480]

        def refused(status: int) -> bool:
            last[0] = status
            return False

        def left() -> None:
            on.discard(one.id)
            if not on:
                self._on.pop(one.domain, None)

        def ended() -> None:
            left()
            over(200 if one.answered else last[0])

        one.on_refused, one.on_connected, one.on_over = refused, left, ended
        self._controller.book.conversations[one.id] = one
        self._controller.counts["calls"] += 1

    def _note(self, one: Conversation, decision: Decision) -> None:
        note, facts = self._controller.note, one.facts
        detail = {"direction": "begun", "title": one.caller.end.name}
        note(one, "began", None, extension=facts.extension, name=facts.name, called=facts.called, detail=detail)
        note(one, "decided", reason="\n".join(decision.steps), detail={"action": decision.action})

    # What placing and the caller's side ask here, where others have a caller who waits

    def ask(self, one: Conversation, leg: Leg, then: Then) -> None:
        """The offer to a leg: the engine's own."""
        engine = self._controller.audio.engine
        if engine is None:
            then(None)
            return
        one.relayed[frozenset((one.caller.number, leg.number))] = True
        self._controller.audio.later(engine.invite(one.id, str(leg.number), peer=peer_of(leg)), one, then)

    def answered(self, one: Conversation, leg: Leg, body: bytes) -> None:
        """A leg was answered."""
        leg.theirs, one.answered = body or leg.theirs, True
        self._controller.carry_out(one, one.call.answers(leg.number))
        if not one.call.joins(leg.number):
            return
        self._controller.book.found(leg)  # it may hang up before its audio is ready
        self._controller.keep(one, leg)
        one.invitations[leg.number].acknowledge()
        engine = self._controller.audio.engine
        assert engine is not None, "it has made the offer"
        self._controller.audio.later(_told(engine, one, leg), one, partial(self._joined, one, leg))

    def _joined(self, one: Conversation, leg: Leg, done: bytes | None) -> None:
        controller = self._controller
        if leg.number not in one.legs:  # the call has ended meanwhile
            if leg.talking:
                controller.wire.bye(leg)
            return
        if done is None:
            controller.wire.bye(leg)
            controller.hearing.failed(one, leg, 488)
            return
        controller.carry_out(one, one.call.answered(leg.number))

    def connected(self, one: Conversation, leg: Leg) -> None:
        """`leg` has won: it is the caller from now on, and the application has it, and its audio."""
        begun, one.begun = one.begun, None
        assert begun is not None, "the call was begun here"
        one.caller = leg
        one.on_refused = None
        if one.on_connected is not None:
            one.on_connected()
        one.on_connected = one.on_over = None
        self._controller.counts["answered"] += 1
        self._controller.talks(one, leg)
        if begun(one, leg):
            one.relayed.clear()  # the application frees the audio
        else:
            self._controller.end(one, None, "failed", 503)


async def _told(engine: MediaEngine, one: Conversation, leg: Leg) -> bytes:
    await engine.answer(one.id, str(leg.number), leg.theirs, peer=peer_of(leg))
    return b"answered"


def _mailbox_code(known: Known) -> str:
    """What people dial to hear their messages, so that calling back leads there."""
    return next(iter(known.company.codes.get("voicemail_access", ())), "")
