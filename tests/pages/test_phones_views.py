"""What the pages about phones compute."""

from __future__ import annotations

import pytest

from phone_manager.views import hardware, hardware_models
from provd.catalogue import shipped

MODELS = shipped().models


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("yealink-t46u", "yealink-t46u"), ("  Yealink   t46U ", "yealink-t46u"), ("T46U", "yealink-t46u"),
        ("As each phone told when it knocked", "auto"), ("T46", "T46"), ("", ""),
    ],
)  # fmt: skip
def test_a_model_is_meant_by_id_or_name(said: str, found: str) -> None:
    assert hardware.model_id(said, MODELS) == found


def test_every_model_has_its_small_picture_or_none() -> None:
    for model in MODELS.values():
        picture = hardware.mini(model)
        if model.drawing and model.drawing.keys:
            assert picture and picture.keys.count("z") == len(model.drawing.keys)
        elif not (model.drawing and model.drawing.screen):
            assert picture is None
    assert hardware.minis(MODELS, ["yealink-t46u", "yealink-t46u", "nokia", "grandstream-ht802"]).keys() == {
        "yealink-t46u"
    }


def test_the_form_of_lines_has_room_for_more_up_to_what_the_model_has() -> None:
    taken = [{"line": 1, "device": "101", "name": "Ada"}, {"line": 3, "device": "102"}]
    rows = hardware.line_rows(taken, 16)
    assert [(row["line"], row["device"]) for row in rows] == [(1, "101"), (2, ""), (3, "102"), (4, ""), (5, "")]
    assert [row["line"] for row in hardware.line_rows(taken, 2)] == [1, 2, 3], "what is there is always shown"
    assert [row["line"] for row in hardware.line_rows([], 1)] == [1]


def test_lines_of_a_form() -> None:
    sent = {"device-2": [" 102A "], "device-1": ["101"], "label-1": [" Desk "], "shared-2": ["1"], "device-3": [""],
            "device-x": ["7"], "device-": ["7"]}  # fmt: skip
    assert hardware.lines_of(sent) == [
        {"line": 1, "device": "101", "shared": False, "label": "Desk"},
        {"line": 2, "device": "102a", "shared": True, "label": ""},
    ]


def test_how_a_phone_proves_itself_keeps_what_the_form_does_not_show() -> None:
    now = {"open_until": 99, "networks": ["10.0.0.0/8"], "unproven": "refuse"}
    sent = {"networks": ["192.0.2.0/24, 10.1.0.0/16\n"], "unproven": [""], "company_token": ["first"]}
    assert hardware.admission(sent, now) == {
        "open_until": 99, "networks": ["192.0.2.0/24", "10.1.0.0/16"], "company_token": "first",
    }  # fmt: skip
    assert hardware.admission({}, {"unproven": "blank"}) is None


def test_errors_stand_at_the_line_they_are_about() -> None:
    errors = {"lines.1.device": "a", "admission.networks.0": "b", "time_zone": "c", "lines": "d"}
    lines = [{"line": 1}, {"line": 4}]
    assert hardware.by_field(errors, lines) == {"device-4": "a", "networks": "b", "time_zone": "c", "lines": "d"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_sheet_of_any_machine_is_read(encoding: str) -> None:
    assert hardware.read_sheet("MAC;Site\n1;Zürich\n".encode(encoding)) == "MAC;Site\n1;Zürich\n"


def test_facts_have_words() -> None:
    assert hardware_models.fact_words("facts.module_shown") == "Module shown"
    assert hardware_models.fact_words("keys.park") == "Keys: park"
    assert hardware_models.fact_words("drawing") == "Picture"
