"""Grandstream adapters for analogue telephones: P-values by socket, and that they have no keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from provd.catalogue import shipped
from provd.phone.config import PhoneConfig, Urls, without_secrets
from provd.render import render
from tests.factories import phone_config

FAMILY = shipped().families["grandstream-ht"]
MAC = "c074ad273a10"
PASSWORD_1, PASSWORD_2 = "s3cr3t-Of-101", "s3cr3t-Of-102"


def adapter(model: str, *accounts: str, **layer: Any) -> PhoneConfig:
    case = {"mac": MAC, "model": f"grandstream-{model}", "accounts": list(accounts), "layers": {"phone": layer}}
    return phone_config(shipped(), case)


def values(config: PhoneConfig) -> Mapping[str, str]:
    root = ElementTree.fromstring(render(config, shipped().models[config.model], FAMILY)[f"cfg{MAC}.xml"])
    assert root.findtext("mac") == MAC and root[1].get("version") == "1"
    found = {element.tag: element.text or "" for element in root[1]}
    assert len(found) == len(root[1]), "a P-value is written twice"
    assert all(re.fullmatch(r"P\d+", name) for name in found)
    return found


@pytest.mark.parametrize(
    ("user_agent", "model", "firmware", "mac"),
    [
        ("Grandstream Model HW HT801 V1.1A SW 1.0.17.5 DevId c074ad273a10", "HT801", "1.0.17.5", "c074ad273a10"),
        ("Grandstream Model HW HT802 SW 1.0.29.8 DevId 000b82c0ffee", "HT802", "1.0.29.8", "000b82c0ffee"),
        ("Grandstream Model HW HT802V2 V1.0A SW 1.0.3.7 DevId EC:74:D7:00:00:01", "HT802V2", "1.0.3.7", None),
        ("Grandstream HT812 1.0.63.3", "HT812", "1.0.63.3", ""),
    ],
)
def test_the_user_agent_tells_model_firmware_and_mac(user_agent: str, model: str, firmware: str, mac: str) -> None:
    found = next(filter(None, (recognition.pattern.search(user_agent) for recognition in FAMILY.recognitions)))
    said = found.groupdict()
    assert (said["model"], said["firmware"]) == (model, firmware)
    assert (said.get("mac") or "") == ("EC:74:D7:00:00:01" if mac is None else mac)


def test_a_phone_is_no_adapter() -> None:
    phone = "Grandstream Model HW GXP2135 SW 1.0.7.97 DevId 000b828aa872"
    assert not any(recognition.pattern.search(phone) for recognition in FAMILY.recognitions)


def test_both_generations_of_a_model_are_the_same_to_us() -> None:
    assert shipped().models["grandstream-ht802"].user_agents == ("HT802", "HT802V2")
    assert shipped().models["grandstream-ht812"].user_agents == ("HT812", "HT812V2")


def test_the_second_socket_of_an_ht802_has_values_of_its_own() -> None:
    found = values(adapter("ht802", "101", "102", values={"sip.transport": "tls", "sip.port": 5061}))
    first = {"P271": "1", "P47": "acme.example", "P48": "pbx.acme.example:5061", "P35": "101", "P36": "101"}
    second = {"P401": "1", "P747": "acme.example", "P748": "pbx.acme.example:5061", "P735": "102", "P736": "102"}
    names = {"P3": "Ada Lovelace", "P703": "Grace Hopper", "P34": PASSWORD_1, "P734": PASSWORD_2}
    calls = {"P130": "2", "P830": "2", "P32": "10", "P732": "10", "P31": "1", "P731": "1"}
    assert {name: found[name] for name in first | second | names | calls} == first | second | names | calls


def test_an_empty_socket_is_switched_off() -> None:
    found = values(adapter("ht802", "101"))
    assert (found["P271"], found["P401"]) == ("1", "0")
    assert "P735" not in found
    assert values(adapter("ht802"))["P271"] == "0"
    numbered = values(adapter("ht812"))
    assert (numbered["P271"], numbered["P401"], numbered["P4595"], numbered["P4596"]) == ("0", "0", "0", "0")


def test_the_sockets_of_an_ht812_share_a_profile() -> None:
    found = values(adapter("ht812", "101", "102"))
    expected = {"P4595": "1", "P4060": "101", "P4090": "101", "P4120": PASSWORD_1, "P4150": "0"}
    expected |= {"P4596": "1", "P4061": "102", "P4091": "102", "P4121": PASSWORD_2, "P4151": "0", "P401": "0"}
    assert {name: found[name] for name in expected} == expected
    assert not {"P35", "P34", "P735", "P734"} & found.keys()


def test_lines_of_two_companies_need_both_profiles_of_an_ht812() -> None:
    config = adapter("ht812", "101", "102")
    moved = replace(config.accounts[1], domain="other.example")
    found = values(replace(config, accounts=(config.accounts[0], moved)))
    assert (found["P47"], found["P747"], found["P401"]) == ("acme.example", "other.example", "1")
    assert (found["P4150"], found["P4151"]) == ("0", "1")


def test_a_codec_that_the_adapter_has_not_is_left_out_and_the_last_fills_the_rest() -> None:
    found = values(adapter("ht802", "101", values={"audio.codecs": ["g722", "g729", "pcma"]}))
    places = ("P57", "P58", "P59", "P60", "P61", "P62", "P46", "P98")
    assert [found[name] for name in places] == ["18", "8", "8", "8", "8", "8", "8", "8"]
    only = values(adapter("ht802", "101", values={"audio.codecs": ["g722"]}))
    assert (only["P57"], only["P58"]) == ("0", "8"), "an adapter without any codec of the company could not call"


def test_the_nightly_update_is_daily_to_old_and_new_firmware() -> None:
    nightly = values(adapter("ht802", "101", values={"update.window": "03:00-04:00"}))
    assert [nightly[name] for name in ("P194", "P22296", "P285", "P8459", "P8458")] == ["1", "2", "3", "4", "1"]
    never = values(adapter("ht802", "101", values={"update.nightly": False}))
    assert (never["P194"], never["P22296"]) == ("0", "0")


def test_addresses_stand_without_scheme() -> None:
    config = adapter("ht802", "101")
    urls = Urls("tftp://pbx.acme.example/p/t0ken/", "", "http://pbx.acme.example:8080/firmware/ht802fw.bin")
    found = values(replace(config, urls=urls))
    assert [found[name] for name in ("P212", "P237", "P238")] == ["0", "pbx.acme.example/p/t0ken", "0"]
    assert (found["P6767"], found["P192"]) == ("1", "pbx.acme.example:8080/firmware")


def test_an_adapter_that_has_proved_nothing_gets_no_address_and_no_secret() -> None:
    raw = {"P4120": "t0p", "P1359": "t0p", "P28110": "t0p"}
    config = without_secrets(adapter("ht802", "101", raw=raw), FAMILY.secret_parameters)
    found = values(replace(config, urls=Urls("")))
    assert [found[name] for name in ("P34", "P2", "P196", *raw)] == [""] * 6
    assert not {"P237", "P1360", "P1361", "P192"} & found.keys()
    assert found["P238"] == "2", "it must not fetch the vendor's firmware"


def test_a_resync_is_taken_and_the_platforms_star_codes_pass() -> None:
    found = values(adapter("ht802", "101", "102"))
    assert (found["P4428"], found["P191"], found["P751"]) == ("1", "0", "0")


def test_no_kind_of_key_can_be_made_and_each_says_what_to_do_instead() -> None:
    assert {kind for kind, rule in FAMILY.keys.items() if not rule.cannot or rule.code} == set()
    assert all(
        rule.cannot.startswith("An adapter has n") and rule.cannot.endswith(".") for rule in FAMILY.keys.values()
    )
    assert all(shipped().models[f"grandstream-{name}"].keys == 0 for name in ("ht802", "ht812"))
