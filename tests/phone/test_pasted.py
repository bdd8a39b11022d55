"""MACs as people paste and scan them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.phone.near import near
from provd.phone.pasted import Pasted, read_line


@pytest.mark.parametrize(
    ("line", "extension"),
    [
        ("00:15:65:AA:BB:CC", ""), (" 001565aabbcc\r\n", ""), ("0015.65aa.bbcc", ""), ("00-15-65-AA-BB-CC,", ""),
        ("MAC: 001565AABBCC", ""), ("MAC Address 00:15:65:aa:bb:cc", ""), ("00 15 65 AA BB CC", ""),
        ("001565aabbcc 101", "101"), ("00:15:65:AA:BB:CC\t101", "101"), ("0015.65aa.bbcc; 101", "101"),
        ("00 15 65 AA BB CC, 101", "101"), ('"001565aabbcc","101"', "101"), ("MAC=001565aabbcc ext. 101", "101"),
    ],
)  # fmt: skip
def test_notations(line: str, extension: str) -> None:
    assert read_line(line) == Pasted("001565aabbcc", extension)


@pytest.mark.parametrize("line", ["", "101", "001565aabb", "001565aabbccdd", "hello 101", "ffffffffffff", "0" * 5000])
def test_what_is_no_mac(line: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        read_line(line)


@given(st.text(max_size=300))
def test_anything_is_a_mac_or_a_sentence(line: str) -> None:
    try:
        assert len(read_line(line).mac) == 12
    except ValueError as error:
        assert str(error).endswith(".")


def test_macs_that_a_slip_makes_of_each_other() -> None:
    assert near("805ec0000101", "805ec0000110") and near("805ec0000101", "805ec0000102")
    assert not near("805ec0000101", "805ec0000101") and not near("805ec0000101", "805ec0001011")
