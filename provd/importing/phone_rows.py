"""From rows of a spreadsheet and what the company has to what is to be written.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from provd.importing.columns import CLEAR, devices_of, line_number
from provd.importing.models import ModelNames
from provd.importing.plan import (
    CompanyFacts,
    NewDevice,
    PhoneFact,
    Plan,
    WishedLine,
    WishedPhone,
    taken_sentence,
)
from provd.importing.report import CREATED, UNCHANGED, UPDATED, WRONG, LineOutcome, listed
from provd.importing.table import CELL_LIMIT, Row
from provd.phone.mac import parse_mac
from provd.phone.model import Model
from provd.store.rules import text as text_problems

_DEVICE = re.compile(r"([0-9]{1,20})([a-z]{0,8})")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
_WORDS = {
    "model": "model",
    "site_id": "site",
    "template_id": "template",
    "description": "description",
    "lines": "lines",
    "expansions": "expansion modules",
}


class _Wrong(Exception):
    """A row that cannot be imported; `str(error)` is the sentence."""


@dataclass(slots=True)
class _Sheet:
    """What is known while rows are taken one after the other."""

    facts: CompanyFacts
    names: ModelNames
    models: Mapping[str, Model]
    seen: dict[str, int] = field(default_factory=dict)
    devices: dict[str, NewDevice] = field(default_factory=dict)
    phones: list[WishedPhone] = field(default_factory=list)
    carrying: dict[str, list[str]] = field(default_factory=dict)


def plan_phones(
    rows: tuple[Row, ...], facts: CompanyFacts, models: Mapping[str, Model]
) -> tuple[Plan, list[LineOutcome]]:
    """What the rows ask for, and the outcome of every one of them. Nothing is raised: a wrong row has the outcome
    `error`, and then the caller writes nothing of the plan."""
    sheet = _Sheet(facts, ModelNames(models), models)
    for mac, phone in facts.phones.items():
        for line in phone.lines:
            _carry(sheet, line.device, mac)
    outcomes = [_outcome(row, sheet) for row in rows]
    return Plan(devices=tuple(sheet.devices.values()), phones=tuple(sheet.phones)), outcomes


def _outcome(row: Row, sheet: _Sheet) -> LineOutcome:
    mac = ""
    try:
        mac = _mac(row, sheet)
        wished, outcome, text = _wish(row, mac, sheet)
    except _Wrong as error:
        return LineOutcome(row.line, mac, WRONG, str(error))
    if outcome != UNCHANGED:
        sheet.phones.append(wished)
    return LineOutcome(row.line, mac, outcome, text + _shared_devices(wished, sheet))


def _mac(row: Row, sheet: _Sheet) -> str:
    for name, cell in row.cells.items():
        if len(cell) > CELL_LIMIT:
            raise _Wrong(f"The cell {name} has {len(cell)} characters; {CELL_LIMIT} are the most.")
    company = row.cells.get("domain", sheet.facts.name)
    if company.lower() != sheet.facts.name:
        raise _Wrong(f"The line is for the company {company[:60]} and this is {sheet.facts.name}; import it there.")
    said = row.cells.get("mac", "")
    if not said:
        raise _Wrong("The line has no MAC address; every phone needs one.")
    try:
        mac = parse_mac(said)
    except ValueError as error:
        made = f"The spreadsheet has made a number ({said[:20]}) of the MAC; format the column as text."
        raise _Wrong(made if _NUMBER.fullmatch(said) else str(error)) from None
    if mac in sheet.seen:
        raise _Wrong(f"Line {sheet.seen[mac]} has the phone {mac} already; take one of the two out.")
    sheet.seen[mac] = row.line
    if mac in sheet.facts.taken:
        raise _Wrong(taken_sentence(mac))
    return mac


def _wish(row: Row, mac: str, sheet: _Sheet) -> tuple[WishedPhone, str, str]:
    """The phone as the row wants it, with the outcome and its sentence."""
    cells, fact = row.cells, sheet.facts.phones.get(mac)
    model = _model(cells, fact, sheet)
    old = fact or PhoneFact(0, model, None, None, "")
    wished = WishedPhone(
        mac,
        model,
        fact.id if fact else None,
        _named(cells.get("site", ""), old.site_id, sheet.facts.sites, "site"),
        _template(cells.get("template", ""), old, model, sheet),
        _description(cells.get("description", ""), old),
        old.expansions if model == old.model else (),
        _lines(cells, old, sheet.models.get(model), sheet),
    )
    if fact is None:
        on = listed(line.device for line in wished.lines or ()) or "no line yet"
        return wished, CREATED, f"New phone: {_title(model, sheet)} with {on}."
    changed = [_WORDS[name] for name in _WORDS if getattr(wished, name) != getattr(fact, name)]
    if not changed:
        return wished, UNCHANGED, "Nothing to change."
    return wished, UPDATED, f"Changed: {', '.join(changed)}."


def _model(cells: Mapping[str, str], fact: PhoneFact | None, sheet: _Sheet) -> str:
    said = cells.get("model", "")
    if said:
        try:
            return sheet.names.find(said).id
        except ValueError as error:
            raise _Wrong(str(error)) from None
    if fact is None:
        raise _Wrong("The phone is new and the line names no model; write it, such as Yealink T46U.")
    return fact.model


def _title(model: str, sheet: _Sheet) -> str:
    known = sheet.models[model]
    return f"{known.vendor} {known.name}"


def _find(said: str, known: Mapping[str, object], what: str) -> str:
    """The name among `known` that somebody wrote, with capitals or without."""
    if said in known:
        return said
    same = [name for name in known if name.casefold() == said.casefold()]
    if len(same) != 1:
        some = f"there are {listed(sorted(known))}" if known else "there is none yet"
        raise _Wrong(f"There is no {what} “{said[:40]}” in this company; {some}.")
    return same[0]


def _named(said: str, old: int | None, known: Mapping[str, int], what: str) -> int | None:
    if not said:
        return old
    return None if said == CLEAR else known[_find(said, known, what)]


def _template(said: str, old: PhoneFact, model: str, sheet: _Sheet) -> int | None:
    known = sheet.facts.templates
    by_id = {template_id: (name, made_for) for name, (template_id, made_for) in known.items()}
    if said == CLEAR:
        return None
    if not said:
        if old.template_id is None:
            return None
        name = by_id[old.template_id][0]
    else:
        name = _find(said, known, "template")
    template_id, made_for = known[name]
    if made_for != model:
        raise _Wrong(f"The template {name} is for {made_for} and the phone is a {model}; choose one for this model.")
    return template_id


def _description(said: str, old: PhoneFact) -> str:
    if not said:
        return old.description
    problems = text_problems("The description", "" if said == CLEAR else said)
    if problems:
        raise _Wrong(problems[0].text)
    return "" if said == CLEAR else said


def _lines(cells: Mapping[str, str], old: PhoneFact, model: Model | None, sheet: _Sheet) -> tuple[WishedLine, ...]:
    """The lines of the phone: every column sets its own, and a cell with several devices those after it too."""
    lines = {line.line: line for line in old.lines}
    given: set[int] = set()
    for name, cell in cells.items():
        first = line_number(name)
        for number, device in enumerate(devices_of(cell) if first else (), first or 0):
            if number in given:
                raise _Wrong(f"Line {number} of the phone is said twice; write each device in one cell only.")
            given.add(number)
            if device == CLEAR:
                lines.pop(number, None)
            elif number not in lines or lines[number].device != device:
                lines[number] = WishedLine(number, _device(device, sheet))
    most = model.accounts if model else 64
    if lines and max(lines) > most:
        raise _Wrong(f"This model has {most} lines; there is no line {max(lines)}.")
    return tuple(lines[number] for number in sorted(lines))


def _device(name: str, sheet: _Sheet) -> str:
    found = _DEVICE.fullmatch(name)
    if not found:
        raise _Wrong(f"“{name[:40]}” is no extension and no device; write 101, or 101a for the second phone of 101.")
    if name not in sheet.facts.devices:
        if found[1] not in sheet.facts.users:
            raise _Wrong(f"There is no user {found[1]} in this company; make the user before the phone.")
        sheet.devices.setdefault(name, NewDevice(name, found[1]))
    return name


def _shared_devices(wished: WishedPhone, sheet: _Sheet) -> str:
    """A word of warning where a device is on several phones: they would take turns at registering."""
    said = ""
    for device in dict.fromkeys(line.device for line in wished.lines or ()):
        others = [mac for mac in sheet.carrying.get(device, ()) if mac != wished.mac]
        if others:
            said += f" The device {device} is on {listed(others, 2)} too; give each phone a device of its own."
        _carry(sheet, device, wished.mac)
    return said


def _carry(sheet: _Sheet, device: str, mac: str) -> None:
    carrying = sheet.carrying.setdefault(device, [])
    if len(carrying) < 4 and mac not in carrying:
        carrying.append(mac)
