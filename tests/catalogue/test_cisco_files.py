"""What Cisco's profiles say about lines, rules, clocks and secrets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from provd import catalogue
from provd.phone.config import PhoneConfig, Urls, without_secrets
from provd.render import render_common, render_file
from provd.simulate.reading import Reading, read
from tests.factories import BASE, PASSWORD, phone_config

SPA = "cisco-spa508g"
MPP = "cisco-cp-8851"
BOTH = pytest.mark.parametrize("model", [SPA, MPP])


def _config(model: str, values: dict[str, Any] | None = None, **case: Any) -> PhoneConfig:
    layers = {"company": {"values": values or {}, "raw": case.pop("raw", {})}}
    return phone_config(catalogue.shipped(), {"mac": "0002fdff2103", "model": model, "layers": layers} | case)


def _profile(config: PhoneConfig) -> str:
    shipped = catalogue.shipped()
    family = shipped.family_of(config.model)
    rule = next(rule for rule in family.files if rule.name == "{mac}.xml")
    return render_file(rule, config, shipped.models[config.model], family).decode()


def _read(config: PhoneConfig) -> Reading:
    family = catalogue.shipped().family_of(config.model).id
    reading = read(family, "0002fdff2103.xml", _profile(config).encode(), mac=config.mac)
    assert reading.problems == ()
    return reading


@BOTH
def test_a_new_phone_is_sent_to_its_own_file_beside_the_common_one(model: str) -> None:
    shipped = catalogue.shipped()
    family = shipped.family_of(model)
    rule = next(rule for rule in family.files if rule.role == "common")
    for base, target in (("http://pbx.example/p/tok/", "http://pbx.example/p/tok/"), ("", "/")):
        body = render_common(rule, shipped.models[model], family, base)
        reading = read(family.id, "common", body, mac="0002fdff2103")
        assert reading.includes == (f"{target}0002fdff2103.xml",)
        assert not reading.accounts and not reading.keys and not reading.problems


@BOTH
def test_both_lines_register_and_the_others_are_off(model: str) -> None:
    reading = _read(_config(model, {"sip.transport": "tcp", "sip.port": 5070}, accounts=["101", "110"]))
    one, two, *rest = reading.accounts
    assert (one.user, one.auth_user, one.password, one.server) == ("101", "101", "s3cr3t-Of-101", "acme.example")
    assert (two.user, two.display_name, two.label) == ("110", "Zoë O'Brien & Söhne", "Zoë 110")
    assert {one.outbound_proxy, two.outbound_proxy} == {"pbx.acme.example:5070"}
    assert (one.transport, one.expires, one.voicemail) == ("tcp", 600, "*62")
    assert len(rest) == catalogue.shipped().models[model].accounts - 2
    assert not any(account.enabled or account.user or account.password for account in rest)


@BOTH
def test_codecs_keep_their_order_and_the_rest_is_off(model: str) -> None:
    chosen = ["g729", "opus", "g726", "pcma", "g722"]
    known = {SPA: ("g729", "g726", "pcma", "g722"), MPP: ("g729", "opus", "pcma", "g722")}[model]
    assert _read(_config(model, {"audio.codecs": chosen})).accounts[0].codecs == known
    only = _read(_config(model, {"audio.codecs": ["pcma"]}))
    assert only.accounts[0].codecs == ("pcma",)
    assert only.parameters["G711u_Enable_1_"] == "No" and only.parameters["Use_Pref_Codec_Only_1_"] == "Yes"


@BOTH
@pytest.mark.parametrize(
    ("zone", "offset", "rule"),
    [
        ("Europe/Berlin", "GMT+01:00", "start=3/-1/7/2:0:0;end=10/-1/7/3:0:0;save=1"),
        ("America/Chicago", "GMT-06:00", "start=3/8/7/2:0:0;end=11/1/7/2:0:0;save=1"),
        ("Australia/Lord_Howe", "GMT+10:30", "start=10/1/7/2:0:0;end=4/1/7/2:0:0;save=0:30:0"),
        ("Asia/Kathmandu", "GMT+05:45", None),
        ("Etc/UTC", "GMT", None),
    ],
)
def test_summer_time_is_a_rule_in_ciscos_notation(model: str, zone: str, offset: str, rule: str | None) -> None:
    said = _read(_config(model, {"time.zone": zone})).parameters
    assert (said["Time_Zone"], said.get("Daylight_Saving_Time_Rule")) == (offset, rule)
    assert said["Daylight_Saving_Time_Enable"] == ("Yes" if rule else "No")


@BOTH
def test_the_phone_comes_back_at_night_and_takes_our_notify(model: str) -> None:
    said = _read(_config(model, {"update.window": "02:00-02:01"}, http_user=True)).parameters
    assert said["Resync_At__HHmm_"] == "0200" and said["Resync_At_Random_Delay"] == "0"
    assert (said["Resync_From_SIP"], said["Auth_Resync-Reboot_1_"]) == ("Yes", "No")
    assert said["Profile_Rule"] == f"[--uid $SA --pwd $SB] {BASE}$MA.xml"
    assert (said["GPP_SA"], said["GPP_SB"]) == ("provd-0002fdff2103", "Pr0visioning-Passw0rd")
    never = _read(_config(model, {"update.nightly": False})).parameters
    assert (never["Resync_At__HHmm_"], never["Resync_Periodic"]) == ("", "0")
    assert never["Profile_Rule"] == f"{BASE}$MA.xml"


@BOTH
def test_a_phone_without_proof_keeps_what_it_has_and_learns_nothing(model: str) -> None:
    config = _config(model, {"admin.password": "Adm1n-Secret"}, raw={"LDAP_Password": "h1dden", "Ring1": "n=Chime"})
    secret_names = catalogue.shipped().family_of(model).secret_parameters
    text = _profile(without_secrets(replace(config, urls=Urls("")), secret_names))
    assert not [word for word in (PASSWORD[:6], "Adm1n", "h1dden", "http", "Profile_Rule") if word in text]
    assert "<Password_1_ />" in text and "<LDAP_Password />" in text, "an empty pair of tags would wipe the password"
    assert "<Ring1>n=Chime</Ring1>" in text and "<User_ID_1_>101</User_ID_1_>" in text


def test_secret_parameters_are_known_by_name() -> None:
    for family in ("cisco-spa", "cisco-mpp"):
        secret = catalogue.shipped().families[family].secret_parameters
        assert secret is not None
        for name in ("Admin_Passwd", "Password_3_", "XML_Password", "GPP_SB", "Profile_Rule_B", "SRTP_Private_Key_1_"):
            assert secret.search(name), name
        for name in ("Unit_1_Key_3", "Idle_Key_List", "Daylight_Saving_Time_Rule", "Extended_Function_1_", "Ring1"):
            assert not secret.search(name), name


def test_only_ascii_reaches_a_multiplatform_phone() -> None:
    config = _config(MPP, accounts=["110"])
    assert _profile(config).isascii() and _read(config).accounts[0].display_name == "Zoë O'Brien & Söhne"


@BOTH
def test_star_codes_of_the_company_are_not_taken_by_the_phone(model: str) -> None:
    said = _read(_config(model)).parameters
    assert (said["Call_Park_Code"], said["DND_Act_Code"], said["CW_Act_Code"]) == ("", "", "")
    assert said["Dial_Plan_1_"] == "([x*#].)"
    assert _read(_config(model, {"calls.dial_plan": "(1xx|<9:>x.)"})).parameters["Dial_Plan_1_"] == "(1xx|<9:>x.)"


def test_srtp_by_family() -> None:
    names = ("Secure_Call_Serv", "Secure_Call_Setting", "Secure_Call_Option_1_")
    asked = {
        choice: [_read(_config(MPP, {"sip.srtp": choice})).parameters[name] for name in names]
        for choice in ("off", "optional", "required")
    }
    assert asked == {
        "off": ["No", "No", "Optional"],
        "optional": ["Yes", "Yes", "Optional"],
        "required": ["Yes", "Yes", "Required"],
    }
    spa = _read(_config(SPA, {"sip.srtp": "required"})).parameters
    assert (spa["Secure_Call_Setting"], spa["SRTP_Method"]) == ("Yes", "s-descriptor")
