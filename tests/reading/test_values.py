"""How single values are read."""

from __future__ import annotations

import pytest

from provd.simulate.reading import values


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("+1", 60), ("-3:30", -210), ("0", 0), ("+05:45", 345), ("5.5", 330), ("-12", -720), ("15", None), ("x", None)],
)
def test_offsets(text: str, minutes: int | None) -> None:
    assert values.offset_minutes(text) == minutes


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pbx.example", ("pbx.example", None)),
        ("pbx.example:5061", ("pbx.example", 5061)),
        ("sip:pbx.example:5061;transport=tls", ("pbx.example", 5061)),
        ("[2001:db8::1]:5061", ("2001:db8::1", 5061)),
        ("2001:db8::1", ("2001:db8::1", None)),
        ("pbx.example:0", ("pbx.example", None)),
        ("", ("", None)),
    ],
)
def test_hosts_and_ports(text: str, found: tuple[str, int | None]) -> None:
    assert values.host_port(text) == found
    assert values.joined("2001:db8::1", 5061) == "[2001:db8::1]:5061"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("2001", "2001"),
        ("2001@$PROXY", "2001"),
        ("sip:2001@PBX.example;user=phone", "2001"),
        ("<sip:2001@pbx.example:5060>", "2001"),
        ("sip:ada@other.example", "ada@other.example"),
        ("*28#1", "*28#1"),
    ],
)
def test_targets_lose_what_goes_without_saying(text: str, target: str) -> None:
    assert values.bare_target(text, ["pbx.example"]) == target


def test_times() -> None:
    assert [values.clock(text) for text in ("0300", "3:05", "23:59:59", "24:00", "x", None)] == [
        "03:00",
        "03:05",
        "23:59",
        None,
        None,
        None,
    ]
    assert values.window("2300", "0100") == "23:00-01:00" and values.window("", "0100") is None
    assert values.later("23:30", 3600) == "00:30"


def test_numbers_are_ascii_and_bounded() -> None:
    assert [values.whole(text) for text in ("5", " -5 ", "５", "²", "9" * 5000, "1.5", None)] == [5, -5, *[None] * 5]
    assert values.port("70000") is None and values.vlan("4095") is None and values.vlan("12") == "12"


def test_names_of_codecs_and_languages() -> None:
    assert values.codecs(["G711_Mu", "G.729A/B", "iLBC", "G726-32", "AMR", "PCMU"]) == ("pcmu", "g729", "ilbc", "g726")
    wanted = {"English_United_States": "en", "Deutsch": "de", "pt-BR": "pt", "Klingon": "Klingon", "": None}
    assert {text: values.language(text) for text in wanted} == wanted
