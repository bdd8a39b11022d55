"""Cisco flat profiles: values, differences of SPA and MPP, rules, settings."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from provd.simulate.reading import Unreadable, merge, read
from provd.simulate.reading.cisco_rules import expand, rule_target
from tests.reading.scenes import COMMON, cisco, told

LINE = """<Line_Enable_1_>Yes</Line_Enable_1_><Proxy_1_>pbx.example:5061</Proxy_1_>
<User_ID_1_>101</User_ID_1_><Auth_ID_1_>101a</Auth_ID_1_><Password_1_>a&amp;b&lt;&quot;</Password_1_>"""


def test_a_line_is_read_whole() -> None:
    reading = cisco(
        LINE
        + """<Display_Name_1_> Ada
        Desk </Display_Name_1_><Outbound_Proxy_1_>edge.example:5071</Outbound_Proxy_1_>
        <SIP_Transport_1_>TLS</SIP_Transport_1_><Register_Expires_1_>300</Register_Expires_1_>
        <Voice_Mail_Number>*97</Voice_Mail_Number><Share_Ext_1_>shared</Share_Ext_1_>
        <Secure_Call_Option_1_>Strict</Secure_Call_Option_1_><DTMF_Tx_Method_1_>AVT</DTMF_Tx_Method_1_>
        <Preferred_Codec_1_>G722</Preferred_Codec_1_><Second_Preferred_Codec_1_>G711u</Second_Preferred_Codec_1_>
        <Third_Preferred_Codec_1_>G729a</Third_Preferred_Codec_1_><G729a_Enable_1_>No</G729a_Enable_1_>
        <OPUS_Enable_1_>Yes</OPUS_Enable_1_><iSAC_Enable_1_>Yes</iSAC_Enable_1_>
        <Extension_1_>1</Extension_1_><Short_Name_1_>Desk</Short_Name_1_>"""
    )
    assert reading.problems == ()
    assert reading.accounts == (
        replace(
            COMMON,
            label="Desk",
            display_name="Ada Desk",
            password='a&b<"',
            srtp="required",
            codecs=("g722", "pcmu", "opus"),
        ),
    )


def test_spa_names_an_authentication_user_only_when_told_to() -> None:
    off = "<Use_Auth_ID_1_>No</Use_Auth_ID_1_>"
    assert cisco(LINE + off, "cisco-spa").accounts[0].auth_user == "101"
    assert cisco(LINE + off, "cisco-mpp").accounts[0].auth_user == "101a"


def test_a_proxy_may_list_the_addresses_to_try() -> None:
    text = "<User_ID_1_>101</User_ID_1_><Proxy_1_>pbx.example:SRV=10.0.0.1:5060:p=0|10.0.0.2:5060:p=1</Proxy_1_>"
    account = cisco(text, "cisco-spa").accounts[0]
    assert (account.server, account.port) == ("pbx.example", None)


def test_an_outbound_proxy_can_be_switched_off() -> None:
    text = LINE + "<Outbound_Proxy_1_>edge.example</Outbound_Proxy_1_>"
    assert cisco(text).accounts[0].outbound_proxy == "edge.example"
    assert cisco(text + "<Use_Outbound_Proxy_1_>No</Use_Outbound_Proxy_1_>").accounts[0].outbound_proxy == ""


def test_only_the_first_preferred_codec_when_the_profile_says_so() -> None:
    text = """<Preferred_Codec_1_>G711a</Preferred_Codec_1_><Second_Preferred_Codec_1_>G722</Second_Preferred_Codec_1_>
    <Use_Pref_Codec_Only_1_>Yes</Use_Pref_Codec_Only_1_>"""
    assert cisco(LINE + text).accounts[0].codecs == ("pcma",)


def test_an_empty_element_is_not_an_empty_value_and_the_last_of_two_counts() -> None:
    reading = cisco("<User_ID_1_>7</User_ID_1_><Dial_Plan_1_/><Auth_ID_1_></Auth_ID_1_><User_ID_1_>8</User_ID_1_>")
    assert "Dial_Plan_1_" not in reading.parameters, "<Tag/> leaves what the user set"
    assert reading.parameters["Auth_ID_1_"] == "", "<Tag></Tag> empties it"
    assert reading.accounts[0].user == "8" and told(reading, "<User_ID_1_> is there more than once")
    assert "dial_plan_1_" not in cisco("<Dial_Plan_1_>(xx)</Dial_Plan_1_>").parameters, "tags are case-sensitive"


def test_a_file_of_another_kind_is_refused() -> None:
    reading = read("cisco-mpp", "SEP00562B043615.cnf.xml", b"<device><fullConfig>true</fullConfig></device>")
    assert reading.refused and told(reading, "not <flat-profile>")
    assert told(cisco("<Proxy_1_><b>x</b></Proxy_1_>"), "holds elements instead of a value")


def test_characters_each_family_can_show() -> None:
    assert told(cisco("<Display_Name_1_>Zoë</Display_Name_1_>"), "outside ASCII")
    assert cisco("<Display_Name_1_>Zo&#235;</Display_Name_1_>").accounts[0].display_name == "Zoë"
    assert cisco("<Display_Name_1_>Zoë</Display_Name_1_>", "cisco-spa").problems == ()
    assert told(cisco("<Display_Name_1_>Łódź</Display_Name_1_>", "cisco-spa"), "outside Latin-1")


def test_a_packed_profile_is_unpacked_and_a_sealed_one_is_not() -> None:
    packed = gzip.compress(f"<flat-profile>{LINE}</flat-profile>".encode())
    assert read("cisco-mpp", "x.xml", packed).accounts[0].user == "101"
    with pytest.raises(Unreadable, match="encrypted"):
        read("cisco-mpp", "x.xml", b"Salted__12345678abcdef")
    with pytest.raises(Unreadable, match="damaged"):
        read("cisco-mpp", "x.xml", packed[:10] + b"\xff" * 20)
    with pytest.raises(Unreadable, match="4194304 are the most"):
        read("cisco-mpp", "x.xml", gzip.compress(b" " * 6_000_000))


def test_rules_lead_to_files_in_order() -> None:
    reading = cisco(
        """<Profile_Rule>[--uid $SA --pwd $SB] https://prov.example/p/t/$MA.xml</Profile_Rule>
        <Profile_Rule_B>($SWVER lt 12.0)? http://old.example/$MAU.xml | http://new.example/$PSN.xml</Profile_Rule_B>
        <Profile_Rule_C></Profile_Rule_C><Profile_Rule_D>/$A/$(B)/$$x</Profile_Rule_D><GPP_A>site</GPP_A>
        <Upgrade_Rule>($SWVER ne x)? http://fw.example/sip88xx.loads</Upgrade_Rule>
        <XML_Directory_Service_URL>http://prov.example/directory/a.xml</XML_Directory_Service_URL>"""
    )
    assert reading.includes == (
        "https://prov.example/p/t/00562b043615.xml",
        "http://new.example/$PSN.xml",
        "/site//$x",
    )
    assert reading.provisioning_url == reading.includes[0]
    assert reading.firmware_url == "http://fw.example/sip88xx.loads"
    assert reading.directory_urls == ("http://prov.example/directory/a.xml",)
    assert cisco("<Upgrade_Enable>No</Upgrade_Enable><Upgrade_Rule>http://x/y</Upgrade_Rule>").firmware_url == ""
    assert rule_target("(a)? http://only.example/x", "", {}) == "http://only.example/x"
    assert expand("$MAU", "00562b043615", {}) == "00562B043615" and expand("$MA", "", {}) == "$MA"
    assert expand("$MAC $MA $ZZ $", "00562b043615", {}) == "00:56:2b:04:36:15 00562b043615 $ZZ $"


SETTINGS = """<Time_Zone>GMT-03:30</Time_Zone><Primary_NTP_Server>ntp.example</Primary_NTP_Server>
<Enable_VLAN>Yes</Enable_VLAN><VLAN_ID>120</VLAN_ID><PC_Port_VLAN_ID>30</PC_Port_VLAN_ID>
<Enable_LLDP-MED>No</Enable_LLDP-MED><Admin_Password>mpp</Admin_Password><Admin_Passwd>spa</Admin_Passwd>
<User_Password>usr</User_Password><Language_Selection>German</Language_Selection>
<Syslog_Server>log.example</Syslog_Server><Resync_At__HHmm_>2350</Resync_At__HHmm_>
<Resync_At_Random_Delay>3600</Resync_At_Random_Delay><Enable_Web_Server>No</Enable_Web_Server>"""


def test_settings_are_understood_and_differ_by_family() -> None:
    mpp = cisco(SETTINGS).settings
    assert mpp == {
        "time.zone": "GMT-03:30",
        "time.utc_offset": "-210",
        "time.ntp": "ntp.example",
        "network.vlan.id": "120",
        "network.pc_vlan.id": "30",
        "network.lldp": "no",
        "admin.password": "mpp",
        "user.password": "usr",
        "language": "de",
        "syslog.server": "log.example",
        "update.window": "23:50-00:50",
        "web.enabled": "no",
    }
    spa = cisco(SETTINGS, "cisco-spa").settings
    assert spa["admin.password"] == "spa"
    assert "network.pc_vlan.id" not in spa, "SPA tags the PC port only with Enable_PC_Port_VLAN_Tagging"


def test_the_last_rule_wins() -> None:
    merged = merge([cisco(LINE), cisco("<User_ID_1_>102</User_ID_1_>")])
    assert (merged.accounts[0].user, merged.accounts[0].server) == ("102", "pbx.example")
