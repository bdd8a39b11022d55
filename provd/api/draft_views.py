"""What a draft comes to: settings with their layers, and line by line what the phone would get, with the cause."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provd.api import board as boards
from provd.api.call import Call, mac_in
from provd.api.configured import Configured
from provd.api.drafting import Drafted, laid, opened, parts
from provd.api.endpoint import Group
from provd.api.gate import off_the_loop
from provd.api.layering import secret_raw
from provd.api.schema import choice, define, listing, nullable, number, obj, switch, text
from provd.phone import draft as rules
from provd.phone.config import MASK, PhoneConfig
from provd.phone.model import Family, Model
from provd.phone.parameter import PARAMETERS, SECRETS
from provd.phone.restart import RESTARTING
from provd.render import render
from provd.store import drafts, phones
from provd.store.database import Store
from provd.store.rows import Layer

MOST_CAUSES = 8
"""Up to so many changes are rendered one by one; more of them in so many groups."""
CONTEXT = 2
MOST_LINES = 4_000

SAID = obj({"title": text("Of the layer"), "value": {}})
ONE_SETTING = obj(
    {
        "name": text(), "value": {}, "origin": text("The layer that says so"), "own": switch("Said here"),
        "changed": switch("Not saved"), "layers": listing(SAID, "Every layer that says something, low to high"),
    }
)  # fmt: skip
SETTINGS = define(
    "DraftSettings",
    obj({"values": listing(ONE_SETTING), "raw": listing(ONE_SETTING, "Vendor parameters, as in the vendor's file")}),
)
LINE = obj(
    {
        "sign": choice(("+", "-", " ", "@"), "Added, taken away, as before, a place further on"),
        "text": text(longest=10_000), "cause": listing(text(), "The changes that make it so"),
    }
)  # fmt: skip
FILE = obj({"name": text(), "changed": number("Lines"), "lines": listing(LINE, most=MOST_LINES)})
DRAFT_DIFF = define(
    "DraftDifference",
    obj(
        {
            "mac": nullable(text("The phone that it is shown for; null where no phone uses the template")),
            "changed": number("Lines that differ, in all files"), "files": listing(FILE),
            "restarts": listing(text(), "Settings that most phones restart for"),
        }
    ),
)  # fmt: skip
WHOSE = {"mac": text("Show it for this phone; without, for the first that uses the template", 40)}


def title(name: str) -> str:
    """A change in words: `keys.7` → `key 7`, `values.language` → `Language`."""
    part, _, rest = name.partition(".")
    if part == "values":
        return PARAMETERS[rest].title if rest in PARAMETERS else rest
    return {"keys": f"key {rest}", "directory": f"directory ({rest})"}.get(part, rest)


def get_settings(board: Drafted, _call: Call) -> Any:
    """Get the settings of {what} as the draft has them

    Every setting with its value, the layer that it is from, and what each layer says. Secrets are marks."""
    changed = board.draft.changes
    values = []
    for name in PARAMETERS:
        sourced, hidden = board.merged.values[name], name in SECRETS
        said = [(layer.title, layer.values[name]) for layer in board.lower if name in layer.values]
        own = name in board.layer.values
        said += [(board.title, board.layer.values[name])] if own else []
        values.append(_setting(f"values.{name}", sourced.value, sourced.origin, own, said, hidden, changed))
    raw = []
    for name, one in sorted(board.merged.raw.items()):
        own, hidden = name in board.layer.raw, secret_raw(name, board.target.families)
        told = [(layer.title, layer.raw[name]) for layer in board.lower if name in layer.raw]
        told += [(board.title, str(board.layer.raw[name]))] if own else []
        raw.append(_setting(f"raw.{name}", one.value, one.origin, own, told, hidden, changed))
    return {"values": values, "raw": raw}


def _setting(
    name: str, value: Any, origin: str, own: bool, said: Sequence[tuple[str, Any]], hidden: bool,
    changed: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    def shown(one: Any) -> Any:
        return MASK if hidden and one else list(one) if isinstance(one, tuple) else one

    return {
        "name": name.partition(".")[2], "value": shown(value), "origin": origin, "own": own, "changed": name in changed,
        "layers": [{"title": title, "value": shown(one)} for title, one in said],
    }  # fmt: skip


# What the phone will get


@dataclass(frozen=True)
class Comparison:
    """A phone as it is, as the draft would have it, and as some of the changes alone would have it."""

    mac: str
    model: Model
    family: Family
    now: PhoneConfig
    then: PhoneConfig
    alone: Sequence[tuple[Sequence[str], PhoneConfig]]


def declare(group: Group) -> None:
    """The endpoints, for phones and for templates."""
    more: dict[str, Any] = {"configured": True}
    group.get("/phones/{mac}/draft/diff", "phones.keys", DRAFT_DIFF, **more)(diff_phone)
    above = "/domains/{domain}/phonetemplates/{template}"
    group.get(f"{above}/draft/diff", "templates.write", DRAFT_DIFF, query=WHOSE, **more)(diff_template)


async def diff_phone(call: Call) -> Any:
    """Compare what the phone gets with what the draft would have it get

    Line by line, secrets as marks, each changed line with the changes that make it so."""
    board, now = await call.services.store.run(_of_phone, call)
    return await off_the_loop(_compared, board, now)


async def diff_template(call: Call) -> Any:
    """Compare what a phone that uses the template gets with what the draft would have it get

    Line by line, secrets as marks, each changed line with the changes that make it so."""
    board, now = await call.services.store.run(_of_template, call)
    if now is None:
        return {"mac": None, "changed": 0, "files": [], "restarts": []}
    return await off_the_loop(_compared, board, now)


def _of_phone(store: Store, call: Call) -> tuple[Drafted, Configured]:
    return opened(boards.of_phone(store, call)), Configured.read(store, call, call.the_phone)


def _of_template(store: Store, call: Call) -> tuple[Drafted, Configured | None]:
    mac = mac_in(call.query["mac"]) if call.query.get("mac") else ""
    found = drafts.sample_phone(store, call.domain_id, call.the_template.id, mac)
    phone = phones.by_mac(store, call.domain_id, found) if found is not None else None
    return opened(boards.of_template(store, call)), Configured.read(store, call, phone) if phone else None


def _compared(board: Drafted, now: Configured) -> dict[str, Any]:
    """The difference that a draft makes to a phone; it computes only, and long: to be done in a thread."""
    saved = board.saved_board
    kind, before = board.target.kind, parts(saved.layer)

    def with_layer(layer: Layer) -> PhoneConfig:
        others = tuple(one for one in now.taken.layers if one.kind != kind)
        return masked(Configured(now.call, replace(now.taken, layers=(*others, layer))))

    alone: list[tuple[Sequence[str], PhoneConfig]] = []
    groups, then = grouped(list(board.draft.changes)), with_layer(board.layer)
    for names in groups if len(groups) > 1 else ():
        some = {name: board.draft.changes[name] for name in names}
        alone.append((names, with_layer(laid(saved, rules.applied(before, some)))))
    if len(groups) == 1:
        alone.append((groups[0], then))
    return difference(Comparison(now.config.mac, now.model, now.family, masked(now), then, alone))


def masked(one: Configured) -> PhoneConfig:
    """What a person may see of a configuration."""
    config: PhoneConfig = one.call.services.configurator.masked(one.config, one.taken)
    return replace(config, revision="")


def grouped(names: Sequence[str]) -> list[list[str]]:
    """Up to MOST_CAUSES groups of names that stand beside each other, of one name each where that is enough."""
    size = -(-len(names) // MOST_CAUSES) or 1
    return [list(names[start : start + size]) for start in range(0, len(names), size)]


def difference(found: Comparison) -> dict[str, Any]:
    """The lines that differ, file by file, with their causes. Renders up to ten times: to be done in a thread."""

    def files(config: PhoneConfig) -> dict[str, list[str]]:
        made = render(config, found.model, found.family)
        return {name: body.decode("utf-8", "replace").splitlines() for name, body in made.items()}

    now, then = files(found.now), files(found.then)
    alone = [(names, then if config is found.then else files(config)) for names, config in found.alone]
    told = []
    for name in sorted({*now, *then}):
        old, new = now.get(name, []), then.get(name, [])
        if old != new:
            causes = [(names, *_moves(old, made.get(name, []))) for names, made in alone]
            lines = list(_lines(old, new, causes))
            changed = sum(1 for line in lines if line["sign"] in "+-")
            told.append({"name": name, "changed": changed, "lines": lines[:MOST_LINES]})
    restarts = [
        PARAMETERS[name].title for name in RESTARTING if found.now.values.get(name) != found.then.values.get(name)
    ]
    return {"mac": found.mac, "changed": sum(one["changed"] for one in told), "files": told, "restarts": restarts}


Moves = tuple[Sequence[str], set[tuple[str, int, str]]]


def _opcodes(old: Sequence[str], new: Sequence[str]) -> difflib.SequenceMatcher[str]:
    return difflib.SequenceMatcher(None, old, new, autojunk=False)


def _moves(old: Sequence[str], new: Sequence[str]) -> tuple[set[tuple[str, int, str]]]:
    """What one change does to a file: lines that go, by their number, and lines that come, by where they come."""
    found: set[tuple[str, int, str]] = set()
    for tag, i1, i2, j1, j2 in _opcodes(old, new).get_opcodes():
        if tag != "equal":
            found |= {("-", at, old[at]) for at in range(i1, i2)}
            found |= {("+", 0, new[at]) for at in range(j1, j2)}
    return (found,)


def _lines(old: Sequence[str], new: Sequence[str], causes: Sequence[Moves]) -> Iterator[dict[str, Any]]:
    for place, run in enumerate(_opcodes(old, new).get_grouped_opcodes(CONTEXT)):
        if place or run[0][1]:
            yield {"sign": "@", "text": f"line {run[0][1] + 1}", "cause": []}
        for tag, i1, i2, j1, j2 in run:
            if tag == "equal":
                yield from ({"sign": " ", "text": one[:10_000], "cause": []} for one in old[i1:i2])
                continue
            for at in range(i1, i2):
                yield {"sign": "-", "text": old[at][:10_000], "cause": _cause(("-", at, old[at]), causes)}
            for at in range(j1, j2):
                yield {"sign": "+", "text": new[at][:10_000], "cause": _cause(("+", 0, new[at]), causes)}


def _cause(line: tuple[str, int, str], causes: Sequence[Moves]) -> list[str]:
    return [name for names, moves in causes if line in moves for name in names]
