"""A network that loses, doubles and reorders: the phone's file is the server's file, or there is no file."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from provd.serve.tftp_content import Content
from provd.serve.tftp_options import Terms
from provd.serve.tftp_transfer import DELIVERED, Transfer
from tests.tftp_phone import ack

# What happens to one datagram: the delays of its copies; none = lost.
FATES = st.sampled_from([(0.01,), (), (0.01, 0.02), (0.35,), (1.5,), (0.01, 2.5)])


@dataclass
class Receiver:
    """The reading side of RFC 1350 and 7440: takes blocks in order, reports gaps, asks again when nothing comes."""

    blksize: int
    windowsize: int
    octets: bytes = b""
    block: int = 0
    since_ack: int = 0
    done: bool = False

    def receive(self, datagram: bytes) -> list[bytes]:
        if datagram[:2] == b"\0\6":
            return [ack(0)] if self.block == 0 else []
        if datagram[2:4] != ((self.block + 1) & 0xFFFF).to_bytes(2, "big"):
            self.since_ack = 0
            return [ack(self.block)]
        self.block += 1
        self.since_ack += 1
        self.octets += datagram[4:]
        self.done = len(datagram) < self.blksize + 4
        if self.done or self.since_ack == self.windowsize:
            self.since_ack = 0
            return [ack(self.block)]
        return []


@dataclass
class Network:
    """Datagrams under way by the time they arrive; `fates` run out, then every datagram arrives once."""

    fates: list[tuple[float, ...]]
    under_way: list[tuple[float, int, str, bytes]] = field(default_factory=list)
    count: int = 0

    def carry(self, to: str, datagrams, now: float) -> None:
        for datagram in datagrams:
            for delay in self.fates.pop() if self.fates else (0.01,):
                self.count += 1
                heapq.heappush(self.under_way, (now + delay, self.count, to, datagram))


def run(sending: Transfer, receiver: Receiver, network: Network) -> None:
    now, patience = 0.0, 1.3
    network.carry("client", sending.begin(0.0), 0.0)
    asks_again = patience
    while network.under_way or not sending.outcome:
        arrives = network.under_way[0][0] if network.under_way else float("inf")
        timer = float("inf") if sending.outcome else sending.deadline
        now = max(now, min(arrives, timer, float("inf") if receiver.done else asks_again))
        if arrives <= now:
            _, _, to, datagram = heapq.heappop(network.under_way)
            if to == "client":
                network.carry("server", receiver.receive(datagram), now)
                asks_again = now + patience
            elif not sending.outcome:
                network.carry("client", sending.receive(datagram, now), now)
        elif timer <= now:
            network.carry("client", sending.expire(now), now)
        else:
            network.carry("server", [ack(receiver.block)], now)
            asks_again = now + patience


@settings(max_examples=300, deadline=None)
@given(
    body=st.binary(max_size=400),
    blksize=st.integers(8, 40),
    windowsize=st.integers(1, 9),
    options=st.booleans(),
    fates=st.lists(FATES, max_size=60),
)
def test_whatever_arrives_complete_is_the_file(body, blksize, windowsize, options, fates):
    oack = b"\0\6blksize\x008\0" if options else b""
    terms = Terms(blksize=blksize, windowsize=windowsize if options else 1)
    # Sixty losses in a row are allowed here, so the server is as patient.
    sending = Transfer(Content(body), terms, 0.0, oack=oack, retries=70, lifetime=1e9)
    receiver = Receiver(blksize, terms.windowsize)
    run(sending, receiver, Network(list(fates)))
    if receiver.done:
        assert receiver.octets == body
    if sending.outcome == DELIVERED:
        assert receiver.done
    else:
        assert not sending.proven or receiver.done


@given(st.lists(st.binary(max_size=6) | st.integers(0, 70).map(ack), max_size=80), st.integers(1, 5), st.booleans())
def test_no_datagram_breaks_a_transfer(datagrams, windowsize, options):
    oack = b"\0\6windowsize\x002\0" if options else b""
    sending = Transfer(Content(bytes(400)), Terms(blksize=8, windowsize=windowsize), 0.0, oack=oack)
    sent = list(sending.begin(0.0))
    for datagram in datagrams:
        try:
            sent += sending.receive(datagram, 0.0)
        except ValueError:
            assert datagram[:2] not in (b"\0\4", b"\0\5") or len(datagram) < 4
        if sending.outcome:
            break
    assert all(len(datagram) <= 12 for datagram in sent if datagram != oack)
