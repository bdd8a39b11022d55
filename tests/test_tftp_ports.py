"""The ports transfers run on: one each while there are enough, rested before they serve again."""

import socket

import pytest

from provd.serve.tftp_ports import REST_SECONDS, Ports, plain_address
from tests.tftp_phone import FILE, Phone, ack, answer_file, scenario, serving

HERE = ("127.0.0.1", 0)


@pytest.fixture
def make():
    made = []

    def ports(most: int) -> Ports:
        made.append(Ports(HERE, socket.AF_INET, most, lambda port: None))
        return made[-1]

    yield ports
    for ports in made:
        ports.close()


def test_a_port_rests_before_it_serves_again(make):
    ports = make(10)
    first = ports.take(0.0)
    ports.give_back(first, 1.0)
    second = ports.take(1.0 + REST_SECONDS - 0.1)
    assert second is not first
    assert ports.take(1.0 + REST_SECONDS) is first


def test_when_no_more_may_be_opened_the_longest_rested_serves(make):
    ports = make(2)
    first, second = ports.take(0.0), ports.take(0.0)
    ports.give_back(second, 1.0)
    ports.give_back(first, 1.1)
    assert [ports.take(1.2), ports.take(1.2)] == [second, first]


def test_a_port_that_still_serves_somebody_does_not_rest(make):
    ports = make(2)
    shared, other = ports.take(0.0), ports.take(0.0)
    shared.served["a phone"] = object()
    ports.give_back(shared, 1.0)
    ports.give_back(other, 1.0)
    assert ports.take(1.0 + REST_SECONDS) is other


def test_when_all_serve_they_take_turns(make):
    ports = make(3)
    opened = [ports.take(0.0) for _ in range(3)]
    assert {ports.take(0.0).socket.fileno() for _ in range(3)} == {port.socket.fileno() for port in opened}


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        (("192.0.2.7", 5), "192.0.2.7"),
        (("::ffff:192.0.2.7", 5, 0, 0), "192.0.2.7"),
        (("2001:db8::7", 5, 0, 0), "2001:db8::7"),
        (("fe80::7%eth0", 5, 0, 2), "fe80::7"),
    ],
)
def test_an_address_is_written_as_people_write_it(peer, address):
    assert plain_address(peer) == address


@scenario
async def test_ipv6_is_served():
    async with serving(bind="::1") as (_, phone):
        assert await phone().fetch("file", {"blksize": 1428}) == FILE


@pytest.mark.parametrize(("bind", "hosts"), [("0.0.0.0", "127.0.0.1 127.0.0.2"), ("::", "127.0.0.1 127.0.0.2 ::1")])
@scenario
async def test_on_all_addresses_the_answer_comes_from_the_one_that_was_asked(bind, hosts):
    """A phone that asked a second address of the host drops what comes from the first."""
    seen = []
    async with serving(lambda request: seen.append(request.address) or answer_file(request), bind) as (_, phone):
        for host in hosts.split():
            desk = phone(host)
            assert await desk.fetch("file") == FILE
            assert desk.peer[0] == host
    assert seen == hosts.split()


@scenario
async def test_a_request_to_everybody_is_nobodys():
    """RFC 1123 §4.2.3.5."""
    async with serving(bind="0.0.0.0") as (server, phone):
        desk = phone()
        desk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        desk.server = desk.peer = ("127.255.255.255", desk.server[1])
        desk.ask("file")
        desk.server = ("127.0.0.1", desk.server[1])
        assert await desk.hears_nothing()
        assert server.counters.requests == 1


@scenario
async def test_transfers_have_ports_of_their_own_and_another_than_the_servers():
    async with serving() as (_, phone):
        tids = set()
        for desk in [phone() for _ in range(20)]:
            desk.ask("file")
            await desk.receive()
            tids.add(desk.peer)
        assert len(tids) == 20
        assert desk.server not in tids


async def read_together(desks: list[Phone]) -> set[bytes]:
    """Every phone reads `file`, one block after the other in turn."""
    seen = dict.fromkeys(desks, b"")
    for desk in desks:
        desk.ask("file")
    for block in range(1, 6):
        for desk in desks:
            seen[desk] += (await desk.receive())[4:]
            desk.send(ack(block))
    return set(seen.values())


@scenario
async def test_beyond_the_most_ports_a_port_serves_several_phones():
    async with serving(max_ports=2) as (server, phone):
        desks = [phone() for _ in range(9)]
        assert await read_together(desks) == {FILE}
        assert len({desk.peer for desk in desks}) == 2
        assert await desks[0].hears_nothing()
        assert server.counters.transfers_active == 0


@scenario
async def test_without_a_descriptor_left_transfers_share_a_port(monkeypatch):
    def exhausted(*args):
        raise OSError(24, "Too many open files")

    async with serving() as (_, phone):
        desks = [phone() for _ in range(3)]
        assert await phone().fetch("file") == FILE
        with monkeypatch.context() as patch:
            patch.setattr(socket, "socket", exhausted)
            assert await read_together(desks) == {FILE}
        assert len({desk.peer for desk in desks}) == 1


@scenario
async def test_without_any_descriptor_the_phone_hears_nothing_and_asks_again(monkeypatch):
    def exhausted(*args):
        raise OSError(24, "Too many open files")

    async with serving() as (server, phone):
        desk = phone()
        with monkeypatch.context() as patch:
            patch.setattr(socket, "socket", exhausted)
            desk.ask("file")
            desk.ask("unknown")
            while server.counters.requests < 2:
                await desk.turn()
        assert (server.counters.refused, server.counters.transfers_active) == (2, 0)
        assert await desk.fetch("file") == FILE
