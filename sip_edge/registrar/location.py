"""The location service: which contacts a device has, by the rules of RFC 3261 section 10.3.  (pure)

Rules of this file:
- Time is an argument (epoch seconds of a clock that never jumps), and so is the number of a new binding.
- A REGISTER is carried out whole or not at all; what it did comes back as changes, in the order they happened.
- One heap knows when the next device has something to lose. A refresh does not touch it: an entry that comes up too
  early is put back, so a device has one entry however often it refreshes.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from zlib import crc32

from sip_edge.message import SipError
from sip_edge.registrar.binding import Asked, Binding, Source, Wish

Name = tuple[str, str]
"""(domain, device name)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Bounds of what a phone may ask for, in seconds."""

    most: int = 4
    """Bindings a device; the one longest without a refresh makes room for a new one."""
    least: int = 60
    longest: int = 7200
    default: int = 3600
    jitter: float = 0.1
    """Up to this part is cut off what is granted, the same for one phone always: phones that started together drift
    apart and do not come back together."""
    grace: float = 5.0
    """So much longer than granted a binding stays: for a refresh that is on its way."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a binding.

    `kind`: registered (new, or after a restart of the phone), refreshed, replaced (it made room), unregistered,
    expired. `before` is the same contact, or instance, as it was.
    """

    kind: str
    binding: Binding
    before: Binding | None = None


class Location:
    """Every binding of every device."""

    def __init__(self, rules: Rules, new_id: Callable[[], int]) -> None:
        self.rules = rules
        self._new_id = new_id
        self._domains: dict[str, dict[str, tuple[Binding, ...]]] = {}
        self._count = 0
        self._heap: list[tuple[float, Name]] = []
        self._due: dict[Name, float] = {}
        self._addresses: dict[str, int] = {}

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Binding]:
        for devices in self._domains.values():
            for bindings in devices.values():
                yield from bindings

    def of(self, domain: str, name: str) -> tuple[Binding, ...]:
        """The bindings of a device: the highest q first (RFC 3261 section 16.6), then the one heard of last."""
        return self._domains.get(domain, {}).get(name, ())

    def of_domain(self, domain: str) -> list[Binding]:
        """Every binding of a company, in no order."""
        return [binding for bindings in self._domains.get(domain, {}).values() for binding in bindings]

    def by_gruu(self, domain: str, name: str, instance: str) -> tuple[Binding, ...]:
        """The bindings of one instance of a device (RFC 5627 section 5.3)."""
        return tuple(binding for binding in self.of(domain, name) if binding.instance == instance)

    def known_address(self, address: str) -> bool:
        """Has somebody registered from `address`?"""
        return address in self._addresses

    def restore(self, binding: Binding) -> None:
        """Take in a binding from before a restart."""
        self._put(binding.domain, binding.name, (*self.of(binding.domain, binding.name), binding))

    def register(
        self, name: Name, device_id: int, asked: Asked, source: Source, now: float, default: int = 0
    ) -> list[Change]:
        """Carry out a REGISTER of an authenticated device; `default`: seconds for a phone that asks for none.

        Raises SipError 400, 423, 439 or 500, and then nothing has changed.
        """
        old = self.of(*name)
        if not asked.star and not asked.wishes:
            return []
        if asked.star:
            kept, changes = _without_all(old, asked)
        else:
            planned = [(wish, self._granted(wish, name, default), _place(old, wish, asked)) for wish in asked.wishes]
            kept, changes = list(old), []
            for wish, seconds, place in planned:
                before = next((one for one in kept if place is not None and one.id == place.id), None)
                if before is not None:
                    kept.remove(before)
                if seconds:
                    after = self._binding(name, device_id, wish, asked, source, now, seconds, before)
                    changes += _told(before, after)
                    kept.append(after)
                elif before is not None:
                    changes.append(Change("unregistered", before, before))
            changes += self._room(kept, asked)
        self._put(*name, tuple(kept))
        return changes

    def remove(self, binding: Binding) -> list[Change]:
        """End one binding, when it is still as it was."""
        bindings = self.of(binding.domain, binding.name)
        kept = tuple(one for one in bindings if one is not binding)
        if len(kept) == len(bindings):
            return []
        self._put(binding.domain, binding.name, kept)
        return [Change("unregistered", binding, binding)]

    def drop(self, domain: str, name: str) -> list[Change]:
        """Forget a device that is no more."""
        gone = [Change("unregistered", binding, binding) for binding in self.of(domain, name)]
        self._put(domain, name, ())
        return gone

    def lost(self, binding: Binding) -> list[Change]:
        """The connection of a binding is gone. With RFC 5626 that ends it; else the phone may still be reached by its
        contact until it expires."""
        if binding.outbound:
            return self.remove(binding)
        kept = tuple(
            replace(one, flow=None) if one is binding else one for one in self.of(binding.domain, binding.name)
        )
        self._put(binding.domain, binding.name, kept)
        return []

    def expire(self, now: float, most: int = 500) -> list[Change]:
        """End what has run out, looking at `most` devices at a time; call again while it is due()."""
        changes: list[Change] = []
        for _ in range(most):
            if not self.due(now):
                break
            when, name = heapq.heappop(self._heap)
            if self._due.get(name) != when:
                continue
            del self._due[name]
            bindings = self.of(*name)
            kept = tuple(one for one in bindings if one.expires + self.rules.grace > now)
            changes += [Change("expired", one, one) for one in bindings if one not in kept]
            self._put(*name, kept)
        return changes

    def due(self, now: float) -> bool:
        """Has expire() something to look at?"""
        return bool(self._heap) and self._heap[0][0] <= now

    # Inside

    def _granted(self, wish: Wish, name: Name, default: int) -> int:
        """Seconds granted, 0 to unregister; SipError 423 for too few (RFC 3261 section 10.3 step 7)."""
        rules = self.rules
        asked = wish.expires if wish.expires is not None else default or rules.default
        if asked == 0:
            return 0
        if asked < rules.least:
            sentence = f"A registration lasts at least {rules.least} seconds here."
            raise SipError(423, sentence, (("Min-Expires", str(rules.least)),))
        whole = min(asked, rules.longest)
        part = crc32(f"{name[0]}\n{name[1]}\n{wish.instance}".encode("utf-8", "replace")) % 1024 / 1024
        return max(rules.least, whole - int(whole * rules.jitter * part))

    def _binding(
        self, name: Name, device_id: int, wish: Wish, asked: Asked, source: Source, now: float, seconds: int,
        before: Binding | None,
    ) -> Binding:  # fmt: skip
        again = before is not None and before.call_id == asked.call_id and before.contact == wish.contact
        return Binding(
            id=before.id if before is not None else self._new_id(),
            device_id=device_id,
            domain=name[0],
            name=name[1],
            contact=wish.contact,
            parameters=wish.parameters,
            q=wish.q,
            instance=wish.instance,
            reg_id=wish.reg_id,
            path=asked.path,
            call_id=asked.call_id,
            cseq=asked.cseq,
            user_agent=asked.user_agent,
            protocol=source.protocol,
            address=source.address,
            port=source.port,
            registered=before.registered if before is not None and again else now,
            refreshed=now,
            expires=now + seconds,
            flow=source.flow,
        )

    def _room(self, kept: list[Binding], asked: Asked) -> list[Change]:
        """Let the ones longest without a refresh go while there are too many."""
        changes = []
        while len(kept) > self.rules.most:
            oldest = min(kept, key=lambda one: one.refreshed)
            kept.remove(oldest)
            changes.append(Change("replaced", oldest, oldest))
        return changes

    def _put(self, domain: str, name: str, bindings: tuple[Binding, ...]) -> None:
        devices = self._domains.setdefault(domain, {})
        old = devices.get(name, ())
        for one in bindings:
            self._addresses[one.address] = self._addresses.get(one.address, 0) + 1
        for one in old:
            left = self._addresses[one.address] - 1
            if left:
                self._addresses[one.address] = left
            else:
                del self._addresses[one.address]
        self._count += len(bindings) - len(old)
        if not bindings:
            devices.pop(name, None)
            if not devices:
                del self._domains[domain]
            return
        if len(bindings) > 1:
            bindings = tuple(sorted(bindings, key=lambda one: (-one.q, -one.refreshed)))
        devices[name] = bindings
        self._schedule((domain, name), min(one.expires for one in bindings) + self.rules.grace)

    def _schedule(self, name: Name, when: float) -> None:
        known = self._due.get(name)
        if known is None or when < known:
            self._due[name] = when
            heapq.heappush(self._heap, (when, name))


def _without_all(old: tuple[Binding, ...], asked: Asked) -> tuple[list[Binding], list[Change]]:
    """`Contact: *` (RFC 3261 section 10.3 step 6)."""
    for binding in old:
        _in_order(binding, asked)
    return [], [Change("unregistered", binding, binding) for binding in old]


def _in_order(binding: Binding, asked: Asked) -> None:
    """Refuse a REGISTER that was overtaken by a later one of the same phone (RFC 3261 section 10.3 steps 6 and 7)."""
    if binding.call_id == asked.call_id and binding.cseq >= asked.cseq:
        raise SipError(500, "A later REGISTER of this phone has been answered already; its CSeq must rise.")


def _place(old: tuple[Binding, ...], wish: Wish, asked: Asked) -> Binding | None:
    """The binding that a wish is about: by instance and reg-id (RFC 5626 section 6), else by the contact's URI.

    A phone that names its instance only, and comes with another Call-ID, has restarted: its old contact is dead.
    """
    if wish.instance and wish.reg_id:
        if asked.via_count > 1 and not any(";ob" in value for value in asked.path):
            raise SipError(439, "The proxy in front of this server does not support outbound (RFC 5626).")
        found = next((b for b in old if b.instance == wish.instance and b.reg_id == wish.reg_id), None)
    else:
        found = next((b for b in old if b.contact == wish.contact and not b.outbound), None)
        if found is None and old:
            found = next((b for b in old if not b.outbound and wish.uri.equivalent(b.uri)), None)
        if found is None and wish.instance:
            named = (b for b in old if b.instance == wish.instance and not b.reg_id and b.call_id != asked.call_id)
            found = next(named, None)
    if found is not None:
        _in_order(found, asked)
    return found


def _told(before: Binding | None, after: Binding) -> list[Change]:
    """The same contact and Call-ID again is a refresh. Another Call-ID: the phone has restarted. Another contact of
    the same instance: the old one made room."""
    if before is None:
        return [Change("registered", after)]
    if before.contact != after.contact:
        return [Change("replaced", before, before), Change("registered", after, before)]
    return [Change("refreshed" if before.call_id == after.call_id else "registered", after, before)]
