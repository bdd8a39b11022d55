"""Lines to the world: carriers and other switches, as calls see them.  (pure)"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sip_edge.message.uri import Uri, sip


@dataclass(frozen=True, slots=True)
class Trunk:
    """A trunk of a company (or, with `domain` empty, of all). Calls to it go to `host`:`port`; those from it come from
    one of `networks`, which nobody asks for a password. `most_calls` counts both ways; lower `order` is tried first."""

    name: str
    host: str
    port: int = 5060
    transport: str = "udp"
    domain: str = ""
    networks: tuple[str, ...] = ()
    user: str = ""
    password: str = field(default="", repr=False)
    most_calls: int = 100
    order: int = 0
    plus: bool = True
    """Are numbers written with their + (E.164), or without?"""
    enabled: bool = True
    registers: bool = False
    """Do we register with the carrier, as a phone does?"""
    asks: bool = True
    """Is it asked by OPTIONS whether it is there?"""
    silent: bool = False
    """It has answered, and does not at the moment: those that do are tried before it."""

    def uri(self, number: str) -> Uri:
        """Where a call to `number` goes."""
        digits = number if self.plus else number.removeprefix("+")
        where = sip(digits, self.host, self.port)
        return where if self.transport == "udp" else where.with_parameter("transport", self.transport)


def from_address(trunks: Iterable[Trunk], address: str) -> tuple[Trunk, ...]:
    """The trunks that calls from an IP address (no brackets) belong to."""
    return tuple(one for one in trunks if one.enabled and any(_within(address, network) for network in one.networks))


@lru_cache(4096)
def _within(address: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def in_order(
    trunks: Iterable[Trunk], domain: str, calls: Mapping[str, int], *, emergency: bool = False
) -> Sequence[Trunk]:
    """The trunks of a company for a call out, the first to be tried first; `calls` are those on now, by trunk.

    Those that do not answer at the moment come after the others. Full ones are left out; an emergency tries them too,
    after all others, as no limit of ours may come between somebody and help."""
    mine = [one for one in trunks if one.enabled and one.domain in ("", domain)]
    mine.sort(key=lambda one: (one.silent, one.order, one.domain == "", one.name))
    full = [one for one in mine if calls.get(one.name, 0) >= one.most_calls]
    return [*(one for one in mine if one not in full), *(full if emergency else ())]
