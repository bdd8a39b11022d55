"""One dialog as one of its two ends sees it.  (pure)

Rules of this file:
- A Dialog is a value: everything that happens returns the next one.
- It makes requests and reads messages; transactions, timers and sockets are other people's.
- Tags, branches and Call-IDs are handed in: nothing here is random.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sip_edge.message.address import Address
from sip_edge.message.errors import SipError
from sip_edge.message.message import Message, Request, Response
from sip_edge.message.uri import Uri

Key = tuple[str, str, str]
"""Call-ID, our tag, their tag (RFC 3261 section 12)."""

REFRESHING = frozenset(("INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"))
"""Target refresh requests (RFC 3261 section 12.2, RFC 3311, RFC 6665 section 4.4.1, RFC 3515)."""
# RFC 3261 section 12.2.1.2 ends the dialog for 481 and 408; RFC 5057 section 5.1 says which others do.
_ENDING = frozenset((404, 410, 416, 481, 482, 483, 484, 485, 502, 604))


class State(StrEnum):
    """How far a dialog has come."""

    EARLY = "early"
    CONFIRMED = "confirmed"
    ENDED = "ended"


def key_at_server(request: Request) -> Key:
    """The dialog a request that comes in belongs to; their tag is "" for an RFC 2543 element."""
    return request.call_id, request.to.tag or "", request.from_.tag or ""


def key_at_caller(response: Response) -> Key:
    """The dialog a response to a request of ours belongs to."""
    return response.call_id, response.from_.tag or "", response.to.tag or ""


@dataclass(frozen=True)
class Dialog:
    """The state of RFC 3261 section 12, as seen from here."""

    call_id: str
    local: Address
    """Us: URI, name and tag as they stand in From of our requests."""
    remote: Address
    """The peer, as it stands in To of our requests."""
    target: Uri
    """Where our requests go: the Contact the peer gave last."""
    routes: tuple[str, ...] = ()
    """The route set in the order our requests pass it, name-addrs as written."""
    local_cseq: int | None = None
    """The number of our last request, None before the first."""
    remote_cseq: int | None = None
    state: State = State.EARLY
    secure: bool = False
    """Did it begin with a SIPS URI over TLS, so that every request must?"""

    @classmethod
    def at_server(cls, request: Request, response: Response, *, over_tls: bool = False) -> Dialog:
        """The dialog that our `response` (101 to 299, To tagged) to `request` makes (section 12.1.1).

        Raises SipError(400) when the request has no usable Contact.
        """
        return cls(
            call_id=request.call_id,
            local=_party(response.to),
            remote=_party(request.from_),
            target=_contact(request),
            routes=tuple(str(one) for one in request.addresses("record-route")),
            remote_cseq=request.cseq.number,
            state=State.EARLY if response.status < 200 else State.CONFIRMED,
            secure=over_tls and request.uri.scheme == "sips",
        )

    @classmethod
    def at_caller(cls, request: Request, response: Response, *, over_tls: bool = False) -> Dialog:
        """The dialog that the peer's `response` (101 to 299, To tagged) to our `request` makes (section 12.1.2).

        Raises SipError(400) when the response has no usable Contact; a provisional one may do without, and the
        Request-URI stands in until the next response brings one.
        """
        provisional = response.status < 200
        return cls(
            call_id=request.call_id,
            local=_party(request.from_),
            remote=_party(response.to),
            target=request.uri if provisional and not response.contacts else _contact(response),
            routes=_recorded(response),
            local_cseq=request.cseq.number,
            state=State.EARLY if provisional else State.CONFIRMED,
            secure=over_tls and request.uri.scheme == "sips",
        )

    @property
    def key(self) -> Key:
        """What messages of this dialog are found by."""
        return self.call_id, self.local.tag or "", self.remote.tag or ""

    @property
    def next_hop(self) -> Uri:
        """Where the transport layer sends our requests to: the first route, or the target (section 8.1.2)."""
        return Address.parse(self.routes[0]).uri if self.routes else self.target

    # Our requests

    def request(
        self, method: str, via: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
    ) -> tuple[Dialog, Request]:
        """Our next request inside the dialog, and the dialog after it (section 12.2.1.1).

        `via` is the whole topmost Via value; `headers` holds Contact for target refresh requests, Content-Type for a
        body, and whatever the method needs. Raises ValueError for ACK, which is `ack`, and CANCEL, which is no
        request of a dialog.
        """
        if method in ("ACK", "CANCEL"):
            raise ValueError(f"{method} does not count in a dialog; make it from its INVITE.")
        number = (self.local_cseq or 0) + 1
        return replace(self, local_cseq=number), self._build(method, number, via, headers, body)

    def ack(self, cseq: int, via: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> Request:
        """The ACK for a 2xx to our INVITE number `cseq` (section 13.2.2.4); it has a branch of its own."""
        return self._build("ACK", cseq, via, headers, body)

    def _build(self, method: str, number: int, via: str, headers: Iterable[tuple[str, str]], body: bytes) -> Request:
        target, routes = self._path()
        rows = [
            ("Via", via),
            ("Max-Forwards", "70"),
            *(("Route", route) for route in routes),
            ("From", str(self.local)),
            ("To", str(self.remote)),
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} {method}"),
            *headers,
        ]
        return Request.build(method, target, rows, body)

    def _path(self) -> tuple[Uri, tuple[str, ...]]:
        """Request-URI and Route of our requests: loose routing, or the strict one of RFC 2543 (section 12.2.1.1)."""
        if not self.routes:
            return self.target, ()
        first = Address.parse(self.routes[0]).uri
        if first.parameter("lr") is not None:
            return self.target, self.routes
        return first.without_parameter("method").without_headers(), (*self.routes[1:], f"<{self.target}>")

    def answered(self, response: Response) -> Dialog:
        """The dialog after a response to one of our requests (sections 12.1.2, 12.2.1.2, 13.2.2.4).

        A 2xx to INVITE confirms it and brings the route set anew; a 2xx to a target refresh request moves the
        target; an answer that says the peer knows no such dialog ends it, and so does the peer saying nothing (408).
        """
        status, method = response.status, response.cseq.method
        if status in _ENDING or (status == 408 and self.state is State.CONFIRMED):
            return self.ended()
        if self.state is State.EARLY and method == "INVITE" and status >= 300:
            return self.ended()
        if status >= 300 or self.state is State.ENDED:
            return self
        changed = self._moved(response) if method in REFRESHING else self
        if status < 200:
            # A later provisional response may be the first that says where the peer is, and by which proxies.
            ringing = method == "INVITE" and self.state is State.EARLY
            return replace(changed, routes=changed.routes or _recorded(response)) if ringing else self
        if method == "INVITE" and self.state is State.EARLY:
            return replace(changed, state=State.CONFIRMED, routes=_recorded(response))
        return changed

    # Their requests

    def received(self, request: Request) -> Dialog:
        """The dialog after a request of the peer, in order (section 12.2.2).

        Raises SipError(500) for a CSeq that is not above the last one. ACK and CANCEL carry the number of their
        INVITE and change nothing.
        """
        if request.method in ("ACK", "CANCEL"):
            return self
        number = request.cseq.number
        if self.remote_cseq is not None and number <= self.remote_cseq:
            raise SipError(500, "The CSeq of the request is not above that of the one before.", (("Retry-After", "1"),))
        return replace(self, remote_cseq=number)

    def accepted(self, request: Request, response: Response) -> Dialog:
        """The dialog after we have answered `request` of the peer with `response`.

        A 2xx to a target refresh request moves the target (RFC 6141 section 4), to the first INVITE it confirms the
        dialog, to BYE it ends it. A refusal of the first INVITE ends the early dialog.
        """
        if request.method == "BYE" and 200 <= response.status < 300:
            return self.ended()
        if self.state is State.EARLY and request.method == "INVITE" and response.status >= 300:
            return self.ended()
        if not 200 <= response.status < 300 or self.state is State.ENDED:
            return self
        changed = self._moved(request) if request.method in REFRESHING else self
        first = request.method == "INVITE" and self.state is State.EARLY
        return replace(changed, state=State.CONFIRMED) if first else changed

    def ended(self) -> Dialog:
        """The dialog when it is over: after BYE, 481, or a timer."""
        return replace(self, state=State.ENDED)

    def _moved(self, message: Message) -> Dialog:
        contacts = message.contacts
        return replace(self, target=contacts[0].uri.without_headers()) if contacts else self


def _party(address: Address) -> Address:
    """From or To as a dialog repeats it: URI, name and tag; other parameters are of that message only."""
    bare = replace(address, parameters="")
    return bare if address.tag is None else bare.with_tag(address.tag)


def _recorded(response: Response) -> tuple[str, ...]:
    """Record-Route of a response, turned round: the caller passes the proxies in the other order (section 12.1.2)."""
    return tuple(str(one) for one in reversed(response.addresses("record-route")))


def _contact(message: Message) -> Uri:
    if len(message.contacts) != 1 or message.contact_star:
        raise SipError(400, "A request or response that makes a dialog needs exactly one Contact.")
    return message.contacts[0].uri.without_headers()
