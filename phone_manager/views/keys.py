"""The key editor as it is shown: a draft becomes a drawing, a panel, sentences.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from phone_manager.views.drawing import PhoneDrawing, PlacedKeyView, draw
from phone_manager.views.drawing import words as drawn
from provd.phone.key import KINDS, KeyKind, Position
from provd.phone.model import Family, Model

Told = Mapping[str, Any]

ZOOMS = (50, 75, 100, 125, 150, 200)


@dataclass(frozen=True, slots=True)
class Look:
    """How the picture is looked at, as the address has it: `page` 0 is all pages, `rows` the list."""

    page: int = 0
    zoom: int = 100
    rows: bool = False

    @property
    def query(self) -> dict[str, object]:
        """What of it is not as usual."""
        said = {"page": self.page or None, "zoom": self.zoom if self.zoom != 100 else None}
        return {name: value for name, value in {**said, "as": "list" if self.rows else None}.items() if value}

    @property
    def text(self) -> str:
        """The query of an address, with its question mark; empty when all is as usual."""
        return "?" + "&".join(f"{name}={value}" for name, value in self.query.items()) if self.query else ""

    @property
    def reset(self) -> Look:
        """Everything as usual, in the same shape."""
        return Look(rows=self.rows)

    @property
    def as_picture(self) -> Look:
        """The picture."""
        return replace(self, rows=False)

    @property
    def as_list(self) -> Look:
        """The list."""
        return replace(self, rows=True)

    def zoomed(self, step: int) -> Look | None:
        """One step nearer or further; None at the end."""
        place = ZOOMS.index(self.zoom) + step
        return replace(self, zoom=ZOOMS[place]) if 0 <= place < len(ZOOMS) else None


def look(page: str, zoom: str, shape: str) -> Look:
    """From the address's query; what it does not know is as usual."""
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 4 else 0
    wide = int(zoom) if zoom.isascii() and zoom.isdecimal() and len(zoom) < 4 else 100
    return Look(number, wide if wide in ZOOMS else 100, shape == "list")


def problem_at(problems: Sequence[Told]) -> dict[str, str]:
    """{position: sentence} of the problems that are about a key; errors come first."""
    found: dict[str, str] = {}
    for one in problems:
        part, _, rest = one["field"].partition(".")
        if part == "keys" and rest:
            place = rest.removesuffix(".kind").removesuffix(".target").removesuffix(".line").removesuffix(".label")
            found.setdefault(place, one["text"])
    return found


def placed(draft: Told, lamps: Mapping[str, str] = MappingProxyType({})) -> dict[Position, PlacedKeyView]:
    """Every key of a draft as the drawing wants it; places that were emptied show that they changed. A lamp belongs to
    what is saved: a key that is changed shows none."""
    changed = {one["name"] for one in draft["changes"]}
    problems = problem_at([*draft["blocking"], *draft["problems"]])
    found = {
        Position.parse(one["position"]): PlacedKeyView(
            kind=one["kind"], target=one["target"], label=one["shown"], line=one["line"], origin=one["origin"],
            inherited=not one["own"], locked=one["locked"], changed=f"keys.{one['position']}" in changed,
            problem=problems.get(one["position"], ""),
            live="" if f"keys.{one['position']}" in changed else lamps.get(one["position"], ""),
        )
        for one in draft["keys"]
    }  # fmt: skip
    for name in changed:
        part, _, place = name.partition(".")
        if part == "keys":
            found.setdefault(Position.parse(place), PlacedKeyView(changed=True))
    return found


def picture(
    model: Model, modules: Sequence[str], draft: Told, address: str, seen: Look, selected: Position | None, owner: str,
    lamps: Mapping[str, str] = MappingProxyType({}),
) -> PhoneDrawing:  # fmt: skip
    """The drawing, with links that keep how it is looked at."""
    made = draw(
        model, modules, placed(draft, lamps), selected=selected, base_href=address, page=seen.page or None, owner=owner
    )
    tabs = tuple(
        replace(tab, href=f"{address}/keys{replace(seen, page=number).text}") for number, tab in enumerate(made.tabs)
    )
    if not seen.text:
        return replace(made, tabs=tabs)

    def linked(keys: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(replace(key, href=key.href + seen.text) for key in keys)

    def kept(panels: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(replace(panel, keys=linked(panel.keys)) for panel in panels)

    return replace(made, tabs=tabs, panels=kept(made.panels), narrow=kept(made.narrow), rows=linked(made.rows))


@dataclass(frozen=True, slots=True)
class Option:
    """A kind of key to choose: `cannot` is why this phone has it not, `note` what may surprise."""

    kind: KeyKind
    cannot: str
    note: str


def options(family: Family) -> list[Option]:
    """Every kind of key with what the family makes of it; a cascade is its own action."""
    found = []
    for kind in KINDS.values():
        rule = family.keys["blf" if kind.name == "cascade" else kind.name]
        note = rule.note or ("" if rule.lamp or not kind.lamp else "Without a lamp on these phones.")
        found.append(Option(kind, "" if kind.name == "none" else rule.cannot, note))
    return found


@dataclass(frozen=True, slots=True)
class Side:
    """The panel beside the picture, for one key. `kind` is what is chosen in it, `key` what is on the place."""

    position: Position
    title: str
    key: Told
    kind: KeyKind
    options: list[Option]
    origin: str
    own: bool
    inherited: bool
    locked: bool
    problem: str
    before: Position | None
    after: Position | None
    pages: list[tuple[int, Position]]
    last: Position

    @property
    def note(self) -> str:
        """What may surprise about the chosen kind."""
        return next((one.note for one in self.options if one.kind.name == self.kind.name), "")

    @property
    def cannot(self) -> list[Option]:
        """The kinds that these phones have not."""
        return [one for one in self.options if one.cannot]

    @property
    def follows(self) -> bool:
        """Whether the label follows what the key points at."""
        return self.key["label"] is None


EMPTY: Told = {
    "kind": "none", "target": "", "label": None, "line": 1, "locked": False, "origin": "", "own": False, "shown": "",
    "filled": False,
}  # fmt: skip


def side(
    model: Model, family: Family, modules: int, draft: Told, position: Position, *, locks: bool, kind: str = "",
    owner: str = "phone",
) -> Side:  # fmt: skip
    """The panel of one key. `kind`: what was chosen in the form and is not in the draft."""
    key = next((one for one in draft["keys"] if one["position"] == str(position)), EMPTY)
    places = model.positions(modules)
    at = places.index(position)
    chosen = KINDS.get(kind) or KINDS[key["kind"]]
    view = PlacedKeyView(key["kind"], origin=key["origin"], inherited=not key["own"])
    return Side(
        position, drawn.place(position), key, chosen, options(family), drawn.origin(view, owner), key["own"],
        not key["own"] and key["kind"] != "none" and not key["filled"],
        key["locked"] and not locks, problem_at([*draft["blocking"], *draft["problems"]]).get(str(position), ""),
        places[at - 1] if at else None, places[at + 1] if at + 1 < len(places) else None,
        other_pages(model, modules, position), places[-1],
    )  # fmt: skip


def other_pages(model: Model, modules: int, position: Position) -> list[tuple[int, Position]]:
    """The same place on the other pages of the phone's own keys."""
    if position.module or model.keys_per_page >= model.keys:
        return []
    drawing = draw(model, ("",) * modules, {}, base_href="")
    pages: dict[int, list[Position]] = {}
    for row in drawing.rows:
        if not row.position.module:
            pages.setdefault(row.page, []).append(row.position)
    own = next((page for page, places in pages.items() if position in places), 1)
    slot = pages[own].index(position)
    return [(page, places[min(slot, len(places) - 1)]) for page, places in sorted(pages.items()) if page != own]
