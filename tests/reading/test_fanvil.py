"""Fanvil files in three dialects: lines, keys of every type, settings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provd.simulate.reading import Unreadable, arrange, merge, read
from provd.simulate.reading.fanvil_keys import memory_key
from tests.reading.scenes import COMMON, fanvil, key, told

LINE = """<line index="1"><EnableReg>1</EnableReg><PhoneNumber>101</PhoneNumber><DisplayName>Ada &amp; Co</DisplayName>
<RegisterAddr>pbx.example</RegisterAddr><RegisterPort>5061</RegisterPort><RegisterUser>101a</RegisterUser>
<RegisterPswd>p&lt;w</RegisterPswd><RegisterTTL>300</RegisterTTL><ProxyAddr>edge.example</ProxyAddr>
<ProxyPort>5071</ProxyPort><Transport>3</Transport><MWINum>*97</MWINum><EnableSCA>1</EnableSCA>
<VoiceCodecMap>G722,PCMU,AMR,G726-32</VoiceCodecMap><DTMFMode>1</DTMFMode><MediaCrypto>1</MediaCrypto></line>"""


def fkey(type_: int, value: str, title: str = "T", index: int = 1, page: int = 1, bank: str = "internal") -> str:
    return (
        f'<dsskey><{bank} index="{page}"><Fkey index="{index}"><Type>{type_}</Type><Value>{value}</Value>'
        f"<Title>{title}</Title></Fkey></{bank}></dsskey>"
    )


def test_a_line_is_read_whole() -> None:
    reading = fanvil(f"<sip>{LINE}</sip>")
    assert reading.problems == ()
    assert reading.accounts == (
        replace(COMMON, display_name="Ada & Co", password="p<w", srtp="optional", codecs=("g722", "pcmu", "g726")),
    )


@pytest.mark.parametrize(
    ("type_", "value", "kind", "target", "line", "pickup"),
    [
        (0, "x", "none", "", None, ""),
        (1, "", "none", "", None, ""),
        (2, "SIP1", "shared_line", "", 1, ""),
        (2, "SIP2", "line", "", 2, ""),
        (1, "2001@1/bc", "blf", "2001", 1, ""),
        (1, "2001@1/ba*82001", "blf", "2001", 1, "*8"),
        (1, "2001@2/bcV**2001", "blf", "2001", 2, "**"),
        (1, "*281@1/bc", "blf", "*281", 1, ""),
        (1, "2001@1/f", "speed_dial", "2001", 1, ""),
        (1, "701@1/c", "park", "701", 1, ""),
        (1, "2001@1/i", "other", "2001", 1, ""),
        (4, "123#", "dtmf", "123#", None, ""),
        (7, "http://a/?x=1&amp;y=2", "url", "http://a/?x=1&y=2", None, ""),
        (20, "http://a/", "url", "http://a/", None, ""),
        (21, "http://a/", "url", "http://a/", None, ""),
        (3, "F_DND", "other", "F_DND", None, ""),
    ],
)
def test_every_type_has_its_kind(type_: int, value: str, kind: str, target: str, line: int | None, pickup: str) -> None:
    reading = fanvil(f"<sip>{LINE}</sip>" + fkey(type_, value))
    found = key(reading, 1)
    assert (found.kind, found.target, found.line, found.pickup, found.label) == (kind, target, line, pickup, "T")
    assert reading.problems == ()


def test_values_that_do_not_fit_their_type_are_reported() -> None:
    for type_, value in ((1, "2001"), (1, "2001@1/x"), (1, "2001@1/fx"), (1, "2001@SIP1/bc"), (2, "701@1/c")):
        reading = fanvil(fkey(type_, value))
        assert key(reading, 1).kind == "other" and told(reading, "value that its type does not take"), value
    assert told(fanvil(fkey(99, "x")), "a type the phone does not know")
    assert memory_key("a@b@1/f", ["b"]) == ("speed_dial", "a", 1, "")


def test_side_keys_come_before_the_pages() -> None:
    side = "".join(f'<Fkey index="{index}"><Type>0</Type></Fkey>' for index in range(1, 6))
    pages = '<internal index="2"><Fkey index="12"><Type>4</Type><Value>1</Value></Fkey></internal>'
    reading = fanvil(f'<dsskey><dssSide index="1">{side}</dssSide>{pages}</dsskey>')
    assert [found.number for found in reading.keys] == [1, 2, 3, 4, 5, 29]
    one = fanvil(fkey(4, "1", index=3, page=2))
    assert key(arrange(one, 60, banks={"internal": (12, 5)}), 15).page == 2
    assert key(fanvil(fkey(4, "1", bank="dssExpand", page=2, index=7)), 7, module=2).kind == "dtmf"
    assert fanvil('<dsskey><dssSoft index="1"><Type>4</Type><Value>1</Value></dssSoft></dsskey>').keys == ()


def test_settings_are_understood() -> None:
    reading = fanvil(
        """<phone><date><SNTPServer>ntp.example</SNTPServer><TimeZone>-14</TimeZone><TimeZoneName>UTC-3:30</TimeZoneName>
        </date><display><DefaultLanguage>de</DefaultLanguage></display>
        <xmlContact index="2"><Addr>http://d/2</Addr></xmlContact><xmlContact index="1"><Addr>http://d/1</Addr>
        </xmlContact></phone><qos><EnableVLAN>1</EnableVLAN><VLANID>120</VLANID><EnablePVID>0</EnablePVID>
        <PVIDValue>30</PVIDValue><LLDPTransmit>1</LLDPTransmit></qos><log><SyslogServer>log.example</SyslogServer></log>
        <web><account index="1"><Name>admin</Name><Password>adm</Password><Level>10</Level></account>
        <account index="2"><Name>guest</Name><Password>usr</Password><Level>5</Level></account></web>
        <ap><FlashServerIP>prov.example/p</FlashServerIP><FlashProtocol>5</FlashProtocol></ap>
        <fwCheck><UpgradeServer1>http://fw.example</UpgradeServer1></fwCheck>"""
    )
    assert reading.settings == {
        "time.zone": "UTC-3:30",
        "time.utc_offset": "-210",
        "time.ntp": "ntp.example",
        "network.vlan.id": "120",
        "network.lldp": "yes",
        "admin.password": "adm",
        "user.password": "usr",
        "language": "de",
        "syslog.server": "log.example",
    }
    assert reading.provisioning_url == "https://prov.example/p" and reading.firmware_url == "http://fw.example"
    assert reading.directory_urls == ("http://d/1", "http://d/2")
    pc = "<qos><EnableVLAN>0</EnableVLAN><VLANID>120</VLANID><EnablePVID>1</EnablePVID><PVIDValue>30</PVIDValue></qos>"
    assert fanvil(pc).settings == {"network.pc_vlan.id": "30"}


def test_the_older_xml() -> None:
    text = b"""<VOIP_CONFIG_FILE><version>2.0002</version><SIP_CONFIG_MODULE><SIP_Line_List><SIP_Line_List_Entry>
    <ID>SIP2</ID><Phone_Number>102</Phone_Number><Register_Addr>pbx.example</Register_Addr><Register_Pswd>pw</Register_Pswd>
    <Enable_Reg>1</Enable_Reg><Transport>2</Transport></SIP_Line_List_Entry></SIP_Line_List></SIP_CONFIG_MODULE>
    <PHONE_CONFIG_MODULE><Function_Key><Function_Key_Entry><ID>Fkey3</ID><Type>1</Type><Value>2001@2/bc</Value>
    <Title>Ute</Title></Function_Key_Entry></Function_Key></PHONE_CONFIG_MODULE><MMI_CONFIG_MODULE><MMI_Account>
    <MMI_Account_Entry><ID>Account1</ID><Password>adm</Password><Level>10</Level></MMI_Account_Entry></MMI_Account>
    </MMI_CONFIG_MODULE><GLOBAL_CONFIG_MODULE><Language>4</Language><Time_Zone>4</Time_Zone></GLOBAL_CONFIG_MODULE>
    <AUTOUPDATE_CONFIG_MODULE><Auto_Image_URL>http://fw/x.z</Auto_Image_URL></AUTOUPDATE_CONFIG_MODULE></VOIP_CONFIG_FILE>"""
    reading = read("fanvil", "a.cfg", text)
    (account,) = reading.accounts
    assert (account.index, account.user, account.transport, account.password) == (2, "102", "tls", "pw")
    assert (key(reading, 3).kind, key(reading, 3).target, key(reading, 3).label) == ("blf", "2001", "Ute")
    assert reading.settings == {"admin.password": "adm", "language": "fr", "time.zone": "4", "time.utc_offset": "60"}
    assert reading.firmware_url == "http://fw/x.z" and reading.problems == ()


def test_the_text_dump() -> None:
    text = b"""<<VOIP CONFIG FILE>>Version:2.0002\r\n\r\n<SIP CONFIG MODULE>\r\n--SIP Line List--  :\r
SIP1 Phone Number       :101\r\nSIP1 Register Addr      :pbx.example\r\nSIP1 Register Pswd      :a:b\r
SIP1 Enable Reg         :1\r\n<DSSKEY CONFIG MODULE>\r\n--Sidekey Config1--:\r\nFkey1 Type  :2\r\nFkey1 Value :SIP1\r
--Dsskey Config1--:\r\nFkey1 Type  :1\r\nFkey1 Value :2001@1/f\r\nFkey1 Title :Ute\r\nodd\r\n"""
    reading = read("fanvil", "a.cfg", text + b"<<END OF FILE>>\r\n")
    assert (reading.accounts[0].user, reading.accounts[0].password) == ("101", "a:b")
    assert [(found.number, found.kind, found.label) for found in reading.keys] == [
        (1, "line", ""),
        (2, "speed_dial", "Ute"),
    ]
    assert told(reading, "is not 'Name :value'") and not told(reading, "<<END OF FILE>>")
    assert not told(reading, "more than once")
    assert told(read("fanvil", "a.cfg", text + b"Fkey1 Type :4\r\n"), "Fkey1 Type is set more than once")
    assert told(read("fanvil", "a.cfg", text), "does not end with <<END OF FILE>>")


def test_files_of_another_kind() -> None:
    assert read("fanvil", "a.cfg", b"<settings/>").refused
    assert told(read("fanvil", "a.cfg", b"<sysConf><sip/></sysConf>"), "no Version")
    assert told(
        fanvil("<sip><line index='1'><EnableReg>1</EnableReg><Transport>2</Transport></line></sip>"), "transport 2"
    )
    with pytest.raises(Unreadable, match="encrypted"):
        read("fanvil", "a.cfg", b"\x00\x01\x02")
    twice = fanvil("<log><Level>a</Level><Level>b</Level></log>")
    assert told(twice, "log/Level is set more than once") and twice.parameters["log/Level"] == "b"
    later = fanvil("<log><Level>c</Level></log>")
    assert merge([twice, later]).parameters["log/Level"] == "c"
