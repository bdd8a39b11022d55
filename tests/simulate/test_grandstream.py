"""Grandstream: the first file wins, unless it says that all of them count."""

from __future__ import annotations

from tests.simulate.shelf import MAC, asks, names

ITEMS = (
    '<item name="account.1.enable">Yes</item><item name="account.1.sip.userid">101</item>'
    '<item name="account.1.sip.subscriber.password">x</item>'
    '<item name="account.1.sip.server.1.address">pbx.example</item>'
)
ALL = [f"cfg{MAC}.xml", f"cfg{MAC}", "cfggxp2170.xml", "cfg.xml", f"dev{MAC}.cfg"]


def config(body: str, version: int = 2) -> str:
    return f'<gs_provision version="1"><config version="{version}">{body}</config></gs_provision>'


def test_it_stops_at_the_first_file() -> None:
    phone, requests = asks("GXP2170", {f"cfg{MAC}.xml": config(ITEMS), "cfg.xml": config("")})

    assert names(requests) == ALL[:1]
    assert requests[0].headers["User-Agent"] == f"Grandstream Model HW GXP2170 SW 1.0.11.85 DevId {MAC}"
    assert phone.up


def test_it_goes_on_until_there_is_one() -> None:
    assert names(asks("GXP2170", {"cfg.xml": config(ITEMS)})[1]) == ALL[:4]
    phone, requests = asks("GXP2170", {})
    assert names(requests) == ALL
    assert "got no configuration" in phone.failure


def test_told_to_process_all_it_asks_for_all_and_the_last_one_wins() -> None:
    every = '<item name="provisioning.config.processAll.enable">Yes</item>'
    label = '<item name="account.1.name">{}</item>'
    files = {ALL[0]: config(ITEMS + every + label.format("First")), "cfg.xml": config(label.format("Last"))}
    phone, requests = asks("GXP2170", files)

    assert names(requests) == ALL
    assert phone.accounts[0].label == "Last"


def test_a_file_for_another_phone_is_no_configuration() -> None:
    other = config(ITEMS).replace("<config", "<mac>000000000001</mac><config", 1)
    phone, _ = asks("GXP2170", {f"cfg{MAC}.xml": other})

    assert "ignores the configuration" in phone.failure


def test_it_appends_the_names_of_phone_book_and_firmware_itself() -> None:
    told = (
        '<item name="phonebook.download.mode">EnabledUseHTTPS</item>'
        '<item name="phonebook.download.server">pbx.example/p/Own-Token/book</item>'
        '<item name="phonebook.download.username">u</item><item name="phonebook.download.password">pw</item>'
        '<item name="provisioning.firmware.protocol">HTTP</item>'
        '<item name="provisioning.firmware.serverPath">pbx.example/firmware</item>'
    )
    _, requests = asks("GRP2615", {f"cfg{MAC}.xml": config(ITEMS + told)})

    assert [request.url for request in requests[1:]] == [
        "http://pbx.example/firmware/grp2615fw.bin",
        "https://pbx.example/p/Own-Token/book/phonebook.xml",
    ]
    assert requests[1].method == "HEAD"


def test_an_adapter_has_two_sockets_and_nothing_else() -> None:
    values = "<P271>1</P271><P35>110</P35><P34>x</P34><P47>pbx.example</P47>"
    phone, requests = asks("HT802", {f"cfg{MAC}.xml": config(values, 1)}, search="a")

    assert names(requests) == [f"cfg{MAC}.xml"]
    assert "HW HT802 V1.1A SW" in requests[0].headers["User-Agent"]
    assert phone.up and phone.keys == () and phone.directory == () and phone.found == ()
