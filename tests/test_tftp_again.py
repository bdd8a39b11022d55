"""A phone that asks again: the same in doubt, anew after a reboot, or for the next file from the same port."""

import asyncio

from provd.exchange import Answer, PhoneRequest
from tests.tftp_phone import FILE, Clock, ack, data, open_files, rrq, scenario, serving


@scenario
async def test_the_same_request_twice_is_one_transfer_and_one_datagram_again():
    async with serving() as (server, phone):
        desk = phone()
        desk.ask("file")
        desk.ask("file")
        first, tid = await desk.receive(), desk.peer
        assert (await desk.receive(), desk.peer) == (first, tid)
        assert server.counters.transfers_active == 1
        desk.send(ack(1))
        await desk.receive()
        desk.socket.sendto(rrq("file"), desk.server)
        assert await desk.hears_nothing()
        assert server.counters.transfers_active == 1


@scenario
async def test_a_phone_that_rebooted_and_uses_its_old_port_begins_anew():
    clock = Clock()
    async with serving(clock=clock) as (server, phone):
        desk = phone()
        desk.ask("file")
        await desk.receive()
        desk.send(ack(1))
        await desk.receive()
        clock.now += 1.5
        server.sweep()
        assert await desk.receive() == data(2, FILE[512:1024])
        desk.ask("file")
        assert await desk.receive() == data(1, FILE[:512])
        assert server.counters.transfers_active == 1


@scenario
async def test_the_next_request_from_the_same_port_ends_the_transfer_before():
    async with serving(lambda request: Answer(200, request.path.encode())) as (server, phone):
        desk = phone()
        for path in ("one", "two"):
            desk.ask(path)
            assert await desk.receive() == data(1, path.encode())
        assert server.counters.transfers_active == 1


@scenario
async def test_the_last_ack_and_the_next_request_in_one_breath_are_two_transfers():
    async with serving() as (server, phone):
        desk = phone()
        for turn in range(1, 30):
            assert await desk.fetch("file") == FILE
            assert server.counters.requests == turn
        assert await desk.hears_nothing()
        assert server.counters.delivered == 30


@scenario
async def test_a_request_that_is_read_before_the_ack_that_was_sent_with_it():
    async with serving(lambda request: Answer(200, b"short")) as (server, phone):
        desk = phone()
        desk.ask("file")
        await desk.receive()
        desk.socket.sendto(rrq("file"), desk.server)
        desk.send(ack(1))
        assert await desk.receive() == data(1, b"short")
        assert (server.counters.delivered, server.counters.transfers_active) == (1, 1)


@scenario
async def test_the_last_ack_twice_is_no_reason_for_an_error():
    """The phone would take it for the answer to its next request."""
    async with serving(lambda request: Answer(200, b"short") if request.path == "one" else Answer(200, FILE)) as (
        _,
        phone,
    ):
        desk = phone()
        desk.ask("one")
        await desk.receive()
        desk.send(ack(1))
        await desk.turn()
        desk.send(ack(1))
        assert await desk.hears_nothing()


@scenario
async def test_another_request_while_the_answer_is_awaited_cancels_it():
    cancelled = asyncio.Event()

    async def slowly(request: PhoneRequest) -> Answer:
        if request.path == "quick":
            return Answer(200, b"quick")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
        return Answer(200, b"too late")  # swallows the cancellation, as badly written code does

    async with serving(slowly) as (server, phone):
        desk = phone()
        desk.ask("slow")
        desk.ask("slow")
        await desk.turn()
        desk.ask("quick")
        assert await desk.receive() == data(1, b"quick")
        await asyncio.wait_for(cancelled.wait(), 5)
        await desk.turn()
        assert server.counters.transfers_active == 1
        desk.send(ack(1))
        await desk.turn()
        assert (server.counters.delivered, server.counters.transfers_active) == (1, 0)


@scenario
async def test_another_request_while_the_disk_is_read_leaves_no_file_open(tmp_path):
    path = tmp_path / "fw.rom"
    path.write_bytes(bytes(300_000))
    stored = Answer(200, stored=path)
    async with serving(lambda request: stored if request.path == "fw" else Answer(200, b"short")) as (server, phone):
        desk = phone()
        desk.ask("fw")
        desk.ask("next")
        assert await desk.receive() == data(1, b"short")
        assert server.counters.transfers_active == 1
    assert path not in open_files()
