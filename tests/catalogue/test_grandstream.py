"""Grandstream phones: what stands in their file and in their phone book."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from provd.catalogue import shipped
from provd.phone.config import PhoneConfig, Urls, without_secrets
from provd.phone.directory import Contact
from provd.render import render, render_file
from tests.factories import CONTACTS, phone_config

FAMILY = shipped().families["grandstream"]
MAC = "000b82a1b2c3"
HOSTILE = 'x"></item><item name="users.admin.password">0wned</item>\r\n<!-- & '


def phone(model: str = "grandstream-gxp2135", **layer: Any) -> PhoneConfig:
    return phone_config(shipped(), {"mac": MAC, "model": model, "layers": {"phone": layer}})


def items(config: PhoneConfig) -> Mapping[str, str]:
    model = shipped().models[config.model]
    root = ElementTree.fromstring(render(config, model, FAMILY)[f"cfg{config.mac}.xml"])
    assert root.tag == "gs_provision" and [child.tag for child in root] == ["mac", "config"]
    assert root.findtext("mac") == config.mac and root[1].get("version") == "2"
    found = {item.get("name", ""): item.text or "" for item in root[1]}
    assert len(found) == len(root[1]), "a parameter is written twice"
    return found


def test_the_registration_counts_in_minutes_and_never_zero() -> None:
    assert items(phone(values={"sip.expires": 3600}))["account.1.sip.registerExpiration"] == "60"
    assert items(phone(values={"sip.expires": 60}))["account.1.sip.registerExpiration"] == "1"


def test_paths_stand_without_scheme_and_slash() -> None:
    config = phone()
    urls = Urls(
        "https://[2001:db8::1]:8443/p/t0ken/",
        f"http://pbx.acme.example/p/t0ken/directory/{MAC}.xml",
        "tftp://pbx.acme.example/firmware/gxp2135fw.bin",
    )
    found = items(replace(config, urls=urls))
    assert found["provisioning.config.protocol"] == "HTTPS"
    assert found["provisioning.config.serverPath"] == "[2001:db8::1]:8443/p/t0ken"
    assert found["provisioning.firmware.protocol"] == "TFTP"
    assert found["provisioning.firmware.serverPath"] == "pbx.acme.example/firmware"
    assert found["phonebook.download.mode"] == "EnabledUseHTTP"
    assert found["phonebook.download.server"] == f"pbx.acme.example/p/t0ken/directory/{MAC}"


def test_a_phone_that_has_proved_nothing_gets_no_address_and_no_secret() -> None:
    config = without_secrets(
        phone(values={"admin.password": "Adm1n"}, raw={"ldap.password": "Ld4p"}), FAMILY.secret_parameters
    )
    found = items(replace(config, urls=Urls("")))
    kept = ("ldap.password", "users.admin.password", "users.user.password", "account.1.sip.subscriber.password")
    assert [found[name] for name in kept] == ["", "", "", ""]
    assert not [name for name in found if name.startswith("provisioning.config.")]
    assert found["phonebook.download.mode"] == "Disabled"


def test_without_a_chosen_firmware_the_phone_does_not_look_at_the_vendors_server() -> None:
    found = items(phone())
    assert found["provisioning.firmware.checkCondition"] == "SkipCheck"
    assert "provisioning.firmware.serverPath" not in found


def test_the_star_codes_of_the_phone_do_not_catch_the_platforms() -> None:
    assert items(phone())["account.1.featureCodes.callFeatures"] == "No"


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("America/Denver", "STD+7DST+6,M3.2.0/02:00:00,M11.1.0/02:00:00"),
        ("Asia/Kolkata", "STD-5:30"),
        ("America/St_Johns", "STD+3:30DST+2:30,M3.2.0/02:00:00,M11.1.0/02:00:00"),
        ("Europe/Dublin", "STD+0DST-1,M3.5.0/01:00:00,M10.5.0/02:00:00"),
        ("Australia/Lord_Howe", "STD-10:30DST-11,M10.1.0/02:00:00,M4.1.0/02:00:00"),
        ("Asia/Jerusalem", "STD-2DST-3,M3.4.4/24:00:00,M10.5.0/02:00:00"),
    ],
)
def test_the_zone_is_written_so_that_the_phone_can_read_it(zone: str, written: str) -> None:
    assert items(phone(values={"time.zone": zone}))["dateTime.timezone.custom"] == written
    assert len(written) <= 64, "the phone takes 64 characters"


def test_a_value_never_adds_a_parameter() -> None:
    keys = {2: {"kind": "blf", "target": HOSTILE, "label": HOSTILE}}
    hostile = items(phone(values={"calls.dial_plan": HOSTILE, "directory.title": HOSTILE}, keys=keys))
    harmless = items(phone(keys={2: {"kind": "blf", "target": "1", "label": "1"}}))
    assert hostile.keys() == harmless.keys()
    assert hostile["pks.vpk.2.value"] == HOSTILE.replace("\r", " ").replace("\n", " ")


def test_the_phone_book_has_a_group_a_department_and_three_numbers_a_contact() -> None:
    config = phone()
    odd = (
        Contact("1", "", "Ring", "Master", ("1", "2", "3", "4"), department="sales"),
        Contact("2", "", "Mute", "Person"),
    )
    rule = next(rule for rule in FAMILY.files if rule.role == "directory")
    model = shipped().models[config.model]
    root = ElementTree.fromstring(render_file(rule, config, model, FAMILY, contacts=(*CONTACTS, *odd)))
    groups = {group.findtext("id"): group.findtext("name") for group in root.iter("pbgroup")}
    people = list(root.iter("Contact"))
    assert groups == {"1": "Directory", "2": "Office", "3": "Support", "4": "Sales", "5": "sales"}
    assert [groups[one.findtext("Group")] for one in people] == [
        one.department or "Directory" for one in (*CONTACTS, odd[0])
    ]
    assert [(p.get("type"), p.findtext("phonenumber")) for p in people[-1].iter("Phone")] == [
        ("Work", "1"),
        ("Cell", "2"),
        ("Home", "3"),
    ]
    assert "Mute" not in [one.findtext("FirstName") for one in people]


def test_raw_parameters_win_and_secrets_among_them_are_known() -> None:
    assert items(phone(raw={"network.cdp": "Yes"}))["network.cdp"] == "Yes"
    pattern = FAMILY.secret_parameters or re.compile("(?!)")
    for name in ("account.3.sip.subscriber.password", "security.key", "tr069.ssl.privateKey", "network.snmp.auth.key"):
        assert pattern.search(name), name
    assert not pattern.search("pks.vpk.1.keyMode")
    assert not pattern.search("phonebook.keyFunction")
