"""The panels of a drawing: the phone, its further pages, its expansion modules.  (pure)"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from phone_manager.views.drawing import words
from phone_manager.views.drawing.furniture import furniture
from phone_manager.views.drawing.paging import Bank, banks, module_page, turns
from phone_manager.views.drawing.places import Place, columns, on_the_phone
from phone_manager.views.drawing.view import KeyDrawing, Panel, PlacedKeyView, Shape
from provd.phone.key import Position
from provd.phone.model import Box, Drawing, Model

EMPTY = PlacedKeyView()
KEYLESS = Drawing(380, 420, None, (), look="base")
GLYPH_ROOM = 24.0
BADGE_ROOM = 16.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn on: the keys by place, which one is chosen, and where a key's link leads."""

    model: Model
    keys: Mapping[Position, PlacedKeyView]
    selected: Position | None
    base_href: str
    owner: str = "phone"

    @property
    def banks(self) -> tuple[Bank, ...]:
        """The banks of the phone as it turns its pages with these keys."""
        return banks(self.model, self.used)

    @property
    def used(self) -> tuple[int, ...]:
        """The numbers of the phone's own keys that are set."""
        return tuple(at.number for at, view in self.keys.items() if not at.module and view.kind != "none")

    def key(self, position: Position, page: int, place: Place) -> KeyDrawing:
        """One key at its place, its words cut to fit."""
        view = self.keys.get(position, EMPTY)
        label = words.clean(view.label) or words.clean(view.target)
        if view.kind == "none":
            label = ""
        room = place.label.width - GLYPH_ROOM - 6 - BADGE_ROOM * (view.locked + bool(view.problem))
        if place.form == "touch":
            room -= GLYPH_ROOM
        return KeyDrawing(
            position=position,
            page=page,
            href=f"{self.base_href}/keys/{position}",
            name=words.name(position, view, self.owner),
            form=place.form,
            area=place.area,
            button=place.button,
            label=place.label,
            text=words.fit(label, room),
            full_label=label,
            target=words.clean(view.target) if view.kind != "none" else "",
            kind_word=words.spoken(view.kind),
            origin=words.origin(view, self.owner),
            state_words=words.states(view),
            rtl=words.rightward(label),
            mirrored=place.mirrored,
            glyph=words.glyph(view.kind),
            view=view,
            selected=position == self.selected,
        )


def phone_panel(sheet: Sheet, page: int) -> Panel:
    """The phone itself with page `page` of its keys on it; a bank with fewer pages shows its last."""
    model, drawing = sheet.model, sheet.model.drawing or KEYLESS
    screens = (*((drawing.screen,) if drawing.screen else ()), *drawing.screens)
    boxes = on_the_phone(drawing.keys, screens)
    keys: list[KeyDrawing] = []
    for bank in sheet.banks:
        shown = min(page, bank.pages)
        for index, number in enumerate(bank.numbers(shown)):
            keys.append(sheet.key(Position(0, number), shown, boxes[bank.box + index]))
    shapes = [*furniture(drawing, model.name, model.accounts)]
    if turns(model, sheet.used):
        shapes.append(_page_key(boxes[-1], page))
    caption = f"page {page}" if any(bank.pages > 1 for bank in sheet.banks) else ""
    title = f"{model.vendor} {model.name}"
    colour = model.colour is not False
    return Panel(
        "phone",
        title,
        caption,
        drawing.width,
        drawing.height,
        drawing.look,
        colour,
        screens,
        tuple(shapes),
        tuple(keys),
    )


def _page_key(place: Place, page: int) -> Shape:
    """The button that turns the page, drawn where the last key would be."""
    return Shape("page_touch" if place.form == "touch" else "page_key", place.area, f"Page {page}")


def page_panels(sheet: Sheet) -> Iterator[Panel]:
    """The pages after the first, each as a small screen with its keys on the sides where the phone has them."""
    for number in range(2, max((bank.pages for bank in sheet.banks), default=1) + 1):
        for bank in sheet.banks:
            if number <= bank.pages:
                yield _bank_panel(sheet, bank, number)


def narrow_panels(sheet: Sheet, page: int) -> Iterator[Panel]:
    """The keys that phone_panel() shows with `page`, as small screens: for a window too narrow for the phone."""
    for bank in sheet.banks:
        yield _bank_panel(sheet, bank, min(page, bank.pages))


def _bank_panel(sheet: Sheet, bank: Bank, number: int) -> Panel:
    drawing, numbers = sheet.model.drawing or KEYLESS, bank.numbers(number)
    middle = drawing.screen.x + drawing.screen.width / 2 if drawing.screen else 0
    boxes, touch = drawing.keys[bank.box : bank.box + len(numbers)], drawing.look == "touch"
    title = f"{bank.noun} {number}" if bank.pages > 1 else f"{sheet.model.vendor} {sheet.model.name}"
    positions = [Position(0, key) for key in numbers]
    return _small(sheet, "page", title, positions, number, _left_of(boxes, middle, touch), touch)


def _left_of(boxes: Sequence[Box], middle: float, touch: bool) -> int:
    """How many of a page's keys stand in its left column: as on the phone, else the larger half."""
    left = sum(1 for box in boxes if box.x + box.width / 2 < middle)
    inside = {box.x for box in boxes}
    return left if len(inside) <= 2 and (left or touch) else -(-len(boxes) // 2)


def module_panels(sheet: Sheet, modules: Sequence[str]) -> Iterator[Panel]:
    """Each page of each attached expansion module, in two columns as they all are."""
    fitted = sheet.model.modules
    if fitted is None:
        return
    shown = module_page(sheet.model)
    for module, title in enumerate(modules[: fitted.most], 1):
        for page, first in enumerate(range(1, fitted.keys + 1, shown), 1):
            last = min(first + shown - 1, fitted.keys)
            positions = [Position(module, number) for number in range(first, last + 1)]
            half = -(-min(shown, len(positions)) // 2)
            paged = f", page {page}" if shown < fitted.keys else ""
            yield _small(sheet, "module", f"Module {module} ({title}){paged}", positions, page, half, False)


def _small(
    sheet: Sheet, kind: str, title: str, positions: Sequence[Position], page: int, left: int, touch: bool
) -> Panel:
    column = columns(left, len(positions) - left, touch=touch)
    keys = tuple(sheet.key(at, page, place) for at, place in zip(positions, column.places, strict=True))
    shapes = [Shape("body", Box(2, 2, column.width - 4, column.height - 4))]
    screen, colour = column.screen, kind == "module" or sheet.model.colour is not False
    shapes.append(Shape("bezel", Box(screen.x - 3, screen.y - 3, screen.width + 6, screen.height + 6)))
    return Panel(
        kind, title, span(positions), column.width, column.height, "small", colour, (screen,), tuple(shapes), keys
    )


def span(positions: Sequence[Position]) -> str:
    """`keys 11–20`, `key 7`."""
    first, last = positions[0].number, positions[-1].number
    return f"key {first}" if first == last else f"keys {first}–{last}"
