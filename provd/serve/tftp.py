"""The TFTP server for phones: RFC 1350 with the options of RFC 2348, 2349 and 7440, read only."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Awaitable, Callable

from provd.errors import ProvdError
from provd.exchange import Answer, PhoneRequest
from provd.serve import tftp_packets as packets
from provd.serve.tftp_content import Content, to_netascii
from provd.serve.tftp_counters import Counters
from provd.serve.tftp_files import StoredFile
from provd.serve.tftp_options import ETHERNET_BLKSIZE, Limits, negotiate
from provd.serve.tftp_packets import FileRequest
from provd.serve.tftp_ports import Address, listen, plain_address, receive_request
from provd.serve.tftp_sessions import DRAIN, Session, Sessions
from provd.serve.tftp_transfer import Transfer

log = logging.getLogger(__name__)

AnswerFunction = Callable[[PhoneRequest], Answer | Awaitable[Answer]]


class TftpServer:
    """Answers read requests with what `answer` gives; everything a phone can send is bounded by an argument.

    `answer` may return an Answer at once (the fast way, for what is in memory) or an awaitable of one.
    """

    def __init__(
        self,
        answer: AnswerFunction,
        *,
        max_transfers: int = 4000,
        max_per_address: int = 1000,
        max_blksize: int = ETHERNET_BLKSIZE,
        max_windowsize: int = 64,
        max_ports: int = 256,
        retries: int = 5,
        lifetime: float = 14400.0,
        answer_timeout: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counters = Counters()
        self._answer = answer
        self._max_transfers = max_transfers
        self._max_per_address = max_per_address  # a whole office may sit behind one address
        self._limits = Limits(max_blksize, max_windowsize)
        self._max_ports = max_ports
        self._retries = retries
        self._lifetime = lifetime
        self._answer_timeout = answer_timeout
        self._clock = clock
        self._socket: socket.socket | None = None
        self._sessions: Sessions

    async def start(self, bind: str, port: int) -> int:
        """Listen on an IPv4 or IPv6 address (`::` = both families); → the real port. Raises ProvdError."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(bind, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
            family, address = found[0][0], found[0][4]
            self._socket = listen(address, family)
        except OSError as error:
            raise ProvdError(_cannot_listen(bind, port, error)) from error
        self._sessions = Sessions(family, self.counters, self._clock, self._max_ports)
        loop.add_reader(self._socket, self._drain, self._socket)
        return int(self._socket.getsockname()[1])

    async def stop(self) -> None:
        """Stop listening, tell every client under way, and free everything; a second call does nothing."""
        if self._socket is None:
            return
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        self._socket = None
        await self._sessions.close()

    def sweep(self) -> None:
        """Let the timers run out that are due by the clock; happens by itself ten times a second."""
        self._sessions.sweep()

    def _drain(self, sock: socket.socket) -> None:
        for _ in range(DRAIN):
            try:
                datagram, peer, here = receive_request(sock, packets.MAX_REQUEST + 1)
            except OSError:
                return
            if here is not None:
                self._on_datagram(datagram, peer, here)

    def _on_datagram(self, datagram: bytes, peer: Address, here: Address) -> None:
        known = self._sessions.find(peer, here)
        if known is not None and known.request == datagram and not _restarted(known):
            self.counters.requests += 1
            self._sessions.repeat(known)
            return
        try:
            request = packets.read_request(datagram)
        except packets.Malformed:
            self.counters.malformed += 1
            return
        self.counters.requests += 1
        if known is not None:  # the client begins anew from the same port: it rebooted, or its last ACK was lost
            self._sessions.end(known)
        refusal = self._refusal(request, plain_address(peer))
        if refusal is not None:
            self.counters.refused += 1
            self._sessions.send_error(peer, here, *refusal)
            return
        self._ask(self._sessions.add(peer, here, datagram), request)

    def _refusal(self, request: FileRequest, address: str) -> tuple[int, str] | None:
        """Why the request is refused before anybody is asked: error code and sentence."""
        if request.write:
            return packets.ACCESS_VIOLATION, "This server is read only."
        if request.mode not in ("octet", "netascii"):
            return packets.ILLEGAL_OPERATION, "Only the modes octet and netascii are served."
        if not request.path or len(request.path) > packets.MAX_PATH:
            return packets.FILE_NOT_FOUND, "File not found."
        if self._sessions.of_address(address) >= self._max_per_address:
            return packets.UNDEFINED, "Too many transfers from this address, try again later."
        if self.counters.transfers_active >= self._max_transfers and not self._sessions.evict_unproven():
            return packets.UNDEFINED, "The server is busy, try again later."
        return None

    def _ask(self, session: Session, request: FileRequest) -> None:
        try:
            answer = self._answer(PhoneRequest(request.path, session.address, "tftp"))
        except Exception:
            self._on_failure(session)
            return
        if isinstance(answer, Answer):
            self._deliver(session, request, answer)
        else:
            session.task = asyncio.get_running_loop().create_task(self._await(session, request, answer))

    async def _await(self, session: Session, request: FileRequest, awaited: Awaitable[Answer]) -> None:
        try:
            async with asyncio.timeout(self._answer_timeout):
                answer = await awaited
        except Exception:
            session.task = None
            self._on_failure(session)
            return
        session.task = None
        if not session.ended:
            self._deliver(session, request, answer)

    def _on_failure(self, session: Session) -> None:
        # The path stays out of the log: it may hold a provisioning token.
        log.exception("A TFTP request from %s could not be answered.", session.address)
        self._sessions.refuse(session, packets.UNDEFINED, "The server failed, try again later.")

    def _deliver(self, session: Session, request: FileRequest, answer: Answer) -> None:
        netascii = request.mode == "netascii"
        if answer.status != 200:
            self._sessions.refuse(session, *_error_for(answer.status))
        elif answer.stored is not None:
            file = StoredFile(answer.stored, netascii=netascii)
            self._sessions.read(session, file, lambda piece: self._begin_stored(session, request, file, piece))
        else:
            body = to_netascii(answer.body) if netascii else answer.body
            self._begin(session, request, Content(body), len(body))

    def _begin_stored(
        self, session: Session, request: FileRequest, file: StoredFile, piece: tuple[bytes, bool]
    ) -> None:
        octets, last = piece
        self._begin(session, request, Content(octets, complete=last), file.size)

    def _begin(self, session: Session, request: FileRequest, content: Content, size: int) -> None:
        # In netascii the size on the wire differs from the size on disk and RFC 2349 does not say which is meant.
        known = None if request.mode == "netascii" else size
        terms = negotiate(request.options, known, self._limits) if request.options else _PLAIN
        transfer = Transfer(
            content,
            terms,
            self._clock(),
            oack=packets.oack(terms.answered),
            retries=self._retries,
            lifetime=self._lifetime,
        )
        self._sessions.begin(session, transfer)


_PLAIN = negotiate({}, None, Limits())


def _restarted(session: Session) -> bool:
    """The same request from the same port, while the client has long been silent: it rebooted and begins anew."""
    return session.transfer is not None and session.transfer.proven and session.transfer.quiet


def _error_for(status: int) -> tuple[int, str]:
    """HTTP status of an Answer → error code and sentence; forbidden looks like unknown."""
    if status in (401, 403, 404):
        return packets.FILE_NOT_FOUND, "File not found."
    if status in (429, 503):
        return packets.UNDEFINED, "The server is busy, try again later."
    return packets.UNDEFINED, "The server cannot give this file."


def _cannot_listen(bind: str, port: int, error: OSError) -> str:
    mend = "set tftp_port above 1023" if isinstance(error, PermissionError) else "set bind or tftp_port to a free one"
    return f"TFTP cannot listen on {bind} port {port} ({error.strerror}); {mend}."
