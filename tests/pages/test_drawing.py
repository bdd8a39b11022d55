"""The picture of every phone we know: all its keys, each once, none over another, none outside."""

from __future__ import annotations

from itertools import combinations

import pytest

from phone_manager.views.drawing import PhoneDrawing, PlacedKeyView, draw
from provd.catalogue import shipped
from provd.phone.key import Position
from provd.phone.model import Box, Model

MODELS = shipped().models
every_model = pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
ROUNDING = 0.5


def most(model: Model) -> tuple[str, ...]:
    """As many modules as the model takes."""
    return (model.modules.names * model.modules.most)[: model.modules.most] if model.modules else ()


def everything(model: Model, modules: int) -> dict[Position, PlacedKeyView]:
    """A key on every place."""
    return {at: PlacedKeyView("blf", "101", f"Person {at}") for at in model.positions(modules)}


def pictures(model: Model) -> list[PhoneDrawing]:
    """A model bare and empty, and with all its modules and keys, all at once and page by page."""
    full = everything(model, len(most(model)))
    found = [draw(model, (), {}, base_href="/p"), draw(model, most(model), full, base_href="/p")]
    return found + [draw(model, (), full, base_href="/p", page=page) for page in range(1, model.pages + 1)]


def over(one: Box, other: Box, slack: float = ROUNDING) -> bool:
    across = one.x + slack < other.x + other.width and other.x + slack < one.x + one.width
    return across and one.y + slack < other.y + other.height and other.y + slack < one.y + one.height


@every_model
def test_every_key_is_drawn_once_over_all_pages(model: Model) -> None:
    for names, keys in (((), {}), (most(model), everything(model, 9))):
        drawing = draw(model, names, keys, base_href="/p")
        assert [key.position for key in drawing.rows] == list(model.positions(len(names)))
        assert len({key.href for key in drawing.rows}) == len(drawing.rows)
        narrow = [key.position for panel in drawing.narrow for key in panel.keys]
        assert narrow == [key.position for key in drawing.panels[0].keys]


@every_model
def test_every_key_is_on_one_of_the_pages_that_can_be_chosen(model: Model) -> None:
    full = everything(model, 0)
    pages = max(1, len(draw(model, (), full, base_href="/p").tabs) - 1)
    seen = [
        key.position for page in range(1, pages + 1) for key in draw(model, (), full, base_href="/p", page=page).rows
    ]
    assert set(seen) == set(model.positions())


@every_model
def test_no_two_keys_overlap_and_all_are_inside(model: Model) -> None:
    for drawing in pictures(model):
        for panel in drawing.panels:
            assert not [pair for pair in combinations([key.area for key in panel.keys], 2) if over(*pair)], panel.title
        for panel in (*drawing.panels, *drawing.narrow):
            for key in panel.keys:
                for box in (key.area, key.button, key.label):
                    assert box.x >= 0 and box.x + box.width <= panel.width, (panel.title, key.name)
                    assert box.y >= 0 and box.y + box.height <= panel.height, (panel.title, key.name)


@every_model
def test_a_key_is_large_enough_for_a_finger(model: Model) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24."""
    for drawing in pictures(model):
        for key in drawing.rows:
            assert key.area.width >= 24 and key.area.height >= 24, key.name
            assert key.label.width >= 80, f"no label fits on {key.name}"


@every_model
def test_the_rest_of_the_phone_is_under_no_key_and_nothing_lies_on_anything(model: Model) -> None:
    behind = {"body", "bezel", "clock"}
    for drawing in pictures(model):
        for panel in drawing.panels:
            parts = [shape for shape in panel.shapes if shape.kind not in behind]
            for shape in panel.shapes:
                assert shape.box.width > 0 and shape.box.height > 0, shape
                assert shape.box.x >= 0 and shape.box.x + shape.box.width <= panel.width, shape
                assert shape.box.y >= 0 and shape.box.y + shape.box.height <= panel.height, shape
            assert not [pair for pair in combinations(parts, 2) if over(pair[0].box, pair[1].box)], panel.title
            for key in panel.keys:
                assert not [shape for shape in parts if over(key.area, shape.box)], key.name
                clocks = [shape.box for shape in panel.shapes if shape.kind == "clock"]
                assert not [box for box in clocks if over(key.label, box)], key.name


@every_model
def test_every_key_and_every_panel_has_a_name(model: Model) -> None:
    drawing = draw(model, most(model), everything(model, 9), base_href="/p")
    names = [key.name for key in drawing.rows]
    assert len(set(names)) == len(names) and all(": busy lamp, Person " in name for name in names)
    titles = [panel.title for panel in drawing.panels]
    assert len(set(titles)) == len(titles) and titles[0] == f"{model.vendor} {model.name}"


@every_model
def test_a_device_without_keys_is_drawn_and_says_so(model: Model) -> None:
    drawing = draw(model, (), {}, base_href="/p")
    assert bool(drawing.note) == (not model.keys)
    assert drawing.panels[0].shapes
    assert drawing.summary == (f"0 of {model.keys} keys used" if model.keys else "No keys")


def test_a_model_without_a_drawing_is_a_box() -> None:
    bare = Model(
        id="acme-box", vendor="Acme", name="Box", family="acme", accounts=1, keys=0, keys_per_page=0, pages=1,
        modules=None, screen="", colour=None, user_agents=("Box",), files={}, facts={}, drawing=None,
        confidence="unverified", unverified=(), source="none",
    )  # fmt: skip
    drawing = draw(bare, ("EXP1",), {Position(0, 1): PlacedKeyView("blf", "101")}, base_href="/p")
    assert drawing.rows == () and drawing.panels[0].look == "base"
