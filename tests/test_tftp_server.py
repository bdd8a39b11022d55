"""The server on real sockets: what a phone asks and what it gets."""

import asyncio

import pytest

from provd.errors import ProvdError
from provd.exchange import Answer, PhoneRequest
from provd.serve.tftp import TftpServer
from tests.tftp_phone import FILE, Phone, ack, answer_file, data, scenario, serving


@scenario
async def test_a_phone_reads_a_file():
    async with serving() as (server, phone):
        assert await phone().fetch("file") == FILE
        counters = server.counters
        assert (counters.requests, counters.delivered, counters.transfers_active) == (1, 1, 0)
        assert counters.bytes_sent == len(FILE) + 5 * 4


@scenario
async def test_the_options_are_answered_together():
    async with serving() as (_, phone):
        desk = phone()
        desk.ask("file", {"tsize": 0, "blksize": 1428, "timeout": 2, "windowsize": 8})
        assert await desk.receive() == b"\0\6tsize\x002048\0blksize\x001428\0timeout\x002\0windowsize\x008\0"
        desk.send(ack(0))
        assert [await desk.receive(), await desk.receive()] == [data(1, FILE[:1428]), data(2, FILE[1428:])]
        desk.send(ack(2))
        assert await desk.hears_nothing()


@pytest.mark.parametrize("blksize", [8, 512, 1024, 1428, 1468])
@scenario
async def test_a_file_arrives_whole_in_any_block_size(blksize):
    async with serving() as (_, phone):
        assert await phone().fetch("file", {"blksize": blksize}) == FILE


@scenario
async def test_a_text_is_translated_in_netascii_and_has_no_size():
    async with serving(lambda request: Answer(200, b"one\r\ntwo\n\0")) as (_, phone):
        desk = phone()
        desk.ask("text", {"tsize": 0, "blksize": 512}, "netascii")
        assert await desk.receive() == b"\0\6blksize\x00512\0"
        desk.send(ack(0))
        assert await desk.receive() == data(1, b"one\r\0\r\ntwo\r\n\0")


@scenario
async def test_the_answer_sees_path_address_and_protocol():
    asked = []

    def answer(request: PhoneRequest) -> Answer:
        asked.append(request)
        return Answer(404)

    async with serving(answer) as (_, phone):
        desk = phone()
        desk.ask("//p/token/001565aabbcc.cfg")
        await desk.receive()
    assert asked == [PhoneRequest("p/token/001565aabbcc.cfg", "127.0.0.1", "tftp")]


@scenario
async def test_an_answer_may_take_its_time_while_others_are_served():
    ready = asyncio.Event()

    async def slowly(request: PhoneRequest) -> Answer:
        await ready.wait()
        return Answer(200, b"slow")

    async with serving(lambda r: slowly(r) if r.path == "slow" else answer_file(r)) as (server, phone):
        desk = phone()
        desk.ask("slow")
        assert await phone().fetch("file") == FILE
        assert server.counters.transfers_active == 1
        ready.set()
        assert await desk.receive() == data(1, b"slow")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, b"\0\5\0\1File not found.\0"),
        (403, b"\0\5\0\1File not found.\0"),
        (401, b"\0\5\0\1File not found.\0"),
        (429, b"\0\5\0\0The server is busy, try again later.\0"),
        (503, b"\0\5\0\0The server is busy, try again later.\0"),
        (304, b"\0\5\0\0The server cannot give this file.\0"),
    ],
)
@scenario
async def test_a_refusal_is_an_error_of_tftp(status, error):
    async with serving(lambda request: Answer(status, b"secret")) as (server, phone):
        desk = phone()
        desk.ask("file")
        assert await desk.receive() == error
        assert (server.counters.refused, server.counters.transfers_active) == (1, 0)


def test_no_token_is_logged_even_when_all_is(caplog):
    @scenario
    async def run():
        async with serving() as (_, phone):
            desk = phone()
            desk.ask("p/sesame/001565aabbcc.cfg", {"blksize": 1428})
            await desk.receive()

    caplog.set_level("DEBUG")
    run()
    assert "sesame" not in caplog.text


async def fails_later(request: PhoneRequest) -> Answer:
    raise LookupError("no such table")


def fails_at_once(request: PhoneRequest) -> Answer:
    raise LookupError("no such table")


@pytest.mark.parametrize("answer", [fails_at_once, fails_later])
def test_a_failing_answer_is_logged_without_the_path_and_the_phone_is_told(answer, caplog):
    @scenario
    async def run():
        async with serving(answer) as (server, phone):
            desk = phone()
            desk.ask("p/sesame/001565aabbcc.cfg")
            assert await desk.receive() == b"\0\5\0\0The server failed, try again later.\0"
            assert server.counters.transfers_active == 0

    run()
    assert "no such table" in caplog.text
    assert "127.0.0.1" in caplog.text
    assert "sesame" not in caplog.text


@scenario
async def test_an_answer_that_never_comes_is_given_up():
    async def never(request: PhoneRequest) -> Answer:
        await asyncio.Event().wait()
        return Answer(404)

    async with serving(never, answer_timeout=0.01) as (server, phone):
        desk = phone()
        desk.ask("file")
        assert await desk.receive() == b"\0\5\0\0The server failed, try again later.\0"
        assert server.counters.transfers_active == 0


@scenario
async def test_stopping_tells_the_phones_under_way():
    server = TftpServer(answer_file)
    desk = Phone(await server.start("127.0.0.1", 0))
    desk.ask("file")
    await desk.receive()
    await server.stop()
    await server.stop()
    assert await desk.receive() == b"\0\5\0\0The server is shutting down, try again.\0"
    assert server.counters.transfers_active == 0
    desk.close()


@scenario
async def test_a_taken_port_is_a_sentence():
    async with serving() as (_, phone):
        taken = phone().server[1]
        with pytest.raises(ProvdError, match=f"TFTP cannot listen on 127.0.0.1 port {taken} .*tftp_port"):
            await TftpServer(answer_file).start("127.0.0.1", taken)
