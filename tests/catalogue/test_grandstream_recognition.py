"""Grandstream phones: who they say they are, what they have, and which files they ask for."""

from __future__ import annotations

import pytest

from provd.catalogue import shipped

FAMILY = shipped().families["grandstream"]
MAC = "000b82a1b2c3"


def recognised(user_agent: str) -> tuple[str, str, str] | None:
    for recognition in FAMILY.recognitions:
        found = recognition.pattern.search(user_agent)
        if found:
            said = found.groupdict()
            return said["model"], said["firmware"], said.get("mac") or ""
    return None


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (
            "Grandstream Model HW GXP2135 SW 1.0.7.97 DevId 000b828aa872",
            ("GXP2135", "1.0.7.97", "000b828aa872"),
        ),
        (
            "Grandstream Model HW GRP2614 SW 1.0.5.15 DevId c074ad0b63ee",
            ("GRP2614", "1.0.5.15", "c074ad0b63ee"),
        ),
        (
            "Grandstream Model HW GRP2616 SW 1.0.13.59 DevId EC:74:D7:80:04:74",
            ("GRP2616", "1.0.13.59", "EC:74:D7:80:04:74"),
        ),
        (
            "Grandstream Model HW GXV3350  V1.3A SW 1.0.1.8 DevId c074ad150b88",
            ("GXV3350", "1.0.1.8", "c074ad150b88"),
        ),
        (
            "Grandstream GXP2000 (gxp2000e.bin:1.2.5.3/boot55e.bin:1.1.6.9) DevId 000b822726c8",
            ("GXP2000", "1.2.5.3", "000b822726c8"),
        ),
        ("Grandstream GXP2170 1.0.11.85", ("GXP2170", "1.0.11.85", "")),
        ("Grandstream Model HW HT801 V1.1A SW 1.0.17.5 DevId c074ad273a10", None),
        ("Grandstream HT802 1.0.29.8", None),
        ("curl/8.0", None),
    ],
)
def test_the_user_agent_tells_model_firmware_and_mac(user_agent: str, said: tuple[str, str, str] | None) -> None:
    assert recognised(user_agent) == said


@pytest.mark.parametrize(
    ("name", "accounts", "vpk", "fixed", "mpk"),
    [
        ("GXP2130", 3, 12, 3, 8),
        ("GXP2135", 4, 32, 8, 0),
        ("GXP2140", 4, 16, 4, 0),
        ("GXP2160", 6, 24, 6, 24),
        ("GXP2170", 6, 48, 12, 0),
        ("GRP2612", 4, 16, 4, 0),
        ("GRP2613", 4, 24, 6, 0),
        ("GRP2614", 12, 16, 4, 24),
        ("GRP2615", 16, 40, 10, 0),
        ("GRP2616", 16, 16, 4, 24),
    ],
)
def test_every_model_has_the_keys_of_its_data_sheet(name: str, accounts: int, vpk: int, fixed: int, mpk: int) -> None:
    model = shipped().models[f"grandstream-{name.lower()}"]
    counted = {count: model.facts[count] for count in ("vpk", "fixed_vpk", "mpk")}
    assert counted == {"vpk": vpk, "fixed_vpk": fixed, "mpk": mpk}
    assert (model.keys, model.accounts, model.user_agents[0]) == (vpk + mpk, accounts, name)


def test_the_phone_finds_its_own_file_and_no_other() -> None:
    model = shipped().models["grandstream-grp2615"]
    names = {rule.file_name(MAC, model): rule.role for rule in FAMILY.files}
    assert names[f"cfg{MAC}.xml"] == "config"
    assert names[f"directory/{MAC}/phonebook.xml"] == "directory"
    others = {f"cfg{MAC}", "cfggrp2615.xml", "cfg.xml", f"dev{MAC}.cfg", "external.cfg"}
    assert {name for name, role in names.items() if role == "absent"} == others
