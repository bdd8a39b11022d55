"""Snom files: identities, keys of every type, index and firmware files, the old text form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provd.simulate.reading import arrange, merge, read
from tests.reading.scenes import COMMON, key, snom, told

IDENTITY = """<user_active idx="1" perm="R">on</user_active><user_realname idx="1">Ada &amp; Co</user_realname>
<user_idle_text idx="1">Desk</user_idle_text><user_name idx="1">101</user_name><user_pname idx="1">101a</user_pname>
<user_pass idx="1">p&lt;w</user_pass><user_host idx="1">pbx.example:5060</user_host>
<user_outbound idx="1">sip:edge.example:5071;transport=tls;lr</user_outbound><user_expiry idx="1">300</user_expiry>
<user_mailbox idx="1">*97</user_mailbox><user_shared_line idx="1">on</user_shared_line>
<user_srtp idx="1">on</user_srtp><user_savp idx="1">mandatory</user_savp>
<codec_priority_list idx="1">g722,pcmu,g726-32,telephone-event</codec_priority_list>
<user_dtmf_info idx="1">off</user_dtmf_info>"""


def test_an_identity_is_read_whole() -> None:
    reading = snom(IDENTITY)
    assert reading.problems == ()
    assert reading.accounts == (
        replace(
            COMMON,
            label="Desk",
            display_name="Ada & Co",
            password="p<w",
            port=5060,
            srtp="required",
            codecs=("g722", "pcmu", "g726"),
        ),
    )
    off = snom(
        '<user_active idx="2">off</user_active><user_name idx="2">102</user_name><user_srtp idx="2">off</user_srtp>'
    )
    assert (off.accounts[0].enabled, off.accounts[0].srtp) == (False, "off")
    offered = snom('<user_name idx="1">1</user_name><user_srtp idx="1">on</user_srtp>')
    assert (offered.accounts[0].enabled, offered.accounts[0].srtp) == (True, "optional")


@pytest.mark.parametrize(
    ("text", "kind", "target", "pickup"),
    [
        ("line", "shared_line", "", ""),
        ("line sip:101@pbx.example", "shared_line", "", ""),
        ("mult", "shared_line", "", ""),
        ("none x", "none", "", ""),
        ("blf 2001|**", "blf", "2001", "**"),
        ("blf sip:2001@pbx.example;user=phone|*97", "blf", "2001", "*97"),
        ("blf &lt;sip:2001@other.example&gt;", "blf", "2001@other.example", ""),
        ("blf *281|", "blf", "*281", ""),
        ("dest sip:2001@pbx.example", "blf", "2001", ""),
        ("speed +4930555", "speed_dial", "+4930555", ""),
        ("orbit 701", "park", "701", ""),
        ("dtmf 123#", "dtmf", "123#", ""),
        ("url http://x@pbx.example", "url", "http://x@pbx.example", ""),
        ("url http://apps.example/x?a=1&amp;b=2", "url", "http://apps.example/x?a=1&b=2", ""),
        ("action_url http://apps.example/x", "url", "http://apps.example/x", ""),
        ("keyevent F_DND", "other", "F_DND", ""),
    ],
)
def test_every_type_word_has_its_kind(text: str, kind: str, target: str, pickup: str) -> None:
    reading = snom(IDENTITY, f'<fkey idx="3" context="1" label="L">{text}</fkey>')
    found = key(reading, 4)
    assert (found.kind, found.target, found.pickup, found.line, found.label) == (kind, target, pickup, 1, "L")
    assert reading.problems == ()


def test_idx_counts_from_zero_and_perm_locks() -> None:
    keys = "".join(
        f'<fkey idx="{index}" context="active" short_label="s" {perm}>none</fkey>'
        for index, perm in enumerate(('perm="R"', 'perm="RW"', 'perm=""', 'perm=" "', "", 'perm="&amp;"'))
    )
    reading = snom(keys=keys)
    assert [(found.number, found.locked) for found in reading.keys] == [
        (1, True),
        (2, False),
        (3, False),
        (4, True),
        (5, None),
        (6, True),
    ]
    assert reading.keys[0].line is None and reading.keys[0].label == "s"


def test_keys_beyond_the_phone_are_on_the_expansion_modules() -> None:
    keys = '<fkey idx="23">none</fkey><fkey idx="24">speed 1</fkey><fkey idx="42">speed 2</fkey>'
    arranged = arrange(snom(keys=keys), 24, 18)
    assert [(found.module, found.number) for found in arranged.keys] == [(0, 24), (1, 1), (2, 1)]


def test_faults_of_keys_and_parts_are_reported() -> None:
    keys = '<fkey label="x">none</fkey><fkey idx="1" context="13">dance</fkey><fkey idx="1">none</fkey>'
    reading = snom("", keys, "<firmware-settings><firmware>x</firmware></firmware-settings><extra/>")
    for words in ("no <fkey> with a whole number", "fkey[1] is set more than once", "<firmware-settings> is inside"):
        assert told(reading, words), words
    assert told(reading, "<extra> has no place") and reading.firmware_url == ""
    odd = snom("", '<fkey idx="1" context="13">dance</fkey>')
    assert told(odd, "a type the phone does not know") and told(odd, "a context that is neither")


def test_index_and_firmware_files() -> None:
    index = b'<setting-files><file url="https://a/x.xml"/><file/><file url="https://a/y.xml"/></setting-files>'
    reading = read("snom", "snomD785.htm", index)
    assert reading.includes == ("https://a/x.xml", "https://a/y.xml") and told(reading, "has no url")
    image = b"<firmware-settings><firmware>https://a/D785.bin</firmware></firmware-settings>"
    merged = merge([snom("<firmware_status>https://a/fw.xml</firmware_status>"), read("snom", "fw.xml", image)])
    assert merged.firmware_url == "https://a/D785.bin" and merged.includes == ("https://a/fw.xml",)
    wrong = read("snom", "x.xml", b"<flat-profile/>")
    assert wrong.refused and told(wrong, "not <settings>")


def test_settings_are_understood_and_a_later_file_wins() -> None:
    reading = snom(
        """<timezone>USA-6</timezone><ntp_server>ntp.example</ntp_server><vlan_id>120</vlan_id>
        <vlan_pc_id>0</vlan_pc_id><lldp_enable>off</lldp_enable><admin_mode_password>adm</admin_mode_password>
        <webserver_user_password>usr</webserver_user_password><language>Deutsch</language>
        <syslog_server>log.example</syslog_server><prov_polling_enabled>on</prov_polling_enabled>
        <prov_polling_mode>random</prov_polling_mode><prov_polling_time>01:00</prov_polling_time>
        <prov_polling_time_rand_end>04:00</prov_polling_time_rand_end><webserver_type>off</webserver_type>
        <setting_server>https://prov.example/p/t/</setting_server><dkey_directory>url http://d.example/</dkey_directory>"""
    )
    assert reading.settings == {
        "time.zone": "USA-6",
        "time.utc_offset": "-360",
        "time.ntp": "ntp.example",
        "network.vlan.id": "120",
        "network.lldp": "no",
        "admin.password": "adm",
        "user.password": "usr",
        "language": "de",
        "syslog.server": "log.example",
        "update.window": "01:00-04:00",
        "web.enabled": "no",
    }
    assert reading.provisioning_url == "https://prov.example/p/t/"
    assert reading.directory_urls == ("http://d.example/",)
    assert merge([reading, snom("<language>English</language>")]).settings["language"] == "en"


def test_the_old_text_form() -> None:
    text = (
        b"setting_server!: http://p/\nuser_name1&: 101\nuser_host1: pbx.example\nfkey0: speed 2001\nhm\n\n# note \xff\n"
    )
    reading = read("snom", "snom320.htm", text)
    assert (reading.accounts[0].user, reading.accounts[0].server) == ("101", "pbx.example")
    assert len(reading.problems) == 1
    assert key(reading, 1).target == "2001" and told(reading, "Line 5 is not 'name: value'")
