"""The octets of a transfer: netascii, and content that arrives piece by piece."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.serve.tftp_content import Content, to_netascii


@pytest.mark.parametrize(
    ("local", "wire"),
    [
        (b"", b""),
        (b"one\ntwo\n", b"one\r\ntwo\r\n"),
        (b"a\rb", b"a\r\0b"),
        (b"a\r\nb", b"a\r\0\r\nb"),
        (b"a\0b", b"a\0b"),
        (b"\r\0", b"\r\0\0"),
    ],
)
def test_netascii_of_rfc_764(local, wire):
    assert to_netascii(local) == wire


@given(st.binary(max_size=300))
def test_a_client_gets_back_every_octet_of_netascii(octets):
    assert to_netascii(octets).replace(b"\r\n", b"\n").replace(b"\r\0", b"\r") == octets


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_netascii_of_pieces_is_netascii_of_the_whole(one, other):
    assert to_netascii(one) + to_netascii(other) == to_netascii(one + other)


def test_whole_content_ends_with_a_short_block():
    content = Content(b"abcdefgh")
    assert [content.block(offset, 3) for offset in (0, 3, 6, 9)] == [b"abc", b"def", b"gh", b""]


def test_a_block_that_has_not_arrived_is_none_and_not_the_end():
    content = Content(b"abcd", complete=False)
    assert content.block(0, 4) == b"abcd"
    assert content.block(3, 4) is None
    assert content.block(4, 4) is None


def test_acknowledged_octets_go_and_offsets_stay():
    content = Content(b"abcdef", complete=False)
    content.feed(b"ghij", last=True, acknowledged=4)
    assert content.block(4, 4) == b"efgh"
    assert content.block(8, 4) == b"ij"
    assert content.ahead(4) == 6


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=20), st.integers(1, 7))
def test_content_in_pieces_gives_the_blocks_of_the_whole(pieces, size):
    whole = b"".join(pieces)
    content = Content(pieces[0], complete=len(pieces) == 1)
    left, offset, blocks = pieces[1:], 0, []
    while not blocks or len(blocks[-1]) == size:
        octets = content.block(offset, size)
        if octets is None:
            content.feed(left.pop(0), last=not left, acknowledged=offset)
        else:
            blocks.append(octets)
            offset += size
    assert b"".join(blocks) == whole
