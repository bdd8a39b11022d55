"""Poly's keys: exact places, the order of the watched people, modules that take turns, macros nobody can smuggle in."""

from __future__ import annotations

from dataclasses import replace

from tests.catalogue.poly_phone import configured, contacts, parameters

COLOUR = "VVX Color Expansion Module"


def _watched(read: dict[str, str]) -> dict[int, str]:
    """Line key number → who it watches: BLF keys take the resource list in the order of their numbers."""
    numbers = [n for n in range(1, 300) if read.get(f"lineKey.{n}.category") == "BLF"]
    assert all(read[f"lineKey.{n}.index"] == "0" for n in numbers)
    return {n: read[f"attendant.resourceList.{place}.address"] for place, n in enumerate(numbers, 1)}


def test_keys_sit_where_they_were_put() -> None:
    keys = {
        3: {"kind": "blf", "target": "103"},
        5: {"kind": "line", "line": 1},
        6: {"kind": "blf", "target": "102"},
    }
    read = parameters(configured("poly-vvx350", keys=keys))
    assert [read[f"lineKey.{n}.category"] for n in range(1, 7)] == [
        "Unassigned", "Unassigned", "BLF", "Unassigned", "Line", "BLF",
    ]  # fmt: skip
    assert _watched(read) == {3: "103", 6: "102"}
    assert read["lineKey.5.index"] == "1"
    assert read["lineKey.reassignment.enabled"] == "1"


def test_one_colour_module_carries_on_where_the_phone_ends() -> None:
    keys = {f"m1.{n}": {"kind": "blf", "target": str(100 + n)} for n in (2, 3)} | {
        "m1.84": {"kind": "blf", "target": "104"}
    }
    assert _watched(parameters(configured("poly-vvx501", keys=keys, modules=[COLOUR]))) == {
        14: "102",
        15: "103",
        96: "104",
    }


def test_the_pages_of_three_colour_modules_take_turns() -> None:
    # Pages 1, 4 and 5 are on the first module, 2, 6 and 7 on the second, 3, 8 and 9 on the third.
    pages = {"m1.1": 1, "m2.1": 2, "m3.1": 3, "m1.29": 4, "m1.57": 5, "m2.29": 6, "m2.57": 7, "m3.29": 8, "m3.57": 9}
    keys = {place: {"kind": "blf", "target": f"10{page}"} for place, page in pages.items()}
    watched = _watched(parameters(configured("poly-vvx401", keys=keys, modules=[COLOUR] * 3)))
    assert watched == {12 + (page - 1) * 28 + 1: f"10{page}" for page in range(1, 10)}


def test_modules_that_do_not_take_turns_follow_one_another() -> None:
    keys = {"m1.90": {"kind": "blf", "target": "102"}, "m2.1": {"kind": "blf", "target": "103"}}
    watched = _watched(parameters(configured("poly-vvx450", keys=keys, modules=["VVX EM50", "VVX EM50"])))
    assert watched == {102: "102", 103: "103"}


def test_a_park_key_moves_the_call_and_a_toggle_only_dials() -> None:
    keys = {2: {"kind": "park", "target": "701"}, 3: {"kind": "queue_toggle"}, 4: {"kind": "blf", "target": "102"}}
    read = parameters(configured("poly-vvx250", keys=keys))
    types = {read[f"attendant.resourceList.{n}.address"]: read[f"attendant.resourceList.{n}.type"] for n in (1, 2, 3)}
    assert types == {"701": "automata", "*53": "normal", "102": "normal"}


def test_speed_dials_of_one_number_share_one_entry_of_the_directory() -> None:
    keys = {
        2: {"kind": "speed_dial", "target": "+1 214 555 0100", "label": "Taxi"},
        3: {"kind": "hot_desk"},
        4: {"kind": "speed_dial", "target": "+12145550100", "label": "Cab"},
    }
    config = configured("poly-vvx250", keys=keys)
    read = parameters(config)
    assert [(read[f"lineKey.{n}.category"], read[f"lineKey.{n}.index"]) for n in (2, 3, 4)] == [
        ("SpeedDial", "1"),
        ("SpeedDial", "2"),
        ("SpeedDial", "1"),
    ]
    dials = {entry["sd"]: (entry["ct"], entry["lb"]) for entry in contacts(config) if "sd" in entry}
    assert dials == {"1": ("+12145550100", "Taxi"), "2": ("*44", "Hot Desk")}


def test_no_value_of_a_key_becomes_a_macro() -> None:
    keys = {
        2: {"kind": "dtmf", "target": "12$Cp5$$Tinvite$!vm"},
        3: {"kind": "url", "target": "http://intranet.example/$Trefer$?a=!x^"},
        4: {"kind": "speed_dial", "target": "^*99$Tinvite$", "label": "x"},
    }
    config = configured("poly-vvx250", keys=keys)
    read = parameters(config)
    assert read["efk.efklist.1.action.string"] == "12Cp5Tinvitevm$Tdtmf$"
    assert read["efk.efklist.2.action.string"] == "http://intranet.example/%24Trefer%24?a=%21x%5E"
    dialled = next(entry["ct"] for entry in contacts(config) if entry.get("sd") == "1")
    assert dialled == "*99Tinvite"


def test_a_line_without_an_account_gets_no_key_and_no_registration() -> None:
    config = configured("poly-vvx350", ("101", "102"), keys={4: {"kind": "line", "line": 5}})
    read = parameters(config)
    assert read["lineKey.4.category"] == "Unassigned"
    assert [read[f"reg.{n}.address"] for n in range(1, 7)] == ["101@acme.example", "102@acme.example", "", "", "", ""]


def test_a_line_on_two_keys_and_a_shared_line() -> None:
    config = configured("poly-vvx350", ("101", "102"), keys={1: {"kind": "line"}, 2: {"kind": "line"}})
    shared = replace(config, accounts=(config.accounts[0], replace(config.accounts[1], shared=True)))
    read = parameters(shared)
    assert (read["reg.1.lineKeys"], read["reg.2.lineKeys"]) == ("2", "1")
    assert (read["reg.1.type"], read["reg.2.type"]) == ("private", "shared")


def test_people_are_watched_over_the_line_of_the_first_such_key() -> None:
    keys = {3: {"kind": "blf", "target": "104", "line": 2}, 4: {"kind": "blf", "target": "105", "line": 1}}
    assert parameters(configured("poly-vvx350", ("101", "102"), keys=keys))["attendant.reg"] == "2"
    assert parameters(configured("poly-vvx350", ("101",), keys=keys))["attendant.reg"] == "1"
