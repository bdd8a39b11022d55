"""Which key is behind which button of which page, vendor by vendor."""

from __future__ import annotations

import pytest

from phone_manager.views.drawing import PhoneDrawing, PlacedKeyView, draw
from phone_manager.views.drawing.paging import banks, module_page, turns
from provd.catalogue import shipped
from provd.phone.key import Position
from provd.phone.model import Model

MODELS = shipped().models
SET = PlacedKeyView("blf", "101", "Ada")


def drawn(model: str, *numbers: int, modules: tuple[str, ...] = (), page: int | None = None) -> PhoneDrawing:
    return draw(MODELS[model], modules, {Position(0, n): SET for n in numbers}, base_href="/p", page=page)


def shown(drawing: PhoneDrawing) -> dict[str, list[int]]:
    return {panel.title: [key.position.number for key in panel.keys] for panel in drawing.panels}


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_the_banks_hold_every_number_once_within_the_boxes(model: Model) -> None:
    for used in ((), range(1, model.keys + 1)):
        found = banks(model, used)
        numbers = [number for bank in found for page in range(1, bank.pages + 1) for number in bank.numbers(page)]
        assert numbers == list(range(1, model.keys + 1))
        assert all(bank.box + bank.per_page <= len(model.drawing.keys) for bank in found if model.drawing)


def test_yealinks_last_button_is_a_key_until_a_second_page_is_needed() -> None:
    """Key totals of 27 are three pages of nine: with a key beyond the tenth the tenth button turns the page."""
    one = drawn("yealink-t46u", 10)
    assert shown(one)["Yealink T46U"] == list(range(1, 11))
    assert not [shape for shape in one.panels[0].shapes if shape.kind == "page_key"]
    more = drawn("yealink-t46u", 11)
    assert shown(more) == {
        "Yealink T46U": list(range(1, 10)), "Page 2": list(range(10, 19)), "Page 3": list(range(19, 28)),
    }  # fmt: skip
    turning = [shape for shape in more.panels[0].shapes if shape.kind == "page_key"]
    assert [shape.word for shape in turning] == ["Page 1"]
    assert not turns(MODELS["yealink-t33g"], [12]), "no source says that this one has a page key"


def test_a_touch_screen_turns_its_page_by_touch() -> None:
    turning = [shape.kind for shape in drawn("yealink-t57w", 29).panels[0].shapes if shape.on_screen]
    assert "page_touch" in turning


def test_grandstreams_virtual_keys_turn_and_its_multi_purpose_keys_stay() -> None:
    assert shown(drawn("grandstream-gxp2160")) == {
        "Grandstream GXP2160": [*range(1, 7), *range(25, 49)], "Page 2": list(range(7, 13)),
        "Page 3": list(range(13, 19)), "Page 4": list(range(19, 25)),
    }  # fmt: skip
    second = drawn("grandstream-gxp2160", page=2)
    assert shown(second) == {"Grandstream GXP2160": [*range(7, 13), *range(25, 49)]}


def test_fanvils_side_keys_stay_while_its_dss_keys_turn() -> None:
    found = shown(drawn("fanvil-x6u"))
    assert found["Fanvil X6U"] == list(range(1, 18))
    assert list(found)[1:] == [f"DSS page {page}" for page in (2, 3, 4, 5)]
    assert found["DSS page 5"] == list(range(54, 66))
    assert list(shown(drawn("fanvil-x7c")))[1] == "Page 2"


def test_a_module_shows_its_pages_by_its_name() -> None:
    found = shown(drawn("yealink-t46u", modules=("EXP43", "EXP43")))
    assert found["Module 2 (EXP43), page 3"] == list(range(41, 61))
    assert shown(drawn("snom-d765", modules=("D7",)))["Module 1 (D7)"] == list(range(1, 19))
    assert module_page(MODELS["yealink-t46u"]) == 20 and module_page(MODELS["yealink-w60b"]) == 1


def test_more_modules_than_fit_are_left_out() -> None:
    assert len(drawn("yealink-t46u", modules=("EXP43",) * 9).rows) == 27 + 3 * 60


def test_the_tabs_lead_to_every_page_and_to_all_of_them() -> None:
    tabs = drawn("fanvil-x7", page=2).tabs
    assert [(tab.title, tab.caption, tab.href) for tab in tabs[:3]] == [
        ("All pages", "", "?view=all"), ("Page 1", "1–11, 12–40", "?page=1"), ("Page 2", "41–69", "?page=2"),
    ]  # fmt: skip
    assert [tab.title for tab in tabs if tab.current] == ["Page 2"]
    assert drawn("snom-d765").tabs == ()


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-3, 1), (3, 3), (99, 3)])
def test_a_page_that_is_not_there_is_the_nearest(asked: int, given: int) -> None:
    assert {key.page for key in drawn("yealink-t46u", 27, page=asked).rows} == {given}


def test_keys_at_places_the_model_has_not_are_left_out_of_the_count() -> None:
    drawing = drawn("snom-d717", 1, 2, 99)
    assert drawing.summary == "2 of 3 keys used"
    assert [key.position.number for key in drawing.rows] == [1, 2, 3]
