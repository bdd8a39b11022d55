"""One transfer in lock-step, with the time told to it: blocks, OACK, repetitions, the end."""

import pytest

from provd.serve.tftp_content import Content
from provd.serve.tftp_options import Terms
from provd.serve.tftp_transfer import CANCELLED, DELIVERED, OVERDUE, SILENT, Transfer
from tests.tftp_phone import ack, data

BODY = b"a" * 512 + b"b" * 512 + b"c" * 100
OACK = b"\0\6blksize\x00512\0"


def transfer(body: bytes = BODY, terms: Terms = Terms(), **options) -> Transfer:
    return Transfer(Content(body), terms, 0.0, **options)


def test_blocks_go_out_one_by_one_and_the_short_one_is_the_last():
    sending = transfer()
    assert list(sending.begin(0.0)) == [data(1, b"a" * 512)]
    assert list(sending.receive(ack(1), 0.1)) == [data(2, b"b" * 512)]
    assert list(sending.receive(ack(2), 0.2)) == [data(3, b"c" * 100)]
    assert sending.outcome == ""
    assert list(sending.receive(ack(3), 0.3)) == []
    assert sending.outcome == DELIVERED


@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_a_file_of_whole_blocks_ends_with_an_empty_one(blocks):
    sending = transfer(b"x" * 512 * blocks)
    sending.begin(0.0)
    for block in range(1, blocks + 1):
        (last,) = sending.receive(ack(block), 0.0) if block else ()
        assert sending.outcome == ""
    if blocks:
        assert last == data(blocks + 1, b"")
    sending.receive(ack(blocks + 1), 0.0)
    assert sending.outcome == DELIVERED


def test_an_oack_is_acknowledged_with_block_0_before_data_goes():
    sending = transfer(oack=OACK)
    assert list(sending.begin(0.0)) == [OACK]
    assert list(sending.receive(ack(1), 0.1)) == []
    assert list(sending.receive(ack(0), 0.1)) == [data(1, b"a" * 512)]
    assert list(sending.receive(ack(0), 0.1)) == []


def test_the_block_number_wraps_to_zero_after_65535():
    blocks = 70_000
    sending = transfer(bytes(8) * blocks + b"end", Terms(blksize=8))
    (sent,) = sending.begin(0.0)
    got = 0
    for block in range(1, blocks + 1):
        assert sent[2:4] == (block % 65536).to_bytes(2, "big")
        got += len(sent) - 4
        (sent,) = sending.receive(ack(block), 0.0)
    assert sent == data(blocks + 1, b"end")
    sending.receive(ack(blocks + 1), 0.0)
    assert (got, sending.outcome) == (8 * blocks, DELIVERED)


def test_an_old_or_a_future_ack_changes_nothing():
    sending = transfer(b"x" * 5000)
    sending.begin(0.0)
    sending.receive(ack(1), 0.0)
    sending.receive(ack(2), 0.0)
    for block in (0, 1, 4, 5, 40000, 65535):
        assert list(sending.receive(ack(block), 0.0)) == []
    assert list(sending.receive(ack(3), 0.0)) == [data(4, b"x" * 512)]


def test_a_repeated_ack_brings_no_second_data():
    """RFC 1123 §4.2.3.1, the Sorcerer's Apprentice."""
    sending = transfer()
    sending.begin(0.0)
    sending.receive(ack(1), 0.0)
    assert list(sending.receive(ack(1), 0.0)) == []
    assert sending.resent == 0


def test_silence_repeats_the_block_ever_more_slowly_and_then_ends():
    sending = transfer(retries=5)
    sending.begin(0.0)
    (block,) = sending.receive(ack(1), 10.0)
    waits, now = [], 10.0
    while True:
        waits.append(sending.deadline - now)
        now = sending.deadline
        again = list(sending.expire(now))
        if sending.outcome:
            break
        assert again == [block]
    assert waits == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert (sending.outcome, sending.resent) == (SILENT, 5)


def test_an_address_that_never_answered_gets_three_datagrams_only():
    sending = transfer(retries=5)
    sent = list(sending.begin(0.0))
    while not sending.outcome:
        sent += sending.expire(sending.deadline)
    assert sent == [data(1, b"a" * 512)] * 3


def test_an_ack_starts_the_back_off_anew():
    sending = transfer()
    sending.begin(0.0)
    sending.receive(ack(1), 1.0)
    sending.expire(2.0)
    sending.expire(4.0)
    assert sending.quiet
    sending.receive(ack(2), 20.0)
    assert (sending.deadline, sending.quiet) == (21.0, False)


@pytest.mark.parametrize(("timeout", "waits"), [(3, [3.0, 6.0, 8.0]), (60, [60.0, 60.0, 60.0])])
def test_the_timeout_option_is_the_first_wait(timeout, waits):
    sending = transfer(terms=Terms(timeout=timeout), oack=OACK)
    sending.begin(0.0)
    assert sending.deadline == 1.0  # whoever asked may not be there at all
    sending.receive(ack(0), 0.5)
    seen, now = [], 0.5
    for _ in waits:
        seen.append(sending.deadline - now)
        now = sending.deadline
        sending.expire(now)
    assert seen == waits


def test_a_client_that_creeps_is_ended_after_its_lifetime():
    sending = transfer(b"x" * 100_000, lifetime=30.0)
    sending.begin(0.0)
    block = 0
    while not sending.outcome:
        block += 1
        sending.receive(ack(block), block * 0.9)
    assert (sending.outcome, block) == (OVERDUE, 34)


def test_an_error_of_the_client_ends_it():
    sending = transfer()
    sending.begin(0.0)
    assert list(sending.receive(b"\0\5\0\0bye\0", 0.0)) == []
    assert sending.outcome == CANCELLED


@pytest.mark.parametrize(
    "datagram", [b"", b"\0", b"\0\4", b"\0\4\0", b"\0\5\0", b"\0\3\0\1x", b"\0\1f\0octet\0", b"\xff" * 600]
)
def test_what_is_neither_ack_nor_error_is_refused_and_harms_nothing(datagram):
    sending = transfer()
    sending.begin(0.0)
    with pytest.raises(ValueError, match="neither ACK nor ERROR"):
        sending.receive(datagram, 0.5)
    assert (sending.outcome, sending.deadline) == ("", 1.0)
    assert list(sending.receive(ack(1), 0.5)) == [data(2, b"b" * 512)]


def test_the_request_again_brings_the_first_datagram_again_until_it_was_acknowledged():
    sending = transfer()
    first = list(sending.begin(0.0))
    assert list(sending.repeat(0.5)) == first
    assert sending.deadline == 1.0
    sending.receive(ack(1), 0.6)
    assert list(sending.repeat(0.7)) == []
