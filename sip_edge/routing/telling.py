"""Decisions as a person would say them.  (pure)"""

from __future__ import annotations

from provd.answering.rule import DESTINATIONS, Destination
from sip_edge.routing.codes import FUNCTIONS
from sip_edge.routing.decision import Decision, Leg
from sip_edge.routing.facts import Company

ANNOUNCED = {
    "not_in_service": "The caller hears that the number is not in service",
    "blocked": "The caller hears that calls are not taken",
}
_REFUSED = {480: "nobody can be reached", 482: "it goes in a ring", 483: "it was sent on too often", 486: "busy"}


def told(found: Decision, company: Company) -> str:
    """`Phones 101 and 101a of 101 Ada Lovelace ring for 25 seconds`."""
    if found.action == "ring":
        length = "until somebody answers" if found.seconds is None else f"for {found.seconds} seconds"
        whose = f" of {_person(found.owner, company)}" if found.owner else ""
        phones = " and ".join(_leg(leg) for leg in found.legs)
        asked = ", after the caller has said a name" if found.screening else ""
        return f"Ringing{whose}: {phones} {length}{asked}"
    if found.action == "send" and found.destination is not None:
        return _sent(found, found.destination, company)
    if found.action == "feature":
        known = FUNCTIONS.get(found.feature)
        title = known.title if known else "Park the call in an orbit"
        return f"{title}: {found.argument}" if found.argument else title
    if found.action == "announce":
        return ANNOUNCED.get(found.announcement, found.announcement)
    return f"The call is refused: {_REFUSED.get(found.status, 'not wanted')}"


def _sent(found: Decision, to: Destination, company: Company) -> str:
    if to.kind == "external":
        shows = f", showing {found.caller_id.number}" if found.caller_id.number else ""
        takes = " (press 1 to take it)" if to.confirm else ""
        return f"{'Emergency call to' if found.emergency else 'Outside number'} {to.value}{takes}{shows}"
    if to.kind in ("user", "voicemail"):
        return f"{DESTINATIONS[to.kind]} of {_person(to.value, company)}"
    return str(to)


def _leg(leg: Leg) -> str:
    words = [leg.target]
    if leg.delay:
        words.append(f"after {leg.delay} seconds")
    if leg.confirm:
        words.append("(press 1 to take it)")
    return " ".join(words)


def _person(extension: str, company: Company) -> str:
    person = company.people.get(extension)
    return f"{extension} {person.name}".strip() if person else extension
