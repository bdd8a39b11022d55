"""Fanvil: common file, own file, the Version that marks what was applied."""

from __future__ import annotations

from provd.simulate.start import Memory
from tests.simulate.shelf import MAC, URL, asks, names

LINE = (
    '<sip><line index="1"><EnableReg>1</EnableReg><PhoneNumber>109</PhoneNumber><RegisterAddr>a.example</RegisterAddr>'
    "<RegisterPswd>x</RegisterPswd></line></sip>"
)
COMMON = "F0V00X700000.cfg"


def system(body: str, version: str = "2.0000000001") -> str:
    return f"<sysConf><Version>{version}</Version>{body}</sysConf>"


def test_the_common_file_and_then_its_own() -> None:
    phone, requests = asks("X7", {f"{MAC}.cfg": system(LINE)})

    assert names(requests) == [COMMON, f"{MAC}.cfg"]
    assert requests[0].headers["User-Agent"] == f"Fanvil X7 2.6.0.1000 {MAC}"
    assert phone.up


def test_a_model_without_a_known_common_file_asks_for_its_own_only() -> None:
    assert names(asks("X6U", {f"{MAC}.cfg": system(LINE)})[1]) == [f"{MAC}.cfg"]


def test_told_once_it_leaves_the_common_file_out() -> None:
    memory = Memory()
    files = {COMMON: system("<ap><DownloadCommonConf>0</DownloadCommonConf></ap>"), f"{MAC}.cfg": system(LINE)}
    asks("X7", files, memory=memory)

    assert names(asks("X7", files, memory=memory)[1]) == [f"{MAC}.cfg"]


def test_the_common_file_alone_is_no_configuration() -> None:
    phone, _ = asks("X7", {COMMON: system("<ap><FlashMode>1</FlashMode></ap>")})

    assert "got no configuration" in phone.failure


def test_an_address_may_hold_the_mac() -> None:
    assert names(asks("X7", {f"{MAC}.cfg": system(LINE)}, url=f"{URL}$mac.cfg")[1]) == [f"{MAC}.cfg"]


def test_a_change_without_a_new_version_is_passed_over_unless_digests_count() -> None:
    def told(before: str, after: str) -> bool:
        memory = Memory()
        asks("X6U", {f"{MAC}.cfg": before}, memory=memory)
        phone, _ = asks("X6U", {f"{MAC}.cfg": after}, memory=memory)
        return any("the phone passes over it" in problem for problem in phone.problems)

    name = "<phone><MenuPassword>1</MenuPassword></phone>"
    digests = "<mt><AutoServerDigest>1</AutoServerDigest></mt>"
    assert told(system(LINE), system(LINE + name))
    assert not told(system(LINE), system(LINE + name, "2.0000000002"))
    assert not told(system(LINE + digests), system(LINE + digests + name))
    assert not told(system(LINE), system(LINE))


def test_the_upgrade_servers_text_names_the_image() -> None:
    check = "<fwCheck><EnableAutoUpgrade>1</EnableAutoUpgrade><UpgradeServer1>http://u.example/fw</UpgradeServer1></fwCheck>"
    text = "Version=2.12.19\nFirmware=http://u.example/fw/x6u.z\nBuildTime=2024\n"
    _, requests = asks("X6U", {f"{MAC}.cfg": system(LINE + check), "fw/fanvil_x6u_hwv1_0.txt": text})

    assert names(requests)[1:] == ["fw/fanvil_x6u_hwv1_0.txt", "HEAD fw/x6u.z"]


def test_a_phone_book_is_asked_for_with_its_own_login() -> None:
    book = '<phone><xmlContact index="1"><Addr>http://h/b.xml</Addr><UserName>u</UserName><PassWd>p</PassWd></xmlContact></phone>'
    entry = "<DirectoryEntry><Name>Tim</Name><Telephone>109</Telephone></DirectoryEntry>"
    listed = f"<FanvilIPPhoneDirectory>{entry}</FanvilIPPhoneDirectory>"
    phone, requests = asks("X6U", {f"{MAC}.cfg": system(LINE + book), "b.xml": listed}, search="TIM")

    assert names(requests)[1:] == ["b.xml"]
    assert phone.found is not None and [contact.name for contact in phone.found] == ["Tim"]
