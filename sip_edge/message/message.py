"""Requests and responses.  (pure)

Rules of this file:
- A message is cut once into start line, header lines and body; nothing in a header is looked at until somebody
  reads the attribute for it, which then is kept.
- What came in goes out byte for byte: header lines are kept as they are, unknown ones too, in their order.
- A message that is broken but can still be answered says so in `fault`; `check` turns that into the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sip_edge.message import header
from sip_edge.message.address import Address
from sip_edge.message.cseq import CSeq, RAck
from sip_edge.message.errors import SipError
from sip_edge.message.field import Field
from sip_edge.message.grammar import TOKEN, is_token
from sip_edge.message.headers import Headers, text_of
from sip_edge.message.lazy import lazy
from sip_edge.message.media_type import MediaType
from sip_edge.message.status import phrase
from sip_edge.message.uri import Uri
from sip_edge.message.via import Via

REQUEST_LINE = re.compile(rf"({TOKEN}) ([^\x00-\x20\x7f]++) (SIP/[0-9]++\.[0-9]++)\Z", re.I)
_ANSWERED = (("from", "From"), ("to", "To"), ("call-id", "Call-ID"), ("cseq", "CSeq"))
M = TypeVar("M", bound="Message")


@dataclass(frozen=True)
class Message:
    """What a request and a response have in common: headers, body, and typed reading of both.

    Typed attributes raise SipError(400) when the header is not well formed, and so do the ones RFC 3261 section
    8.1.1 makes mandatory (`via`, `from_`, `to`, `call_id`, `cseq`) when it is missing.
    """

    start_line: str
    headers: Headers
    body: bytes = field(default=b"", repr=False)
    fault: SipError | None = field(default=None, compare=False)
    """What is wrong with the framing, the start line or a header line as such; None for a sound message."""

    def __bytes__(self) -> bytes:
        """The message as it goes on the wire; a parsed one comes back byte for byte."""
        head = "\r\n".join((self.start_line, *self.headers.lines, "", ""))
        return head.encode("utf-8", "surrogateescape") + self.body

    def with_headers(self: M, headers: Headers) -> M:
        """The same message with other headers."""
        return replace(self, headers=headers)

    def with_body(self: M, body: bytes, content_type: str) -> M:
        """The same message with another body; Content-Type and Content-Length follow it."""
        headers = self.headers.without("content-type", "content-length", "content-encoding")
        if body:
            headers = headers.with_added("Content-Type", content_type)
        return replace(self, headers=headers.with_added("Content-Length", str(len(body))), body=body)

    def read_core(self) -> None:
        """Read the headers every message needs, as the attributes of the same names would one by one.

        Raises SipError(400) as they do. In one go it takes two thirds of the time, and every request pays it.
        """
        into, index = self.__dict__, self.headers.index
        try:
            into["from_"] = Address.parse(text_of(index["from"][0]))
            into["to"] = Address.parse(text_of(index["to"][0]))
            into["cseq"] = CSeq.parse(text_of(index["cseq"][0]))
            into["call_id"] = text_of(index["call-id"][0])
            vias = index["via"]
        except KeyError as missing:
            raise SipError(400, f"The message has no {header.wire(missing.args[0])} header.") from None
        if len(vias) == 1 and "," not in vias[0]:
            into["vias"] = (Via.parse(text_of(vias[0])),)
        elif not self.vias:
            raise SipError(400, "The message has no Via header.")

    def _one(self, name: str) -> str:
        value = self.headers.first(name)
        if value is None:
            raise SipError(400, f"The message has no {header.wire(name)} header.")
        return value

    @lazy
    def vias(self) -> tuple[Via, ...]:
        """Every Via value, the topmost first."""
        return tuple(Via.parse(value) for value in self.headers.values("via"))

    @property
    def via(self) -> Via:
        """The topmost Via value."""
        if not self.vias:
            raise SipError(400, "The message has no Via header.")
        return self.vias[0]

    @lazy
    def from_(self) -> Address:
        """From."""
        return Address.parse(self._one("from"))

    @lazy
    def to(self) -> Address:
        """To."""
        return Address.parse(self._one("to"))

    @lazy
    def call_id(self) -> str:
        """Call-ID, byte for byte: it is compared case-sensitively (RFC 3261 section 20.8)."""
        return self._one("call-id")

    @lazy
    def cseq(self) -> CSeq:
        """CSeq."""
        return CSeq.parse(self._one("cseq"))

    @lazy
    def rack(self) -> RAck | None:
        """RAck of a PRACK (RFC 3262)."""
        text = self.headers.first("rack")
        return None if text is None else RAck.parse(text)

    @lazy
    def contacts(self) -> tuple[Address, ...]:
        """Every Contact value but `*`, in order."""
        found = self.headers.index.get("contact", ())
        if len(found) == 1 and "," not in found[0]:
            value = text_of(found[0])
            return () if value in ("", "*") else (Address.parse(value),)
        return tuple(Address.parse(value) for value in self.headers.values("contact") if value != "*")

    @property
    def contact_star(self) -> bool:
        """Is there a `Contact: *` (RFC 3261 section 10.2.2)?"""
        return "*" in self.headers.values("contact")

    def addresses(self, name: str) -> tuple[Address, ...]:
        """The values of header `name` as addresses: route, record-route, path, refer-to, p-asserted-identity …"""
        values = self.headers.values(name) if header.canonical(name) in header.LISTS else self.headers.all(name)
        return tuple(Address.parse(value) for value in values)

    def field(self, name: str) -> Field | None:
        """The first header `name` as value and parameters (event, session-expires, replaces …), None when absent."""
        text = self.headers.first(name)
        return None if text is None else Field.parse(text)

    def number(self, name: str) -> int | None:
        """The first header `name` (canonical) as a number, None when absent; parameters are dropped.

        Raises SipError(400) when it is no number; more than 2**32-1 counts as that.
        """
        found = self.headers.index.get(name)
        if found is None:
            return None
        text = text_of(found[0])
        if len(text) < 10 and text.isdecimal() and text.isascii():
            return int(text)
        digits = text.partition(";")[0].rstrip(" \t")
        if not digits.isascii() or not digits.isdigit():
            raise SipError(400, f"{header.wire(name)} must be a number.")
        return min(int(digits), 2**32 - 1) if len(digits) <= 20 else 2**32 - 1

    @lazy
    def max_forwards(self) -> int | None:
        """Max-Forwards."""
        return self.number("max-forwards")

    @lazy
    def expires(self) -> int | None:
        """The Expires header, seconds."""
        return self.number("expires")

    def options(self, name: str) -> tuple[str, ...]:
        """The tokens of a list header in lower case, in order: supported, require, allow-events …"""
        return tuple(value.lower() for value in self.headers.values(name))

    @lazy
    def supported(self) -> frozenset[str]:
        """The option tags in Supported, lower case."""
        return frozenset(self.options("supported"))

    @lazy
    def content_type(self) -> MediaType | None:
        """Content-Type, None when absent."""
        text = self.headers.first("content-type")
        return None if text is None else MediaType.parse(text)

    @property
    def user_agent(self) -> str:
        """User-Agent of a request, Server of a response; "" when there is none."""
        return self.headers.first("user-agent") or self.headers.first("server") or ""


@dataclass(frozen=True)
class Request(Message):
    """A SIP request (RFC 3261 section 7.1)."""

    method: str = ""
    """Case-sensitive, any token."""
    target: str = ""
    """The Request-URI as written."""
    version: str = "SIP/2.0"
    """In upper case."""

    @classmethod
    def build(cls, method: str, uri: Uri | str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> Request:
        """A request of our own from (name, value) pairs; Content-Length is added.

        Raises ValueError when a name or value could break out of its line.
        """
        target = str(uri)
        if not is_token(method) or not REQUEST_LINE.match(f"{method} {target} SIP/2.0"):
            raise ValueError("A request needs a token as its method and a URI without white space.")
        made = Headers.of([*headers, ("Content-Length", str(len(body)))])
        return cls(f"{method} {target} SIP/2.0", made, body, None, method, target)

    @lazy
    def uri(self) -> Uri:
        """The Request-URI."""
        return Uri.parse(self.target)

    def arrived(self, host: str, port: int) -> Request:
        """This request with the source address written into its topmost Via (RFC 3261 section 18.2.1, RFC 3581)."""
        rest = header.split_values(self._one("via"))[1:]
        top = self.via.arrived(host, port)
        # The copy keeps what has been read already: only the topmost Via is another one.
        changed = object.__new__(Request)
        into = changed.__dict__
        into.update(self.__dict__)
        into["headers"] = self.headers.with_top("Via", ", ".join([str(top), *rest]))
        into["vias"] = (top, *self.vias[1:])
        return changed

    def with_target(self, uri: Uri | str) -> Request:
        """The same request to another Request-URI."""
        target = str(uri)
        return replace(self, start_line=f"{self.method} {target} {self.version}", target=target)

    def reply(
        self,
        code: int,
        reason: str | None = None,
        *,
        to_tag: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> Response:
        """The response to this request (RFC 3261 section 8.2.6): Via, From, To, Call-ID and CSeq as they came.

        `to_tag` is added when To has no tag yet; Record-Route is copied into what can make a dialog (section
        12.1.1), Timestamp into 100. A header the request lacks is lacking in the response too.
        """
        index = self.headers.index
        lines = [f"Via:{value}" for value in index.get("via", ())]
        if 100 < code < 300 and self.method in ("INVITE", "SUBSCRIBE", "REFER", "NOTIFY"):
            lines += [f"Record-Route:{value}" for value in index.get("record-route", ())]
        for key, name in _ANSWERED:
            if key in index:
                lines.append(f"{name}:{index[key][0]}")
        if to_tag is not None and "to" in index and not _has_tag(self):
            lines = [f"{line};tag={to_tag}" if line.startswith("To:") else line for line in lines]
        if code == 100 and "timestamp" in index:
            lines.append(f"Timestamp:{index['timestamp'][0]}")
        lines += [header.line(name, value) for name, value in headers]
        lines.append(f"Content-Length: {len(body)}")
        why = phrase(code) if reason is None else reason
        if "\r" in why or "\n" in why:
            raise ValueError("A reason phrase cannot hold a line break.")
        return Response(f"SIP/2.0 {code} {why}", Headers(lines), body, None, code, why)


@dataclass(frozen=True)
class Response(Message):
    """A SIP response (RFC 3261 section 7.2)."""

    status: int = 0
    """100 to 699."""
    reason: str = ""
    """The phrase as written; it may be empty."""


def _has_tag(request: Request) -> bool:
    try:
        return request.to.tag is not None
    except SipError:
        return False
