"""Keys brought over to a phone of another model."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provd.catalogue import shipped
from provd.phone.key import KINDS, Key, Position
from provd.phone.remap import Remapped, remap

CATALOGUE = shipped()


def brought(keys: dict[str, Key], model: str, modules: int = 0, lines: frozenset[int] = frozenset({1})) -> Remapped:
    known = CATALOGUE.models[model]
    placed = {Position.parse(place): key for place, key in keys.items()}
    return remap(placed, known, CATALOGUE.families[known.family], modules, lines)


def test_what_has_a_place_keeps_it_and_the_rest_takes_free_ones_in_order() -> None:
    keys = {
        "1": Key("line"), "2": Key("blf", "102"), "27": Key("park", "701"), "m1.3": Key("blf", "103"),
        "m1.1": Key("blf", "104", "Front", locked=True),
    }  # fmt: skip
    found = brought(keys, "yealink-t53w")
    told = {str(place): key.target for place, key in found.keys.items()}
    assert told["1"] == "" and told["2"] == "102"
    assert {str(start): str(to) for start, to in found.moved.items()} == {"27": "3", "m1.1": "4", "m1.3": "5"}
    assert not found.left and Key("blf", "104", "Front", locked=True) in found.keys.values()


def test_a_place_stays_free_for_a_line_that_no_key_names() -> None:
    found = brought({"m1.1": Key("blf", "102")}, "yealink-t53w", lines=frozenset({1, 2}))
    assert {str(place) for place in found.keys} == {"3"}


def test_what_the_other_vendor_cannot_make_is_told() -> None:
    found = brought({"2": Key("dtmf", "*1"), "3": Key("blf", "102")}, "cisco-cp-8851")
    assert [(str(one.position), one.key.kind) for one in found.left] == [("2", "dtmf")] and found.left[0].reason
    assert {str(place) for place in found.keys} == {"3"}


def test_too_many_keys_and_too_many_lines_are_told() -> None:
    keys = {str(place): Key("blf", str(place)) for place in range(1, 28)} | {"m1.1": Key("line", line=16)}
    found = brought(keys, "poly-vvx150")
    reasons = {one.reason for one in found.left}
    assert any("no free place" in reason for reason in reasons) and any("line 16" in reason for reason in reasons)
    assert len(found.keys) + len(found.left) == 28


KEYS = st.dictionaries(
    st.builds(Position, st.integers(0, 3), st.integers(1, 60)),
    st.builds(Key, st.sampled_from(sorted(KINDS)), st.just("101"), st.none(), st.integers(1, 20), st.booleans()),
    max_size=60,
)


@given(KEYS, st.sampled_from(sorted(CATALOGUE.models)), st.integers(0, 3), st.frozensets(st.integers(1, 4)))
def test_no_key_is_lost_on_any_model(keys: dict[Position, Key], name: str, modules: int, lines: frozenset[int]) -> None:
    model = CATALOGUE.models[name]
    family = CATALOGUE.families[model.family]
    found = remap(keys, model, family, modules, lines)
    real = [key for key in keys.values() if key.kind != "none"]
    made = [key for key in found.keys.values() if key.kind != "none"]
    assert len(made) + sum(one.key.kind != "none" for one in found.left) == len(real)
    assert set(found.keys) <= set(model.positions(modules))
    again = remap(found.keys, model, family, modules, lines)
    assert again.keys == found.keys and not again.moved and not again.left
