"""Fanvil: what a phone gets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from provd.phone.config import Urls, without_secrets
from tests.catalogue.fanvil_phone import FAMILY, configured, content, key, keyed, parameters
from tests.factories import BASE, PASSWORD, TOKEN


def said(model: str = "X6U", **values: Any) -> dict[str, str]:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return parameters(configured(model, layers={"phone": {"values": named}}))


def test_a_line_registers_as_its_device_through_the_proxy() -> None:
    line = said(sip__transport="tls", sip__port=5061, sip__outbound_proxy="edge.example", sip__expires=900)
    expected = {
        "PhoneNumber": "101",
        "RegisterUser": "101",
        "RegisterPswd": PASSWORD.format(extension="101"),
        "RegisterAddr": "acme.example",
        "RegisterPort": "5061",
        "RegisterTTL": "900",
        "ProxyAddr": "edge.example",
        "Transport": "3",
        "MWINum": "*62",
    }
    assert {name: line[f"sip/line[1]/{name}"] for name in expected} == expected


def test_a_lamp_key_names_number_line_and_what_picks_up() -> None:
    found = keyed(
        {2: {"kind": "blf", "target": "102", "line": 2}, 6: {"kind": "queue_toggle"}}, accounts=["101", "110"]
    )
    assert key(found, "dssSide", 1, 2) == ("1", "102@2/bc*35102", "Grace Hopper")
    assert key(found, "internal", 1, 1) == ("1", "*53@1/bc", "Queue Toggle")


def test_no_number_can_name_another_line_or_action() -> None:
    found = keyed({2: {"kind": "speed_dial", "target": "12@3/bc"}})
    assert key(found, "dssSide", 1, 2)[:2] == ("1", "12 3 bc@1/f")


def test_a_title_is_cut_and_a_cleared_key_goes_dark() -> None:
    found = keyed({2: {"kind": "url", "target": "http://x/", "label": "T" * 40}, 3: {"kind": "none"}})
    assert key(found, "dssSide", 1, 2) == ("7", "http://x/", "T" * 31)
    assert key(found, "dssSide", 1, 3) == ("0", "", "")
    assert key(found, "internal", 5, 12) == ("0", "", "")


@pytest.mark.parametrize(
    ("zone", "quarters", "start", "end"),
    [
        ("America/New_York", "-20", ("3", "2", "0", "2"), ("11", "1", "0", "2")),
        ("Europe/Rome", "4", ("3", "5", "0", "2"), ("10", "5", "0", "3")),
        ("Asia/Kathmandu", "23", None, None),
        ("America/St_Johns", "-14", ("3", "2", "0", "2"), ("11", "1", "0", "2")),
    ],
)
def test_the_zone_counts_in_quarters_of_an_hour(zone: str, quarters: str, start: Any, end: Any) -> None:
    date = {path.rpartition("/")[2]: value for path, value in said(time__zone=zone).items() if "/date/" in path}
    assert (date["TimeZone"], date["EnableDST"]) == (quarters, "2" if start else "0")
    for edge, change in (("Start", start), ("End", end)):
        found = tuple(date.get(f"DST{edge}{part}") for part in ("Mon", "Week", "Wday", "Hour"))
        assert found == (change or (None, None, None, None))


def test_codecs_are_named_as_the_model_names_them() -> None:
    chosen = ("opus", "g722", "g726")
    codecs = {model: said(model, audio__codecs=chosen)["sip/line[1]/VoiceCodecMap"] for model in ("X7", "X210", "X3SG")}
    assert codecs == {"X7": "OPUS,G722,G726-32", "X210": "opus,G722,G726-32", "X3SG": "G722,G726-32"}
    assert said("X3SG", audio__codecs=("opus",))["sip/line[1]/VoiceCodecMap"] == "PCMU,PCMA"


def test_the_nightly_update_is_once_in_24_hours() -> None:
    assert (said()["ap/FlashMode"], said()["ap/FlashInterval"]) == ("2", "24")
    assert said(update__nightly=False)["ap/FlashMode"] == "1"


@pytest.mark.parametrize(("scheme", "protocol"), [("http", "4"), ("https", "5"), ("tftp", "2")])
def test_the_server_is_named_without_a_slash_at_its_end(scheme: str, protocol: str) -> None:
    found = parameters(replace(configured(), urls=Urls(BASE.replace("http", scheme))))
    assert found["ap/FlashServerIP"] + "/" == BASE.replace("http", scheme)
    assert (found["ap/FlashFileName"], found["ap/FlashProtocol"]) == ("$mac.cfg", protocol)


def test_the_version_rises_with_the_revision_and_differs_with_the_address() -> None:
    phone = configured()

    def version(revision: str, base: str = BASE) -> str:
        return parameters(replace(phone, revision=revision, urls=Urls(base)))["Version"]

    rising = [version(text) for text in ("3-1-1-0-0-s1.9", "3-1-1-0-0-s1.10", "4-1-1-0-0-s1.10", "4-2-1-0-0-s1.10")]
    assert rising == sorted(rising, key=float) and len(set(rising)) == 4
    assert version("4-2") != version("5-1")
    assert version("4", BASE) != version("4", BASE.replace(TOKEN, "Another-Token-0123456789"))
    assert all(len(text) == len("2.0000000000") for text in rising)


def test_the_file_with_secrets_is_newer_than_the_one_without() -> None:
    phone = replace(configured(http_user=True), revision="7")
    blank = replace(without_secrets(phone, FAMILY.secret_parameters), urls=Urls(""))
    assert float(parameters(blank)["Version"]) < float(parameters(phone)["Version"])
    text = content(blank).decode()
    assert "http:" not in text and TOKEN not in text and "s3cr3t" not in text
    assert parameters(blank)["web/account[1]/Password"] == ""


def test_a_parameter_set_by_hand_takes_the_place_of_ours() -> None:
    raw = {"sip/line[1]/PickupNum": "**", "sip/line[4]/EnableReg": "1", "phone/display/LCDTitle": "Lobby & Bar"}
    found = parameters(configured(layers={"phone": {"raw": raw}}))
    assert {path: found[path] for path in raw} == raw
    assert all(FAMILY.raw_names.match(path) for path in raw)
    assert not FAMILY.raw_names.match("Version") and not FAMILY.raw_names.match("sip/line[1]/<x>")


def test_secrets_among_the_vendor_s_parameters_are_known() -> None:
    assert FAMILY.secret_parameters is not None
    for path in (
        "sip/line[2]/ProxyPswd",
        "phone/xmlContact[2]/PassWd",
        "ap/DeviceCfgFileKey",
        "web/account[2]/Password",
    ):
        assert FAMILY.secret_parameters.search(path), path
    assert not FAMILY.secret_parameters.search("dsskey/internal[1]/Fkey[2]/Value")
