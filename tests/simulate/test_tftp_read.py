"""TFTP as a phone reads, datagram by datagram; and against a server that loses some."""

from __future__ import annotations

import asyncio

import pytest

from provd.exchange import Answer, PhoneRequest
from provd.simulate import tftp
from provd.simulate.tftp_read import TftpRead
from provd.simulate.wire import Request
from tests.tftp_phone import ack, data, rrq, scenario, serving

OACK = b"\0\6blksize\x001428\0tsize\x003000\0"


def test_a_file_in_three_blocks() -> None:
    read = TftpRead("/p/T/a.cfg")
    assert read.last == rrq("p/T/a.cfg", {"tsize": 0, "blksize": 1428})
    assert read.receive(OACK, 50000) == ack(0)
    assert read.receive(data(1, b"a" * 1428), 50000) == ack(1)
    assert read.receive(data(2, b"b" * 1428), 50000) == ack(2)
    assert read.reply is None
    assert read.receive(data(3, b"c" * 144), 50000) == ack(3)
    assert read.reply is not None and read.reply.ok
    assert read.reply.body == b"a" * 1428 + b"b" * 1428 + b"c" * 144


def test_a_server_without_options_sends_512_octets_at_a_time() -> None:
    read = TftpRead("a.cfg")
    assert read.receive(data(1, b"a" * 512), 50000) == ack(1)
    assert read.receive(data(2, b""), 50000) == ack(2)
    assert read.reply is not None and len(read.reply.body) == 512


def test_a_block_once_more_is_not_answered_and_another_port_is_not_heard() -> None:
    read = TftpRead("a.cfg")
    read.receive(data(1, b"a" * 512), 50000)
    assert read.receive(data(1, b"a" * 512), 50000) is None
    assert read.receive(data(2, b"evil"), 50001) is None
    assert read.receive(b"\0\5\0\0no\0", 50001) is None
    assert read.reply is None
    assert read.last == ack(1)


def test_block_numbers_start_again_after_65535() -> None:
    read = TftpRead("a.bin", blksize=512)
    for number in range(1, 65538):
        read.receive(data(number & 0xFFFF, b"x" * 512), 50000)
    read.receive(data(65538 & 0xFFFF, b"end"), 50000)
    assert read.reply is not None and len(read.reply.body) == 65537 * 512 + 3


@pytest.mark.parametrize(("code", "status"), [(0, 503), (1, 404), (2, 403), (4, 503)])
def test_errors_are_what_they_are_over_http(code: int, status: int) -> None:
    read = TftpRead("a.cfg")
    assert read.receive(b"\0\5\0" + bytes([code]) + b"Because\0", 50000) is None
    assert read.reply is not None and (read.reply.status, "Because" in read.reply.error) == (status, True)


@pytest.mark.parametrize("junk", [b"", b"\0", b"\0\3", b"\0\3\0", b"\0\5", b"\0\6", b"\0\x09abc", b"\xff" * 40])
def test_junk_ends_nothing(junk: bytes) -> None:
    read = TftpRead("a.cfg")
    read.receive(junk, 50000)
    assert read.reply is None or read.reply.status != 200


def test_a_block_size_larger_than_asked_is_refused() -> None:
    read = TftpRead("a.cfg")
    answer = read.receive(b"\0\6blksize\x0065464\0", 50000)
    assert answer is not None and answer.startswith(b"\0\5")
    assert read.reply is not None and read.reply.status == 503


def test_a_look_ends_with_the_first_answer() -> None:
    for first in (OACK, data(1, b"a" * 512)):
        read = TftpRead("image.rom", look=True)
        answer = read.receive(first, 50000)
        assert answer is not None and answer.startswith(b"\0\5")
        assert read.reply is not None and read.reply.ok and read.reply.body == b""


@scenario
async def test_against_a_server() -> None:
    big = bytes(range(256)) * 400

    def answer(request: PhoneRequest) -> Answer:
        return Answer(200, big) if request.path == "p/T/big file" else Answer(404)

    async with serving(answer) as (_, phone):
        root = f"tftp://127.0.0.1:{phone().server[1]}/p/T"
        got, gone, looked = await asyncio.gather(
            tftp.fetch(Request(f"{root}/big%20file", "GET", {})),
            tftp.fetch(Request(f"{root}/none", "GET", {})),
            tftp.fetch(Request(f"{root}/big%20file", "HEAD", {})),
        )
        assert (got.status, got.body == big, got.ms > 0) == (200, True, True)
        assert (gone.status, looked.status, looked.body) == (404, 200, b"")


class Deaf(asyncio.DatagramProtocol):
    """Answers a request only the third time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.heard = transport, 0

    def datagram_received(self, datagram: bytes, peer: tuple[str, int]) -> None:
        self.heard += 1
        if self.heard == 3:
            self.transport.sendto(data(1, b"late"), peer)  # type: ignore[attr-defined]


@scenario
async def test_what_is_lost_is_asked_again_and_silence_has_an_end() -> None:
    loop = asyncio.get_running_loop()
    transport, deaf = await loop.create_datagram_endpoint(Deaf, local_addr=("127.0.0.1", 0))
    url = f"tftp://127.0.0.1:{transport.get_extra_info('sockname')[1]}/a.cfg"
    try:
        first = await tftp.fetch(Request(url, "GET", {}), patience=0.02)
        assert (first.status, first.body) == (200, b"late")
        assert deaf.heard >= 3
        second = await tftp.fetch(Request(url, "GET", {}), patience=0.01, attempts=2)
        assert (second.status, second.error) == (0, "no answer over TFTP")
    finally:
        transport.close()


@scenario
async def test_a_port_where_nobody_is_and_a_name_that_is_none() -> None:
    nobody = await tftp.fetch(Request("tftp://127.0.0.1:1/a.cfg", "GET", {}), patience=0.05, attempts=1)
    assert nobody.status == 0 and nobody.error
    unknown = await tftp.fetch(Request("tftp://no.such.host.invalid/a.cfg", "GET", {}))
    assert unknown.status == 0 and unknown.error
