"""What all virtual phones of a process share on SIP: timers, trust, addresses, and the times that are measured."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from provd.simulate.web import trust
from sip_edge.stack_route import is_address
from sip_edge.timers import Scheduler, Timers

RESOLVE_SECONDS = 5.0
PHONES_A_SITE = 50
"""Phones behind one address, where many are at home on this machine."""
_SITES = 250 * 250


@dataclass(slots=True)
class Tally:
    """How long answers took, in milliseconds by method, and how often there was none."""

    times: dict[str, list[float]] = field(default_factory=dict)
    unanswered: dict[str, int] = field(default_factory=dict)

    def add(self, method: str, ms: float, *, answered: bool) -> None:
        """Count one request that came to its end."""
        self.times.setdefault(method, []).append(ms)
        if not answered:
            self.unanswered[method] = self.unanswered.get(method, 0) + 1


class Air:
    """`tell` hears what happens to a phone: its MAC and a sentence."""

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        tell: Callable[[str, str], None] | None = None,
        scheduler: Scheduler | None = None,
    ) -> None:
        self.timers = Timers(scheduler or asyncio.get_running_loop())
        self.tls = tls or trust()
        self.tell = tell or (lambda _mac, _sentence: None)
        self.tally = Tally()
        self._known: dict[str, str] = {}

    async def resolve(self, host: str) -> str:
        """The IP address of a name, looked up once. Raises OSError."""
        host = host.strip("[]")
        if host not in self._known and is_address(host):
            self._known[host] = host
        if host not in self._known:
            loop = asyncio.get_running_loop()
            try:
                async with asyncio.timeout(RESOLVE_SECONDS):
                    found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
            except (UnicodeError, TimeoutError) as error:
                raise OSError(f"the name {host} has no address") from error
            self._known[host] = str(found[0][4][0])
        return self._known[host]

    def close(self) -> None:
        """Forget every timer."""
        self.timers.close()


def own_address(server: str, number: int) -> str:
    """The address the phone with this number has towards a server.

    Where the server is on this machine, phones are put PHONES_A_SITE to an address of the loopback network, as they
    would come from many offices: the server bounds what it takes from one address.
    """
    site = number // PHONES_A_SITE
    if site and server.startswith("127.") and site < _SITES:
        wanted = f"127.1.{site // 250}.{site % 250 + 1}"
        if _can_bind(wanted):
            return wanted
    family = socket.AF_INET6 if ipaddress.ip_address(server).version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((server, 9))  # nothing is sent
        return str(probe.getsockname()[0])


def _can_bind(address: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
