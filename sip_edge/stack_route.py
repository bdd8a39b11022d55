"""Where a message goes: responses by Via, requests by Route and URI; and what hops leave behind.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from sip_edge.message import Address, Request, SipError, Uri, Via

MAX_FORWARDS = 70
"""RFC 3261 section 8.1.1.6."""
_PROTOCOLS = frozenset(("UDP", "TCP", "TLS", "WS", "WSS"))


@dataclass(frozen=True, slots=True)
class Destination:
    """What a URI says about the next hop."""

    protocol: str
    host: str
    """Name or address, no brackets."""
    port: int


def answer_to(via: Via, remote: tuple[str, int]) -> tuple[str, int]:
    """(address, port) a response over UDP goes to; `via` as the peer wrote it, `remote` where it came from.

    RFC 3581 when rport is asked for, else RFC 3261 section 18.2.2: the source address and the port of sent-by. A
    peer whose sent-by is not its source address is behind NAT, where only the source port reaches it, so it gets
    that port even if it does not know rport. Never another address than the source: answers are no weapon.
    """
    host, port = via.sent_by
    if via.parameter("rport") is not None or host.strip("[]") != remote[0]:
        return remote
    return remote[0], port


def destination(uri: Uri) -> Destination:
    """The next hop of a sip or sips URI (RFC 3263 section 4.1 without NAPTR and SRV).

    Raises SipError 416 for another scheme, 400 for a transport we do not have or that sips forbids.
    """
    if not uri.is_sip:
        raise SipError(416, "Only sip and sips URIs can be sent to.")
    named = uri.parameter("transport")
    secure = uri.scheme == "sips"
    protocol = named.upper() if named else "TLS" if secure else "UDP"
    if secure:
        protocol = {"TCP": "TLS", "WS": "WSS"}.get(protocol, protocol)
    if protocol not in _PROTOCOLS or (secure and protocol == "UDP"):
        raise SipError(400, "The transport of the URI cannot be used.")
    host = uri.parameter("maddr") or uri.host
    port = uri.port or {"TLS": 5061, "WS": 80, "WSS": 443}.get(protocol, 5060)
    return Destination(protocol, host.strip("[]"), port)


def next_hop(request: Request) -> Uri:
    """The URI that `request` is to be sent to: its first Route, else its target (RFC 3261 section 8.1.2)."""
    routes = request.addresses("route")
    return routes[0].uri if routes else request.uri


def strictly_routed(request: Request) -> Request:
    """`request` rewritten when its first Route is a strict router (RFC 3261 section 12.2.1.1); else unchanged."""
    routes = request.addresses("route")
    if not routes or routes[0].uri.parameter("lr") is not None:
        return request
    rest = [*routes[1:], Address.of(request.uri)]
    headers = request.headers.without("route")
    for route in reversed(rest):
        headers = headers.with_first("Route", str(route))
    return request.with_headers(headers).with_target(routes[0].uri.without_headers())


def with_via(request: Request, protocol: str, sent_by: str, branch: str) -> Request:
    """`request` as we send it: our Via on top, asking for rport over UDP, and Max-Forwards when it has none."""
    headers = request.headers
    if "max-forwards" not in headers.index:
        headers = headers.with_first("Max-Forwards", str(MAX_FORWARDS))
    rport = ";rport" if protocol == "UDP" else ""
    return request.with_headers(headers.with_first("Via", f"SIP/2.0/{protocol} {sent_by};branch={branch}{rport}"))


def sent_by(host: str, port: int) -> str:
    """`host:port` as Via has it, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def own_routes_removed(routes: tuple[Address, ...], own: frozenset[tuple[str, int]]) -> tuple[Address, ...]:
    """The Route set without the leading entries that name us (RFC 3261 section 16.4); `own` as (host, port)."""
    left = list(routes)
    while left and left[0].uri.is_sip and _place(left[0].uri) in own:
        left.pop(0)
    return tuple(left)


def forwarded(request: Request) -> int:
    """The Max-Forwards of the request we send because of `request`; SipError 483 when none is left."""
    given = request.max_forwards
    if given is None:
        return MAX_FORWARDS
    if given == 0:
        raise SipError(483, "The request has used up its Max-Forwards.")
    return min(given, 255) - 1


def is_address(host: str) -> bool:
    """Is `host` (no brackets) an IP address, so that no name has to be looked up?"""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _place(uri: Uri) -> tuple[str, int]:
    protocol = (uri.parameter("transport") or "").lower()
    default = 5061 if uri.scheme == "sips" or protocol == "tls" else 5060
    return uri.host.strip("[]").lower(), uri.port or default
