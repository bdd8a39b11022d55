"""A company as decisions know it, made from what the store has read.  (pure)"""

from __future__ import annotations

from provd.answering.rule import DEFAULT, Destination, Rule
from provd.store.routing_rows import Answering, CompanyRows, PersonRow
from provd.timeframe.reading import kept
from sip_edge.routing.codes import TABLES, changed
from sip_edge.routing.facts import Company, Frame, Inbound, Person

ORBITS = tuple(f"70{number}" for number in range(1, 10))
"""Where calls are parked, as far as these are nobody's extensions (platform-facts.md section 7)."""
_UNSET = Answering()
_DEFAULTS = (DEFAULT,)
_NOBODY: frozenset[str] = frozenset()


def build(rows: CompanyRows) -> Company:
    """The company of these rows; raises nothing for what the store has checked."""
    allowed, blocked = _lists(rows)
    dialling = rows.dialling
    people = {one.extension: _person(one, rows, allowed, blocked) for one in rows.people}
    services = _services(rows)
    return Company(
        rows.domain, rows.zone or "UTC", rows.country, rows.area_code,
        people=people,
        numbers={
            number: Inbound(number, treatment, to, prefix, enabled)
            for number, treatment, to, prefix, enabled in rows.numbers
        },
        frames={number: Frame(number, name, kept(times, forced)) for number, name, times, forced in rows.frames},
        services=services,
        orbits=frozenset(ORBITS) - people.keys() - services.keys(),
        blocked=blocked.get(None, _NOBODY),
        codes=changed(TABLES[dialling.code_table], dialling.codes),
        translations=dialling.translations,
        emergency=Company(rows.domain).emergency | frozenset(dialling.emergency),
        caller_id_number=dialling.caller_id_number,
        emergency_caller_id=dialling.emergency_caller_id,
        support=dialling.support,
    )  # fmt: skip


def _person(
    row: PersonRow, rows: CompanyRows, allowed: dict[int | None, frozenset[str]],
    blocked: dict[int | None, frozenset[str]],
) -> Person:  # fmt: skip
    own, forwards = rows.answering.get(row.id, _UNSET), {}
    if own.forwards:
        forwards = {kind: _by_code(to) for kind, to in own.forwards.items()}
    return Person(
        row.extension, row.name, row.zone, _rules(row, rows), rows.off.get(row.id, frozenset()),
        rows.devices.get(row.id, ()), do_not_disturb=own.do_not_disturb, forwards=forwards,
        allowed=allowed.get(row.id, _NOBODY), blocked=blocked.get(row.id, _NOBODY),
        block_anonymous=own.block_anonymous, spam=own.spam, area_code=row.area_code,
        caller_id_number=row.caller_id_number, caller_id_name=row.caller_id_name,
        emergency_caller_id=row.emergency_caller_id, department=row.department, site=row.site, chosen=own.chosen,
        voicemail=row.extension not in rows.without_voicemail,
    )  # fmt: skip


def _by_code(to: Destination) -> Destination:
    """A forward that a code set to an extension rings that phone, not its user's rules (platform-facts section 5)."""
    return Destination("device", to.value) if to.kind == "user" else to


def _rules(row: PersonRow, rows: CompanyRows) -> tuple[Rule, ...]:
    found = tuple(one.rule for one in rows.rules.get(row.id, ()))
    if not found:
        return _DEFAULTS
    return found if found[-1].frame is None else (*found, DEFAULT)


def _services(rows: CompanyRows) -> dict[str, str]:
    """Extensions that numbers send calls to and that are nobody's: so that they can be dialled too."""
    people = {one.extension for one in rows.people}
    kinds = ("call_queue", "auto_attendant", "conference", "fax_server")
    return {to: treatment for _, treatment, to, _, _ in rows.numbers if treatment in kinds and to not in people}


def _lists(rows: CompanyRows) -> tuple[dict[int | None, frozenset[str]], dict[int | None, frozenset[str]]]:
    """Allowed and blocked numbers by user id, the company's blocked ones under None."""
    found: dict[bool, dict[int | None, set[str]]] = {True: {}, False: {}}
    for user_id, number, let in rows.filters:
        found[let].setdefault(user_id, set()).add(number)
    frozen = {let: {user: frozenset(numbers) for user, numbers in lists.items()} for let, lists in found.items()}
    return frozen[True], frozen[False]
