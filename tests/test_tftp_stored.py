"""Firmware: files read from the disk while they are sent."""

import os

import pytest

from provd.exchange import Answer
from tests.tftp_phone import Phone, ack, open_files, rrq, scenario, serving


@pytest.fixture
def firmware(tmp_path):
    path = tmp_path / "fw.rom"
    path.write_bytes(os.urandom(700_001))
    return path


def giving(path):
    return lambda request: Answer(200, stored=path)


@pytest.mark.parametrize("options", [{"blksize": 1428}, {"blksize": 1024, "tsize": 0}, {"blksize": 8}])
@scenario
async def test_a_stored_file_arrives_whole(firmware, options):
    octets = firmware.read_bytes()[: 90_000 if options["blksize"] == 8 else None]
    firmware.write_bytes(octets)
    async with serving(giving(firmware)) as (server, phone):
        assert await phone().fetch("fw", options) == octets
        assert server.counters.delivered == 1


@pytest.mark.parametrize("size", [1, 512, 65535, 65536, 65537, 131072])
@scenario
async def test_the_edges_of_a_piece_are_no_edges_of_the_file(tmp_path, size):
    path = tmp_path / "fw.rom"
    path.write_bytes(os.urandom(size))
    async with serving(giving(path)) as (_, phone):
        desk = phone()
        desk.ask("fw", {"tsize": 0})
        assert await desk.receive() == b"\0\6tsize\0" + str(size).encode() + b"\0"
        desk.send(b"\0\5\0\0only looking\0")
        assert await phone().fetch("fw", {"blksize": 1024}) == path.read_bytes()


@scenario
async def test_an_empty_stored_file_is_one_empty_block(tmp_path):
    (tmp_path / "fw.rom").touch()
    async with serving(giving(tmp_path / "fw.rom")) as (_, phone):
        assert await phone().fetch("fw") == b""


@scenario
async def test_a_stored_text_is_translated_in_netascii(tmp_path):
    path = tmp_path / "language.txt"
    path.write_bytes(b"line\r\n" * 30_000)
    async with serving(giving(path)) as (_, phone):
        octets = await phone().fetch("language", {"blksize": 1428}, "netascii")
        assert octets == b"line\r\0\r\n" * 30_000


@scenario
async def test_a_window_of_a_stored_file_arrives_whole(firmware):
    async with serving(giving(firmware)) as (_, phone):
        desk = phone()
        desk.ask("fw", {"blksize": 1428, "windowsize": 16})
        await desk.receive()
        desk.send(ack(0))
        octets, block, datagram = b"", 0, b""
        while not block or len(datagram) == 1432:
            datagram = await desk.receive()
            block += 1
            assert int.from_bytes(datagram[2:4], "big") == block
            octets += datagram[4:]
            if block % 16 == 0 or len(datagram) < 1432:
                desk.send(ack(block))
        assert octets == firmware.read_bytes()


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo"])
def test_what_is_no_file_is_not_found_and_the_log_says_once_which(tmp_path, kind, caplog):
    path = tmp_path / "fw.rom"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)

    @scenario
    async def run():
        async with serving(giving(path)) as (server, phone):
            for _ in range(3):
                desk = phone()
                desk.ask("fw")
                assert await desk.receive() == b"\0\5\0\1File not found.\0"
            assert (server.counters.refused, server.counters.transfers_active) == (3, 0)

    run()
    assert caplog.text.count("fw.rom") == 1


@pytest.mark.parametrize("change", [b"", b"short", b"x" * 700_001, b"x" * 900_000], ids=len)
@scenario
async def test_a_file_replaced_in_place_never_looks_whole(firmware, change):
    async with serving(giving(firmware)) as (server, phone):
        desk = phone()
        desk.ask("fw", {"blksize": 1428})
        await desk.receive()
        desk.send(ack(0))
        firmware.write_bytes(change)
        os.utime(firmware, (1, 1))
        block, datagram = 0, await desk.receive()
        while datagram[:2] == b"\0\3":
            assert len(datagram) == 1432
            block += 1
            desk.send(ack(block))
            datagram = await desk.receive()
        assert datagram == b"\0\5\0\0The file cannot be read.\0"
        assert (server.counters.abandoned, server.counters.transfers_active) == (1, 0)


@scenario
async def test_a_file_replaced_by_renaming_is_served_as_it_was(firmware, tmp_path):
    octets = firmware.read_bytes()
    async with serving(giving(firmware)) as (_, phone):
        desk = phone()
        desk.ask("fw", {"blksize": 1428})
        await desk.receive()
        (tmp_path / "new").write_bytes(b"new")
        (tmp_path / "new").rename(firmware)
        desk.send(ack(0))
        seen, block, datagram = b"", 0, bytes(1432)
        while len(datagram) == 1432:
            datagram = await desk.receive()
            seen += datagram[4:]
            block += 1
            desk.send(ack(block))
        assert seen == octets


@scenario
async def test_no_file_stays_open_whatever_the_end(firmware):
    async with serving(giving(firmware)) as (server, phone):
        port = phone().server[1]
        for end in (b"\0\5\0\0enough\0", rrq("other"), b""):
            desk = Phone(port)
            desk.ask("fw", {"blksize": 1428})
            await desk.receive()
            desk.socket.sendto(end, desk.server if end[1:2] == b"\1" else desk.peer)
            desk.close()
        await phone().fetch("fw", {"blksize": 1428})
        assert server.counters.delivered == 1
    assert firmware not in open_files()
