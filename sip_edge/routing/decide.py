"""Where a call goes now. The order is AM-61's: blocked, spam, forward always, do not disturb, offline, on active, ring;
then busy or no answer, for which onward() is asked at that moment.  (pure)

Rules of this file: every step that decides leaves a sentence; whoever sends a call on is added to its hops, nobody is
visited twice, so that every path ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provd.answering.rule import DESTINATIONS, Destination, Rule
from sip_edge.routing.decision import CallerId, Decision, Leg, not_in_service, refuse
from sip_edge.routing.facts import MOST_HOPS, Call, Company, Live, Person
from sip_edge.routing.numbers import inbound, outbound
from sip_edge.routing.ringing import legs, reachable
from sip_edge.routing.rules import in_force

DEVICE_SECONDS = 25
"""How long a phone rings that is called by itself, without anybody's rules."""
_NOBODY = Live()


def decide(call: Call, company: Company, live: Mapping[str, Live], instant: float) -> Decision:
    """What to do with a call at an instant (epoch seconds). `live` is by extension; who is not in it is unreachable.

    Raises KeyError for a company or person in a zone that is not known, and nothing else whatever the call says.
    """
    if not call.internal and call.number and call.number in company.blocked:
        return _blocked(f"{call.number} is on the company's list of blocked numbers.")
    found = outbound(call, company) if call.internal else inbound(call, company)
    if isinstance(found, Decision):
        return found
    destination, shown, step = found
    return _to(destination, call, company, live, instant, shown).because(step)


def onward(
    call: Call, decision: Decision, destination: Destination, company: Company, live: Mapping[str, Live], instant: float
) -> Decision:
    """What to do when phones were rung in vain: `destination` is the decision's `busy` or `no_answer`."""
    sent = replace(call, hops=(*decision.hops, decision.owner), seconds=None, from_queue=False)
    step = f"{decision.owner} sends it on to {destination}."
    return _to(destination, sent, company, live, instant, decision.caller_id).because(step)


def _to(
    destination: Destination, call: Call, company: Company, live: Mapping[str, Live], instant: float, shown: CallerId
) -> Decision:
    """The decision for one place; people's own rules apply, a phone's bypass them (SF-105)."""
    if len(call.hops) >= min(call.most_forwards, MOST_HOPS):
        return refuse(483, f"It was sent on {len(call.hops)} times; that is as often as may be.")
    made = Decision("send", destination=destination, caller_id=shown, hops=call.hops)
    kind, value = destination.kind, destination.value
    if kind not in company.ready:
        return not_in_service(f"This server has no {DESTINATIONS[kind]} yet; the number is not in service.")
    if kind == "user":
        person = company.people.get(value)
        if person is None:
            return not_in_service(f"There is no extension {value[:40]} any more.")
        if value in call.hops:
            return refuse(482, f"{value} has sent it on before: the rules go in a ring.")
        return _answer(person, call, company, live, instant, shown)
    if kind == "device":
        if not reachable(value, live):
            return refuse(480, f"The phone {value} is not registered.")
        step = f"The phone {value} rings by itself; no rules apply."
        return replace(
            made, action="ring", legs=(Leg("device", value),), seconds=DEVICE_SECONDS, destination=None, steps=(step,)
        )
    if kind == "voicemail" and value not in company.people:
        return not_in_service(f"There is no extension {value[:40]} any more.")
    confirms = " Who answers there has the call by pressing 1." if destination.confirm else ""
    return replace(made, steps=(f"It goes to {destination}.{confirms}",))


def _answer(
    person: Person, call: Call, company: Company, live: Mapping[str, Live], instant: float, shown: CallerId
) -> Decision:
    rule, _, why = in_force(person, company, instant)
    allowed = bool(call.caller) and call.caller in person.allowed
    found = _unwanted(person, rule, call, allowed)
    if found is None:
        found = _before_ringing(person, rule, live.get(person.extension, _NOBODY), allowed)
    if found is None:
        found = _ring(person, rule, call, live, shown, allowed)
    if isinstance(found, Decision):
        return found.because(why)
    sent = replace(call, hops=(*call.hops, person.extension))
    step = f"{person.extension} has it sent to {found}."
    return _to(found, sent, company, live, instant, shown).because(why, step)


def _unwanted(person: Person, rule: Rule, call: Call, allowed: bool) -> Decision | Destination | None:
    """Blocked callers, and those whose number is not proven; those allowed are neither (AM-54)."""
    if allowed:
        return None
    if call.caller and call.caller in person.blocked:
        return _blocked(f"{person.extension} has blocked {call.caller}.")
    if not call.caller and person.block_anonymous:
        return _blocked(f"{person.extension} takes no calls from callers without a number.")
    if call.proven != "failed":
        return None
    if rule.on_spam is not None:
        return rule.on_spam
    if person.spam == "drop":
        return refuse(608, "The caller's number is not the caller's; it is refused.")  # RFC 8688
    return Destination("voicemail", person.extension) if person.spam == "voicemail" and person.voicemail else None


def _before_ringing(person: Person, rule: Rule, now: Live, allowed: bool) -> Decision | Destination | None:
    """What comes before any phone rings; None when they shall ring."""
    always = person.forwards.get("always", rule.always)
    if always is not None:
        return always
    if (rule.do_not_disturb or person.do_not_disturb) and not allowed:
        return rule.on_dnd or _busy(person, rule) or refuse(486, f"{person.extension} does not want to be disturbed.")
    if rule.offline is not None and not now.registered:
        return rule.offline
    if now.calls and rule.on_active is not None:
        return rule.on_active
    if now.calls >= person.most_calls:
        return _busy(person, rule) or refuse(486, f"{person.extension} has {now.calls} calls, and takes no more.")
    return None


def _ring(
    person: Person, rule: Rule, call: Call, live: Mapping[str, Live], shown: CallerId, allowed: bool
) -> Decision | Destination:
    """The phones ring, or, where none can, what an unanswered call does."""
    seconds = call.seconds if call.from_queue else rule.seconds
    phones, left_out = legs(person, rule, live, seconds)
    no_answer, busy = _no_answer(person, rule), _busy(person, rule)
    if not phones:
        return no_answer or refuse(480, *left_out, f"No phone of {person.extension} can ring.")
    screened = rule.screening or (call.proven == "failed" and person.spam == "screen")
    length = "until it is answered" if seconds is None else f"for {seconds} s"
    step = f"{len(phones)} of the phones of {person.extension} ring {length}."
    return Decision(
        "ring", phones, seconds, screened and not allowed, busy=busy, no_answer=no_answer, caller_id=shown,
        owner=person.extension, hops=call.hops, steps=(*left_out, *_screening(screened, allowed), step),
    )  # fmt: skip


def _screening(screened: bool, allowed: bool) -> tuple[str, ...]:
    """What is said of it; colleagues are asked like everybody, for nothing but the list lets anybody pass (AM-54)."""
    if not screened:
        return ()
    if allowed:
        return ("The caller is on the list of those allowed, and is not asked for a name.",)
    return ("The caller is asked for a name; who answers hears it, and has the call by pressing 1.",)


def _busy(person: Person, rule: Rule) -> Destination | None:
    return person.forwards.get("busy", rule.busy) or _voicemail(person)


def _no_answer(person: Person, rule: Rule) -> Destination | None:
    return person.forwards.get("no_answer", rule.no_answer) or _voicemail(person)


def _voicemail(person: Person) -> Destination | None:
    return Destination("voicemail", person.extension) if person.voicemail else None


def _blocked(step: str) -> Decision:
    """Blocked callers hear that they are (platform-facts section 5); the history tags the call (SF-119)."""
    return Decision("announce", announcement="blocked", status=603, steps=(step,))
