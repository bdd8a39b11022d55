"""A dialog of a phone on real sockets: what it sends in it, and what it waits for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sip_edge.message import Request, Response

if TYPE_CHECKING:
    from tests.clients.wire_phone import WirePhone


class Call:
    """One dialog of a phone."""

    def __init__(self, phone: WirePhone, call_id: str) -> None:
        self.phone, self.call_id, self.cseq = phone, call_id, 0
        self.invite: Request
        self.local = self.remote = self.target = self.tag = ""
        self.final = False
        phone.calls[call_id] = self

    def send(self, method: str, body: bytes = b"", *more: tuple[str, str], cseq: int = 0) -> Request:
        """Send a request in the dialog."""
        self.cseq += 0 if cseq or method == "ACK" else 1
        rows = [
            ("From", self.local), ("To", self.remote), ("Call-ID", self.call_id),
            ("CSeq", f"{cseq or self.cseq} {method}"), ("Contact", self.phone.contact), *more,
        ]  # fmt: skip
        request = self.phone.request(method, self.target, rows, body)
        self.phone.send(request)
        return request

    def response(self, *statuses: int, method: str = "INVITE") -> Response:
        """The response of one of these statuses, when it comes."""
        found: Response = self.phone.take(
            lambda one: (
                isinstance(one, Response)
                and one.call_id == self.call_id
                and one.status in statuses
                and one.cseq.method == method
            ),
            f"{method} {statuses}",
        )
        return found

    def refused(self, status: int) -> Response:
        """The refusal; it is acknowledged."""
        found = self.response(status)
        self.acknowledge(found)
        return found

    def acknowledge(self, response: Response) -> None:
        """Acknowledge a refusal, as its transaction does."""
        rows = [("Via", str(self.invite.via)), ("Max-Forwards", "70"), ("From", self.local), ("To", str(response.to)),
                ("Call-ID", self.call_id), ("CSeq", f"{response.cseq.number} ACK")]  # fmt: skip
        self.phone.send(Request.build("ACK", self.invite.target, rows))

    def answered(self, body: bytes = b"") -> Response:
        """The 200 that comes; it is acknowledged with `body`, and its audio is on."""
        found = self.response(200)
        self.remote, self.target, self.final = str(found.to), found.contacts[0].target, True
        self.phone.voice.heed(found.body, self.call_id)
        self.send("ACK", body, cseq=found.cseq.number)
        return found

    def reply(self, status: int, body: bytes = b"", *more: tuple[str, str], request: Request | None = None) -> None:
        """Answer the INVITE, or another request of theirs."""
        asked = request or self.invite
        self.final = self.final or status >= 200
        rows = [("Contact", self.phone.contact), *more, *([("Content-Type", "application/sdp")] if body else [])]
        self.phone.send(asked.reply(status, to_tag=self.tag, headers=rows, body=body))

    def accept(self, body: bytes | None = None) -> Call:
        """Ring and answer; its audio is on, and the ACK has come."""
        self.reply(180)
        if self.invite.body:
            self.phone.voice.heed(self.invite.body, self.call_id)
        self.reply(200, self.phone.sdp() if body is None else body)
        self.asked("ACK")
        return self

    def cancel(self) -> None:
        """Give up."""
        keep = ("via", "from", "to", "call-id", "route")
        rows = [(name, value) for name, value in self.invite.headers.pairs if name.lower() in keep]
        last = [("CSeq", f"{self.invite.cseq.number} CANCEL"), ("Max-Forwards", "70")]
        self.phone.send(Request.build("CANCEL", self.invite.target, [*rows, *last]))

    def bye(self) -> None:
        """Hang up."""
        self.phone.voice.hush(self.call_id)
        self.send("BYE")
        self.response(200, method="BYE")

    def asked(self, method: str) -> Request:
        """The next request of a kind in this dialog."""
        found: Request = self.phone.take(
            lambda one: isinstance(one, Request) and one.method == method and one.call_id == self.call_id, method
        )
        return found

    def hung_up(self) -> Request:
        """The BYE that comes."""
        return self.asked("BYE")

    def notified(self, status: int) -> Request:
        """The NOTIFY about a transfer that says this status (RFC 3515 section 2.4.5)."""
        wanted = f"SIP/2.0 {status}".encode()
        found: Request = self.phone.take(
            lambda one: (
                isinstance(one, Request)
                and one.method == "NOTIFY"
                and one.call_id == self.call_id
                and one.body.startswith(wanted)
            ),
            f"NOTIFY {status}",
        )
        return found

    @property
    def replaces(self) -> str:
        """What a Replaces header calls this dialog (RFC 3891), as its other end sees it."""
        local, remote = self.local.rpartition("tag=")[2], self.remote.rpartition("tag=")[2]
        return f"{self.call_id};to-tag={remote};from-tag={local}"


def watch(phone: WirePhone, extension: str) -> Callable[[str], str]:
    """Watch the dialogs of somebody (RFC 4235) → waits for a body with this in it."""
    call = Call(phone, f"s{extension}@{phone.port}")
    call.target = f"sip:{extension}@{phone.domain}"
    call.local, call.remote = f"<sip:{phone.device}@{phone.domain}>;tag=s{phone.port}", f"<{call.target}>"
    rows = [("Event", "dialog"), ("Accept", "application/dialog-info+xml"), ("Expires", "60")]
    call.invite = call.send("SUBSCRIBE", b"", *rows)
    proof = phone.proof(call.response(401, method="SUBSCRIBE"), "SUBSCRIBE", call.target)
    call.send("SUBSCRIBE", b"", *rows, proof)
    call.response(200, 202, method="SUBSCRIBE")

    def told(what: str) -> str:
        found: Request = phone.take(
            lambda one: isinstance(one, Request) and one.method == "NOTIFY" and what in one.body.decode(), what
        )
        return found.body.decode()

    return told
