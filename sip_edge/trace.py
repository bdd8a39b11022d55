"""Traces: the SIP messages of a few phones, kept for a bounded time because a technician wants to see them.

Rules of this file: nothing is looked at while nobody traces; secrets are cut before a message is kept; every bound is
a number here. A message belongs to a phone when it comes over the flow of one of its registrations, when it is of one
of its lines, or when the phone's MAC stands in it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from provd.errors import Conflict
from provd.limits import Buckets
from sip_edge.ladder import IN, Step, cut, draw, head, party, summary
from sip_edge.registrar.binding import Binding
from sip_edge.registrar.location import Change, Name
from sip_edge.registrar.service import Registrar
from sip_edge.stack import Stack
from sip_edge.timers import Timer
from sip_edge.transport.flow import Endpoint, Flow

log = logging.getLogger(__name__)

MOST_PHONES = 20
MOST_MESSAGES = 500
MOST_CHARACTERS = 1_000_000
"""Of one phone; the oldest messages go first."""
LONGEST_MINUTES = 60
KEPT_AFTERWARDS = 3_600.0
"""Seconds for which a trace that is over can still be read."""
MOST_FLOWS = 1_000
BURST, PER_SECOND = 500.0, 50.0
"""Messages of one phone that are kept; a flood is counted only."""


@dataclass(slots=True)
class Recording:
    """What is traced of one phone. `until` in epoch seconds; `missed`: messages that no longer, or never, were kept."""

    mac: str
    since: float
    until: float
    on: bool = True
    missed: int = 0
    steps: deque[Step] = field(default_factory=deque, repr=False)
    size: int = 0
    count: int = 0

    def keep(self, step: Step) -> None:
        """Add a message, and let the oldest go for it where there is no more room."""
        self.steps.append(step)
        self.size += len(step.text)
        while len(self.steps) > MOST_MESSAGES or self.size > MOST_CHARACTERS:
            self.size -= len(self.steps.popleft().text)
            self.missed += 1

    def ladder(self) -> tuple[str, list[str]]:
        """The line above, and a line for each message."""
        return head(self.mac), draw(self.steps)


class Traces:
    """The traces of one process; hears the stack only while one is on."""

    def __init__(self, stack: Stack, registrar: Registrar) -> None:
        self._stack = stack
        self._registrar = registrar
        self._recordings: dict[str, Recording] = {}
        self._timers: dict[str, Timer] = {}
        self._flows: dict[Endpoint, str] = {}
        self._rates = Buckets(BURST, PER_SECOND)
        self._unwatch: Callable[[], None] | None = None

    # For the API

    def start(self, mac: str, minutes: int, lines: Iterable[Name]) -> Recording:
        """Trace a phone with these lines, (domain, device) each, for so many minutes from now, at most LONGEST_MINUTES;
        one that is on goes on for so long. Raises Conflict when too many phones are traced already."""
        seconds = 60.0 * max(1, min(minutes, LONGEST_MINUTES))
        now = self._registrar.now()
        found = self._recordings.get(mac)
        if found is None or not found.on:
            self._room(mac)
            found = self._recordings[mac] = Recording(mac, now, now + seconds)
            self._listen(lines)
        found.until = now + seconds
        self._after(mac, seconds, self._end)
        return found

    def stop(self, mac: str) -> bool:
        """End a trace and forget it; False when there is none."""
        self._end(mac)
        timer = self._timers.pop(mac, None)
        if timer is not None:
            timer.cancel()
        return self._recordings.pop(mac, None) is not None

    def get(self, mac: str) -> Recording | None:
        """The trace of a phone, also one that was over less than an hour ago; None when there is none."""
        return self._recordings.get(mac)

    @property
    def on(self) -> int:
        """How many phones are traced now."""
        return sum(one.on for one in self._recordings.values())

    # Life of a trace

    def _room(self, mac: str) -> None:
        if self.on >= MOST_PHONES:
            raise Conflict(f"{MOST_PHONES} phones are traced already; end one of those traces first.")
        self._recordings.pop(mac, None)
        over = [one for one in self._recordings.values() if not one.on]
        if len(self._recordings) >= MOST_PHONES:
            self.stop(min(over, key=lambda one: one.until).mac)

    def _listen(self, lines: Iterable[Name]) -> None:
        if self._unwatch is None:
            self._unwatch = self._registrar.watch(self._changed)
            self._stack.on_message = self.heard
        for name in lines:
            for binding in self._registrar.location.of(*name):
                self._note(binding)

    def _after(self, mac: str, seconds: float, then: Callable[[str], object]) -> None:
        before = self._timers.get(mac)
        if before is not None:
            before.cancel()
        self._timers[mac] = self._stack.timers.after(seconds, then, mac)

    def _end(self, mac: str) -> None:
        found = self._recordings.get(mac)
        if found is None or not found.on:
            return
        found.on, found.until = False, self._registrar.now()
        self._flows = {endpoint: owner for endpoint, owner in self._flows.items() if owner != mac}
        self._after(mac, KEPT_AFTERWARDS, self.stop)
        if not self.on and self._unwatch is not None:
            self._stack.on_message = None
            self._unwatch()
            self._unwatch = None

    # Hearing

    def heard(self, way: str, flow: Flow, data: bytes) -> None:
        """One message of the stack; for `Stack.on_message`. Whatever is in it, the stack goes on."""
        try:
            for mac in self._owners(way, flow, data):
                self._keep(self._recordings[mac], way, flow, data)
        except Exception:
            log.exception("A message could not be traced.")

    def _keep(self, recording: Recording, way: str, flow: Flow, data: bytes) -> None:
        recording.count += 1
        if not self._rates.take(recording.mac, self._stack.timers.now()):
            recording.missed += 1
            return
        host, port = flow.remote
        text, now = cut(data), self._registrar.now()
        recording.keep(Step(recording.count, now, way, flow.protocol, host, port, summary(text), text))

    def _owners(self, way: str, flow: Flow, data: bytes) -> list[str]:
        """The traced phones that a message is of."""
        accounts = self._registrar.accounts
        account = accounts.get(*party(data, way))
        if account is not None:
            carrying = set(accounts.phones(account.device_id).values())
            traced = [mac for mac in carrying if self._is_on(mac)]
            return self._told_apart(traced, carrying, account.key, flow, data) if traced else []
        known = self._flows.get(flow.remote)
        if known is not None:
            return [known]
        text = data.lower() if way == IN else b""
        return [mac for mac in self._on() if _names(text, mac)]

    def _told_apart(self, traced: list[str], carrying: set[str], name: Name, flow: Flow, data: bytes) -> list[str]:
        """Of phones that share a line: the one that is registered from there, or names itself; else all of them."""
        if len(carrying) == 1:
            return traced
        for binding in self._registrar.location.of(*name):
            if (binding.address, binding.port) == flow.remote and not binding.path:
                owner = self._owner(binding)
                if owner is not None:
                    return [owner] if owner in traced else []
        text = data.lower()
        named = [mac for mac in carrying if _names(text, mac)]
        return [mac for mac in traced if mac in named] if named else traced

    def _changed(self, change: Change) -> None:
        if change.kind in ("registered", "refreshed"):
            self._note(change.binding)

    def _note(self, binding: Binding) -> None:
        """Behind a proxy (RFC 3327) many phones have one address, which then says nothing."""
        endpoint = (binding.address, binding.port)
        self._flows.pop(endpoint, None)
        owner = None if binding.path else self._owner(binding)
        if owner is not None and self._is_on(owner):
            self._flows[endpoint] = owner
            if len(self._flows) > MOST_FLOWS:
                del self._flows[next(iter(self._flows))]

    def _owner(self, binding: Binding) -> str | None:
        """The phone that made a registration: the only one with that line, else the one that names its MAC."""
        carrying = self._registrar.accounts.phones(binding.device_id).values()
        if len(carrying) == 1:
            return next(iter(carrying))
        said = f"{binding.user_agent} {binding.instance}".lower().encode("utf-8", "replace")
        return next((mac for mac in carrying if _names(said, mac)), None)

    def _is_on(self, mac: str) -> bool:
        found = self._recordings.get(mac)
        return found is not None and found.on

    def _on(self) -> Iterator[str]:
        return (mac for mac, one in self._recordings.items() if one.on)


@lru_cache(10 * MOST_PHONES)
def _notations(mac: str) -> tuple[bytes, ...]:
    """Twelve digits as User-Agents and +sip.instance write them."""
    pairs = [mac[place : place + 2] for place in range(0, 12, 2)]
    return mac.encode(), ":".join(pairs).encode(), "-".join(pairs).encode()


def _names(text: bytes, mac: str) -> bool:
    """Does `mac` stand in `text`, which is in lower case?"""
    return any(one in text for one in _notations(mac))
