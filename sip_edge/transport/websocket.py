"""SIP over WebSocket (RFC 7118): a Tornado handler for `/sip` on the HTTP and HTTPS servers.

A browser's flow is its connection: Via and Contact of the browser say `….invalid`, nothing but this reaches it.
"""

from __future__ import annotations

import contextlib
import logging
from asyncio import Future
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest
from tornado.web import Application
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from sip_edge.message import Limits
from sip_edge.message.limits import DEFAULT
from sip_edge.message.stream import PONG
from sip_edge.timers import Timer, Timers
from sip_edge.transport.connections import Connections, Slot
from sip_edge.transport.flow import Counters, Flow, Receiver, plain_address

log = logging.getLogger(__name__)

SUBPROTOCOL = "sip"
PING_SECONDS = 30.0
"""Browsers cannot send pings themselves; ours keep NAT and proxies open, and find dead peers."""


def remote_address(request: HTTPServerRequest) -> str:
    """The address of the TCP peer."""
    return request.remote_ip or ""


@dataclass(slots=True)
class WebSockets:
    """What every WebSocket of a server shares."""

    receiver: Receiver
    connections: Connections
    timers: Timers
    origins: tuple[str, ...] | None = ()
    """Allowed Origin values (`https://pages.example.com`) besides our own host's; None allows every one.
    A client that is no browser sends none and is let in: it authenticates with SIP as the others do."""
    address: Callable[[HTTPServerRequest], str] = remote_address
    """Whose connection it is; give another function behind a reverse proxy."""
    limits: Limits = DEFAULT
    counters: Counters = field(default_factory=Counters)


class WebSocketFlow(Flow):
    """One WebSocket connection."""

    __slots__ = ("_handler", "_shared")

    def __init__(self, handler: SipWebSocketHandler, shared: WebSockets) -> None:
        request = handler.request
        self.protocol = "WSS" if request.protocol == "https" else "WS"
        stream = handler.ws_connection.stream if handler.ws_connection is not None else None
        socket = getattr(stream, "socket", None)
        peer = socket.getpeername() if socket is not None else ("", 0)
        here = socket.getsockname() if socket is not None else ("", 0)
        self.remote = (plain_address(shared.address(request)), peer[1])
        self.local = (plain_address(here[0]), here[1])
        self._handler = handler
        self._shared = shared

    def send(self, data: bytes) -> bool:
        counters = self._shared.counters
        if not self._handler.send_frame(data):
            counters.unsent += 1
            return False
        counters.messages_out += 1
        counters.octets_out += len(data)
        return True

    def close(self) -> None:
        self._handler.close(1001)

    @property
    def open(self) -> bool:
        connection = self._handler.ws_connection
        return connection is not None and not connection.is_closing()


class SipWebSocketHandler(WebSocketHandler):
    """One SIP message a frame, text or binary; CRLF keep-alives are answered."""

    def initialize(self, shared: WebSockets) -> None:
        self._shared = shared
        self._slot: Slot | None = None
        self._flow: WebSocketFlow | None = None
        self._timer: Timer | None = None
        self._heard = 0.0
        self._unread = 0

    async def get(self, *args: object, **kwargs: object) -> None:
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "")
        if SUBPROTOCOL not in [name.strip() for name in offered.split(",")]:  # RFC 7118 section 4
            self.set_status(400)
            self.finish("This address speaks WebSocket with the sub-protocol sip.\n")
            return
        address = plain_address(self._shared.address(self.request))
        self._slot = self._shared.connections.enter(address, self._shared.counters, self._abort)
        if self._slot is None:
            self.set_status(503)
            self.set_header("Retry-After", "30")
            self.finish("There are too many connections.\n")
            return
        try:
            await super().get(*args, **kwargs)  # lasts as long as the connection
        finally:
            self._slot.leave()

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return SUBPROTOCOL

    def check_origin(self, origin: str) -> bool:
        """Only pages we know may use the browser of somebody who is in our network."""
        origins = self._shared.origins
        if origins is None or origin.rstrip("/") in origins:
            return True
        return urlsplit(origin).netloc.lower() == self.request.headers.get("Host", "").lower()

    @property
    def max_message_size(self) -> int:
        return self._shared.limits.message

    @property
    def ping_interval(self) -> float | None:
        return PING_SECONDS

    @property
    def ping_timeout(self) -> float | None:
        return PING_SECONDS

    def open(self, *args: str, **kwargs: str) -> None:
        self.set_nodelay(True)
        timers = self._shared.timers
        self._flow = WebSocketFlow(self, self._shared)
        self._heard = timers.now()
        self._timer = timers.after(self._shared.connections.limits.first_message, self._look)

    def on_message(self, message: str | bytes) -> None:
        counters = self._shared.counters
        data = message.encode("utf-8", "surrogateescape") if isinstance(message, str) else message
        counters.octets_in += len(data)
        self._heard = self._shared.timers.now()
        if not data.strip(b"\r\n"):  # RFC 5626 section 4.4.1 by way of RFC 7118 section 6
            counters.keepalives += 1
            if len(data) >= 4:
                self.send_frame(PONG)
        elif self._flow is not None:
            counters.messages_in += 1
            self._pass(data)

    def _pass(self, data: bytes) -> None:
        assert self._flow is not None
        if self._slot is not None and data[:1].isalpha() and b"SIP/" in data[:8192]:
            self._slot.proved()
        try:
            self._shared.receiver.received(self._flow, data)
        except Exception:
            log.exception("A message over WebSocket could not be handled.")

    def on_close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._flow is not None:
            self._shared.receiver.closed(self._flow)

    def send_frame(self, data: bytes) -> bool:
        """Send one frame: text where it is UTF-8, as browsers expect; False when the connection is gone or stuck."""
        connection = self.ws_connection
        if connection is None or connection.is_closing():
            return False
        if self._unread > self._shared.connections.limits.unread:
            self._abort()
            return False
        try:
            data.decode("utf-8")
            binary = False
        except UnicodeDecodeError:
            binary = True
        try:
            written = self.write_message(data, binary=binary)
        except WebSocketClosedError:
            return False
        self._unread += len(data)
        written.add_done_callback(partial(self._written, len(data)))
        return True

    def _written(self, octets: int, done: Future[None]) -> None:
        self._unread -= octets
        if not done.cancelled():
            done.exception()  # what fails here is told by on_close

    def _look(self) -> None:
        limits, counters, now = self._shared.connections.limits, self._shared.counters, self._shared.timers.now()
        half_open = self._slot is not None and self._slot.half_open
        due = now if half_open else self._heard + limits.idle
        if now < due:
            self._timer = self._shared.timers.at(due, self._look)
            return
        if half_open:
            counters.half_open_closed += 1
        else:
            counters.idle_closed += 1
        self._abort()

    def _abort(self) -> None:
        connection = self.ws_connection
        if connection is not None:
            with contextlib.suppress(WebSocketClosedError):
                connection.close(1001)
            if connection.stream is not None:
                connection.stream.close()


def routes(path: str, shared: WebSockets) -> list[tuple[str, type[SipWebSocketHandler], dict[str, WebSockets]]]:
    """The routes to put into a Tornado application."""
    return [(path, SipWebSocketHandler, {"shared": shared})]


def application(path: str, shared: WebSockets) -> Application:
    """An application that serves SIP over WebSocket and nothing else."""
    return Application(routes(path, shared))
