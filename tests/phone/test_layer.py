"""Layers: the highest that speaks wins, and every value remembers where it came from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provd.phone.key import Key, Position
from provd.phone.layer import LAYER_KINDS, Layer, merge
from provd.phone.parameter import DEFAULTS


def test_the_phone_wins_over_its_template_and_the_template_over_the_company() -> None:
    merged = merge(
        [
            Layer("phone", "phone", {"language": "de"}),
            Layer("company", "company Acme", {"language": "fr", "sip.port": 5080}),
            Layer("template", "template Reception", {"language": "es", "time.format": "24"}),
        ]
    )
    assert (merged.values["language"].value, merged.values["language"].origin) == ("de", "phone")
    assert merged.values["time.format"].origin == "template Reception"
    assert merged.values["sip.port"].origin == "company Acme"
    assert (merged.values["sip.transport"].value, merged.values["sip.transport"].origin) == ("udp", "default")


def test_keys_are_laid_over_each_other_one_by_one() -> None:
    merged = merge(
        [
            Layer("template", "template", keys={Position(0, 1): Key("line"), Position(0, 2): Key("blf", "102")}),
            Layer("phone", "phone", keys={Position(0, 2): Key("none")}),
        ]
    )
    assert merged.keys[Position(0, 1)].origin == "template"
    assert (merged.keys[Position(0, 2)].value.kind, merged.keys[Position(0, 2)].origin) == ("none", "phone")


def test_raw_parameters_merge_by_name() -> None:
    merged = merge([Layer("brand", "brand", raw={"a": "1", "b": "2"}), Layer("phone", "phone", raw={"b": "3"})])
    assert {name: said.value for name, said in merged.raw.items()} == {"a": "1", "b": "3"}


layers = st.lists(
    st.builds(
        Layer,
        kind=st.sampled_from(LAYER_KINDS),
        title=st.text(max_size=5),
        values=st.dictionaries(st.sampled_from(sorted(DEFAULTS)), st.text(max_size=5), max_size=4),
    ),
    max_size=8,
)


@given(layers)
def test_every_setting_always_has_a_value_and_it_is_the_highest_one(given_layers: list[Layer]) -> None:
    merged = merge(given_layers)
    assert set(merged.values) == set(DEFAULTS)
    for name, sourced in merged.values.items():
        speaking = [layer for layer in given_layers if name in layer.values]
        highest = max(speaking, key=lambda layer: LAYER_KINDS.index(layer.kind), default=None)
        assert sourced.kind == (highest.kind if highest else "default")


@given(layers, st.randoms())
def test_the_order_in_which_different_kinds_are_given_does_not_matter(given_layers: list[Layer], random) -> None:  # type: ignore[no-untyped-def]
    one_of_a_kind = list({layer.kind: layer for layer in given_layers}.values())
    shuffled = list(one_of_a_kind)
    random.shuffle(shuffled)
    assert merge(one_of_a_kind) == merge(shuffled)
