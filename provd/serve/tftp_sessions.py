"""The transfers under way: their ports, the datagrams in and out, one timer for all, and the disk behind them."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from provd.serve import tftp_packets as packets
from provd.serve.tftp_counters import Counters
from provd.serve.tftp_files import Disk, Piece, StoredFile
from provd.serve.tftp_ports import Address, Port, Ports, plain_address
from provd.serve.tftp_transfer import DELIVERED, Transfer

log = logging.getLogger(__name__)

# One wake-up of the loop reads this many datagrams from a socket before others get their turn.
DRAIN = 64
# All transfers share one timer; their time-outs are whole seconds, a tenth late does not matter.
TICK = 0.1
# Clients send ACK and ERROR; a longer datagram is cut and is malformed either way.
_LONGEST_REPLY = 1024
# One per address of this host that phones use; more only where a whole prefix is routed to it.
_MOST_ADDRESSES = 64


@dataclass(slots=True, eq=False)
class Session:
    """One client and what it asked for; `transfer` and `port` once the answer is known."""

    peer: Address
    here: Address
    ports: Ports
    request: bytes
    address: str
    task: asyncio.Task[None] | None = None
    transfer: Transfer | None = None
    port: Port | None = None
    file: StoredFile | None = None
    reading: bool = False
    ended: bool = False


class Sessions:
    """Every session, by client and by our address: a client has one at a time with each of our addresses."""

    def __init__(self, family: int, counters: Counters, clock: Callable[[], float], max_ports: int) -> None:
        self._family = family
        self._counters = counters
        self._clock = clock
        self._max_ports = max_ports
        self._loop = asyncio.get_running_loop()
        self._disk = Disk()
        self._ports: dict[Address, Ports] = {}
        self._live: dict[tuple[Address, Address], Session] = {}
        self._per_address: Counter[str] = Counter()
        self._unproven: deque[Session] = deque()
        self._tick: asyncio.TimerHandle | None = None
        self._warned = ""

    def find(self, peer: Address, here: Address) -> Session | None:
        """The session of this client with this address of ours.

        A client may send the ACK of its last block and its next request from one port in one breath, and the sockets
        are not read in that order: the ACK that waits on the session's port is taken first.
        """
        session = self._live.get((peer, here))
        if session is not None and session.port is not None:
            self._drain(session.port)
            return None if session.ended else session
        return session

    def of_address(self, address: str) -> int:
        """How many sessions the phones behind this address have."""
        return self._per_address[address]

    def add(self, peer: Address, here: Address, request: bytes) -> Session:
        """A new session, which counts from now on and has no transfer yet."""
        session = Session(peer, here, self._ports_of(here), request, plain_address(peer))
        self._live[(peer, here)] = session
        self._per_address[session.address] += 1
        self._counters.transfers_active += 1
        return session

    def begin(self, session: Session, transfer: Transfer) -> None:
        """Give the session a port and send the first datagrams; when no port can be opened, it ends in silence."""
        now = self._clock()
        try:
            port = session.ports.take(now)
        except OSError as error:
            self._warn(f"No port for another TFTP transfer ({error.strerror}): raise the limit of open files.")
            self._counters.refused += 1
            self.end(session)
            return
        session.transfer, session.port = transfer, port
        port.served[session.peer] = session
        self._send(session, transfer.begin(now))
        if self._tick is None:
            self._tick = self._loop.call_later(TICK, self._on_tick)

    def repeat(self, session: Session) -> None:
        """The client sent its request again: send the first datagram again if nothing was acknowledged yet."""
        if session.transfer is not None:
            self._send(session, session.transfer.repeat(self._clock()))

    def refuse(self, session: Session, code: int, sentence: str) -> None:
        """End the session with an ERROR."""
        if session.port is None:
            self._counters.refused += 1
            self.send_error(session.peer, session.here, code, sentence)
        else:
            self._counters.abandoned += 1
            self._send(session, (packets.error(code, sentence),))
        self.end(session)

    def send_error(self, peer: Address, here: Address, code: int, sentence: str) -> None:
        """Send an ERROR to a client that has no transfer."""
        datagram = packets.error(code, sentence)
        self._counters.bytes_sent += self._ports_of(here).send_stray(datagram, peer)

    def end(self, session: Session) -> None:
        """Forget the session and free all it holds; a second call does nothing."""
        if session.ended:
            return
        session.ended = True
        del self._live[(session.peer, session.here)]
        self._per_address[session.address] -= 1
        if not self._per_address[session.address]:
            del self._per_address[session.address]
        self._counters.transfers_active -= 1
        if session.task is not None:
            session.task.cancel()
        if session.file is not None and not session.reading:
            session.file.close()
        if session.transfer is not None and session.port is not None:
            self._count_resent(session.transfer)
            del session.port.served[session.peer]
            session.port.last_peer = session.peer
            session.ports.give_back(session.port, self._clock())

    def evict_unproven(self) -> bool:
        """Make room by ending the oldest transfer whose client has not answered yet; False when there is none.

        Requests with forged senders would otherwise fill the table; a real client answers within a round trip.
        """
        while self._unproven:
            session = self._unproven.popleft()
            if not session.ended and session.transfer is not None and not session.transfer.proven:
                self._counters.abandoned += 1
                self.end(session)
                return True
        return False

    def sweep(self) -> None:
        """Repeat what is overdue, end what is silent. Runs every TICK while there are sessions."""
        now = self._clock()
        self._unproven.clear()
        for session in list(self._live.values()):
            transfer = session.transfer
            if transfer is None:
                continue
            if transfer.deadline <= now:
                self._send(session, transfer.expire(now))
                self._count_resent(transfer)
            if transfer.outcome:
                self._counters.abandoned += 1
                self.end(session)
            elif not transfer.proven:
                self._unproven.append(session)

    def read(self, session: Session, file: StoredFile, arrived: Callable[[Piece], None]) -> None:
        """Read the next piece of the file on another thread, then call `arrived` unless the session has ended."""
        session.file, session.reading = file, True
        self._disk.read(file, partial(self._on_read, session, file, arrived))

    async def close(self) -> None:
        """End every session, telling its client; wait for the disk; close every port."""
        for session in list(self._live.values()):
            self.refuse(session, packets.UNDEFINED, "The server is shutting down, try again.")
        if self._tick is not None:
            self._tick.cancel()
        await self._disk.close()
        for ports in self._ports.values():
            for port in ports.all:
                self._loop.remove_reader(port.socket)
            ports.close()

    def _ports_of(self, here: Address) -> Ports:
        ports = self._ports.get(here)
        if ports is None:
            if len(self._ports) >= _MOST_ADDRESSES:
                return next(iter(self._ports.values()))
            ports = self._ports[here] = Ports(here, self._family, self._max_ports, self._on_opened)
        return ports

    def _on_opened(self, port: Port) -> None:
        self._loop.add_reader(port.socket, self._drain, port)

    def _drain(self, port: Port) -> None:
        """The port is readable. A port with one client has one ACK waiting: asking for more costs a system call."""
        served, receive, now = port.served, port.socket.recvfrom, self._clock()
        for _ in range(DRAIN if len(served) > 1 else 1):
            try:
                datagram, peer = receive(_LONGEST_REPLY)
            except OSError:
                return
            session: Session | None = served.get(peer)
            if session is None or session.transfer is None:
                self._on_stranger(port, peer, datagram)
                continue
            transfer = session.transfer
            try:
                datagrams = transfer.receive(datagram, now)
            except ValueError:
                self._counters.malformed += 1
                continue
            self._send_all(port, peer, datagrams)
            if transfer.outcome:
                self._on_outcome(session, transfer)
            elif session.file is not None:
                self._read_ahead(session)

    def _on_stranger(self, port: Port, peer: Address, datagram: bytes) -> None:
        """A datagram for another transfer (RFC 1350 §4): say so, and leave the transfers of this port alone."""
        self._counters.wrong_tid += 1
        # Never answer an ERROR, or two servers could keep each other busy; and not a second ACK of the last block, or a
        # client that always uses one port takes it for the answer to its next request.
        if datagram[:2] in (b"\0\3", b"\0\4") and peer != port.last_peer:
            self._send_all(port, peer, (packets.error(packets.UNKNOWN_TRANSFER, "Unknown transfer ID."),))

    def _on_outcome(self, session: Session, transfer: Transfer) -> None:
        if transfer.outcome == DELIVERED:
            self._counters.delivered += 1
        else:
            self._counters.abandoned += 1
        self.end(session)

    def _read_ahead(self, session: Session) -> None:
        transfer, file = session.transfer, session.file
        if file is not None and transfer is not None and transfer.hungry and not session.reading:
            self.read(session, file, partial(self._on_piece, session, transfer))

    def _on_piece(self, session: Session, transfer: Transfer, piece: Piece) -> None:
        octets, last = piece
        self._send(session, transfer.feed(octets, self._clock(), last=last))
        self._read_ahead(session)

    def _on_read(
        self, session: Session, file: StoredFile, arrived: Callable[[Piece], None], future: asyncio.Future[Piece]
    ) -> None:
        session.reading = False
        error = future.exception()
        if session.ended:
            file.close()
        elif error is None:
            arrived(future.result())
        else:
            self._warn(f"A stored file asked for over TFTP cannot be read: {error}")
            if isinstance(error, FileNotFoundError):
                self.refuse(session, packets.FILE_NOT_FOUND, "File not found.")
            else:
                self.refuse(session, packets.UNDEFINED, "The file cannot be read.")

    def _warn(self, sentence: str) -> None:
        """Log it, but not once per request while it stays true."""
        if sentence != self._warned:
            self._warned = sentence
            log.warning("%s", sentence)

    def _count_resent(self, transfer: Transfer) -> None:
        self._counters.retransmissions += transfer.resent
        transfer.resent = 0

    def _send(self, session: Session, datagrams: Sequence[bytes]) -> None:
        if session.port is not None:
            self._send_all(session.port, session.peer, datagrams)

    def _send_all(self, port: Port, peer: Address, datagrams: Sequence[bytes]) -> None:
        send = port.socket.sendto
        for datagram in datagrams:
            try:
                self._counters.bytes_sent += send(datagram, peer)
            except OSError:  # the buffer is full, or there is no route now: like a loss on the way, the timer repeats
                return

    def _on_tick(self) -> None:
        self.sweep()
        self._tick = self._loop.call_later(TICK, self._on_tick) if self._live else None
