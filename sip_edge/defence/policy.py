"""Who may speak to the edge at all: scanners, networks, rates.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from netaddr import AddrFormatError, IPNetwork

from provd.admission import in_networks

# User-Agents of tools that look for servers and guess passwords; none of them is a phone. What they call themselves
# is public: it stands in their sources and in every honeypot's report.
_SCANNERS = (
    b"friendly-scanner", b"friendly-request", b"sipvicious", b"sipcli", b"sip-scan", b"sipscan", b"siparmyknife",
    b"sundayddr", b"vaxsipuseragent", b"vaxipuseragent", b"pplsip", b"sivus", b"smap ", b"sipptk", b"mr.sip", b"nmap",
)  # fmt: skip
_HEAD = 4096
MOST_NETWORKS = 64


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` messages at once, then `per_second`."""

    burst: float
    per_second: float


# One address may be an office of 500 phones that get their power back at once.
RATES: Mapping[str, Rate] = {
    "REGISTER": Rate(2_000, 100),
    "SUBSCRIBE": Rate(5_000, 200),
    "INVITE": Rate(200, 20),
    "OPTIONS": Rate(200, 20),
    "MESSAGE": Rate(100, 10),
}
OTHERS = Rate(2_000, 200)


@dataclass(frozen=True, slots=True)
class Access:
    """Networks that may use SIP; an empty `allow` is everybody. `deny` wins."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()

    def permits(self, address: str) -> bool:
        """May `address` (no brackets) speak?"""
        if self.deny and in_networks(address, self.deny):
            return False
        return not self.allow or in_networks(address, self.allow)


@dataclass(frozen=True, slots=True)
class Policy:
    """How the edge treats strangers."""

    access: Access = Access()
    """For the whole server; companies have their own."""
    trusted: tuple[str, ...] = ()
    """Networks of our own proxies: one address stands for many phones there, so it is neither limited nor banned."""
    scanners: bool = True
    """Drop what calls itself a scanner."""
    unknown_domain: str = "drop"
    """`drop` without a word, or `refuse` with 403."""
    rates: Mapping[str, Rate] = field(default_factory=lambda: RATES)
    others: Rate = OTHERS


def is_scanner(data: bytes) -> bool:
    """Does the message name a scanner as its User-Agent? Looks at its first 4,096 octets, in linear time."""
    head = data[:_HEAD].lower()
    place = head.find(b"\nuser-agent")
    return place >= 0 and _scans(head[place : place + 200].partition(b"\r")[0])


@lru_cache(4096)
def _scans(line: bytes) -> bool:
    return any(name in line for name in _SCANNERS)


def method_of(data: bytes) -> str:
    """The method of a request as it stands on the wire, `` for a response; not checked."""
    word = data[:32].lstrip(b"\r\n").partition(b" ")[0]
    return "" if word[:4].upper() == b"SIP/" else word.decode("ascii", "replace")


def read_access(said: Mapping[str, object]) -> Access:
    """The `sip_allow` and `sip_deny` networks of a company's admission rules; what cannot be read is left out."""
    return Access(_networks(said.get("sip_allow")), _networks(said.get("sip_deny")))


def _networks(said: object) -> tuple[str, ...]:
    given = said if isinstance(said, list | tuple) else ()
    return tuple(str(network) for network in given[:MOST_NETWORKS] if _is_network(str(network)))


def _is_network(text: str) -> bool:
    try:
        IPNetwork(text)
    except (AddrFormatError, ValueError):
        return False
    return True
