"""Poly files: attributes anywhere, master file, device twins, leftmost wins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provd.simulate.reading import ReadAccount, Unreadable, merge, read
from tests.reading.scenes import COMMON, poly, told

MASTER = b"""<?xml version="1.0" standalone="yes"?>
<APPLICATION APP_FILE_PATH="[PHONE_PART_NUMBER].sip.ld" CONFIG_FILES="[PHONE_MAC_ADDRESS]-settings.cfg, site.cfg"
  MISC_FILES="" CONTACTS_DIRECTORY="books/">
  <APPLICATION_VVX450 APP_FILE_PATH_VVX450="https://fw.example/vvx450.ld" CONFIG_FILES_VVX450="vvx450.cfg"/>
</APPLICATION>"""


def test_a_registration_is_read_whole_wherever_its_attributes_stand() -> None:
    reading = poly(
        """<any><thing reg.1.address="101" reg.1.label="Front &amp; Desk"/></any>
        <reg reg.1.displayName="Ada" reg.1.auth.userId="101a" reg.1.auth.password="p&quot;&lt;w"
          reg.1.server.1.address="pbx.example" reg.1.server.1.port="5061" reg.1.server.1.transport="TLS"
          reg.1.server.1.expires="300" reg.1.outboundProxy.address="edge.example" reg.1.outboundProxy.port="5071"
          reg.1.type="shared" msg.mwi.1.callBackMode="contact" msg.mwi.1.callBack="*97"
          sec.srtp.enable="1" sec.srtp.offer="1" sec.srtp.require="0"
          voice.codecPref.G722="2" voice.codecPref.Opus="1" voice.codecPref.G711_Mu="3" voice.codecPref.G729_AB="0"
          voice.codecPref.iLBC.13_33kbps="4" tone.dtmf.viaRtp="1" tone.dtmf.rfc2833Control="1"/>"""
    )
    assert reading.problems == ()
    assert reading.accounts == (
        replace(
            COMMON,
            label="Front & Desk",
            display_name="Ada",
            password='p"<w',
            srtp="optional",
            codecs=("opus", "g722", "pcmu", "ilbc"),
        ),
    )


def test_the_global_server_and_the_host_of_the_address_stand_in() -> None:
    by_global = poly('<a reg.1.address="101" voIpProt.server.1.address="pbx.example" voIpProt.server.1.port="5060"/>')
    assert (by_global.accounts[0].server, by_global.accounts[0].port) == ("pbx.example", 5060)
    by_address = poly('<a reg.1.address="101@pbx.example"/>')
    assert (by_address.accounts[0].user, by_address.accounts[0].server) == ("101", "pbx.example")


def test_a_line_without_address_is_off_and_a_numeric_transport_is_ignored() -> None:
    assert not poly('<a reg.2.address="" reg.2.label="x"/>').accounts[0].enabled
    reading = poly('<a reg.1.address="101" reg.1.server.1.transport="2"/>')
    assert reading.accounts[0].transport is None
    assert told(reading, "reg.1 names a transport")


def test_offers_of_srtp_and_ways_of_dtmf() -> None:
    def account(text: str) -> ReadAccount:
        return poly(f'<a reg.1.address="101" {text}/>').accounts[0]

    srtp = {
        'sec.srtp.offer="0"': "off",
        'sec.srtp.enable="0" sec.srtp.offer="1"': "off",
        'sec.srtp.enable="1" sec.srtp.offer="1" sec.srtp.require="1"': "required",
        "": None,
    }
    assert {text: account(text).srtp for text in srtp} == srtp
    dtmf = {
        'voIpProt.SIP.dtmfViaSignaling.rfc2976="1"': "info",
        'voIpProt.SIP.dtmfViaSignaling.rfc2976="1" tone.dtmf.viaRtp="1" tone.dtmf.rfc2833Control="1"': "auto",
        'tone.dtmf.viaRtp="1" tone.dtmf.rfc2833Control="0"': "inband",
        'tone.dtmf.viaRtp="1"': "rfc2833",
        "": None,
    }
    assert {text: account(text).dtmf for text in dtmf} == dtmf


def test_voicemail_needs_the_contact_mode() -> None:
    assert poly('<a reg.1.address="101" msg.mwi.1.callBack="*97"/>').accounts[0].voicemail == ""


def test_the_master_file_names_files_firmware_and_directory() -> None:
    reading = read("poly-ucs", "64167f123456.cfg", MASTER, mac="64:16:7F:12:34:56")
    assert reading.includes == ("64167f123456-settings.cfg", "site.cfg")
    assert reading.firmware_url == "[PHONE_PART_NUMBER].sip.ld"
    assert reading.directory_urls == ("books/64167f123456-directory.xml",)
    by_model = read("poly-ucs", "64167f123456.cfg", MASTER, mac="64167f123456", model="VVX 450")
    assert by_model.includes == ("vvx450.cfg",) and by_model.firmware_url == "https://fw.example/vvx450.ld"
    assert read("poly-edge-e", "000000000000.cfg", MASTER).includes[0] == "[PHONE_MAC_ADDRESS]-settings.cfg"


def test_the_leftmost_file_wins_but_the_users_overrides_beat_it() -> None:
    first = poly('<a lcl.ml.lang="German_Germany" reg.1.address="101"/>', name="first.cfg")
    second = poly('<a lcl.ml.lang="French_France" tcpIpApp.sntp.address="ntp.example"/>', name="second.cfg")
    merged = merge([first, second])
    assert merged.settings["language"] == "de" and merged.settings["time.ntp"] == "ntp.example"
    web = poly('<a lcl.ml.lang="Dutch_Netherlands"/>', name="64167f123456-web.cfg")
    phone = poly('<a lcl.ml.lang="Italian_Italy"/>', name="64167f123456-phone.cfg")
    assert merge([first, second, web]).settings["language"] == "nl"
    assert merge([first, second, web, phone]).settings["language"] == "it"


def test_device_parameters_need_their_twins() -> None:
    both = '<device device.set="1" device.net.vlanId="120" device.net.vlanId.set="1" device.net.lldpEnabled="1"/>'
    reading = poly(both)
    assert reading.settings == {"network.vlan.id": "120"}
    assert len(reading.problems) == 1, "the switch device.set itself needs no twin"
    assert told(reading, 'device.net.lldpEnabled has no device.net.lldpEnabled.set="1"')
    off = poly(both.replace('device.set="1"', ""))
    assert off.settings == {} and told(off, 'device.set is not "1"')
    assert merge([off, poly('<device device.set="1"/>')]).settings == {"network.vlan.id": "120"}


def test_settings_are_understood() -> None:
    reading = poly(
        """<a tcpIpApp.sntp.gmtOffset="-21600" tcpIpApp.sntp.address="ntp.example" httpd.enabled="1"
        httpd.cfg.enabled="0" prov.polling.enabled="1" prov.polling.mode="random" prov.polling.time="03:00"
        prov.polling.timeRandomEnd="05:00" device.set="1" device.auth.localAdminPassword="adm"
        device.auth.localAdminPassword.set="1" device.auth.localUserPassword="usr"
        device.auth.localUserPassword.set="1" device.syslog.serverName="log.example" device.syslog.serverName.set="1"
        device.prov.serverName="prov.example/p" device.prov.serverName.set="1"
        device.prov.serverType="HTTPS" device.prov.serverType.set="1" device.net.lldpEnabled="0"
        device.net.lldpEnabled.set="1"/>"""
    )
    assert reading.settings == {
        "time.zone": "-21600",
        "time.utc_offset": "-360",
        "time.ntp": "ntp.example",
        "admin.password": "adm",
        "user.password": "usr",
        "syslog.server": "log.example",
        "network.lldp": "no",
        "update.window": "03:00-05:00",
        "web.enabled": "no",
    }
    assert reading.provisioning_url == "https://prov.example/p"
    rel = '<a prov.polling.enabled="1" prov.polling.time="03:00" prov.polling.period="7200" prov.polling.mode="{}"/>'
    assert poly(rel.format("random")).settings == {"update.window": "03:00-05:00"}
    assert poly(rel.format("rel")).settings == {}
    url = '<a device.set="1" device.prov.serverName="http://p/" device.prov.serverName.set="1" httpd.enabled="1"/>'
    assert poly(url).provisioning_url == "http://p/" and poly(url).settings == {"web.enabled": "yes"}
    assert poly(url.replace("http://", "")).provisioning_url == "ftp://p/", "a phone's default is FTP"


def test_what_is_odd_in_a_file_is_reported() -> None:
    twice = poly('<a lcl.ml.lang="German_Germany"/><b lcl.ml.lang="French_France"/>')
    assert twice.settings["language"] == "de" and told(twice, "lcl.ml.lang is set more than once")
    assert told(poly("<a>reg.1.address=101</a>"), "text between its elements")
    assert told(poly(""), "sets nothing")
    names = '<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x" xml:lang="en" reg.1.address="101"/>'
    assert poly(names).parameters == {"reg.1.address": "101"} and poly(names).directory_urls == ()
    with pytest.raises(Unreadable, match="not well-formed XML at line 1"):
        read("poly-ucs", "a.cfg", b'<a reg.1.label="x" reg.1.label="y"/>')
