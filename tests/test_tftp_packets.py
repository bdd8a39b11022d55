"""Requests as phones send them, and what is no request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tftpy.TftpPacketFactory import TftpPacketFactory

from provd.serve.tftp_packets import MAX_REQUEST, FileRequest, Malformed, error, oack, read_request
from tests.tftp_phone import rrq


def test_a_request_without_options():
    assert read_request(b"\0\1" + b"001565aabbcc.cfg\0octet\0") == FileRequest("001565aabbcc.cfg", "octet")


def test_options_and_mode_are_read_whatever_their_case():
    request = read_request(b"\0\1y.cfg\0OCTET\0BlkSize\x001428\0TSIZE\x000\0")
    assert request.mode == "octet"
    assert request.options == {"blksize": "1428", "tsize": "0"}


@pytest.mark.parametrize("written", ["p/t/a.cfg", "/p/t/a.cfg", "///p/t/a.cfg"])
def test_leading_slashes_are_not_part_of_the_path(written):
    assert read_request(rrq(written)).path == "p/t/a.cfg"


def test_a_backslash_is_an_ordinary_character():
    assert read_request(rrq("..\\a\\b.cfg")).path == "..\\a\\b.cfg"


def test_a_write_request_is_told_apart():
    assert read_request(rrq("a", opcode=2)).write


def test_a_request_padded_with_zeros_is_read():
    assert read_request(rrq("a.cfg", {"blksize": 1428}).ljust(512, b"\0")).options == {"blksize": "1428"}


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\0",
        b"\0\1",
        b"\0\1\0",
        b"\0\1a.cfg",
        b"\0\1a.cfg\0octet",
        b"\0\1a.cfg\0octet\0blksize\0",
        b"\0\1a.cfg\0octet\0\0blksize\x008\0",
        b"\0\1\xff\xfe\0octet\0",
        b"\0\3\0\1data",
        b"\0\4\0\1",
        b"\0\5\0\1no\0",
        b"\1\1a.cfg\0octet\0",
        rrq("a", {f"o{n}": n for n in range(17)}),
        rrq("a", {"blksize": "8" * MAX_REQUEST}),
        b"\0\1" + b"a\0" * 30000,
    ],
    ids=lambda datagram: repr(datagram[:24]),
)
def test_everything_else_is_malformed(datagram):
    with pytest.raises(Malformed):
        read_request(datagram)


@given(st.binary(max_size=600) | st.binary(max_size=600).map(lambda octets: b"\0\1" + octets))
def test_any_octets_are_a_request_or_malformed(octets):
    try:
        request = read_request(octets)
    except Malformed:
        return
    assert "\0" not in request.path
    assert not request.path.startswith("/")


def test_an_oack_carries_the_options_in_order():
    assert oack({"tsize": 2048, "blksize": 1428}) == b"\0\6tsize\x002048\0blksize\x001428\0"


def test_nothing_agreed_is_no_oack():
    assert oack({}) == b""


@pytest.mark.parametrize("code", range(9))
def test_an_error_carries_its_sentence_and_others_can_read_it(code):
    datagram = error(code, "The server is busy.")
    assert datagram == bytes((0, 5, 0, code)) + b"The server is busy.\0"
    assert TftpPacketFactory().parse(datagram).errorcode == code
