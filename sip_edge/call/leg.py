"""One phone, or one outside number, in a call: its dialog, and what offers are open in it.  (pure)

Rules of this file:
- A Leg reads messages and makes requests; it sends nothing. Via is put on by the stack.
- Whatever comes in whatever order, a leg that was cancelled or has ended never becomes part of a call again: a 2xx that
  comes too late, and a second 2xx of another fork, are to be acknowledged and ended (RFC 3261 sections 9.1, 13.2.2.4).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sip_edge.call.description import Origin
from sip_edge.dialog import Dialog, Exchange, Key, key_at_caller
from sip_edge.dialog.dialog import State
from sip_edge.dialog.reliable import Sending
from sip_edge.dialog.session_timer import SessionTimer
from sip_edge.message.errors import SipError
from sip_edge.message.headers import Headers
from sip_edge.message.message import Request, Response

Pairs = Iterable[tuple[str, str]]


class Stage(StrEnum):
    """How far a leg has come."""

    CALLING = "calling"
    EARLY = "early"
    TALKING = "talking"
    ENDED = "ended"


class Heard(StrEnum):
    """What a response to our first INVITE means."""

    NOTHING = "nothing"
    RINGING = "ringing"
    ANSWERED = "answered"
    AGAIN = "again"
    """The 2xx once more: its ACK was lost."""
    STRAY = "stray"
    """A 2xx that nobody waits for: acknowledge and end it."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class End:
    """Who is at the far end. A phone of the company has `device` and `extension`, an outside one `number`."""

    domain: str
    device: str = ""
    extension: str = ""
    number: str = ""
    name: str = ""
    trunk: str = ""

    @property
    def shown(self) -> str:
        """What others dial to reach them."""
        return self.extension or self.number


@dataclass(slots=True, eq=False)
class Leg:
    """`incoming`: they called us. `flow` is how they are reached; nobody looks into it here."""

    number: int
    incoming: bool
    end: End
    flow: Hashable
    origin: Origin
    dialog: Dialog | None = None
    stage: Stage = Stage.CALLING
    exchange: Exchange = field(default_factory=Exchange)
    theirs: bytes = b""
    """What they described last, as it came,"""
    ours: bytes = b""
    """and what they were told last."""
    passed: bytes = b""
    """What the other side is to get of that."""
    nat: bool = False
    """Do their messages come from another address than they say they are at?"""
    cancelled: bool = False
    held: bool = False
    """Have they put the other side on hold?"""
    updates: bool = False
    """Do they take UPDATE (RFC 3311)?"""
    alerted: bool = False
    """Has it said that it rings?"""
    was_talking: bool = False
    session: SessionTimer | None = None
    reliable: Sending | None = None
    """Provisional answers that must be acknowledged, where they asked for that (RFC 3262)."""

    @property
    def talking(self) -> bool:
        """Is there a confirmed dialog?"""
        return self.stage is Stage.TALKING

    @property
    def over(self) -> bool:
        """Has it ended?"""
        return self.stage is Stage.ENDED

    @property
    def key(self) -> Key | None:
        """What messages of the dialog are found by; None before there is one."""
        return None if self.dialog is None else self.dialog.key

    def described(self, body: bytes) -> bytes:
        """`body` as this phone is to get it, under our origin; b"" stays that."""
        if body:
            self.origin, body = self.origin.described(body)
            self.ours = body
        return body

    def ended(self) -> None:
        """It is over."""
        self.was_talking = self.was_talking or self.stage is Stage.TALKING
        self.stage = Stage.ENDED
        if self.dialog is not None:
            self.dialog = self.dialog.ended()

    # A call that came in

    def replied(self, request: Request, response: Response, *, over_tls: bool = False) -> None:
        """We have answered their first INVITE with `response`, 101 to 299. Raises SipError(400) without a Contact."""
        if self.dialog is None:
            self.dialog = Dialog.at_server(request, response, over_tls=over_tls)
        else:
            self.dialog = self.dialog.accepted(request, response)
        self.stage = Stage.EARLY if response.status < 200 else Stage.TALKING
        self._knows(request)

    # A call that we make

    def heard(self, request: Request, response: Response) -> Heard:
        """A response to `request`, our first INVITE, has come; the leg is as it says afterwards."""
        status = response.status
        if status >= 300:
            if self.stage in (Stage.TALKING, Stage.ENDED):
                return Heard.NOTHING
            self.ended()
            return Heard.REFUSED
        if status >= 200:
            return self._accepted(request, response)
        if status == 100 or self.stage not in (Stage.CALLING, Stage.EARLY) or self.cancelled:
            return Heard.NOTHING
        self.stage = Stage.EARLY
        return Heard.RINGING

    def _accepted(self, request: Request, response: Response) -> Heard:
        if self.stage is Stage.TALKING and self.key == key_at_caller(response):
            return Heard.AGAIN
        if self.cancelled or self.stage in (Stage.TALKING, Stage.ENDED):
            return Heard.STRAY
        try:
            self.dialog = Dialog.at_caller(request, response)
        except SipError:
            return Heard.STRAY
        self.stage = Stage.TALKING
        self._knows(response)
        return Heard.ANSWERED

    def revive(self, trunk: str) -> None:
        """It was refused; it is to be called again, by another trunk."""
        self.end = replace(self.end, trunk=trunk)
        self.stage, self.dialog, self.cancelled = Stage.CALLING, None, False

    def _knows(self, message: Request | Response) -> None:
        allowed = message.options("allow") if "allow" in message.headers.index else ()
        self.updates = "update" in allowed

    # Inside the dialog

    def request(self, method: str, headers: Pairs = (), body: bytes = b"") -> Request:
        """Our next request in the dialog, without Via. ValueError where there is no dialog."""
        if self.dialog is None:
            raise ValueError("A leg without a dialog cannot be asked anything.")
        self.dialog, made = self.dialog.request(method, "-", headers, body)
        return _bare(made)

    def ack(self, cseq: int, headers: Pairs = (), body: bytes = b"") -> Request:
        """The ACK for the 2xx to our INVITE number `cseq`, without Via."""
        if self.dialog is None:
            raise ValueError("A leg without a dialog cannot be acknowledged.")
        return _bare(self.dialog.ack(cseq, "-", headers, body))

    def received(self, request: Request) -> None:
        """A request of theirs in the dialog. Raises SipError(500) when it is out of order, 481 when all is over."""
        if self.dialog is None or self.dialog.state is State.ENDED:
            raise SipError(481, "The call is over.")
        self.dialog = self.dialog.received(request)

    def accepted(self, request: Request, response: Response) -> None:
        """We have answered a request of theirs."""
        if self.dialog is not None:
            self.dialog = self.dialog.accepted(request, response)

    def answered(self, response: Response) -> bool:
        """They have answered a request of ours in the dialog; False when that ends it (RFC 5057 section 5.1)."""
        if self.dialog is None:
            return False
        self.dialog = self.dialog.answered(response)
        return self.dialog.state is not State.ENDED


def stray(request: Request, response: Response, reason: str = "") -> tuple[Request, Request] | None:
    """ACK and BYE, without Via, for a 2xx to our INVITE `request` that nobody waits for; None when it has no usable
    Contact to send them to. `reason` is a Reason value (RFC 3326)."""
    try:
        dialog = Dialog.at_caller(request, response)
    except SipError:
        return None
    ack = dialog.ack(request.cseq.number, "-")
    return _bare(ack), _bare(dialog.request("BYE", "-", [("Reason", reason)] if reason else [])[1])


def _bare(request: Request) -> Request:
    """Without the Via that Dialog puts on top: the stack's is the only one."""
    return request.with_headers(Headers(request.headers.lines[1:]))
