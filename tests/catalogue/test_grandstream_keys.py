"""Grandstream keys: which place of ours is which key of theirs, and what a key cannot be where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from provd.catalogue import shipped
from provd.phone.key import KINDS
from provd.render import render
from tests.factories import phone_config

MAC = "c074ad0b63ee"
BLF = {"kind": "blf", "target": "102"}
LINE_1 = {"kind": "line", "line": 1}
LINE_2 = {"kind": "line", "line": 2}


def written(model: str, keys: Mapping[Any, Any], modules: int = 0) -> dict[str, str]:
    found = shipped().models[f"grandstream-{model}"]
    case = {
        "mac": MAC,
        "model": found.id,
        "accounts": ["101", "102"],
        "modules": list(found.modules.names) * modules if found.modules else [],
        "layers": {"phone": {"keys": keys}},
    }
    config = phone_config(shipped(), case)
    root = ElementTree.fromstring(render(config, found, shipped().families["grandstream"])[f"cfg{MAC}.xml"])
    return {item.get("name", ""): item.text or "" for item in root[1]}


def modes(found: dict[str, str], bank: str, first: int, last: int) -> list[str]:
    return [found[f"pks.{bank}.{number}.keyMode"] for number in range(first, last + 1)]


def test_after_the_keys_of_the_screen_come_the_physical_ones() -> None:
    found = written("gxp2130", {12: BLF, 13: BLF, 20: {"kind": "speed_dial", "target": "7", "line": 2}})
    assert (found["pks.vpk.12.value"], found["pks.mpk.1.value"], found["pks.mpk.8.value"]) == ("102", "102", "7")
    assert "pks.vpk.13.keyMode" not in found
    assert "pks.mpk.9.keyMode" not in found


def test_accounts_count_from_0_on_the_screen_and_by_name_elsewhere() -> None:
    second = {"kind": "blf", "target": "103", "line": 2}
    found = written("gxp2130", {3: second, 14: second})
    assert (found["pks.vpk.3.account"], found["pks.mpk.2.account"]) == ("1", "Account2")


def test_the_second_module_counts_on_from_the_first() -> None:
    found = written("gxp2140", {"m1.40": BLF, "m2.1": {"kind": "blf", "target": "103", "line": 2}}, modules=2)
    assert (found["pks.ext.40.value"], found["pks.ext.41.value"], found["pks.ext.41.account"]) == (
        "102",
        "103",
        "Account2",
    )
    assert found["pks.ext.80.keyMode"] == "None"
    assert "pks.ext.81.keyMode" not in found


def test_no_gap_is_left_before_a_key_that_can_be_removed() -> None:
    found = written("gxp2135", {1: LINE_1, 2: LINE_2, 11: BLF, 12: {"kind": "none"}, 14: BLF})
    assert modes(found, "vpk", 3, 8) == ["None"] * 6, "the fixed keys stay where they are"
    assert modes(found, "vpk", 9, 15) == ["SpeedDial", "SpeedDial", "BLF", "SpeedDial", "SpeedDial", "BLF", "None"]
    assert [found[f"pks.vpk.{number}.value"] for number in (9, 10, 12, 13)] == ["", "", "", ""]
    assert modes(found, "vpk", 15, 32) == ["None"] * 18


def test_a_line_sits_only_where_the_phone_takes_one() -> None:
    gxp = written("gxp2160", {1: LINE_1, 6: LINE_2, 7: LINE_2, 8: BLF, 25: LINE_2})
    assert (modes(gxp, "vpk", 6, 8), gxp["pks.mpk.1.keyMode"]) == (["Line", "SpeedDial", "BLF"], "None")
    grp = written("grp2616", {1: LINE_1, 16: {"kind": "shared_line", "line": 2}, 17: LINE_1})
    assert (grp["pks.vpk.16.keyMode"], grp["pks.mpk.1.keyMode"]) == ("SharedLine", "None")
    board = written("grp2615", {1: LINE_1, 2: LINE_2, "m1.1": LINE_1}, modules=1)
    assert board["pks.ext.1.keyMode"] == "None"


def test_two_keys_of_a_line_are_two_calls_of_it() -> None:
    assert written("gxp2170", {1: LINE_1, 2: LINE_2})["pks.vpk.settings.mode"] == "AccountMode"
    assert written("gxp2170", {1: LINE_1, 2: LINE_2, 3: LINE_1})["pks.vpk.settings.mode"] == "LineMode"
    dark = {1: LINE_1, 2: LINE_2, 40: LINE_1}
    assert written("gxp2170", dark)["pks.vpk.settings.mode"] == "AccountMode", "key 40 cannot be a line"


def test_a_locked_key_cannot_be_changed_on_the_phone() -> None:
    found = written("gxp2130", {3: BLF | {"locked": True}, 4: BLF})
    assert (found["pks.vpk.3.lockMode"], found["pks.vpk.4.lockMode"]) == ("Yes", "No")
    assert found["pks.lcdSetting.enable"] == "Yes"
    assert written("gxp2130", {13: BLF | {"locked": True}})["pks.lcdSetting.enable"] == "No"
    assert written("gxp2140", {"m1.3": BLF | {"locked": True}}, modules=1)["pks.lcdSetting.enable"] == "No"


def test_a_label_has_32_characters_at_most() -> None:
    found = written("grp2612", {3: BLF | {"label": "a" * 31 + "&bc"}})
    assert found["pks.vpk.3.description"] == "a" * 31 + "&"


def test_every_kind_is_a_word_of_the_vendor_or_a_sentence() -> None:
    rules = shipped().families["grandstream"].keys
    made = {"none", "line", "sharedline", "speeddial", "blf", "dialdtmf"}
    assert {rule.code.lower() for rule in rules.values() if rule.code} == made
    assert [kind for kind, rule in rules.items() if rule.cannot] == ["url"]
    lamps = {kind for kind in rules if KINDS[kind].lamp and rules[kind].code not in ("BLF", "SharedLine")}
    assert not lamps, "a kind that is worth having for its lamp has none"


def test_a_key_for_an_address_stays_dark_and_keeps_its_place() -> None:
    found = written("gxp2135", {1: LINE_1, 2: LINE_2, 9: {"kind": "url", "target": "http://a.example/"}, 10: BLF})
    assert (modes(found, "vpk", 9, 10), found["pks.vpk.9.value"]) == (["SpeedDial", "BLF"], "")
