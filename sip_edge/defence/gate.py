"""The gate of the edge: asked before a message is parsed, told of every failure; every refusal is counted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from provd.admission import in_networks
from provd.limits import Buckets
from sip_edge.defence.bans import Bans, Sentence
from sip_edge.defence.policy import Policy, is_scanner, method_of
from sip_edge.transport.flow import Flow

log = logging.getLogger(__name__)

Name = tuple[str, str]
"""(domain, device name)."""

# A phone with an old password asks again every 30 s or so: it alone is slowed down. A whole address is banned only when
# it has failed with many names, and later when phones of ours register from it. A user is closed to strangers,
# never to the addresses where it is registered: nobody can lock somebody else out.
PAIR = Sentence(allowed=6, window=300, first=30, longest=3_600)
ADDRESS = Sentence(allowed=30, window=300, first=60, longest=86_400)
USER = Sentence(allowed=60, window=300, first=60, longest=3_600)
NEIGHBOUR = 0.2
"""What a failure weighs at an address from where phones of ours register."""


@dataclass(slots=True)
class GateCounters:
    """What was refused, and how often, since the start."""

    denied: int = 0
    """Messages from networks that may not speak here, or not to that company."""
    banned: int = 0
    scanners: int = 0
    limited: dict[str, int] = field(default_factory=dict)
    """Over the rate, by method; methods we have no rate for under `other`."""
    unknown_domain: int = 0
    failures: int = 0
    """Wrong passwords and unknown users."""
    shut: int = 0
    """Requests of a user and address that failed too often."""


class Gate:
    """Hang `admit` into the stack; ask `shut` before a password is tried, and tell the outcome."""

    def __init__(self, policy: Policy, clock: Callable[[], float]) -> None:
        """`clock`: seconds that never go back."""
        self.policy = policy
        self.counters = GateCounters()
        self.known_address: Callable[[str], bool] = lambda _: False
        """Do phones of ours register from there?"""
        self.at_home: Callable[[Name, str], bool] = lambda _name, _address: False
        """Is that user registered from that address?"""
        self.carrier: Callable[[str], bool] = lambda _: False
        """Does a trunk of ours call from there? One address is many callers then."""
        self._clock = clock
        self._pairs = Bans(PAIR)
        self._addresses = Bans(ADDRESS)
        self._users = Bans(USER)
        self._rates = {method: Buckets(rate.burst, rate.per_second) for method, rate in policy.rates.items()}
        self._others = Buckets(policy.others.burst, policy.others.per_second)

    def admit(self, flow: Flow, data: bytes) -> bool:
        """May this message be read at all? For `Stack.admit`; a few microseconds."""
        address, policy, counters = flow.remote[0], self.policy, self.counters
        if not policy.access.permits(address):
            counters.denied += 1
            return False
        if policy.trusted and in_networks(address, policy.trusted):
            return not self._scans(data)
        now = self._clock()
        if self._addresses.banned(address, now):
            counters.banned += 1
            return False
        method = method_of(data)
        if not method:
            return True
        if not self._rates.get(method, self._others).take(address, now) and not self.carrier(address):
            known = method if method in self._rates else "other"
            counters.limited[known] = counters.limited.get(known, 0) + 1
            return False
        return not self._scans(data)

    def _scans(self, data: bytes) -> bool:
        if self.policy.scanners and is_scanner(data):
            self.counters.scanners += 1
            return True
        return False

    def shut(self, name: Name, address: str) -> bool:
        """Has this user failed too often from there, or from everywhere? Then its password is not even tried."""
        now = self._clock()
        if self._pairs.banned((name, address), now):
            found = True
        else:
            found = self._users.banned(name, now) and not self.at_home(name, address)
        self.counters.shut += found
        return found

    def failed(self, name: Name, address: str) -> None:
        """A wrong password, or a user that does not exist; the address is proven (its nonce was ours)."""
        now = self._clock()
        self.counters.failures += 1
        self._pairs.failed((name, address), now)
        self._users.failed(name, now)
        if self.policy.trusted and in_networks(address, self.policy.trusted):
            return
        seconds = self._addresses.failed(address, now, NEIGHBOUR if self.known_address(address) else 1.0)
        if seconds:
            log.warning("%s failed to authenticate too often and is not heard for %d s.", address, seconds)

    def succeeded(self, name: Name, address: str) -> None:
        """The right password came from there."""
        self._pairs.forgive((name, address))

    def forgive(self, name: Name) -> None:
        """Somebody gave the user another password: whoever failed with the old one may try again."""
        self._users.forgive(name)
        for key, _ in self._pairs.current(self._clock()):
            if isinstance(key, tuple) and key[0] == name:
                self._pairs.forgive(key)

    def pardon(self, address: str) -> None:
        """A technician lets an address in again."""
        self._addresses.forgive(address)

    @property
    def bans(self) -> dict[str, int]:
        """Bans since the start, by what was banned."""
        return {"pair": self._pairs.begun, "address": self._addresses.begun, "user": self._users.begun}

    def banned_addresses(self) -> list[tuple[str, float]]:
        """(address, seconds left): for a page."""
        return [(str(key), left) for key, left in self._addresses.current(self._clock())]
