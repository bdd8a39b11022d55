"""Every subscription there is, found by dialog, by what it watches and by who watches; bounded.  (pure)"""

from __future__ import annotations

from collections.abc import Iterator

from sip_edge.message.errors import SipError
from sip_edge.presence.rlmi import Member
from sip_edge.presence.situation import Subject
from sip_edge.presence.subscription import Subscription

PER_DEVICE = 300
"""A console with three modules has 200 keys."""
IN_ALL = 200_000


class Book:
    """The subscriptions of one process."""

    def __init__(self, per_device: int = PER_DEVICE, in_all: int = IN_ALL) -> None:
        self._per_device = per_device
        self._in_all = in_all
        self._by_id: dict[str, Subscription] = {}
        self._watching: dict[Subject, dict[str, dict[str, Subscription]]] = {}
        self._by_device: dict[tuple[str, str], dict[str, Subscription]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Subscription]:
        return iter(list(self._by_id.values()))

    def room(self, domain: str, device: str) -> None:
        """Raise SipError when another subscription of this device is too much: 403 for it, 503 for the server."""
        if len(self._by_id) >= self._in_all:
            raise SipError(503, "This server has all the subscriptions it can hold.")
        if len(self._by_device.get((domain, device), ())) >= self._per_device:
            raise SipError(403, f"A device may have {self._per_device} subscriptions.")

    def add(self, one: Subscription) -> None:
        """Take a subscription in."""
        self._by_id[one.id] = one
        self._by_device.setdefault((one.watcher.domain, one.watcher.device), {})[one.id] = one
        self._watch(one)

    def _watch(self, one: Subscription) -> None:
        for subject in one.subjects:
            self._watching.setdefault(subject, {}).setdefault(one.package.name, {})[one.id] = one

    def find(self, call_id: str, our_tag: str | None, their_tag: str | None) -> Subscription | None:
        """The subscription of a dialog, None when there is none (RFC 3261 section 12.2.2)."""
        one = self._by_id.get(our_tag or "")
        if one is None or one.peer.call_id != call_id or not one.peer.remote.endswith(f";tag={their_tag}"):
            return None
        return one

    def remove(self, one: Subscription) -> list[Subject]:
        """Let a subscription go; returns the subjects nobody watches any more."""
        if self._by_id.pop(one.id, None) is None:
            return []
        mine = (one.watcher.domain, one.watcher.device)
        devices = self._by_device[mine]
        del devices[one.id]
        if not devices:
            del self._by_device[mine]
        return self._unwatch(one)

    def _unwatch(self, one: Subscription) -> list[Subject]:
        left = []
        for subject in one.subjects:
            packages = self._watching.get(subject, {})
            watchers = packages.get(one.package.name, {})
            watchers.pop(one.id, None)
            if not watchers:
                packages.pop(one.package.name, None)
            if not packages and self._watching.pop(subject, None) is not None:
                left.append(subject)
        return left

    def watch_others(self, one: Subscription, members: tuple[Member, ...]) -> list[Subject]:
        """Give a list other members; returns the subjects nobody watches any more."""
        left = self._unwatch(one)
        one.watch(members)
        self._watch(one)
        return [subject for subject in left if subject not in self._watching]

    def watchers(self, subject: Subject) -> dict[str, dict[str, Subscription]]:
        """Who watches a subject: by package, by id."""
        return self._watching.get(subject, {})

    def of_device(self, domain: str, device: str) -> list[Subscription]:
        """The subscriptions of one device."""
        return list(self._by_device.get((domain, device), {}).values())

    def watched(self) -> int:
        """How many subjects are watched."""
        return len(self._watching)
