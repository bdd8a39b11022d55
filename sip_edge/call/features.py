"""What feature codes do (platform-facts.md section 7): pickup, parking, moving a call, intercom, switches."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from provd.answering.rule import Destination
from provd.numbering import e164
from sip_edge.call import description
from sip_edge.call.audio import peer_of
from sip_edge.call.conversation import Conversation, Lives
from sip_edge.call.leg import Leg
from sip_edge.media.engine import MediaEngine
from sip_edge.message import SipError
from sip_edge.routing.decide import decide
from sip_edge.routing.decision import CallerId, Decision
from sip_edge.routing.decision import Leg as Ring
from sip_edge.routing.facts import Person
from sip_edge.switches import FUNCTIONS as SWITCHES
from sip_edge.switches import Switched

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

log = logging.getLogger(__name__)
Switch = Callable[[str, str, str, str], Awaitable[Switched]]
"""(company, extension, function, what was dialled after the code): carries a switch of a person out."""
INTERCOM_SECONDS = 20
DONE_SECONDS = 1.0
"""How long a phone that dialled a switch stays connected, so that it shows a call that went well."""
ANSWER_BY_ITSELF = (
    ("Alert-Info", "<http://127.0.0.1>;info=alert-autoanswer;delay=0"),
    ("Call-Info", "<sip:intercom>;answer-after=0"),
)
"""The two ways by which desk phones are told to answer by themselves."""
NOT_HERE = 404


class Features:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._tasks: set[asyncio.Task[None]] = set()
        self.switch: Switch | None = None
        self.last_callers: dict[tuple[str, str], str] = {}
        """Who called somebody last: for calling back."""

    def do(self, one: Conversation, decision: Decision) -> None:
        """Carry a feature code out; the caller of `one` dialled it, or was transferred to it."""
        name, argument = decision.feature, decision.argument
        self._controller.note(one, "feature", one.caller, detail={"feature": name, "argument": argument})
        known = {
            "pickup_extension": self._pickup, "pickup_domain": self._pickup, "pickup_department": self._pickup,
            "pickup_site": self._pickup, "park": self._park, "park_dynamic": self._park,
            "park_retrieve": self._retrieve, "move_call": self._move, "intercom": self._intercom,
            "private_call": self._private, "off_net": self._off_net, "return_call": self._return,
        }  # fmt: skip
        found = known.get(name)
        if found is not None:
            found(one, name, argument)
        elif name in SWITCHES:
            self._switch(one, name, argument)
        elif not self._controller.applications(one, decision):
            self._refuse(one, NOT_HERE)

    def called(self, one: Conversation, extension: str) -> None:
        """Somebody is being called."""
        if one.shown.number:
            self.last_callers[one.domain, extension] = one.shown.number

    def _refuse(self, one: Conversation, status: int) -> None:
        self._controller.carry_out(one, one.call.refuse(status))

    def _person(self, one: Conversation) -> Person | None:
        return one.known.company.people.get(one.facts.extension)

    # Pickup

    def _pickup(self, one: Conversation, name: str, argument: str) -> None:
        ringing = self._ringing(one, self._colleagues(one, name, argument))
        if ringing is None or one.asked is None:
            self._refuse(one, NOT_HERE)
            return
        self._controller.taking.pick_up(one, ringing)

    def _colleagues(self, one: Conversation, name: str, argument: str) -> Iterable[str]:
        people, own = one.known.company.people, self._person(one)
        if name == "pickup_extension":
            return (argument,)
        if name == "pickup_domain":
            return people
        field = "department" if name == "pickup_department" else "site"
        mine = getattr(own, field) if own is not None else ""
        return [extension for extension, person in people.items() if mine and getattr(person, field) == mine]

    def _ringing(self, one: Conversation, extensions: Iterable[str]) -> Conversation | None:
        """The call that rings longest at one of these people, and is not the own."""
        book, found = self._controller.book, []
        for extension in extensions:
            for leg in book.of_person(one.domain, extension):
                other = book.of(leg)
                if (
                    not leg.incoming
                    and not leg.talking
                    and not leg.cancelled
                    and other is not None
                    and other is not one
                ):
                    found.append(other)
        return min(found, key=lambda other: other.began, default=None)

    # Parking

    def _park(self, one: Conversation, name: str, argument: str) -> None:
        """Who was transferred to the orbit is parked; who dials it parks the call that they hold."""
        controller = self._controller
        orbit = argument or controller.orbits.free(one.domain, one.known.company.orbits)
        held = one if one.asked is None else self._held(one)
        if not orbit or orbit not in one.known.company.orbits or held is None:
            self._refuse(one, 486 if held is not None else NOT_HERE)
            return
        if one.asked is None:
            if not controller.orbits.park(one, orbit, one.facts.extension):
                self._refuse(one, 486)
                return
            if one.on_connected is not None:
                one.on_connected()
            one.on_refused = one.on_over = None
            return
        self._park_held(one, held, orbit)

    def _held(self, one: Conversation) -> Conversation | None:
        """The other call of the caller, the one that is on hold first."""
        legs = [leg for leg in self._own_calls(one) if leg.held] or list(self._own_calls(one))
        return self._controller.book.of(legs[0]) if legs else None

    def _own_calls(self, one: Conversation) -> Iterable[Leg]:
        legs = self._controller.book.of_person(one.domain, one.facts.extension)
        return sorted((leg for leg in legs if leg.talking and leg.number not in one.legs), key=lambda leg: leg.number)

    def _park_held(self, one: Conversation, held: Conversation, orbit: str) -> None:
        controller = self._controller
        leg = next(leg for leg in self._own_calls(one) if controller.book.of(leg) is held)
        peer = held.peer(leg)
        if peer is None or controller.orbits.at(one.domain, orbit) is not None:
            self._refuse(one, 486)
            return
        new = controller.again(one.known, replace(one.facts, called=orbit), peer)
        controller.orbits.park(new, orbit, one.facts.extension)
        controller.end(held, None, "parked")
        self._well_done(one)

    def _retrieve(self, one: Conversation, name: str, argument: str) -> None:
        parked = self._controller.orbits.at(one.domain, argument)
        if parked is None or one.asked is None:
            self._refuse(one, NOT_HERE)
            return
        self._controller.taking.take_over(one, parked, None, "retrieved")

    # The own calls

    def _move(self, one: Conversation, name: str, argument: str) -> None:
        """The call that the person has on another phone goes on here (SF-269)."""
        leg = next(iter(self._own_calls(one)), None)
        other = self._controller.book.of(leg) if leg is not None else None
        if leg is None or other is None or one.asked is None:
            self._refuse(one, NOT_HERE)
            return
        self._controller.taking.take_over(one, other, leg, "moved")

    # Calls of a special kind

    def _intercom(self, one: Conversation, name: str, argument: str) -> None:
        person = one.known.company.people.get(argument)
        if person is None:
            self._refuse(one, NOT_HERE)
            return
        live = Lives(one.known, self._controller.book, self._controller.reached)[argument]
        if person.do_not_disturb or live.calls:
            self._refuse(one, 486)
            return
        one.headers = ANSWER_BY_ITSELF
        rings = tuple(Ring("device", device) for device in person.devices if device in live.registered)
        own = self._person(one)
        shown = CallerId(one.facts.extension, own.name if own is not None else "")
        one.shown = shown
        one.decision = Decision("ring", rings, INTERCOM_SECONDS, caller_id=shown)
        self._controller.ring(one, one.decision)

    def _private(self, one: Conversation, name: str, argument: str) -> None:
        decision = self._decided(one, argument)
        self._controller.carry_on(one, replace(decision, caller_id=replace(decision.caller_id, private=True)))

    def _return(self, one: Conversation, name: str, argument: str) -> None:
        number = self.last_callers.get((one.domain, one.facts.extension), "")
        if number:
            self._controller.carry_on(one, self._decided(one, number))
        else:
            self._refuse(one, NOT_HERE)

    def _decided(self, one: Conversation, digits: str) -> Decision:
        controller = self._controller
        one.facts = replace(one.facts, called=digits)
        lives = Lives(one.known, controller.book, controller.reached, one.caller)
        found = decide(one.facts, one.known.company, lives, controller.now())
        # A code after a code would go in a ring.
        return found if found.action != "feature" else Decision("refuse", status=NOT_HERE)

    def _off_net(self, one: Conversation, name: str, argument: str) -> None:
        company, person = one.known.company, self._person(one)
        area = person.area_code if person is not None else ""
        try:
            number = e164(argument, company.country, area or company.area_code)
        except ValueError:
            self._refuse(one, 484)
            return
        mine = person.caller_id_number if person is not None else ""
        shown = CallerId(mine or company.caller_id_number, person.name if person is not None else "")
        outside = Decision("send", destination=Destination("external", number), caller_id=shown)
        self._controller.carry_on(one, outside)

    # Switches

    def _switch(self, one: Conversation, name: str, argument: str) -> None:
        if self.switch is None:
            self._refuse(one, NOT_HERE)
            return
        task = asyncio.ensure_future(self._save(one, self.switch, name, argument))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _save(self, one: Conversation, switch: Switch, name: str, argument: str) -> None:
        done = await switch(one.domain, one.facts.extension, name, argument)
        if one.over:
            return
        if done.on is None:
            log.info("%s@%s has switched nothing: %s", one.facts.extension, one.domain, done.why)
            self._refuse(one, 484)
        else:
            self._well_done(one)

    def _well_done(self, one: Conversation) -> None:
        """Answer, so that the phone shows that it worked, and hang up; nothing is heard."""
        engine = self._controller.audio.engine
        if one.asked is None or not (one.offer or engine):
            self._refuse(one, 480)
        elif one.offer:
            self._shown(one, one.offer)
        elif engine is not None:
            call = f"done-{one.id}"  # its answer, in the ACK, changes nothing any more
            work = engine.invite(call, "caller", peer=peer_of(one.caller))
            self._controller.audio.later(work, one, lambda body: self._offered(one, engine, call, body))

    def _offered(self, one: Conversation, engine: MediaEngine, call: str, body: bytes | None) -> None:
        def over() -> None:
            self._controller.audio.later(_freed(engine, call), one, lambda _body: None)

        if one.over:
            over()
        else:
            one.on_over = over
            self._shown(one, body or b"")

    def _shown(self, one: Conversation, offer: bytes) -> None:
        controller = self._controller
        try:
            body = description.on_hold(offer)
        except SipError:
            self._refuse(one, 480)
            return
        controller.carry_out(one, one.call.taken())
        controller.welcome.answer(one, body)
        controller.stack.timers.after(DONE_SECONDS, controller.end, one, None, "done")


async def _freed(engine: MediaEngine, call: str) -> bytes:
    await engine.delete(call)
    return b""
