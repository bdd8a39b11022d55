from __future__ import annotations

import pytest

from sip_edge.message import Headers, SipError

LINES = ["Via: one", "v:two, three", "X-Odd :\r\n  folded\r\n\tvalue ", "To: <sip:a@h>", "Supported:"]


def test_reading_by_any_name() -> None:
    headers = Headers(LINES)
    assert headers.all("V") == ["one", "two, three"]
    assert headers.values("via") == ["one", "two", "three"]
    assert headers.first("x-odd") == "folded value"
    assert (headers.first("From"), headers.values("route"), headers.all("route")) == (None, [], [])
    assert headers.values("supported") == []
    assert "t" in headers and "from" not in headers
    assert headers.has_any(frozenset(("to", "x"))) and not headers.has_any(frozenset(("x",)))
    assert headers.keys == ["via", "x-odd", "to", "supported"]
    assert len(headers) == 5


def test_lines_stay_as_they_came() -> None:
    assert list(Headers(LINES).lines) == LINES
    assert Headers(LINES).pairs[2] == ("X-Odd", "folded value")


def test_edits_make_new_headers() -> None:
    headers = Headers(LINES)
    assert list(headers.with_added("Max-Forwards", "70").lines) == [*LINES, "Max-Forwards: 70"]
    assert list(headers.with_first("Via", "zero").lines) == ["Via: zero", *LINES]
    assert list(headers.with_set("Via", "only").lines) == ["Via: only", *LINES[2:]]
    assert list(headers.with_set("CSeq", "1 BYE").lines) == [*LINES, "CSeq: 1 BYE"]
    assert list(headers.without("v", "To").lines) == [LINES[2], LINES[4]]
    assert list(headers.lines) == LINES


def test_repeated_names_the_header() -> None:
    assert Headers(LINES).repeated() is None
    assert Headers([*LINES, "t: <sip:b@h>"]).repeated() == "to"


@pytest.mark.parametrize("line", ["no colon", "bad name: x", ": x", "To", " folded", "é: x"])
def test_malformed_lines_are_noticed(line: str) -> None:
    assert Headers([line]).malformed
    assert not Headers(LINES).malformed


def test_counts_are_bounded() -> None:
    with pytest.raises(SipError, match="Route has more values"):
        Headers(["Route: " + ",".join(["<sip:h>"] * 129)]).values("route")
    assert len(Headers(["Route: " + ",".join(["<sip:h>"] * 9)]).values("route", at_most=9)) == 9


def test_there_is_nothing_else_in_headers() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = Headers(LINES).nothing


def test_equality_and_a_repr_without_values() -> None:
    assert Headers(LINES) == Headers(tuple(LINES))
    assert hash(Headers(LINES)) == hash(Headers(tuple(LINES)))
    assert Headers(LINES) != Headers([]) and Headers([]) != []
    assert repr(Headers.of([("Authorization", "secret")])) == "Headers(Authorization)"
