"""Grandstream files: P-values and aliases, account blocks, adapters, settings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provd.simulate.reading import Reading, Unreadable, merge, read
from tests.reading.scenes import COMMON, grandstream, items, told, values

WHOLE = replace(
    COMMON,
    label="Desk",
    display_name="Ada & Co",
    password="p<w",
    srtp="required",
    codecs=("g722", "pcmu", "opus"),
    shared=False,
)


def test_account_one_from_p_values() -> None:
    reading = grandstream(
        values(P271="1", P270="Desk", P3="Ada &amp; Co", P35="101", P36="101a", P34="p&lt;w", P33="*97", P130="2")
        + values(P47="pbx.example:5061", P48="edge.example:5071", P32="5", P183="2", P57="9", P58="0", P59="123")
        + values(P2301="0", P2302="1", P2303="0"),
        version=1,
    )
    assert reading.problems == () and reading.accounts == (WHOLE,)


def test_account_one_from_aliases_in_any_case() -> None:
    reading = grandstream(
        items(
            {
                "account.1.enable": "Yes",
                "account.1.name": "Desk",
                "Account.1.SIP.server.1.address": "pbx.example:5061",
                "account.1.sip.outboundProxy.1.address": "edge.example:5071",
                "account.1.sip.userid": "101",
                "account.1.sip.subscriber.userid": "101a",
                "account.1.sip.subscriber.password": "p&lt;w",
                "account.1.sip.subscriber.name": "Ada &amp; Co",
                "account.1.sip.voicemail.number": "*97",
                "account.1.sip.transport": "TlsOrTcp",
                "account.1.sip.registerExpiration": "5",
                "account.1.audio.srtpMode": "EnabledAndForced",
                "account.1.codec.choice.1": "G.722",
                "account.1.codec.choice.2": "PCMU",
                "account.1.codec.choice.3": "OPUS",
                "account.1.dtmf.sendInRtp": "Yes",
            }
        )
    )
    assert reading.problems == () and reading.accounts == (WHOLE,)


def test_the_parts_of_an_item_complete_its_name() -> None:
    body = '<item name="account.2"><part name="enable">Yes</part><part name="sip.userid">102</part></item>'
    (account,) = grandstream(body).accounts
    assert (account.index, account.enabled, account.user) == (2, True, "102")


@pytest.mark.parametrize(("index", "block"), [(2, 400), (3, 500), (4, 600), (5, 1700), (5, 700), (6, 800), (7, 50600)])
def test_further_accounts_repeat_one_block(index: int, block: int) -> None:
    numbers = {1: "1", 2: "pbx.example", 4: "102", 6: "pw", 7: "Bo", 12: "10", 17: "Two", 26: "*97", 48: "1", 51: "8"}
    reading = grandstream("".join(f"<P{block + step}>{text}</P{block + step}>" for step, text in numbers.items()), 1)
    (account,) = reading.accounts
    assert (account.index, account.enabled, account.user, account.password) == (index, True, "102", "pw")
    assert (account.display_name, account.label, account.expires) == ("Bo", "Two", 600)
    assert (account.transport, account.codecs, account.voicemail) == ("tcp", ("pcma",), "*97")


def test_a_file_for_another_phone_is_rejected() -> None:
    text = b'<gs_provision version="1"><mac>c074adffffff</mac><config version="1"><P2>x</P2></config></gs_provision>'
    assert read("grandstream", "cfg.xml", text, mac="C0:74:AD:0B:63:EE").refused
    own = text.replace(b"c074adffffff", b"C0:74:AD:FF:FF:FF")
    assert not read("grandstream", "cfg.xml", own, mac="c074adffffff").refused
    assert read("grandstream", "cfg.xml", b"<settings/>").refused
    with pytest.raises(Unreadable, match="P1359"):
        read("grandstream", "cfg.xml", b"Salted__abc")


def test_p_values_and_aliases_do_not_mix() -> None:
    aliases = grandstream(values(P47="x") + items({"account.1.enable": "Yes"}))
    assert aliases.parameters == {"account.1.enable": "Yes"} and told(aliases, "<P47> has no place in config version 2")
    numbers = grandstream(items({"account.1.enable": "Yes"}), version=1)
    assert numbers.parameters == {} and told(numbers, "<item> has no place in config version 1")
    both = b'<gs_provision><config version="1"><P2>x</P2></config><config version="2"/></gs_provision>'
    assert told(read("grandstream", "cfg.xml", both), "mixes config versions")
    assert told(grandstream("<item>x</item>"), "An <item> has no name")
    assert told(grandstream("", version=3), "version 3 is unknown")
    twice = grandstream("<P2>x</P2><P2>y</P2>", 1)
    assert twice.settings["admin.password"] == "y" and told(twice, "P2 is set more than once")


def test_the_first_file_is_the_only_one_unless_all_are_processed() -> None:
    def files(more: str) -> Reading:
        return merge([grandstream(values(P35="101") + more, 1), grandstream(values(P35="102"), 1)])

    assert files("").accounts[0].user == "101" and told(files(""), "stops at the first file")
    assert files("<P8467>1</P8467>").accounts[0].user == "102" and not files("<P8467>1</P8467>").problems


def test_ways_of_dtmf() -> None:
    for given, way in (
        ("1 0 0", "inband"),
        ("0 1 0", "rfc2833"),
        ("0 0 1", "info"),
        ("1 1 0", "auto"),
        ("0 0 0", None),
    ):
        audio, rtp, sip = given.split()
        (account,) = grandstream(values(P35="101", P2301=audio, P2302=rtp, P2303=sip), version=1).accounts
        assert account.dtmf == way, given


def test_settings_from_p_values() -> None:
    reading = grandstream(
        values(P64="TZT-5:30", P30="ntp.example", P51="120", P229="0", P1684="1", P2="adm", P196="usr", P1362="de")
        + values(P207="log.example", P194="2", P285="3", P8459="5", P212="2", P237="prov.example/p", P6767="1")
        + values(P192="fw.example/fw", P330="3", P331="prov.example/book/"),
        version=1,
    )
    assert reading.settings == {
        "time.zone": "TZT-5:30",
        "time.utc_offset": "330",
        "time.ntp": "ntp.example",
        "network.vlan.id": "120",
        "network.lldp": "yes",
        "admin.password": "adm",
        "user.password": "usr",
        "language": "de",
        "syslog.server": "log.example",
        "update.window": "03:00-05:00",
    }
    assert (reading.provisioning_url, reading.firmware_url) == ("https://prov.example/p", "http://fw.example/fw")
    assert reading.directory_urls == ("https://prov.example/book/phonebook.xml",)
    assert told(grandstream(values(P237="https://x"), 1), "P237 holds a scheme")


def test_settings_from_aliases() -> None:
    reading = grandstream(
        items(
            {
                "dateTime.timezone": "customize",
                "dateTime.timezone.custom": "MTZ+6MDT+5,M4.1.0,M11.1.0",
                "maintain.syslog.server": "log.example",
                "network.lldp.enable": "Yes",
                "security.webAccessMode": "Disabled",
                "provisioning.auto.mode": "YesUpgradeHourOfDay",
                "provisioning.auto.hour": "1",
                "provisioning.config.protocol": "HTTPS",
                "provisioning.config.serverPath": "prov.example/p",
                "phonebook.download.mode": "EnabledUseHTTP",
                "phonebook.download.server": "prov.example",
                "remote.phonebook.1.url": "http://d.example/",
            }
        )
    )
    assert reading.settings["network.lldp"] == "yes"
    assert reading.settings["time.utc_offset"] == "-360" and reading.settings["web.enabled"] == "no"
    assert reading.settings["update.window"] == "01:00-01:00" and reading.settings["syslog.server"] == "log.example"
    assert grandstream(items({"dateTime.timezone": "TZN+0"})).settings["time.utc_offset"] == "0"
    assert reading.provisioning_url == "https://prov.example/p"
    assert reading.directory_urls == ("http://prov.example/phonebook.xml", "http://d.example/")
