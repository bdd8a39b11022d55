"""Snom: what a phone gets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from provd.phone.config import Urls, without_secrets
from provd.phone.directory import Contact, search
from provd.render import render_file
from tests.catalogue.snom_phone import FAMILY, MAC, SHIPPED, configured, keyed, keys, own_file, setting
from tests.factories import BASE, PASSWORD, TOKEN


def test_identities_count_from_one_and_keys_from_zero() -> None:
    root = own_file(configured(accounts=["101", "110"]))
    assert setting(root, "user_name", 1) == "101"
    assert setting(root, "user_pass", 2) == PASSWORD.format(extension="110")
    assert setting(root, "user_active", 3) == "off"
    assert keys(root)[0].text == "line"
    assert keys(root)[1].get("context") == "2"


def test_the_transport_is_part_of_the_outbound_proxy() -> None:
    layers = {"company": {"values": {"sip.transport": "tcp", "sip.port": 5070, "sip.outbound_proxy": "edge.example"}}}
    assert setting(own_file(configured(layers=layers)), "user_outbound", 1) == "edge.example:5070;transport=tcp"


def test_a_lamp_key_has_the_pickup_code_behind_a_bar_that_no_value_can_add() -> None:
    found = keyed(
        {2: {"kind": "blf", "target": "102"}, 3: {"kind": "blf", "target": "103|*99"}, 4: {"kind": "queue_toggle"}}
    )
    assert found[1].text == "blf 102|*35"
    assert found[2].text == "blf 103 *99|*35"
    assert found[3].text == "blf *53|"


def test_a_locked_key_is_read_only_and_a_free_one_is_cleared() -> None:
    found = keyed({2: {"kind": "speed_dial", "target": "7", "locked": True}, 3: {"kind": "dtmf", "target": "1#"}})
    assert (found[1].get("perm"), found[1].text) == ("R", "speed 7")
    assert (found[2].get("perm"), found[2].text) == ("RW", "dtmf 1#")
    assert (found[3].text, found[3].get("label")) == ("none", "")


def test_only_a_d765_has_a_key_type_for_park_orbits() -> None:
    park = {2: {"kind": "park", "target": "701"}}
    assert keyed(park, "D765")[1].text == "orbit 701"
    assert keyed(park)[1].text == "blf 701|"


def test_keys_of_modules_carry_on_after_the_phone_s_own() -> None:
    found = keyed(
        {"m1.1": {"kind": "dtmf", "target": "1"}, "m2.18": {"kind": "dtmf", "target": "2"}}, modules=["D7C", "D7C"]
    )
    assert found[24].text == "dtmf 1"
    assert found[24 + 35].text == "dtmf 2"
    assert len(found) == 24 + 36


@pytest.mark.parametrize(
    ("zone", "name", "offset", "dst"),
    [
        ("Europe/Berlin", "GER+1", "3600", "3600 03.05.07 02:00:00 10.05.07 03:00:00"),
        ("America/Chicago", "USA-6", "-21600", "3600 03.02.07 02:00:00 11.01.07 02:00:00"),
        ("America/Phoenix", "", "-25200", ""),
        ("Asia/Kathmandu", "", "20700", ""),
        ("Australia/Lord_Howe", "", "37800", "1800 10.01.07 02:00:00 04.01.07 02:00:00"),
    ],
)
def test_the_clock_goes_by_name_or_by_offset_and_change_days(zone: str, name: str, offset: str, dst: str) -> None:
    root = own_file(configured(layers={"phone": {"values": {"time.zone": zone}}}))
    assert (setting(root, "timezone"), setting(root, "utc_offset"), setting(root, "dst")) == (name, offset, dst)


def test_codecs_keep_their_order_and_what_the_phone_has_not_is_left_out() -> None:
    def codecs(**values: Any) -> str:
        return setting(own_file(configured(layers={"phone": {"values": values}})), "codec_priority_list", 1)

    assert codecs(**{"audio.codecs": ("g729", "opus", "g722")}) == "g729,g722,telephone-event"
    assert codecs(**{"audio.codecs": ("opus",), "sip.dtmf": "inband"}) == "pcmu,pcma"


def test_a_parameter_of_one_identity_takes_the_place_of_ours() -> None:
    root = own_file(
        configured(accounts=["101", "110"], layers={"phone": {"raw": {"user_expiry[2]": "90", "ntp_server": "x"}}})
    )
    assert (setting(root, "user_expiry", 1), setting(root, "user_expiry", 2), setting(root, "ntp_server")) == (
        "600",
        "90",
        "x",
    )
    assert FAMILY.raw_names.match("user_ringer[12]") and not FAMILY.raw_names.match("fkey")
    assert FAMILY.secret_parameters is not None and FAMILY.secret_parameters.search("user_pass[2]")


def test_a_phone_that_has_proved_nothing_is_told_no_address_and_no_secret() -> None:
    phone = configured(layers={"company": {"values": {"admin.password": "Adm1n-Secret"}}}, http_user=True)
    root = own_file(replace(without_secrets(phone, FAMILY.secret_parameters), urls=Urls("")))
    text = ElementTree.tostring(root, encoding="unicode")
    assert "http:" not in text and TOKEN not in text and "s3cr3t" not in text and "Adm1n" not in text
    assert setting(root, "admin_mode_password") == ""


def test_a_long_directory_comes_in_pages_and_can_be_searched() -> None:
    people = tuple(Contact(f"c{n}", "", f"Person {n:03d}", "", (f"+1555{n:04d}",)) for n in range(120))
    phone = configured()
    rule = next(rule for rule in FAMILY.files if rule.name == "directory/{mac}.xml")
    model = SHIPPED.models[phone.model]

    def page(number: int, term: str = "") -> ElementTree.Element:
        found = search(people, term)
        return ElementTree.fromstring(render_file(rule, phone, model, FAMILY, contacts=found, term=term, page=number))

    assert [len(page(n).findall("DirectoryEntry")) for n in (1, 2, 3, 4)] == [50, 50, 20, 0]
    soft = {item.findtext("Label"): item.findtext("URL") for item in page(1, "person").iter("SoftKeyItem")}
    assert soft == {
        "Search": f"{BASE}directory/{MAC}/search.xml",
        "More": f"{BASE}directory/{MAC}.xml?page=2&term=person",
    }
    assert len(page(3).findall("SoftKeyItem")) == 1
