"""What the key editor says, and the rules of drafts that it rests on."""

from __future__ import annotations

from typing import Any

import pytest

from phone_manager.views import keys, keys_settings, keys_words
from provd.phone import draft
from provd.phone.key import Position

BLF = {"kind": "blf", "target": "102"}
NOW: dict[str, dict[str, Any]] = {"keys": {"7": BLF}, "values": {"language": "en"}, "raw": {}, "directory": {}}


def test_changes_lie_over_what_is_saved_and_what_is_so_by_now_is_none() -> None:
    wanted = {**NOW, "keys": {"8": BLF}}
    changes = draft.after({}, NOW, wanted)
    assert changes == {"keys.7": (BLF, None), "keys.8": (None, BLF)}
    assert draft.applied(NOW, changes) == wanted
    assert draft.left(changes, {**NOW, "keys": {"8": BLF}}) == {}


def test_the_same_name_is_met_until_somebody_chooses() -> None:
    mine, theirs = {"kind": "park", "target": "701"}, {"kind": "park", "target": "702"}
    changes = {"keys.7": (BLF, mine), "keys.9": (None, mine)}
    moved = {**NOW, "keys": {"7": theirs}}
    assert draft.met(changes, moved) == ["keys.7"]
    kept = draft.chosen(changes, moved, "keys.7", mine=True)
    assert draft.met(kept, moved) == [] and draft.applied(moved, kept)["keys"] == {"7": mine, "9": mine}
    dropped = draft.chosen(changes, moved, "keys.7", mine=False)
    assert draft.applied(moved, dropped)["keys"] == {"7": theirs, "9": mine}
    # Whoever edits a met key once more still has to choose.
    again = draft.after(changes, moved, {**moved, "keys": {"7": BLF}})
    assert draft.met(again, moved) == ["keys.7"] and again["keys.7"] == (BLF, BLF)
    with pytest.raises(KeyError):
        draft.chosen(changes, moved, "keys.1", mine=True)


def test_changes_are_told_in_words() -> None:
    assert keys_words.change_title("keys.m1.7") == "Module 1 key 7"
    assert keys_words.change_title("values.network.vlan.id") == "VLAN of the phone, 0 = none"
    assert keys_words.content("keys.7", {**BLF, "label": "Grace", "locked": True}) == "busy lamp 102 “Grace” locked"
    assert keys_words.content("keys.7", None) == "nothing of its own"
    assert keys_words.content("values.calls.waiting", False) == "off"
    assert keys_words.content("directory.hidden", ["user-1", "user-2"]) == "2 hidden"
    assert keys_words.summary([{"name": f"keys.{n}"} for n in range(1, 7)]) == "Key 1, Key 2, Key 3, Key 4 and 2 more"
    assert keys_words.effect("template", 34) == "Save: 34 phones use it"
    assert keys_words.effect("template", 0) == "Save: no phone uses it yet"


PHONE = {"up_to_date": False, "state_text": "It changed."}
RESYNC = {"phase": "waiting", "text": "It waits.", "sent": None, "fetched": None}


@pytest.mark.parametrize(
    ("up_to_date", "resync", "reached", "stopped"),
    [
        (False, None, 0, False),
        (True, None, 4, False),
        (False, RESYNC, 1, False),
        (False, {**RESYNC, "phase": "sending"}, 2, False),
        (True, {**RESYNC, "phase": "fetched"}, 3, False),
        (True, {**RESYNC, "phase": "acknowledged"}, 3, False),
        (True, {**RESYNC, "phase": "done"}, 4, False),
        (False, {**RESYNC, "phase": "done"}, 0, False),
        (False, {**RESYNC, "phase": "stopped", "sent": 5.0}, 2, True),
        (False, {**RESYNC, "phase": "stopped"}, 1, True),
    ],
)
def test_applied_is_said_only_when_the_phone_has_it(up_to_date: bool, resync: Any, reached: int, stopped: bool) -> None:
    found = keys_words.progress({**PHONE, "up_to_date": up_to_date}, resync)
    assert (found.reached, found.stopped, found.applied) == (reached, stopped, reached == 4)


def test_problems_find_their_key_and_addresses_their_look() -> None:
    problems = [
        {"field": "keys.m1.7.target", "text": "a"},
        {"field": "keys.m1.7", "text": "b"},
        {"field": "keys", "text": "c"},
    ]
    assert keys.problem_at(problems) == {"m1.7": "a"}
    assert keys.look("2", "150", "list").text == "?page=2&zoom=150&as=list"
    assert keys.look("x", "9999", "").text == "" and keys.look("", "200", "").zoomed(1) is None
    empty = {"keys": [], "changes": [{"name": "keys.3"}], "problems": [], "blocking": []}
    assert keys.placed(empty)[Position(0, 3)].changed


def test_settings_are_typed_as_their_kind() -> None:
    assert keys_settings.typed("calls.waiting", ["0"]) is False
    assert keys_settings.typed("network.vlan.id", ["20"]) == 20
    assert keys_settings.typed("network.vlan.id", ["twenty"]) == "twenty"
    assert keys_settings.typed("audio.codecs", ["g722, pcmu"]) == ["g722", "pcmu"]
    told = [{"name": "language", "value": "en", "origin": "company acme.example"}]
    assert [title for title, _ in keys_settings.grouped(told, "ACME")] == ["Time and language"]
    assert keys_settings.grouped(told, "vlan") == []
