"""Each choice of a setting reaches the phone of every family that has it."""

from __future__ import annotations

from typing import Any

import pytest

from provd.phone.key import Key, Position
from provd.phone.parameter import CODECS, LANGUAGES
from tests.roundtrip import expected, expected_keys
from tests.roundtrip.phones import RICH, Wish, configured, facts_of, people, seen

FAMILIES = sorted(RICH)
CHOICES: list[tuple[str, Any]] = [
    *(("sip.transport", word) for word in ("udp", "tcp", "tls")),
    *(("sip.srtp", word) for word in ("off", "optional", "required")),
    *(("sip.dtmf", word) for word in ("rfc2833", "info", "inband")),
    *(("audio.codecs", (codec,)) for codec in ("pcmu", "pcma")),
    ("audio.codecs", CODECS),
    ("audio.codecs", CODECS[::-1]),
    ("sip.expires", 7200),
    ("sip.outbound_proxy", "[2001:db8::1]"),
    ("sip.outbound_proxy", "2001:db8::1"),
    ("sip.outbound_proxy", "192.0.2.7"),
    ("sip.server", "sbc.acme.example"),
    ("voicemail.number", "*99"),
    ("pickup.code", ""),
]
SETTINGS: list[tuple[str, Any]] = [
    *(("language", language) for language in LANGUAGES),
    ("web.enabled", True),
    ("web.enabled", False),
    ("network.lldp", True),
    ("network.lldp", False),
    ("network.vlan.id", 4094),
    ("network.pc_vlan.id", 2),
    ("network.pc_vlan.id", 4094),
    ("syslog.server", "192.0.2.9"),
    ("time.ntp", ()),
    ("update.nightly", False),
    ("update.window", "23:59-00:00"),
    ("update.window", "00:00-00:00"),
]


def _named(choices: list[tuple[str, Any]]) -> list[str]:
    return [f"{name}={value}" for name, value in choices]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("name", "value"), CHOICES, ids=_named(CHOICES))
def test_how_the_lines_call(family: str, name: str, value: object) -> None:
    keys = (
        {Position(0, 3): Key("blf", "102"), Position(0, 4): Key("park", "701")}
        if facts_of(RICH[family])[0].keys
        else {}
    )
    config = configured(Wish(RICH[family], people(2), keys, values={name: value}))
    reading = seen(config)
    assert reading.problems == ()
    assert tuple(account for account in reading.accounts if account.enabled) == expected.accounts(config)
    assert expected_keys.seen_keys(reading) == expected_keys.keys(config)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("name", "value"), SETTINGS, ids=_named(SETTINGS))
def test_how_the_phone_is_set(family: str, name: str, value: object) -> None:
    config = configured(Wish(RICH[family], values={name: value}))
    reading = seen(config)
    assert reading.problems == ()
    assert {n: found for n, found in reading.settings.items() if n != "time.zone"} == expected.settings(config)
