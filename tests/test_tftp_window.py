"""Windows of RFC 7440, and content that arrives from the disk while a transfer runs."""

from provd.serve.tftp_content import Content
from provd.serve.tftp_options import Terms
from provd.serve.tftp_transfer import DELIVERED, READ_AHEAD, SILENT, Transfer
from tests.tftp_phone import ack

BODY = bytes(n for block in range(1, 21) for n in [block] * 8) + b"end"  # 20 blocks of 8 and a short one
OACK = b"\0\6windowsize\x004\0"


def window(size: int = 4, body: bytes = BODY) -> Transfer:
    """A transfer whose OACK was acknowledged at 0.0: the first window is on its way."""
    sending = Transfer(Content(body), Terms(blksize=8, windowsize=size), 0.0, oack=OACK)
    assert list(sending.begin(0.0)) == [OACK]
    assert numbers(sending.receive(ack(0), 0.0)) == list(range(1, size + 1))
    return sending


def numbers(datagrams) -> list[int]:
    return [int.from_bytes(datagram[2:4], "big") for datagram in datagrams]


def test_a_window_goes_out_at_once_and_the_next_follows_its_ack():
    sending = window()
    assert numbers(sending.receive(ack(4), 0.0)) == [5, 6, 7, 8]
    assert numbers(sending.receive(ack(8), 0.0)) == [9, 10, 11, 12]


def test_the_last_window_stops_at_the_short_block():
    sending = window()
    for block in (4, 8, 12, 16):
        sending.receive(ack(block), 0.0)
    assert numbers(sending.receive(ack(20), 0.0)) == [21]
    sending.receive(ack(21), 0.0)
    assert sending.outcome == DELIVERED


def test_an_ack_inside_the_window_goes_on_behind_the_gap():
    sending = window()
    assert numbers(sending.receive(ack(2), 0.0)) == [3, 4, 5, 6]
    assert sending.resent == 2


def test_a_gap_is_filled_once_however_often_it_is_reported():
    sending = window()
    sending.receive(ack(2), 0.0)
    assert [numbers(sending.receive(ack(2), 0.0)) for _ in range(5)] == [[]] * 5


def test_a_missing_first_block_is_reported_by_the_ack_before_it():
    sending = window()
    sending.receive(ack(4), 0.0)
    assert numbers(sending.receive(ack(4), 0.0)) == [5, 6, 7, 8]
    assert numbers(sending.receive(ack(4), 0.0)) == []
    assert numbers(sending.receive(ack(8), 0.0)) == [9, 10, 11, 12]


def test_silence_repeats_the_whole_window():
    sending = window()
    sending.receive(ack(4), 0.0)
    assert numbers(sending.expire(1.0)) == [5, 6, 7, 8]
    assert numbers(sending.receive(ack(4), 1.1)) == [5, 6, 7, 8]


def test_after_silence_a_gap_may_be_reported_again():
    sending = window()
    sending.receive(ack(2), 0.0)
    assert numbers(sending.receive(ack(2), 0.0)) == []
    sending.expire(1.0)
    assert numbers(sending.receive(ack(2), 1.1)) == [3, 4, 5, 6]


def test_before_the_oack_is_acknowledged_no_other_ack_counts():
    sending = Transfer(Content(BODY), Terms(blksize=8, windowsize=4), 0.0, oack=OACK)
    sending.begin(0.0)
    for block in (1, 4, 65535):
        assert list(sending.receive(ack(block), 0.0)) == []


def test_a_window_crosses_the_wrap_of_the_block_number():
    sending = window(60, bytes(8) * 66_000)
    acked = 60
    while acked < 65_500:
        sending.receive(ack(acked), 0.0)
        acked += 60
    seen = numbers(sending.receive(ack(acked), 0.0))
    assert seen == [block % 65536 for block in range(acked + 1, acked + 61)]
    assert 0 in seen
    assert numbers(sending.receive(ack(acked + 40), 0.0))[0] == (acked + 41) % 65536


def test_a_window_waits_for_the_disk_and_goes_on():
    sending = Transfer(Content(b"x" * 20, complete=False), Terms(blksize=8, windowsize=4), 0.0, oack=OACK)
    sending.begin(0.0)
    assert numbers(sending.receive(ack(0), 0.0)) == [1, 2]
    assert numbers(sending.feed(b"y" * 9, 0.1, last=False)) == [3]
    assert numbers(sending.feed(b"z" * 8, 0.2, last=True)) == [4]
    assert sending.receive(ack(4), 0.3)[0][4:] == b"z" * 5
    sending.receive(ack(5), 0.4)
    assert sending.outcome == DELIVERED


def test_a_slow_disk_is_not_the_clients_silence():
    sending = Transfer(Content(b"x" * 8, complete=False), Terms(blksize=8), 0.0)
    sending.begin(0.0)
    sending.receive(ack(1), 0.0)
    for second in range(1, 100):
        assert list(sending.expire(float(second))) == []
    assert sending.outcome == ""
    assert numbers(sending.feed(b"end", 100.0, last=True)) == [2]


def test_a_content_cut_at_a_block_waits_for_what_comes():
    """A piece that ends where a block ends is not the end of the file."""
    sending = Transfer(Content(b"x" * 16, complete=False), Terms(blksize=8), 0.0)
    sending.begin(0.0)
    sending.receive(ack(1), 0.0)
    assert list(sending.receive(ack(2), 0.0)) == []
    assert numbers(sending.feed(b"", 0.0, last=True)) == [3]
    sending.receive(ack(3), 0.0)
    assert sending.outcome == DELIVERED


def test_the_disk_is_read_ahead_of_the_client_and_not_further():
    sending = Transfer(Content(bytes(READ_AHEAD), complete=False), Terms(blksize=512), 0.0)
    sending.begin(0.0)
    assert sending.hungry
    sending.feed(bytes(READ_AHEAD), 0.0, last=False)
    assert not sending.hungry
    for block in range(1, 130):
        sending.receive(ack(block), 0.0)
    assert sending.hungry
    sending.feed(b"", 0.0, last=True)
    assert not sending.hungry


def test_a_client_that_vanishes_during_the_window_is_given_up():
    sending = window()
    for _ in range(6):
        sending.expire(sending.deadline)
    assert sending.outcome == SILENT
