"""Yealink: the order of the auto provisioning guide, boot files, phone books."""

from __future__ import annotations

from dataclasses import replace

from tests.simulate.shelf import ACCOUNT, MAC, asks, names, unit, yealink

OWN = {f"{MAC}.cfg": yealink(*ACCOUNT)}
ENTRY = "<DirectoryEntry><Name>{}</Name><Telephone>2</Telephone></DirectoryEntry>"
BOOK = f"<YealinkIPPhoneDirectory>{ENTRY}</YealinkIPPhoneDirectory>"


def test_boot_files_first_then_the_common_file_then_its_own() -> None:
    phone, requests = asks("T46U", OWN)

    assert names(requests) == [f"{MAC}.boot", "y000000000000.boot", "y000000000108.cfg", f"{MAC}.cfg"]
    assert {r.headers["User-Agent"] for r in requests} == {"Yealink SIP-T46U 108.86.0.90 0a:1b:2c:3d:4e:5f"}
    assert phone.up and [account.user for account in phone.accounts] == ["101"]


def test_what_a_boot_file_includes_takes_the_place_of_the_usual_names() -> None:
    boot = yealink(
        'include:config "sub/one.cfg"', "include:config <../two.cfg>", 'include:config "http://b.example/x.cfg"'
    )
    files = {
        f"folder/{MAC}.boot": boot,
        "folder/sub/one.cfg": yealink(*ACCOUNT),
        "two.cfg": yealink("account.1.label = Two"),
    }
    phone, requests = asks("T46U", files | {"x.cfg": yealink()}, url="http://pbx.example/folder/")

    assert [request.url for request in requests] == [
        f"http://pbx.example/folder/{MAC}.boot",
        "http://pbx.example/folder/sub/one.cfg",
        "http://pbx.example/two.cfg",
        "http://b.example/x.cfg",
    ]
    assert phone.up and phone.accounts[0].label == "Two"


def test_firmware_before_v81_knows_no_boot_files() -> None:
    old = unit("T46S")
    _, requests = asks(replace(old, make=replace(old.make, firmware="66.80.0.10")), OWN)

    assert names(requests) == ["y000000000066.cfg", f"{MAC}.cfg"]


def test_a_boot_file_without_its_first_line_is_none() -> None:
    _, requests = asks("T46U", OWN | {f"{MAC}.boot": 'include:config "other.cfg"\n'})

    assert names(requests)[-2:] == ["y000000000108.cfg", f"{MAC}.cfg"]


def test_its_own_changes_come_back_from_the_server_where_it_keeps_them_there() -> None:
    files = {f"{MAC}.cfg": yealink(*ACCOUNT, "static.auto_provision.custom.sync = 1")}
    _, requests = asks("T46U", files)

    assert names(requests)[-1] == f"{MAC}-local.cfg"


def test_it_looks_at_the_firmware_and_at_the_phone_book_it_was_told() -> None:
    told = (
        "static.firmware.url = http://pbx.example/firmware/T46U.rom",
        "remote_phonebook.data.1.url = http://pbx.example/p/Own-Token/dir.xml?q=#SEARCH",
    )
    files = {
        f"{MAC}.cfg": yealink(*ACCOUNT, *told),
        "dir.xml?q=": BOOK.format("Ada"),
        "dir.xml?q=t%C3%BCr": BOOK.format("Tür"),
    }
    phone, requests = asks("T46U", files, search="tür")

    assert names(requests)[4:] == ["HEAD firmware/T46U.rom", "dir.xml?q=", "dir.xml?q=t%C3%BCr"]
    assert phone.found is not None
    assert [[c.name for c in part] for part in (phone.directory, phone.found)] == [["Ada"], ["Tür"]]
    assert phone.problems == ("The firmware it was told, firmware/T46U.rom, is not there.",)


def test_an_address_may_name_its_file() -> None:
    _, requests = asks("T46U", OWN, url="http://pbx.example/p/Token-Of-The-Company/$MAC.cfg")

    assert names(requests) == [f"{MAC}.cfg"]


def test_without_its_own_file_it_is_not_up() -> None:
    phone, _ = asks("T46U", {"y000000000108.cfg": yealink("lang.gui = English")})

    assert phone.failure == f"It did not get {MAC}.cfg, without which its configuration is not complete."


def test_a_file_that_is_not_text_is_a_problem_and_no_configuration() -> None:
    phone, _ = asks("T46U", {f"{MAC}.cfg": b"\x00\x01secret"})

    assert "got no configuration" in phone.failure
    assert phone.problems[0].startswith(f"{MAC}.cfg: The file is not text")
