from __future__ import annotations

import pytest

from sip_edge.message import CSeq, RAck, SipError


def test_cseq_both_ways() -> None:
    assert CSeq.parse("0009 \t INVITE") == CSeq(9, "INVITE")
    assert str(CSeq(2147483647, "BYE")) == "2147483647 BYE"


@pytest.mark.parametrize(
    "text", ["", "1", "INVITE", "1INVITE", "-1 INVITE", "2147483648 BYE", "9" * 5000 + " A", "1 A B"]
)
def test_bad_cseq(text: str) -> None:
    with pytest.raises(SipError) as error:
        CSeq.parse(text)
    assert error.value.code == 400


def test_rack_both_ways() -> None:
    assert RAck.parse("776656 1 INVITE") == RAck(776656, 1, "INVITE")
    assert str(RAck(1, 2, "INVITE")) == "1 2 INVITE"


@pytest.mark.parametrize("text", ["1 INVITE", "1 x INVITE", "1 2147483648 INVITE", ""])
def test_bad_rack(text: str) -> None:
    with pytest.raises(SipError):
        RAck.parse(text)
