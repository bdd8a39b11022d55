"""The files of a Poly phone: their names, what they may hold, and what a phone without proof gets."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from provd import catalogue
from provd.phone.directory import Contact
from tests.catalogue.poly_phone import MAC, configured, contacts, files, parameters, without_proof
from tests.factories import PASSWORD, TOKEN

FAMILIES = ("poly-ucs", "poly-edge-e")


@pytest.mark.parametrize("family_id", FAMILIES)
def test_the_phone_finds_every_file_it_asks_for_or_a_reason_why_not(family_id: str) -> None:
    model = next(model for model in catalogue.shipped().models.values() if model.family == family_id)
    roles = {rule.file_name(MAC, model): rule.role for rule in catalogue.shipped().families[family_id].files}
    assert roles == {
        f"{MAC}.cfg": "index",
        "000000000000.cfg": "common",
        f"{MAC}-settings.cfg": "config",
        f"{MAC}-phone.cfg": "upload",
        f"{MAC}-web.cfg": "upload",
        f"{MAC}-license.cfg": "absent",
        "000000000000-license.cfg": "absent",
        f"{MAC}-directory.xml": "directory",
        "000000000000-directory.xml": "absent",
        f"{MAC}-calls.xml": "absent",
        f"{MAC}-boot.log": "upload",
        f"{MAC}-app.log": "upload",
    }


def test_the_master_file_leads_to_the_settings_and_to_no_firmware_unless_one_is_chosen() -> None:
    plain = ElementTree.fromstring(files(configured("poly-vvx450"))[f"{MAC}.cfg"])
    image = "http://pbx.acme.example:8080/firmware/vvx450.sip.ld"
    chosen = ElementTree.fromstring(files(configured("poly-vvx450", firmware=image))[f"{MAC}.cfg"])
    assert plain.tag == "APPLICATION"
    assert plain.attrib["CONFIG_FILES"] == f"{MAC}-settings.cfg"
    assert plain.attrib["APP_FILE_PATH"] == ""
    assert chosen.attrib["APP_FILE_PATH"] == image


@pytest.mark.parametrize("model", ["poly-vvx601", "poly-edge-e350"])
def test_the_common_file_is_the_same_for_every_phone(model: str) -> None:
    common = files(configured(model, ("104", "105")))["000000000000.cfg"]
    assert common == files(configured("poly-vvx150", ("101",)))["000000000000.cfg"]
    assert b"[PHONE_MAC_ADDRESS]-settings.cfg" in common
    assert MAC.encode() not in common and TOKEN.encode() not in common


def test_a_phone_without_proof_gets_no_secret_no_address_and_keeps_its_own_passwords() -> None:
    values = {"admin.password": "Adm1n-Secret", "user.password": "Us3r-Secret"}
    raw = {"device.wifi.psk.key": "Radio-Secret", "dir.corp.password": "Ldap-Secret"}
    config = without_proof(configured("poly-vvx450", http_user=True, values=values, raw=raw))
    together = b"".join(files(config).values()).decode()
    for secret in (PASSWORD.format(extension="101"), TOKEN, "-Secret", "Pr0visioning"):
        assert secret not in together
    read = parameters(config)
    assert read["reg.1.auth.password"] == ""
    assert "device.prov.serverName" not in read and "device.prov.password" not in read
    for name in ("auth.localAdminPassword", "auth.localUserPassword", "wifi.psk.key"):
        assert (read[f"device.{name}"], read[f"device.{name}.set"]) == ("", "0"), "the twin would blank the phone's own"


def test_a_proved_phone_stays_with_the_address_that_carries_its_token() -> None:
    read = parameters(configured("poly-edge-e450", http_user=True))
    assert read["device.prov.serverName"] == f"http://pbx.acme.example:8080/p/{TOKEN}/"
    assert read["device.prov.serverType"] == "HTTP"
    assert read["device.dhcp.bootSrvUseOpt"] == "Static"
    assert (read["device.prov.user"], read["device.prov.password.set"]) == (f"provd-{MAC}", "1")


def test_every_device_parameter_has_its_twin() -> None:
    read = parameters(configured("poly-vvx250", http_user=True, raw={"device.net.etherModeLAN": "Auto"}))
    names = {name for name in read if name.startswith("device.") and not name.endswith(".set")}
    assert names >= {"device.net.vlanId", "device.net.etherModeLAN", "device.prov.password"}
    assert all(read.get(f"{name}.set") == "1" for name in names)
    assert read["device.set"] == "1"


def test_a_vendor_parameter_takes_the_place_of_ours_and_cannot_leave_its_quotes() -> None:
    raw = {"call.callWaiting.enable": "0", "up.welcomeSoundEnabled": '1" httpd.enabled="0"\n/><x y="'}
    read = parameters(configured("poly-vvx350", raw=raw))
    assert read["call.callWaiting.enable"] == "0"
    assert read["httpd.enabled"] == "1"
    assert read["up.welcomeSoundEnabled"].startswith('1" httpd.enabled="0"')


def test_the_directory_says_a_number_once_and_cuts_names_at_forty_bytes() -> None:
    keys = {2: {"kind": "speed_dial", "target": "+12145550199", "label": "Ü" * 30}}
    entries = contacts(configured("poly-vvx450", keys=keys))
    numbers = [entry["ct"] for entry in entries]
    assert len(numbers) == len(set(numbers)) == 12, "ten people, and two numbers of the fire alarm"
    assert entries[0]["lb"] == "Ü" * 20
    assert next(entry for entry in entries if entry["ct"] == "110")["ln"] == "O'Brien & Söhne"


def test_the_directory_keeps_the_speed_dials_when_the_company_is_larger_than_the_phone() -> None:
    config = configured("poly-vvx450", keys={2: {"kind": "speed_dial", "target": "7000", "label": "Taxi"}})
    crowd = tuple(Contact(f"user-{number}", str(number), "Ada", "Lovelace") for number in range(1000, 1700))
    entries = contacts(replace(config, contacts=crowd))
    assert len(entries) == 500
    assert (entries[0]["ct"], entries[0]["sd"]) == ("7000", "1")
    assert entries[-1]["ct"] == "1498"
