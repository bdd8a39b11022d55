"""The picture of a phone: a model, its modules and its keys become panels that the SVG templates show.  (pure)

    from phone_manager.views.drawing import PlacedKeyView, draw
    drawing = draw(model, ("EXP43",), {Position.parse("7"): PlacedKeyView("blf", "101", "Reception")}, base_href="/p/1")

    {% from "svg/phone.svg.j2" import phone_svg, page_tabs, legend %}
    {% from "svg/key_list.html.j2" import key_list, label_strips %}
    {{ page_tabs(drawing) }} {{ phone_svg(drawing) }} {{ legend() }} {{ key_list(drawing) }} {{ label_strips(drawing) }}

with `static/css/drawing.css`. Every key is a link to `<base_href>/keys/<position>` with `id="key-<position>"`,
`data-position`, and its middle as `data-x`, `data-y` for arrow keys; the macros use no inline style and no script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phone_manager.views.drawing.panels import Sheet, module_panels, narrow_panels, page_panels, phone_panel
from phone_manager.views.drawing.view import KeyDrawing, Panel, PhoneDrawing, PlacedKeyView, Shape, Tab
from provd.phone.key import Position
from provd.phone.model import Model

__all__ = ["KeyDrawing", "Panel", "PhoneDrawing", "PlacedKeyView", "Shape", "Tab", "draw"]

KEYLESS = {
    "base": "A DECT base has no keys of its own; its handsets are set up on the handsets.",
    "adapter": "An adapter has no keys; the analogue phones on its sockets dial every feature.",
}


def draw(
    model: Model,
    modules: Sequence[str],
    keys: Mapping[Position, PlacedKeyView],
    *,
    selected: Position | None = None,
    base_href: str,
    page: int | None = None,
    owner: str = "phone",
) -> PhoneDrawing:
    """Draw a phone with its attached expansion `modules` (their names, at most as many as fit) and `keys`.

    Places without a key are drawn empty; keys at places the model has not are left out. `page` None shows the phone
    with its first page and every further page beside it; 1, 2, … only the phone with that page (and the modules).
    `base_href` is the phone's page, without a slash at the end; `owner` is what is edited, `phone` or `template`.
    """
    sheet = Sheet(model, keys, selected, base_href, owner)
    pages = max((bank.pages for bank in sheet.banks), default=1)
    shown = 1 if page is None else max(1, min(page, pages))
    further = tuple(page_panels(sheet)) if page is None else ()
    panels = (phone_panel(sheet, shown), *further, *module_panels(sheet, modules))
    rows = tuple(sorted((key for panel in panels for key in panel.keys), key=lambda key: key.position))
    places = model.positions(len(modules))
    used = sum(1 for place in places if place in keys and keys[place].kind != "none")
    look = model.drawing.look if model.drawing else "base"
    return PhoneDrawing(
        title=f"{model.vendor} {model.name}",
        summary=f"{used} of {len(places)} keys used" if places else "No keys",
        note="" if places else KEYLESS.get(look, "This device has no keys."),
        panels=panels,
        narrow=tuple(narrow_panels(sheet, shown)),
        tabs=_tabs(sheet, pages, page),
        rows=rows,
    )


def _tabs(sheet: Sheet, pages: int, page: int | None) -> tuple[Tab, ...]:
    if pages < 2:
        return ()
    found = [Tab("All pages", "", "?view=all", page is None)]
    for number in range(1, pages + 1):
        ranges = [bank.numbers(number) for bank in sheet.banks if number <= bank.pages]
        caption = ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in ranges if run)
        found.append(Tab(f"Page {number}", caption, f"?page={number}", page == number))
    return tuple(found)
