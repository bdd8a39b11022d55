"""Cascades (SF-272, SF-273): the directory on the keys, anew at every fetch or once for good."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provd.phone.directory import CompanyDirectory, Contact, DirectoryChoice, cascade, search, shown, static_cascade
from provd.phone.key import Key, Position
from provd.phone.layer import Sourced
from tests.factories import CONTACTS

PLACES = [Position(0, number) for number in range(1, 11)]


def _sourced(keys: dict[int, Key]) -> dict[Position, Sourced[Key]]:
    return {Position(0, number): Sourced(key, "phone", "phone") for number, key in keys.items()}


def _targets(keys: dict[Position, Sourced[Key]]) -> dict[int, str]:
    return {position.number: key.value.target for position, key in sorted(keys.items()) if key.value.kind == "blf"}


def test_a_cascade_fills_its_own_place_and_the_free_ones_after_it() -> None:
    people = shown(CONTACTS, DirectoryChoice())
    keys, left = cascade(_sourced({1: Key("line"), 3: Key("cascade")}), PLACES, people, frozenset({"101"}))
    assert _targets(keys) == {3: "102", 4: "103", 5: "104", 6: "105", 7: "106", 8: "107", 9: "108", 10: "109"}
    assert left == 1, "110 found no place"


def test_a_key_after_the_cascade_is_never_overwritten() -> None:
    keys, _ = cascade(_sourced({1: Key("cascade"), 3: Key("speed_dial", "999")}), PLACES, CONTACTS[:4])
    assert keys[Position(0, 3)].value == Key("speed_dial", "999")
    assert _targets(keys) == {1: "101", 2: "102", 4: "103", 5: "104"}


def test_a_cascade_of_a_department_ends_where_the_next_begins() -> None:
    chosen = {1: Key("cascade", "Sales"), 3: Key("cascade", "Office")}
    keys, left = cascade(_sourced(chosen), PLACES, shown(CONTACTS, DirectoryChoice()))
    assert _targets(keys) == {1: "107", 2: "108", 3: "101", 4: "106"}
    assert left == 2


def test_the_phones_directory_decides_order_and_who_is_hidden() -> None:
    choice = DirectoryChoice(sort="last_name", hidden=frozenset({"user-109"}))
    keys, _ = cascade(_sourced({1: Key("cascade")}), PLACES, shown(CONTACTS, choice))
    assert list(_targets(keys).values())[:3] == ["104", "102", "106"], "Dijkstra, Hopper, Johnson"
    assert "109" not in _targets(keys).values()


def test_cascaded_keys_follow_renames_and_static_ones_do_not() -> None:
    dynamic, _ = cascade(_sourced({1: Key("cascade")}), PLACES, CONTACTS[:2])
    assert dynamic[Position(0, 1)].value.label is None
    snapshot = static_cascade(Position(0, 1), {Position(0, 2): Key("line")}, PLACES, CONTACTS[:2])
    assert snapshot == {
        Position(0, 1): Key("blf", "101", "Ada Lovelace"),
        Position(0, 3): Key("blf", "102", "Grace Hopper"),
    }


def test_a_contact_without_extension_is_in_the_directory_and_on_no_key() -> None:
    assert shown(CONTACTS, DirectoryChoice())[-1].name == "Fire Alarm <Centre>"
    keys, _ = cascade(_sourced({1: Key("cascade")}), PLACES * 2, CONTACTS)
    assert "" not in _targets(keys).values()


def test_a_phone_can_show_its_site_its_department_or_nobody() -> None:
    directory = CompanyDirectory(CONTACTS)
    names = {c.extension for c in directory.shown(DirectoryChoice("site"), "Denver", "")}
    assert names == {"104", "105", "106", "109", "110"}
    assert {c.extension for c in directory.shown(DirectoryChoice("department"), "", "Office")} == {"101", "106"}
    assert directory.shown(DirectoryChoice("none"), "Denver", "Office") == ()


def test_a_search_finds_names_and_numbers() -> None:
    assert [c.extension for c in search(CONTACTS, "lov")] == ["101"]
    assert [c.name for c in search(CONTACTS, "0198")] == ["Fire Alarm <Centre>"]
    assert len(search(CONTACTS, "  ")) == len(CONTACTS)


extensions = st.lists(st.integers(100, 140).map(str), unique=True, max_size=30)
chosen_keys = st.dictionaries(
    st.integers(1, 10),
    st.sampled_from([Key("cascade"), Key("cascade", "Sales"), Key("line"), Key("none"), Key("blf", "777")]),
    max_size=6,
)


@given(extensions, chosen_keys)
def test_no_key_is_lost_none_is_made_where_none_was_meant(numbers: list[str], keys: dict[int, Key]) -> None:
    people = [Contact(number, number, "", number, department="Sales") for number in numbers]
    resolved, left = cascade(_sourced(keys), PLACES, people)
    for number, key in keys.items():
        if key.kind != "cascade":
            assert resolved[Position(0, number)].value == key
    first = min((number for number, key in keys.items() if key.kind == "cascade"), default=99)
    assert all(position.number >= first or position.number in keys for position in resolved)
    assert left >= 0
    assert not any(key.value.kind == "cascade" for key in resolved.values())
