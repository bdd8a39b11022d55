"""Cisco's keys: every kind as its function string, labels that cannot break out, modules, locks."""

from __future__ import annotations

from typing import Any

import pytest

from provd import catalogue
from provd.render import render_file
from provd.simulate.reading import Reading, ReadKey, read
from tests.factories import phone_config

SPA = "cisco-spa508g"
MPP = "cisco-cp-8851"
BOTH = pytest.mark.parametrize("model", [SPA, MPP])
KEM = {SPA: "SPA500S", MPP: "8851 Key Expansion Module"}


def _reading(model: str, keys: dict[Any, Any], modules: int = 0, values: dict[str, Any] | None = None) -> Reading:
    shipped = catalogue.shipped()
    layers = {"phone": {"values": values or {}, "keys": {1: {"kind": "line"}} | keys}}
    said = {"mac": "0002fdff2103", "model": model, "accounts": ["101", "110"], "layers": layers}
    config = phone_config(shipped, said | {"modules": [KEM[model]] * modules})
    family = shipped.family_of(model)
    rule = next(rule for rule in family.files if rule.name == "{mac}.xml")
    body = render_file(rule, config, shipped.models[model], family)
    reading = read(family.id, "0002fdff2103.xml", body, mac="0002fdff2103")
    assert reading.problems == ()
    return reading


def _key(reading: Reading, number: int, module: int = 0) -> ReadKey:
    return next(key for key in reading.keys if (key.module, key.number) == (module, number))


@BOTH
@pytest.mark.parametrize(
    ("key", "kind", "target", "label", "pickup"),
    [
        ({"kind": "blf", "target": "102"}, "blf", "102", "Grace Hopper", "*35"),
        ({"kind": "speed_dial", "target": "+1 (214) 555-0100"}, "speed_dial", "+1214555-0100", None, ""),
        ({"kind": "speed_dial", "target": "taxi@cabs.example"}, "speed_dial", "taxi@cabs.example", None, ""),
        ({"kind": "park", "target": "701", "label": "Orbit"}, "blf", "701", "Orbit", ""),
        ({"kind": "queue_toggle", "label": "Queue"}, "blf", "*53", "Queue", ""),
        ({"kind": "timeframe_toggle", "target": "3", "label": "Night"}, "blf", "*543", "Night", ""),
        ({"kind": "queue_login"}, "speed_dial", "*51", "Queue Login", ""),
        ({"kind": "queue_logout"}, "speed_dial", "*52", "Queue Logout", ""),
        ({"kind": "hot_desk"}, "speed_dial", "*44", "Hot Desk", ""),
        ({"kind": "move_call"}, "blf", "*38", "Move My Call", ""),
        ({"kind": "dtmf", "target": "98"}, "none", "", "", ""),
        ({"kind": "none"}, "none", "", "", ""),
    ],
)
def test_every_kind_has_its_function(
    model: str, key: dict[str, Any], kind: str, target: str, label: str | None, pickup: str
) -> None:
    reading = _reading(model, {3: key, "m1.3": key}, modules=1)
    for found in (_key(reading, 3), _key(reading, 3, module=1)):
        assert (found.kind, found.target, found.pickup) == (kind, target, pickup)
        assert label is None or found.label == label


def test_an_address_opens_from_a_multiplatform_key_only() -> None:
    key = {3: {"kind": "url", "target": "http://apps.example/a;b?c=1&d=2", "label": "Menu"}}
    opened = _key(_reading(MPP, key), 3)
    assert (opened.kind, opened.target, opened.label) == ("url", "http://apps.example/a%3Bb?c=1&d=2", "Menu")
    assert _key(_reading(SPA, key), 3).kind == "none"
    assert "softkey" in catalogue.shipped().families["cisco-spa"].keys["url"].cannot


@BOTH
def test_a_label_adds_nothing_to_the_function(model: str) -> None:
    reading = _reading(model, {3: {"kind": "blf", "target": "102;ext=9", "label": "A;ext=9@x;fnc=$A"}})
    text = reading.parameters["Extended_Function_3_"]
    assert text.count(";") == 4 and text.count("$") == 2, "two $PROXY, and sub, ext, vid, nme after fnc"
    assert _key(reading, 3).target == "102ext9"


@BOTH
def test_without_a_pickup_code_a_watched_person_is_not_picked_up(model: str) -> None:
    reading = _reading(model, {3: {"kind": "blf", "target": "102"}}, values={"pickup.code": ""})
    assert (_key(reading, 3).pickup, reading.parameters["Attendant_Console_Call_Pickup_Code"]) == ("", "")
    with_code = _reading(model, {3: {"kind": "blf", "target": "102"}}, values={"pickup.code": "**"})
    assert with_code.parameters["Attendant_Console_Call_Pickup_Code"] == "**#", "# adds the extension to the code"


@BOTH
def test_lines_shared_lines_and_the_second_line_of_a_key(model: str) -> None:
    keys = {3: {"kind": "shared_line", "line": 2}, 4: {"kind": "speed_dial", "target": "102", "line": 2}}
    reading = _reading(model, keys)
    assert [(_key(reading, n).kind, _key(reading, n).line) for n in (1, 3)] == [("line", 1), ("shared_line", 2)]
    assert _key(reading, 4).line == 2
    assert [account.shared for account in reading.accounts[:2]] == [False, True]
    assert reading.parameters["Shared_User_ID_2_"] == "110" and reading.parameters["Shared_User_ID_1_"] == ""


@BOTH
def test_a_locked_key_is_hidden_from_the_user(model: str) -> None:
    key = {"kind": "speed_dial", "target": "102", "locked": True}
    reading = _reading(model, {3: key, "m1.1": key, "m1.2": key | {"locked": False}}, modules=1)
    assert [_key(reading, 3).locked, _key(reading, 1, 1).locked, _key(reading, 2, 1).locked] == [True, True, False]


@BOTH
def test_every_place_is_written_and_no_place_too_many(model: str) -> None:
    facts = catalogue.shipped().models[model]
    assert facts.modules is not None
    reading = _reading(model, {}, modules=2)
    places = {(key.module, key.number) for key in reading.keys}
    assert places == {(place.module, place.number) for place in facts.positions(2)}
    assert reading.parameters["Number_of_Units"] == "2"
    assert _reading(model, {}).parameters["Number_of_Units"] == "0"


def test_a_line_on_a_module() -> None:
    key = {"m2.5": {"kind": "line", "line": 2}}
    said = _reading(MPP, key, modules=2).parameters
    assert (said["Unit_2_Extension_5_"], said["Unit_2_Short_Name_5_"], said["Unit_2_Key_5_"]) == ("2", "Zoë 110", "")
    assert said["KEM_Type"] == "CP-8800-Audio"
    console = _reading(SPA, key, modules=2).parameters
    assert console["Unit_2_Key_5"] == "" and "Unit_2_Extension_5_" not in console


def test_labels_are_as_long_as_the_screen_is_wide() -> None:
    key = {3: {"kind": "blf", "target": "106"}}
    assert _key(_reading(SPA, key), 3).label == "Katherine Jo"
    assert _key(_reading(MPP, key), 3).label == "Katherine Johnson"
