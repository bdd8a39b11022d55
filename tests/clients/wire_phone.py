"""A phone on real sockets that does what no well-behaved program can be made to do: it is asked step by step.

What comes inside its calls it answers as phones do, unless `manual` names the method: BYE, CANCEL, NOTIFY, UPDATE, INFO
with 200, a re-INVITE with its description. A new call is for the test to answer (`rung`).
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from provd.store import devices, domains
from sip_edge.message import Message, Request, Response, SipError, parse
from sip_edge.message.digest import answer, strongest
from tests.clients.scenes import DOMAIN, SipOffice
from tests.clients.served import Served
from tests.clients.wire_audio import PATIENCE, Voice
from tests.clients.wire_call import Call

EVENTS = "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
PLAIN = frozenset(("BYE", "CANCEL", "NOTIFY", "UPDATE", "INFO", "OPTIONS"))
_numbers = itertools.count(1)


class WirePhone:
    """The phone of a device of the demo company; with a `tone` (Hz) it says that whenever it is in a call."""

    def __init__(
        self, office: SipOffice | Served, device: str, tone: int = 0, *, password: str = "", trunk: bool = False
    ) -> None:
        """`password`: where the office is a process of its own, which cannot be asked."""
        self.device, self.domain, self.trunk = device, DOMAIN, trunk
        self.server = office.sip
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.contact = f"<sip:{device}@127.0.0.1:{self.port}>"
        self.voice = Voice(tone)
        self.manual: set[str] = set()
        self.got: list[Message] = []
        """Everything that came and that nobody has waited for yet."""
        self._news = threading.Condition()
        self._seen: set[tuple[str, ...]] = set()
        self.calls: dict[str, Call] = {}
        self.password = password
        if not trunk and isinstance(office, SipOffice):
            company = office.store(domains.by_name, DOMAIN)
            row = office.store(devices.by_name, company.id, device)
            self.password = office.store(devices.password, company.id, row.id)
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> WirePhone:
        return self

    def __exit__(self, *_: object) -> None:
        self.voice.close()
        self._socket.close()

    # What goes out and comes in

    def send(self, message: Message) -> None:
        """Send a message."""
        self._socket.sendto(bytes(message), self.server)

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                data = self._socket.recv(65_536)
                with contextlib.suppress(SipError):
                    self._came(parse(data))

    def _came(self, message: Message) -> None:
        status = str(message.status) if isinstance(message, Response) else ""
        key = (message.via.branch or "", str(message.cseq), status)
        again = key in self._seen
        self._seen.add(key)
        with self._news:
            if not again:
                self.got.append(message)
            if isinstance(message, Request) and message.method not in self.manual:
                self._answer(message)
            self._news.notify_all()

    def _answer(self, request: Request) -> None:
        call = self.calls.get(request.call_id)
        if request.method in PLAIN:
            self.send(request.reply(200, to_tag="alone"))
            if request.method == "BYE" and call is not None and f"tag={request.to.tag}" in call.local:
                self.voice.hush(request.call_id)
            if request.method == "CANCEL" and call is not None and not call.final:
                call.reply(487)
        elif request.method == "INVITE" and call is not None and request.to.tag is not None:
            if request.body:
                self.voice.heed(request.body, request.call_id)
            call.reply(200, self.sdp(), request=request)
        elif request.method == "ACK" and request.body:
            self.voice.heed(request.body, request.call_id)

    def take(self, wanted: Callable[[Message], bool], what: str = "it") -> Any:
        """The first message that is wanted, when it comes."""

        def found() -> Message | None:
            return next((one for one in self.got if wanted(one)), None)

        with self._news:
            message = self._news.wait_for(found, PATIENCE)
            assert message is not None, f"{self.device} waits for {what}, but got:\n" + "\n".join(map(_told, self.got))
            self.got.remove(message)
            return message

    def asked(self, method: str, but: Iterable[Call] = ()) -> Request:
        """The next request of a kind."""
        others = {one.call_id for one in but}
        wanted: Request = self.take(
            lambda one: isinstance(one, Request) and one.method == method and one.call_id not in others, method
        )
        return wanted

    def has(self, method: str) -> bool:
        """Is there such a request now?"""
        return any(isinstance(one, Request) and one.method == method for one in list(self.got))

    def sdp(self, codecs: str = "0 101", *, address: str = "127.0.0.1", port: int = -1, more: str = "") -> bytes:
        """Its description; `more`: whole lines."""
        where = self.voice.port if port < 0 else port
        lines = f"v=0\r\no=w 1 {next(_numbers)} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
        return f"{lines}m=audio {where} RTP/AVP {codecs}\r\na=rtpmap:0 PCMU/8000\r\n{EVENTS}{more}".encode()

    def request(self, method: str, uri: str, rows: Iterable[tuple[str, str]], body: bytes = b"") -> Request:
        """A request with a Via of its own."""
        via = ("Via", f"SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bKw{self.port}x{next(_numbers)};rport")
        typed = [("Content-Type", "application/sdp")] if body else []
        return Request.build(method, uri, [via, ("Max-Forwards", "70"), *rows, *typed], body)

    # What it does

    def register(self, seconds: int = 600) -> WirePhone:
        """Register, with its password."""
        uri, call_id, me = f"sip:{self.domain}", f"r{next(_numbers)}@{self.port}", f"<sip:{self.device}@{self.domain}>"
        rows = [("From", f"{me};tag=r"), ("To", me), ("Call-ID", call_id), ("Contact", self.contact)]
        rows.append(("Expires", str(seconds)))
        proof: list[tuple[str, str]] = []
        for number in (1, 2):
            self.send(self.request("REGISTER", uri, [*rows, ("CSeq", f"{number} REGISTER"), *proof]))
            said = self.take(lambda one: isinstance(one, Response) and one.call_id == call_id, "its registration")
            proof = [self.proof(said, "REGISTER", uri)] if number == 1 else proof
        assert said.status == 200, bytes(said)
        return self

    def unregister(self) -> None:
        """Be reachable no more."""
        self.register(0)

    def proof(self, challenge: Response, method: str, uri: str) -> tuple[str, str]:
        """The password for a challenge."""
        found = strongest(challenge.headers.all("www-authenticate"))
        assert challenge.status == 401 and found is not None, bytes(challenge)
        return "Authorization", str(answer(found, method, uri, self.device, self.password, "c", 1))

    def call(self, number: str, body: bytes | None = None, *more: tuple[str, str]) -> Call:
        """Call somebody; `body` b"": without an offer."""
        call = Call(self, f"c{next(_numbers)}@{self.port}")
        call.remote = call.target = f"sip:{number}@{self.domain}"
        call.remote = f"<{call.remote}>"
        call.local = f"<sip:{self.device}@{'carrier.example' if self.trunk else self.domain}>;tag=w{next(_numbers)}"
        offer = self.sdp() if body is None else body
        call.invite = call.send("INVITE", offer, *more)
        if not self.trunk:
            challenge = call.response(401)
            call.acknowledge(challenge)
            proof = self.proof(challenge, "INVITE", call.target)
            call.invite = call.send("INVITE", offer, *more, proof)
        return call

    def rung(self, *others: Call) -> Call:
        """The call that has come, besides those that are known."""
        invite = self.asked("INVITE", others)
        call = Call(self, invite.call_id)
        call.invite, call.target, call.remote = invite, invite.contacts[0].target, str(invite.from_)
        call.tag = f"u{next(_numbers)}"
        call.local = f"{invite.to};tag={call.tag}"
        return call


def _told(message: Message) -> str:
    first = bytes(message).split(b"\r\n", 1)[0].decode(errors="replace")
    return f"{time.monotonic():.2f} {first} {message.cseq}"
