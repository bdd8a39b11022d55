"""What no phone sends."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.exchange import Answer
from tests.tftp_phone import FILE, ack, answer_file, data, rrq, scenario, serving


@scenario
async def test_a_write_is_refused():
    async with serving() as (server, phone):
        desk = phone()
        desk.send(rrq("file", opcode=2))
        assert await desk.receive() == b"\0\5\0\2This server is read only.\0"
        assert (server.counters.requests, server.counters.refused) == (1, 1)


@pytest.mark.parametrize("mode", ["mail", "binary", "MAIL"])
@scenario
async def test_other_modes_are_refused(mode):
    async with serving() as (_, phone):
        desk = phone()
        desk.ask("file", mode=mode)
        assert await desk.receive() == b"\0\5\0\4Only the modes octet and netascii are served.\0"


@pytest.mark.parametrize("path", ["", "/", "a" * 513])
@scenario
async def test_no_name_and_an_endless_name_are_not_found_and_nobody_is_asked(path):
    asked = []
    async with serving(lambda request: asked.append(request) or Answer(404)) as (_, phone):
        desk = phone()
        desk.ask(path)
        assert await desk.receive() == b"\0\5\0\1File not found.\0"
    assert asked == []


@pytest.mark.parametrize("blksize", ["0", "7", "65535", "-1", "many"])
@scenario
async def test_an_illegal_block_size_falls_back_to_512(blksize):
    async with serving() as (_, phone):
        desk = phone()
        desk.ask("file", {"blksize": blksize})
        assert await desk.receive() == data(1, FILE[:512])


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\0\1",
        rrq("file")[:-3],
        rrq("file", {"blksize": 1428})[:-1],
        rrq("file", {f"option{n}": n for n in range(60)}),
        rrq("file", {"blksize": "1" * 2000}),
        rrq("f" * 60000),
        ack(1),
        b"\0\5\0\0no\0",
    ],
    ids=len,
)
@scenario
async def test_what_is_no_request_is_counted_and_gets_no_answer(datagram):
    async with serving() as (server, phone):
        desk = phone()
        desk.send(datagram)
        assert await desk.hears_nothing()
        assert (server.counters.malformed, server.counters.requests) == (1, 1)


@scenario
async def test_a_forged_tid_gets_error_5_and_the_transfer_goes_on():
    async with serving() as (server, phone):
        desk, other = phone(), phone()
        desk.ask("file")
        assert await desk.receive() == data(1, FILE[:512])
        other.peer = desk.peer
        for forged in (ack(1), b"\0\5\0\0stop\0", b"\xff" * 9, b""):
            other.send(forged)
        assert await other.receive() == b"\0\5\0\5Unknown transfer ID.\0"
        desk.send(ack(1))
        assert await desk.receive() == data(2, FILE[512:1024])
        assert await other.hears_nothing()
        assert server.counters.wrong_tid == 4


@scenario
async def test_rubbish_from_the_right_phone_is_counted_and_harms_nothing():
    async with serving() as (server, phone):
        desk = phone()
        desk.ask("file")
        await desk.receive()
        for rubbish in (b"", b"\0\4", b"\0\3\0\1x", b"\xff" * 2000):
            desk.send(rubbish)
        desk.send(ack(1))
        assert await desk.receive() == data(2, FILE[512:1024])
        assert server.counters.malformed == 4


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.binary(max_size=80) | st.binary(max_size=40).map(lambda octets: b"\0\1f\0octet\0" + octets), max_size=30
    )
)
def test_no_datagram_stops_the_server(datagrams):
    @scenario
    async def run():
        async with serving(answer_file) as (_, phone):
            rogue, desk = phone(), phone()
            for datagram in datagrams:
                rogue.send(datagram)
            assert await desk.fetch("file") == FILE

    run()
