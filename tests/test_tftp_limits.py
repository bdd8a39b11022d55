"""How much one address, and everybody together, may ask of the server."""

from tests.tftp_phone import FILE, Clock, ack, data, scenario, serving

BUSY = b"\0\5\0\0The server is busy, try again later.\0"


@scenario
async def test_one_address_has_a_limit_of_its_own():
    async with serving(max_per_address=2) as (server, phone):
        first, second, third = phone(), phone(), phone()
        for desk in (first, second, third):
            desk.ask("file")
        assert await first.receive() == data(1, FILE[:512])
        assert await second.receive() == data(1, FILE[:512])
        assert await third.receive() == b"\0\5\0\0Too many transfers from this address, try again later.\0"
        assert (server.counters.refused, server.counters.transfers_active) == (1, 2)


@scenario
async def test_the_place_of_a_finished_transfer_is_free_again():
    async with serving(max_per_address=1, max_transfers=1) as (_, phone):
        for _turn in range(5):
            assert await phone().fetch("file") == FILE


@scenario
async def test_when_all_places_are_taken_by_phones_a_newcomer_is_refused():
    async with serving(max_transfers=2) as (server, phone):
        for desk in (phone(), phone()):
            desk.ask("file")
            await desk.receive()
            desk.send(ack(1))
            await desk.receive()
        server.sweep()
        late = phone()
        late.ask("file")
        assert await late.receive() == BUSY
        assert server.counters.transfers_active == 2


@scenario
async def test_a_flood_of_forged_requests_does_not_lock_phones_out():
    """Their senders never acknowledge; the oldest of them makes room."""
    async with serving(max_transfers=3) as (server, phone):
        for _ in range(3):
            forged = phone()
            forged.ask("file")
            await forged.receive()
        server.sweep()
        assert await phone().fetch("file") == FILE
        assert (server.counters.abandoned, server.counters.transfers_active) == (1, 2)


@scenario
async def test_a_phone_that_falls_silent_is_repeated_to_and_then_forgotten():
    clock = Clock()
    async with serving(clock=clock, retries=3) as (server, phone):
        desk = phone()
        desk.ask("file")
        await desk.receive()
        desk.send(ack(1))
        block = await desk.receive()
        for wait in (1, 2, 4):
            clock.now += wait
            server.sweep()
            assert await desk.receive() == block
        clock.now += 8
        server.sweep()
        assert (server.counters.abandoned, server.counters.transfers_active) == (1, 0)
        assert server.counters.retransmissions == 3


@scenario
async def test_the_timer_runs_by_itself():
    clock = Clock()
    async with serving(clock=clock) as (server, phone):
        desk = phone()
        desk.ask("file")
        first = await desk.receive()
        clock.now += 1.5
        assert await desk.receive() == first
        assert server.counters.retransmissions == 1
