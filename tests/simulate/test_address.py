"""Addresses as phones make them."""

from __future__ import annotations

import pytest

from provd.simulate.address import file_of, folder, given, join, label, sound, with_term


@pytest.mark.parametrize(
    ("option", "url"),
    [
        ("http://pbx.example/p/T/", "http://pbx.example/p/T/"),
        ("https://pbx.example", "https://pbx.example/"),
        ("10.0.0.1", "tftp://10.0.0.1/"),
        (" pbx.example/phones/ ", "tftp://pbx.example/phones/"),
    ],
)
def test_the_value_of_a_dhcp_option(option: str, url: str) -> None:
    assert given(option) == url


def test_a_bare_host_is_an_ftp_server_to_a_poly() -> None:
    assert given("pbx.example", "ftp") == "ftp://pbx.example/"


@pytest.mark.parametrize(
    ("url", "home", "file"),
    [
        ("http://h/", "http://h/", ""),
        ("http://h", "http://h/", ""),
        ("http://pbx.example:8080", "http://pbx.example:8080/", ""),
        ("http://h/p/Token", "http://h/p/Token/", ""),
        ("http://h/p/Token/", "http://h/p/Token/", ""),
        ("http://h/p/Token/a.cfg?x=1/2", "http://h/p/Token/", "a.cfg"),
        ("tftp://[2001:db8::1]:6969/p/T/a.xml", "tftp://[2001:db8::1]:6969/p/T/", "a.xml"),
    ],
)
def test_folder_and_file_of_an_address(url: str, home: str, file: str) -> None:
    assert (folder(url), file_of(url)) == (home, file)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("a.cfg", "tftp://h:69/p/T/a.cfg"),
        ("../a.cfg", "tftp://h:69/p/a.cfg"),
        ("../../../../a.cfg", "tftp://h:69/a.cfg"),
        ("/a.cfg", "tftp://h:69/a.cfg"),
        ("./x/a b.cfg", "tftp://h:69/p/T/x/a%20b.cfg"),
        ("d.xml?q=ü", "tftp://h:69/p/T/d.xml?q=%C3%BC"),
        ("http://other/x%20y.cfg", "http://other/x%20y.cfg"),
    ],
)
def test_names_as_seen_from_a_folder(name: str, url: str) -> None:
    assert join("tftp://h:69/p/T/", name) == url


def test_a_term_is_one_parameter_whatever_is_in_it() -> None:
    assert with_term("http://h/d.xml", "q", "a&b=c/ü") == "http://h/d.xml?q=a%26b%3Dc%2F%C3%BC"
    assert with_term("http://h/d.xml?p=1", "q", "x") == "http://h/d.xml?p=1&q=x"


def test_a_label_has_neither_host_nor_token() -> None:
    assert label("http://h:1/p/Secret-Token/directory/a.xml?term=x") == "directory/a.xml?term=x"
    assert label("tftp://h/p/a.cfg") == "a.cfg"
    assert label("http://h/firmware/a.bin") == "firmware/a.bin"


@pytest.mark.parametrize("url", ["http://h/", "tftp://[::1]:69/a", "https://u:p@h.example:8443/a?b=c%20d"])
def test_addresses_a_phone_can_ask(url: str) -> None:
    assert sound(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h",
        "http://",
        "http:///a",
        "http://[bad/a",
        "http://h:x/a",
        "http://h:65536/a",
        "http://h:0/a",
        "http://h/a b",
        "x" * 9,
    ],
)
def test_addresses_a_phone_cannot_ask(url: str) -> None:
    assert not sound(url)
    assert not sound("http://h/" + "a" * 2048)
