"""Keys that are moved: dragged, swapped, put in order, and what is saved of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.phone.arrange import moved, ordered, own_keys, rearranged, swapped
from provd.phone.key import Key, Position

PLACES = (*(Position(0, number) for number in range(1, 7)), Position(1, 1), Position(1, 2))
BLF = {Position(0, number): Key("blf", str(100 + number)) for number in range(1, 7)}


def at(*said: str) -> list[Position]:
    return [Position.parse(one) for one in said]


def names(sources: object) -> dict[str, str]:
    return {str(place): str(source) for place, source in dict(sources).items()}  # type: ignore[call-overload]


def test_a_dragged_key_lets_those_between_close_up() -> None:
    two, five = at("2", "5")
    assert names(moved(PLACES, five, two, frozenset())) == {"2": "5", "3": "2", "4": "3", "5": "4"}
    assert names(moved(PLACES, two, five, frozenset())) == {"2": "3", "3": "4", "4": "5", "5": "2"}
    assert names(moved(PLACES, two, two, frozenset())) == {}


def test_modules_come_after_the_phones_own_keys() -> None:
    six, on_module = at("6", "m1.2")
    assert names(moved(PLACES, on_module, six, frozenset())) == {"6": "m1.2", "m1.1": "6", "m1.2": "m1.1"}


def test_locked_keys_stay_and_are_passed_over() -> None:
    two, three, five = at("2", "3", "5")
    assert names(moved(PLACES, five, two, frozenset({three}))) == {"2": "5", "4": "2", "5": "4"}
    with pytest.raises(ValueError, match="Key 3 is locked"):
        moved(PLACES, three, five, frozenset({three}))


def test_places_in_order_and_places_that_are_none() -> None:
    assert names(ordered(PLACES, at("4", "1", "m1.1"))) == {"1": "4", "4": "1"}
    with pytest.raises(ValueError, match="named twice"):
        ordered(PLACES, at("4", "4"))
    with pytest.raises(ValueError, match=r"no key 7 here; the last one is key m1\.2"):
        swapped(PLACES, *at("7", "1"))


def test_what_is_inherited_becomes_own_only_where_it_moved() -> None:
    one, two, three = at("1", "2", "3")
    below = {one: Key("park", "701"), two: Key("park", "702")}
    wanted = rearranged(below, swapped(PLACES, two, three))
    assert own_keys({}, below, wanted) == {two: Key("none"), three: Key("park", "702")}
    back = rearranged({**below, **own_keys({}, below, wanted)}, swapped(PLACES, two, three))
    assert own_keys(own_keys({}, below, wanted), below, back) == {}, "back where it was, nothing is own"


@given(st.permutations(PLACES), st.frozensets(st.sampled_from(PLACES)), st.data())
def test_no_key_is_lost_or_doubled(order: list[Position], fixed: frozenset[Position], data: st.DataObject) -> None:
    free = [place for place in PLACES if place not in fixed]
    sources = dict(ordered(PLACES, order))
    if free and data.draw(st.booleans()):
        start, to = data.draw(st.sampled_from(free)), data.draw(st.sampled_from(free))
        sources = dict(moved(PLACES, start, to, fixed))
        assert not fixed & sources.keys()
        assert start == to or sources[to] == start
    assert set(sources) == set(sources.values())
    after = {**BLF, **rearranged(BLF, sources)}
    assert sorted(key.target for key in after.values() if key) == sorted(key.target for key in BLF.values())
