"""A binding: one contact under which a device is reached, and what a REGISTER asks for.  (pure)"""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable
from dataclasses import dataclass, field

from sip_edge.message import Address, Request, SipError, Uri
from sip_edge.message.grammar import quote

MOST_CONTACTS = 10
MOST_PATHS = 10
LONGEST = 1024
"""Octets of one contact or path that are kept a binding; a desk phone's have some 100."""
LONGEST_CALL_ID = 256
_OURS = ("expires", "q", "pub-gruu", "temp-gruu")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a request really came from."""

    protocol: str
    address: str
    port: int
    flow: Hashable = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Wish:
    """One contact of a REGISTER."""

    uri: Uri
    contact: str
    """The URI as written."""
    parameters: str
    """The header parameters as written, without those that only the registrar sets."""
    q: float
    expires: int | None
    instance: str
    reg_id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a REGISTER asks for (RFC 3261 section 10.3). No wishes and no star: only to be told (section 10.2.3)."""

    wishes: tuple[Wish, ...]
    star: bool
    call_id: str
    cseq: int
    path: tuple[str, ...] = ()
    user_agent: str = ""
    via_count: int = 1
    gruu: bool = False
    outbound: bool = False
    path_supported: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """One way to reach a device. Times are epoch seconds; `address` and `port` are where its REGISTER came from."""

    id: int
    device_id: int
    domain: str
    name: str
    contact: str
    parameters: str
    q: float
    instance: str
    reg_id: int
    path: tuple[str, ...]
    call_id: str
    cseq: int
    user_agent: str
    protocol: str
    address: str
    port: int
    registered: float
    refreshed: float
    expires: float
    restored: bool = False
    """Known from before a restart, and not heard of since."""
    flow: Hashable = field(default=None, compare=False, repr=False)
    """The connection or UDP path it registered over; None after a restart, and when the connection is gone."""

    @property
    def uri(self) -> Uri:
        """The contact taken apart."""
        return Uri.parse(self.contact)

    @property
    def aor(self) -> str:
        """The address of record as a SIP URI."""
        return f"sip:{self.name}@{self.domain}"

    @property
    def outbound(self) -> bool:
        """Did the phone ask for RFC 5626, so that requests must take its flow or none?"""
        return bool(self.instance and self.reg_id)

    @property
    def private(self) -> bool:
        """Does the contact name an address that only the phone's own network knows, or none at all?"""
        host = self.uri.host.strip("[]")
        try:
            return not ipaddress.ip_address(host).is_global
        except ValueError:
            return host.endswith(".invalid")  # RFC 7118 section 5.1: WebSocket phones

    @property
    def translated(self) -> bool:
        """Does the contact name another address than the one it came from: is there NAT, or a proxy, between?"""
        return self.uri.host.strip("[]").lower() != self.address.lower()

    def pub_gruu(self) -> str | None:
        """The public GRUU (RFC 5627 section 5.1) of the phone, None when it named no instance."""
        return f"{self.aor};gr={self.instance}" if self.instance else None

    def shown(self, now: float, *, gruu: bool = False) -> str:
        """The Contact value of the answer to a REGISTER (RFC 3261 section 10.3 step 8)."""
        q = "" if self.q == 1.0 else f";q={self.q:g}"
        public = self.pub_gruu() if gruu else None
        given = f";pub-gruu={quote(public)}" if public else ""
        return f"<{self.contact}>{self.parameters}{q};expires={max(0, round(self.expires - now))}{given}"


def read(request: Request) -> Asked:
    """What a checked REGISTER asks for. Raises SipError(400) for what breaks RFC 3261 section 10 or our limits."""
    contacts, star = request.contacts, request.contact_star
    if star and (contacts or request.expires != 0):
        raise SipError(400, "Contact: * must stand alone and with Expires: 0.")
    if len(contacts) > MOST_CONTACTS:
        raise SipError(400, f"A REGISTER may carry at most {MOST_CONTACTS} contacts.")
    path = tuple(request.headers.values("path")) if "path" in request.headers.index else ()
    if any(map(_broken, path)):
        raise SipError(400, "The Path holds a control character; this server cannot tell it back.")
    if len(path) > MOST_PATHS or sum(map(len, path)) > LONGEST:
        raise SipError(400, "The Path of a REGISTER is longer than this server keeps.")
    supported = request.supported if "supported" in request.headers.index else frozenset()
    return Asked(
        tuple(_wish(contact, request.expires) for contact in contacts),
        star,
        request.call_id[:LONGEST_CALL_ID],
        request.cseq.number,
        path,
        request.user_agent[:200],
        len(request.vias),
        "gruu" in supported,
        "outbound" in supported,
        "path" in supported,
    )


def _broken(text: str) -> bool:
    """Would a line of ours with `text` in it not be one line any more? Other odd characters are the phone's own."""
    return "\x00" in text or "\r" in text or "\n" in text


def _wish(contact: Address, expires: int | None) -> Wish:
    uri = contact.uri
    if not uri.is_sip:
        raise SipError(400, "A contact must be a sip or sips URI; this server reaches no other.")
    own, parameters = contact.expires, contact.parameters
    if parameters:
        for name in _OURS:
            if name in parameters:
                contact = contact.without_parameter(name)
    if len(contact.target) + len(contact.parameters) > LONGEST:
        raise SipError(400, f"A contact may have at most {LONGEST} octets.")
    if _broken(contact.target) or _broken(contact.parameters):
        raise SipError(400, "A contact holds a control character; this server cannot tell it back.")
    instance, reg_id = "", 0
    if "instance" in parameters or "INSTANCE" in parameters:
        instance = contact.instance or ""
        number = contact.parameter("reg-id") or ""
        reg_id = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    q = contact.q if not parameters else Address(contact.target, "", parameters).q
    return Wish(uri, contact.target, contact.parameters, q, expires if own is None else own, instance, reg_id)
