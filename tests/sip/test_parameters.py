from __future__ import annotations

import pytest

from sip_edge.message import parameters

GOOD = [
    "",
    ";lr",
    ";tag=abc",
    ' ; a = "x;y\\"z" ; b',
    ";received=[2001:db8::1]",
    ";received=::1",
    ';+sip.instance="<u>"',
]
BAD = [";", ";;a", "a", ";a=", ";=b", ';a="open', ";a=b c", ";a=b,c", ";a;", ";a=<u>", ";a\x00"]


@pytest.mark.parametrize("text", GOOD)
def test_well_formed(text: str) -> None:
    assert parameters.valid(text)


@pytest.mark.parametrize("text", BAD)
def test_not_well_formed(text: str) -> None:
    assert not parameters.valid(text)


def test_pairs_keep_order_and_quotes() -> None:
    assert parameters.pairs(';B="1;2" ; a = x;flag') == [("b", '"1;2"'), ("a", "x"), ("flag", None)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        (";other=1", None),
        (";tag=abc", "abc"),
        (";x;tag=abc;y", "abc"),
        (";TAG = abc", "abc"),
        (";tag", ""),
        (';x=";tag=no";tag="a \\"b"', 'a "b'),
        (";mytag=1;tag=2", "2"),
        (";tag=1;Tag=2", "1"),
        (";tag=1 ;x", "1"),
    ],
)
def test_find(text: str, value: str | None) -> None:
    assert parameters.find(text, "tag") == value


def test_a_parameter_inside_quotes_is_never_found() -> None:
    assert parameters.find(';x="a;tag=evil"', "tag") is None


def test_added_replaces_in_place_and_drops_repeats() -> None:
    assert parameters.added(";a=1;rport;b=2", "rport", "5060") == ";a=1;rport=5060;b=2"
    assert parameters.added(";a=1;A=2;b", "a", "3") == ";a=3;b"
    assert parameters.added(";b", "lr", None) == ";b;lr"
    assert parameters.added("", "text", "two words") == ';text="two words"'
    assert parameters.added("", "received", "2001:db8::1") == ";received=2001:db8::1"


def test_removed_leaves_the_rest_alone() -> None:
    assert parameters.removed(';a="x;tag=1";tag=2;b', "tag") == ';a="x;tag=1";b'


@pytest.mark.parametrize(("name", "value"), [("bad name", "x"), ("a", "line\r\nbreak"), ("", "x")])
def test_nothing_breaks_out(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"token|line break"):
        parameters.format_one(name, value)
