"""Which addresses files may be sent to, what files are called, and what cells never begin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.exporting.failing import quoted
from provd.exporting.layouts import COLUMNS, harmless, heading
from provd.exporting.places import allowed, file_name, networks


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_the_public_internet_is_open(address: str) -> None:
    assert allowed(address, [])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.7", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001:db8::1", "localhost", "",
    ],
)  # fmt: skip
def test_what_only_this_server_may_reach_is_closed(address: str) -> None:
    assert not allowed(address, networks(["10.9.0.0/16"]))


def test_the_provider_opens_what_is_named() -> None:
    also = networks(["10.9.0.0/16", "::1/128"])
    assert allowed("10.9.1.2", also) and allowed("::ffff:10.9.1.2", also) and allowed("::1", also)
    assert not allowed("10.8.1.2", also)
    with pytest.raises(ValueError, match="which is no network"):
        networks(["acme.example"])


def test_names_of_files() -> None:
    assert file_name("Calls of the week", "20260504-0600") == "Calls-of-the-week-20260504-0600.csv"
    assert file_name("   ", "x") == "calls-x.csv"


def test_layouts_hold_each_other() -> None:
    assert set(COLUMNS["basic"]) < set(COLUMNS["standard"]) < set(COLUMNS["advanced"])
    assert heading("basic") == "Date,From,Dialed,To,Duration\r\n"


@given(st.text(max_size=20))
def test_no_cell_begins_a_formula_and_no_answer_breaks_a_line(text: str) -> None:
    assert harmless(text)[:1] not in ("=", "-", "@", "\t", "\r")
    assert quoted(text).isprintable()
