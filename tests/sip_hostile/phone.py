"""A phone on a socket of its own: it registers, watches, is asked; and says whatever else a test wants said."""

from __future__ import annotations

import itertools
import secrets
import socket
import ssl
import time
from collections import deque
from typing import Any

from provd.simulate.reading import ReadAccount
from sip_edge.message import Request, Response, parse
from sip_edge.message.digest import Challenge, answer, strongest
from sip_edge.message.stream import Frame, Framer

PATIENCE = 8.0
_branches = itertools.count(1)


class DeskPhone:
    """One line over one socket. What it is asked meanwhile waits in `requests`, answered already unless it is mute."""

    def __init__(
        self,
        account: ReadAccount,
        server: tuple[str, int],
        *,
        protocol: str = "UDP",
        address: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        agent: str = "Deskphone 1.0",
    ) -> None:
        self.account = account
        self.protocol = protocol
        self.mute = False
        self.agent = agent
        self.requests: deque[Request] = deque()
        self._responses: deque[Response] = deque()
        self._framer = Framer()
        self._calls: dict[str, tuple[str, int]] = {}
        self._name = secrets.token_hex(4)
        self._challenge: Challenge | None = None
        self._proofs = itertools.count(1)
        kind = socket.SOCK_DGRAM if protocol == "UDP" else socket.SOCK_STREAM
        plain = socket.socket(socket.AF_INET, kind)
        plain.settimeout(PATIENCE)
        plain.bind((address, 0))
        plain.connect(server)
        self._socket = tls.wrap_socket(plain, server_hostname=server[0]) if tls is not None else plain

    def __enter__(self) -> DeskPhone:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def here(self) -> str:
        """Its address and port."""
        host, port = self._socket.getsockname()[:2]
        return f"{host}:{port}"

    # On the wire

    def send(self, data: bytes) -> None:
        """Send octets: over UDP one datagram."""
        self._socket.sendall(data)

    def hear(self, seconds: float = PATIENCE) -> bool:
        """Take in what comes next, in these seconds; False when nothing does."""
        self._socket.settimeout(seconds)
        try:
            data = self._socket.recv(65_535)
        except TimeoutError:
            return False
        if self.protocol == "UDP":
            self._take(data)
        else:
            assert data, "the server has closed the connection"
            for event in self._framer.feed(data):
                assert isinstance(event, Frame), event
                self._take(event.data)
        return True

    def catch_up(self) -> None:
        """Take in everything that has come: a buffer that is full loses the next answer."""
        while self.hear(0.001):
            pass

    def _take(self, data: bytes) -> None:
        message = parse(data)
        if isinstance(message, Response):
            self._responses.append(message)
            return
        assert isinstance(message, Request)
        self.requests.append(message)
        if not self.mute:
            self.send(bytes(message.reply(200, to_tag="phone")))

    # Requests

    def message(self, method: str, uri: str, call: str, *headers: str, cseq: int = 0, body: bytes = b"") -> bytes:
        """The next request of a call of ours, by its name."""
        tag, count = self._calls.get(call, ("", 0))
        self._calls[call] = (tag, cseq or count + 1)
        user, domain = self.account.user, self.account.server
        peer = f"<{uri}>" if method != "REGISTER" else f"<sip:{user}@{domain}>"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{self.protocol} {self.here};branch=z9hG4bKdesk{next(_branches)};rport",
            "Max-Forwards: 70",
            f"From: <sip:{user}@{domain}>;tag=desk{call}",
            f"To: {peer}{tag}",
            f"Call-ID: {call}-{self._name}",
            f"CSeq: {cseq or count + 1} {method}",
            f"Contact: <sip:{user}@{self.here}{'' if self.protocol == 'UDP' else ';transport=tcp'}>",
            f"User-Agent: {self.agent}",
            *headers,
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def response(self, branch: str) -> Response:
        """The final answer to the request with this branch."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for response in self._responses:
                if response.via.branch == branch and response.status >= 200:
                    self._responses.remove(response)
                    return response
            assert self.hear(max(0.01, deadline - time.monotonic())), "nobody answers"

    def once(self, method: str, uri: str, call: str, *headers: str, body: bytes = b"") -> Response:
        """Send a request, with credentials once it was challenged, and return the final answer."""
        proof = [self._proof(method, uri)] if self._challenge is not None else []
        said = self.message(method, uri, call, *headers, *proof, body=body)
        self.send(said)
        branch = parse(said).via.branch
        assert branch is not None
        heard = self.response(branch)
        if heard.status == 401:
            self._challenge, self._proofs = strongest(heard.headers.all("www-authenticate")), itertools.count(1)
        return heard

    def ask(self, method: str, uri: str, call: str, *headers: str, body: bytes = b"") -> Response:
        """Send a request, answer the challenges it meets, and return the final answer."""
        for _ in range(3):
            heard = self.once(method, uri, call, *headers, body=body)
            if heard.status != 401:
                break
        if heard.status < 300 and heard.to.tag and method == "SUBSCRIBE":
            self._calls[call] = (f";tag={heard.to.tag}", self._calls[call][1])
        return heard

    def _proof(self, method: str, uri: str) -> str:
        assert self._challenge is not None
        account, nonce = self.account, secrets.token_hex(4)
        made = answer(self._challenge, method, uri, account.auth_user, account.password, nonce, next(self._proofs))
        return f"Authorization: {made}"

    # What phones do

    def options(self) -> int:
        """Is anybody there? The status of the answer."""
        return self.ask("OPTIONS", f"sip:{self.account.server}", f"o{next(_branches)}").status

    def register(self, expires: int = 600) -> Response:
        """Register, or register again."""
        return self.ask("REGISTER", f"sip:{self.account.server}", "r", f"Expires: {expires}")

    def subscribe(self, name: str, event: str = "dialog", expires: int = 600, call: str = "", **named: Any) -> Response:
        """Watch a name of the company, or go on watching it; `call` tells one of several watches from another."""
        uri = f"sip:{name}@{self.account.server}"
        call = call or f"s{event}{name}"
        return self.ask("SUBSCRIBE", uri, call, f"Event: {event}", f"Expires: {expires}", **named)

    def asked(self, method: str = "NOTIFY") -> Request:
        """The next request that comes in, of a method."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for request in self.requests:
                if request.method == method:
                    self.requests.remove(request)
                    return request
            assert self.hear(max(0.01, deadline - time.monotonic())), f"no {method} comes"

    def lamp(self) -> str:
        """The state that the next NOTIFY shows (RFC 4235)."""
        return self.asked().body.decode().partition("<state>")[2].partition("</state>")[0]
