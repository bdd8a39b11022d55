"""Yealink files as a phone takes them: header, lines, boot files, settings."""

from __future__ import annotations

from dataclasses import replace

from provd.simulate.reading import merge, read
from tests.reading.scenes import COMMON, told, yealink


def test_an_account_is_read_whole() -> None:
    reading = yealink(
        "account.1.enable = 1",
        "account.1.label = Front Desk",
        "account.1.display_name = Ada = Desk",
        "account.1.user_name = 101",
        "account.1.auth_name = 101a",
        "account.1.password = p=a#s s",
        "account.1.sip_server.1.address = pbx.example",
        "account.1.sip_server.1.port = 5061",
        "account.1.sip_server.1.transport_type = 2",
        "account.1.sip_server.1.expires = 300",
        "account.1.outbound_proxy_enable = 1",
        "account.1.outbound_proxy.1.address = edge.example",
        "account.1.outbound_proxy.1.port = 5071",
        "voice_mail.number.1 = *97",
        "account.1.shared_line = 1",
        "account.1.srtp_encryption = 2",
        "account.1.codec.pcmu.enable = 1",
        "account.1.codec.pcmu.priority = 2",
        "account.1.codec.g722.enable = 1",
        "account.1.codec.g722.priority = 1",
        "account.1.codec.g729.enable = 0",
        "account.1.codec.ilbc_15_2kbps.enable = 1",
        "account.1.codec.ilbc_15_2kbps.priority = 3",
        "account.1.dtmf.type = 1",
    )
    assert reading.problems == ()
    assert reading.accounts == (
        replace(
            COMMON,
            label="Front Desk",
            display_name="Ada = Desk",
            password="p=a#s s",
            srtp="required",
            codecs=("g722", "pcmu", "ilbc"),
        ),
    )


def test_a_reset_value_is_empty_and_a_proxy_that_is_off_is_not_there() -> None:
    reading = yealink(
        "account.2.enable = 0",
        "account.2.label = %NULL%",
        "account.2.user_name = 102",
        "account.2.outbound_proxy_enable = 0",
        "account.2.outbound_proxy.1.address = edge.example",
    )
    (account,) = reading.accounts
    assert (account.enabled, account.label, account.outbound_proxy) == (False, "", "")
    assert account.auth_user == "102", "without an auth name the phone answers with the user name"
    assert reading.parameters["account.2.label"] == ""


def test_a_line_break_in_a_value_really_sets_another_parameter() -> None:
    reading = yealink("account.1.enable = 1", "account.1.label = Ada\naccount.1.sip_server.1.address = evil.example")
    assert reading.accounts[0].server == "evil.example"
    old_mac = read("yealink", "a.cfg", b"#!version:1.0.0.1\raccount.1.enable = 1\raccount.1.label = A")
    assert old_mac.accounts[0].label == "A"


def test_the_header_line_must_be_exact() -> None:
    body = b"account.1.enable = 1\naccount.1.user_name = 101\n"
    for head in (b"", b"#!version:1.0.0.2\n", b"\xef\xbb\xbf#!version:1.0.0.1\n", b" #!version:1.0.0.1\n"):
        reading = read("yealink", "805ec0123456.cfg", head + body)
        assert reading.refused and told(reading, "first line"), head
        assert reading.accounts[0].user == "101", "an importer still sees what the file says"
    assert not read("yealink", "805ec0123456.cfg", b"#!version:1.0.0.1\r\n" + body).refused


def test_lines_a_phone_ignores_are_reported_without_their_content() -> None:
    reading = yealink("account.1.enable", "sec ret = hidden", "# a comment", "include:config other.cfg", "a.b = x\x01")
    assert reading.problems[0] == "Line 2 has no '=': the phone ignores it.", "one file: its name goes without saying"
    assert told(reading, "Line 3 does not start with the name")
    assert told(reading, "Line 5 does not name a file")
    assert told(reading, "control character")
    assert "hidden" not in " ".join(reading.problems)


def test_the_last_of_two_values_counts() -> None:
    reading = yealink("lang.gui = English", "lang.gui = German")
    assert reading.settings["language"] == "de"
    assert told(reading, "lang.gui is set more than once")


def test_a_boot_file_lists_files_and_sets_nothing() -> None:
    text = b'#!version:1.0.0.1\ninclude:config "common.cfg"\ninclude:config <../805ec0123456.cfg>\n'
    reading = read("yealink", "805ec0123456.boot", text + b"overwrite_mode = 1\naccount.1.enable = 1\n")
    assert reading.includes == ("common.cfg", "../805ec0123456.cfg")
    assert reading.parameters == {"overwrite_mode": "1"}
    assert told(reading, "a boot file holds no parameters")
    assert told(yealink('include:config "x.cfg"'), "only a boot file")


def test_a_later_file_overrules_an_earlier_one_and_a_refused_one_counts_for_nothing() -> None:
    common = read(
        "yealink", "y000000000046.cfg", b"#!version:1.0.0.1\nlang.gui = French\nlocal_time.ntp_server1 = n1\n"
    )
    own = yealink("lang.gui = English")
    broken = read("yealink", "805ec0123456-local.cfg", b"lang.gui = Dutch\n")
    merged = merge([common, own, broken])
    assert merged.settings["language"] == "en" and merged.settings["time.ntp"] == "n1"
    assert told(merged, "805ec0123456-local.cfg: The first line")
    assert not merged.refused
    assert told(merge([own, broken]), "805ec0123456-local.cfg: The first line")


def test_settings_are_understood() -> None:
    reading = yealink(
        "local_time.time_zone = -3:30",
        "local_time.time_zone_name = Canada(St.Johns)",
        "local_time.ntp_server1 = ntp.example",
        "static.network.vlan.internet_port_enable = 1",
        "static.network.vlan.internet_port_vid = 120",
        "static.network.vlan.pc_port_enable = 0",
        "static.network.vlan.pc_port_vid = 30",
        "static.network.lldp.enable = 0",
        "static.security.user_password = admin:s:ecret",
        "static.security.user_password = user:guest",
        "static.syslog.enable = 1",
        "static.syslog.server = log.example",
        "static.auto_provision.weekly.enable = 1",
        "static.auto_provision.weekly.begin_time = 01:00",
        "static.auto_provision.weekly.end_time = 04:30",
        "static.wui.http_enable = 0",
        "static.wui.https_enable = 1",
        "static.auto_provision.server.url = https://prov.example/p/t/",
        "static.firmware.url = https://prov.example/firmware/T54W.rom",
        "remote_phonebook.data.2.url = https://prov.example/two.xml",
        "remote_phonebook.data.1.url = https://prov.example/one.xml?term=#SEARCH",
    )
    assert reading.settings == {
        "time.zone": "Canada(St.Johns)",
        "time.utc_offset": "-210",
        "time.ntp": "ntp.example",
        "network.vlan.id": "120",
        "network.lldp": "no",
        "admin.password": "s:ecret",
        "user.password": "guest",
        "syslog.server": "log.example",
        "update.window": "01:00-04:30",
        "web.enabled": "yes",
    }
    off = yealink("static.syslog.enable = 0", "static.syslog.server = log.example", "static.wui.http_enable = 0")
    assert off.settings == {}
    assert yealink("wui.http_enable = 0", "wui.https_enable = 0").settings == {"web.enabled": "no"}
    assert reading.problems == ()
    assert reading.provisioning_url == "https://prov.example/p/t/"
    assert reading.firmware_url.endswith("/T54W.rom")
    assert reading.directory_urls == ("https://prov.example/one.xml?term=#SEARCH", "https://prov.example/two.xml")
