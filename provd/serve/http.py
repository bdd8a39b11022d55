"""HTTP and HTTPS for phones: thin; it reads the request, calls answer(), and writes what comes back."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.web import RequestHandler

from provd.errors import ProvdError
from provd.exchange import Answer, Certificate, PhoneRequest

AnswerFunction = Callable[[PhoneRequest], Answer | Awaitable[Answer]]

log = logging.getLogger(__name__)

MAX_HEADER = 16 * 1024
IDLE_SECONDS = 30
MAX_CONNECTIONS = 8_000
MAX_PER_ADDRESS = 2_000  # many phones behind one address are common; one client holding thousands is not

_ENCODED_SEPARATOR = re.compile(r"%(2f|5c|00)", re.IGNORECASE)


class PhoneServer(HTTPServer):
    """Tornado's server with a bound on open connections, in all and per address."""

    def initialize(self, *args: object, **kwargs: object) -> None:
        super().initialize(*args, **kwargs)  # type: ignore[arg-type]
        self.open: dict[str, int] = {}
        self.turned_away = 0

    def handle_stream(self, stream: IOStream, address: tuple[str, int]) -> None:
        host = address[0] if address else ""
        if self.open.get(host, 0) >= MAX_PER_ADDRESS or len(self._connections) >= MAX_CONNECTIONS:
            self.turned_away += 1
            stream.close()
            return
        self.open[host] = self.open.get(host, 0) + 1
        super().handle_stream(stream, address)

    def on_close(self, server_conn: object) -> None:
        super().on_close(server_conn)
        address = server_conn.context.address  # type: ignore[attr-defined]
        host = address[0] if address else ""
        left = self.open.get(host, 1) - 1
        if left > 0:
            self.open[host] = left
        else:
            self.open.pop(host, None)


class PhoneFileHandler(RequestHandler):
    """Every path a phone may ask for its files under."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(self, answer: AnswerFunction, trusted_proxies: tuple[str, ...]) -> None:
        self._answer = answer
        self._trusted = trusted_proxies

    async def get(self, _path: str) -> None:
        answer = self._answer(phone_request(self, self._trusted))
        try:
            self.write_answer(answer if isinstance(answer, Answer) else await answer)
        except ProvdError as error:
            log.error("A phone could not be answered: %s", error)
            self.write_answer(Answer(503, b"Try again later\n", content_type="text/plain"))

    head = get

    def write_answer(self, answer: Answer) -> None:
        """Send it: gzip where the phone takes it, 304 without a body, the length always known."""
        self.set_status(answer.status)
        for challenge in answer.challenge:
            self.add_header("WWW-Authenticate", challenge)
        if answer.etag:
            self.set_header("ETag", answer.etag)
            self.set_header("Cache-Control", "private, no-cache")
        if answer.status == 304:
            self.finish()
            return
        body = answer.body
        self.set_header("Content-Type", answer.content_type)
        if answer.compressed is not None and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            smaller = answer.compressed()
            if smaller:
                body = smaller
                self.set_header("Content-Encoding", "gzip")
                self.set_header("Vary", "Accept-Encoding")
        if self.request.method == "HEAD":
            self.set_header("Content-Length", str(len(body)))
            self.finish()
            return
        self.finish(body)

    def set_default_headers(self) -> None:
        self.set_header("Server", "provd")

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        return value.decode("utf-8", "replace")

    def compute_etag(self) -> None:
        """The answer brings its own."""

    def check_xsrf_cookie(self) -> None:
        """Phones have no cookies."""

    def write_error(self, status_code: int, **_: object) -> None:
        self.set_header("Content-Type", "text/plain")
        self.finish(b"Not found\n" if status_code < 500 else b"Try again later\n")


def asked_path(raw: str) -> str:
    """The path percent-decoded once; empty, which names nothing, when a separator or a NUL was hidden in it."""
    return "" if _ENCODED_SEPARATOR.search(raw) else unquote(raw, errors="replace").removeprefix("/")


def phone_request(handler: RequestHandler, trusted_proxies: tuple[str, ...]) -> PhoneRequest:
    """What a phone asked, in our words."""
    request = handler.request
    headers = request.headers
    query = request.query_arguments
    return PhoneRequest(
        path=asked_path(request.path),
        address=client_address(request.remote_ip or "", headers, trusted_proxies),
        protocol=request.protocol,
        method=request.method or "GET",
        user_agent=headers.get("User-Agent", ""),
        certificate=_certificate(request) if request.protocol == "https" else None,
        authorization=headers.get("Authorization", ""),
        uri=request.uri or "",
        if_none_match=headers.get("If-None-Match", ""),
        query={name: values[0].decode("utf-8", "replace") for name, values in query.items()} if query else {},
    )


def client_address(peer: str, headers: Mapping[str, str], trusted_proxies: tuple[str, ...]) -> str:
    """The peer's address, or the one a trusted proxy names last in X-Forwarded-For."""
    if peer not in trusted_proxies:
        return peer
    named = headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    return named[:45] or peer


def _certificate(request: object) -> Certificate | None:
    found = request.get_ssl_certificate()  # type: ignore[attr-defined]
    if not found:
        return None
    subject = {name: value for part in found.get("subject", ()) for name, value in part}
    issuer = {name: value for part in found.get("issuer", ()) for name, value in part}
    return Certificate(subject.get("commonName", ""), issuer.get("commonName", ""))
