"""The phones that the round trip is tried with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import cycle
from typing import Any

from provd.phone.config import PhoneConfig
from provd.phone.key import KINDS, Key, Position
from provd.simulate.reading import Reading
from tests.roundtrip.phones import FIRMWARE, Wish, configured, facts_of, people, seen

LOGIN = ("provd-phone", "Pr0visioning-Passw0rd")
SECRETS: dict[str, Any] = {"admin.password": "Adm1n-Secret-9", "user.password": "Us3r-Secret-7"}
FULL: Mapping[str, Any] = SECRETS | {
    "sip.port": 5080,
    "sip.transport": "tls",
    "sip.expires": 1800,
    "sip.outbound_proxy": "edge.acme.example",
    "sip.srtp": "required",
    "sip.dtmf": "info",
    "audio.codecs": ("g729", "pcma", "g722"),
    "calls.waiting": False,
    "time.zone": "Europe/Berlin",
    "time.format": "24",
    "time.ntp": ("time.acme.example", "time2.acme.example"),
    "language": "de",
    "network.lldp": False,
    "network.cdp": True,
    "network.vlan.id": 40,
    "network.pc_vlan.id": 50,
    "web.enabled": False,
    "voicemail.number": "*97",
    "pickup.code": "*8",
    "update.window": "23:00-01:00",
    "syslog.server": "log.acme.example",
    "directory.title": "Staff",
}


def minimal(model: str) -> Wish:
    return Wish(model)


def two_lines(model: str) -> Wish:
    return Wish(model, people(2, shared=(2,)), values={"sip.srtp": "optional", "update.nightly": False})


def full(model: str) -> Wish:
    """Every line in use, every place of the phone and of all its modules taken by one kind of key after the other."""
    described, _ = facts_of(model)
    modules = described.modules.most if described.modules else 0
    return Wish(
        model,
        people(described.accounts, shared=(2,)),
        keys=every_kind(model, modules),
        values=FULL,
        modules=modules,
        firmware=FIRMWARE,
        login=LOGIN,
    )


def every_kind(model: str, modules: int) -> dict[Position, Key]:
    """Line 1 is private and line 2 shared; a target is there once; every eleventh place is left as it is, every fifth
    key is locked."""
    described, family = facts_of(model)
    able = cycle(kind for kind in KINDS if kind != "cascade" and not family.keys[kind].cannot)
    chosen = {}
    for count, place in enumerate(described.positions(modules), 1):
        kind = next(able)
        if count % 11:
            chosen[place] = _key(kind, count)
    return chosen


def _key(kind: str, count: int) -> Key:
    targets = {"none": "", "url": f"http://intranet.acme.example/menu?a={count}&b=2", "digits": f"{count}*#"}
    target = targets.get(KINDS[kind].target, str(2000 + count))
    named = f"Key {count} of our own with a long name" if KINDS[kind].target != "none" else None
    line = 2 if kind == "shared_line" else 1
    return Key(kind, target, named if count % 3 else None, line, locked=count % 5 == 0)


WISHES = {"minimal": minimal, "two lines": two_lines, "full": full}


@cache
def read_back(case: str, model: str) -> tuple[PhoneConfig, Reading]:
    """A phone of one of the WISHES and what it has read, worked out once."""
    config = configured(WISHES[case](model))
    return config, seen(config)
