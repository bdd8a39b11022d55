"""MACs come as labels, scanners and spreadsheets write them."""

from __future__ import annotations

import pytest

from provd.phone.mac import parse_mac, with_colons


@pytest.mark.parametrize(
    "text",
    ["00:15:65:AA:BB:CC", "0015.65aa.bbcc", "00-15-65-aa-bb-cc", " 001565AABBCC ", "00 15 65 aa bb cc"],
)
def test_every_notation_is_read(text: str) -> None:
    assert parse_mac(text) == "001565aabbcc"


@pytest.mark.parametrize("text", ["", "001565aabbc", "001565aabbccd", "001565aabbcg", "zz", "0" * 12, "x" * 500])
def test_what_is_no_mac_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_mac(text)


def test_a_group_address_is_no_phone() -> None:
    with pytest.raises(ValueError, match="one device"):
        parse_mac("01:15:65:aa:bb:cc")


def test_it_is_shown_with_colons() -> None:
    assert with_colons("001565aabbcc") == "00:15:65:aa:bb:cc"
