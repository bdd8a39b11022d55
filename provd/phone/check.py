"""What a model cannot do with a configuration, said before it is saved.  (pure)

Rules of this file: an error is what the phone would not do at all, a warning what may surprise. What a phone inherits
from a template or its company is never an error of the phone: a template for phones with a module also serves those
without one. `check()` sees everything; `check_chosen()` is the part that a template can be judged by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provd.errors import Problem
from provd.phone.config import PhoneConfig
from provd.phone.key import KINDS, Key, Position
from provd.phone.layer import Sourced
from provd.phone.model import Family, Model
from provd.phone.text import has_control

Chosen = Mapping[Position, Sourced[Key]]

ENOUGH_LINES = 2  # AM-82: transfer and conference need a second call appearance


def check(
    config: PhoneConfig, model: Model, family: Family, chosen: Chosen, names: frozenset[str] | None = None
) -> list[Problem]:
    """Everything that `model` cannot do with `config`.

    `chosen` are the merged keys before cascades were filled and before those without a place were dropped; `names`
    the extensions that exist in the company, None where nobody is to be missed. Never raises.
    """
    found = [
        *_accounts(config, model),
        *_modules(config, model),
        *check_chosen(chosen, model, family, len(config.modules)),
        *_lines(config, chosen),
        *_unplaced(config),
        *check_raw(config.raw, family),
        *_codecs(config, family),
        *_labels(config, family, chosen),
    ]
    return found + list(_strangers(chosen, names) if names is not None else ())


def check_chosen(chosen: Chosen, model: Model, family: Family, modules: int) -> list[Problem]:
    """What is wrong with keys as they were chosen, on a phone of this model with so many expansion modules."""
    places = frozenset(model.positions(modules))
    return [
        problem
        for position in sorted(chosen)
        for problem in _key(position, chosen[position], model, family, places, modules)
    ]


def check_raw(raw: Mapping[str, str], family: Family) -> list[Problem]:
    """What is wrong with vendor parameters: a name that the family's files cannot hold, a value that is no one line."""
    problems = []
    for name, value in raw.items():
        if not family.raw_names.search(name):
            text = f"“{_short(name)}” is not a parameter name as {family.title} phones write them."
            problems.append(Problem(f"raw.{_short(name)}", text))
        if has_control(value):
            text = f"The value of {_short(name)} has a line break or control character; take it out."
            problems.append(Problem(f"raw.{_short(name)}", text))
    return problems


def _key(
    position: Position, sourced: Sourced[Key], model: Model, family: Family, places: frozenset[Position], modules: int
) -> Iterator[Problem]:
    key, field = sourced.value, f"keys.{position}"
    severity = "error" if sourced.kind == "phone" else "warning"
    title = f"{model.vendor} {model.name}"
    if position not in places and key.kind != "none":
        yield Problem(field, _beyond(position, model, title, modules), severity)
    kind = KINDS.get(key.kind)
    if kind is None:
        yield Problem(f"{field}.kind", f"There is no key kind “{_short(key.kind)}”.")
        return
    rule = family.keys.get("blf" if key.kind == "cascade" else key.kind)
    if rule is not None and rule.cannot and key.kind != "none":
        yield Problem(f"{field}.kind", rule.cannot, severity)
    elif rule is not None and kind.lamp and not rule.lamp:
        note = f" {rule.note}" if rule.note else ""
        yield Problem(field, f"Key {position}: {kind.title} has no lamp on {family.title}.{note}", "warning")
    if kind.target not in ("none", "filter") and not key.target.strip():
        yield Problem(f"{field}.target", f"Key {position} ({kind.title}) needs {_WANTED[kind.target]}.", severity)
    if has_control(key.target) or (key.label is not None and has_control(key.label)):
        yield Problem(field, f"Key {position} has a line break or control character in it; take it out.", severity)
    if key.line > model.accounts:
        text = f"Key {position} is of line {key.line}, and the {title} has {model.accounts}; choose a lower line."
        yield Problem(f"{field}.line", text, severity)


_WANTED = {
    "extension": "the extension of a person",
    "number": "a number to dial",
    "digits": "the digits to send",
    "orbit": "a park orbit, such as 701",
    "timeframe": "the number of a time frame",
    "url": "an address, such as http://intranet.example/",
}


def _beyond(position: Position, model: Model, title: str, modules: int) -> str:
    if position.module == 0:
        return f"Key {position} does not exist on the {title}; it has {model.keys} keys."
    if model.modules is None:
        return f"Key {position} is on an expansion module, and the {title} takes none."
    if position.module > modules:
        has = "has none" if modules == 0 else "has one" if modules == 1 else f"has {modules}"
        return f"Key {position} is on expansion module {position.module}, and this phone {has}; add it to the phone."
    return f"Key {position} does not exist; an expansion module of the {title} has {model.modules.keys} keys."


def _accounts(config: PhoneConfig, model: Model) -> Iterator[Problem]:
    for account in config.accounts:
        if account.line > model.accounts:
            text = f"Line {account.line} ({account.device}) does not fit; the {model.vendor} {model.name} "
            yield Problem(f"lines.{account.line}", f"{text}has {model.accounts}. Take the line off the phone.")


def _modules(config: PhoneConfig, model: Model) -> Iterator[Problem]:
    title = f"{model.vendor} {model.name}"
    if config.modules and model.modules is None:
        yield Problem("expansions", f"The {title} takes no expansion module; take it off the phone.")
        return
    if model.modules is None:
        return
    if len(config.modules) > model.modules.most:
        text = f"The {title} takes {model.modules.most} expansion modules at most, and {len(config.modules)} are named."
        yield Problem("expansions", text)
    fitting = {name.casefold() for name in model.modules.names}
    for name in config.modules:
        if fitting and name.casefold() not in fitting:
            text = f"The {title} takes no {_short(name)}; it takes {', '.join(model.modules.names)}."
            yield Problem("expansions", text)


def _lines(config: PhoneConfig, chosen: Chosen) -> Iterator[Problem]:
    known = {account.line for account in config.accounts}
    for position in sorted(chosen):
        key = chosen[position].value
        if known and key.line not in known and key.kind != "none":
            text = f"Key {position} is of line {key.line}, which this phone does not have; it has {_counted(known)}."
            yield Problem(f"keys.{position}.line", text, "warning" if chosen[position].kind != "phone" else "error")
    appearances = sum(1 for key in config.keys if key.kind in ("line", "shared_line"))
    if known and config.places and appearances < ENOUGH_LINES:
        text = "Transfer and conference need at least two line appearances; this phone has "
        yield Problem("keys", text + ("one." if appearances else "none."), "warning")


def _counted(lines: set[int]) -> str:
    return f"line {min(lines)}" if len(lines) == 1 else "lines " + ", ".join(str(line) for line in sorted(lines))


def _unplaced(config: PhoneConfig) -> Iterator[Problem]:
    if config.unplaced:
        people = "1 person finds" if config.unplaced == 1 else f"{config.unplaced} people find"
        yield Problem("keys", f"{people} no key in the directory cascade; the phone has no free place left.", "warning")


def _codecs(config: PhoneConfig, family: Family) -> Iterator[Problem]:
    wanted = config.values.get("audio.codecs", ())
    if isinstance(wanted, tuple) and wanted and not set(wanted) & set(family.codecs):
        text = f"{family.title} phones have none of {', '.join(wanted)}; choose one of {', '.join(family.codecs)}."
        yield Problem("values.audio.codecs", text)


def _labels(config: PhoneConfig, family: Family, chosen: Chosen) -> Iterator[Problem]:
    for key in config.keys:
        written = chosen.get(key.position)
        if written is not None and written.value.label is not None and len(key.label) > family.label_length:
            text = f"The label of key {key.position} has {len(key.label)} characters; "
            text += f"the phone shows {family.label_length}."
            yield Problem(f"keys.{key.position}.label", text, "warning")


def _strangers(chosen: Chosen, names: frozenset[str]) -> Iterator[Problem]:
    for position in sorted(chosen):
        key = chosen[position].value
        if key.kind == "blf" and key.target and key.target not in names:
            text = f"Key {position} watches {_short(key.target)}, and nobody in the company has this extension."
            yield Problem(f"keys.{position}.target", text, "warning")


def _short(text: str) -> str:
    return text[:60]
