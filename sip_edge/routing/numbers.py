"""What digits mean: a number that a carrier calls, and what somebody in the company dials.  (pure)"""

from __future__ import annotations

from dataclasses import replace

from provd.answering.rule import Destination
from provd.numbering import e164
from provd.treatment import TREATMENTS
from sip_edge.routing.codes import dialled
from sip_edge.routing.decision import CallerId, Decision, not_in_service
from sip_edge.routing.dialplan import translated
from sip_edge.routing.facts import Call, Company, Person

_NOBODY = Person("")
_ENGINES = {"user": "user", "voicemail": "voicemail", "pstn": "external"}


def inbound(call: Call, company: Company) -> tuple[Destination, CallerId, str] | Decision:
    """Where a call from outside goes: destination, what the called sees, and why; or the decision that nobody is there.

    The caller ID prefix of the number is put before the name, or before the number of a caller without one (SF-251).
    """
    number = known_number(call.called, company)
    found = company.numbers.get(number)
    if found is None:
        return not_in_service(f"The company has no number {number[:40]}.")
    if not found.enabled or found.treatment == "available" or not found.destination:
        state = "is switched off" if not found.enabled else "goes nowhere"
        return not_in_service(f"The number {number} {state}.")
    destination = Destination(_ENGINES.get(found.treatment, found.treatment), found.destination)
    shown = CallerId(call.number, f"{found.prefix}{call.name or call.number}" if found.prefix else call.name)
    return destination, shown, f"{number} is a number of the company: {TREATMENTS[found.treatment].title}."


def outbound(call: Call, company: Company) -> tuple[Destination, CallerId, str] | Decision:
    """What somebody of the company has dialled: an emergency, a feature code, an extension, an orbit or a number.

    Emergency numbers come before everything and are never refused; one behind a translation is one too. The company's
    extensions are not translated.
    """
    digits, caller = call.called, company.people.get(call.extension, _NOBODY)
    if digits in company.emergency:
        return _emergency(digits, caller, company)
    if company.translations and digits not in company.people:
        meant = translated(digits, company.translations)
        if meant != digits:
            found = outbound(replace(call, called=meant), replace(company, translations=()))
            step = f"{digits[:40]} means {meant[:40]} in this company."
            return found.because(step) if isinstance(found, Decision) else (found[0], found[1], f"{step} {found[2]}")
    code = dialled(company.codes, digits)
    if code is not None and code.function == "support" and digits not in company.people:
        return _support(digits, call, company)
    if code is not None and (digits[0] in "*#" or digits not in company.people):
        step = f"{digits[:40]} is the feature code {code.function}."
        return Decision("feature", feature=code.function, argument=code.argument, steps=(step,))
    if digits[:1] == "*" and digits[1:] in company.orbits:
        return Decision("feature", feature="park", argument=digits[1:], steps=(f"{digits} parks in an orbit.",))
    if digits in company.orbits:
        step = f"{digits} is a park orbit."
        return Decision("feature", feature="park_retrieve", argument=digits, steps=(step,))
    own = CallerId(caller.extension, caller.name)
    if digits in company.people:
        return Destination("user", digits), own, f"{digits} is an extension of the company."
    if digits in company.services:
        return Destination(company.services[digits], digits), own, f"{digits} is an extension of the company."
    return _number(digits, caller, company)


def _support(digits: str, call: Call, company: Company) -> tuple[Destination, CallerId, str] | Decision:
    """The speed code of the company for the provider's support (SF-346), which is dialled as if it were its number."""
    if not company.support:
        return not_in_service(f"{digits} calls support, but the company has no number for it; the provider sets one.")
    found = outbound(replace(call, called=company.support), replace(company, translations=(), codes={}))
    step = f"{digits} calls support, {company.support}."
    return found.because(step) if isinstance(found, Decision) else (found[0], found[1], f"{step} {found[2]}")


def _emergency(digits: str, caller: Person, company: Company) -> Decision:
    numbers = (caller.emergency_caller_id, company.emergency_caller_id, caller.caller_id_number)
    shown = next((number for number in (*numbers, company.caller_id_number) if number), "")
    step = f"{digits} is an emergency number; it is called whatever the rules say, showing {shown or 'no number'}."
    return Decision(
        "send", destination=Destination("external", digits), emergency=True, caller_id=CallerId(shown, caller.name),
        steps=(step,),
    )  # fmt: skip


def _number(digits: str, caller: Person, company: Company) -> tuple[Destination, CallerId, str] | Decision:
    try:
        number = e164(digits, company.country, caller.area_code or company.area_code)
    except ValueError as error:
        return not_in_service(str(error))
    if number in company.numbers:
        found = inbound(Call(number), company)
        if isinstance(found, Decision):
            return found
        return found[0], CallerId(caller.extension, caller.name), found[2]
    name = caller.caller_id_name or caller.name
    shown = CallerId(caller.caller_id_number or company.caller_id_number, name)
    return Destination("external", number), shown, f"{digits[:40]} is the outside number {number}."


def known_number(digits: str, company: Company) -> str:
    """A carrier's way to write a number of the company as E.164; as it stands where it is no number."""
    try:
        return e164(digits, company.country, company.area_code)
    except ValueError:
        return digits
