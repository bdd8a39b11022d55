"""Bindings written behind: what changed is gathered and saved in batches, in a thread: the database may be busy.

A crash loses what the last batch did not have yet: at most a second. A phone whose registration was lost comes back
at its next refresh; until then the binding of before is still there, marked as restored.
"""

from __future__ import annotations

import asyncio
import logging

from provd.errors import ProvdError
from provd.store import bindings
from provd.store.bindings import BindingRow
from provd.store.database import Store
from provd.store.failures import Unavailable
from sip_edge.registrar.binding import Binding
from sip_edge.registrar.location import Change

SLICE = 250
"""Bindings a transaction: a few milliseconds of the loop."""
_GONE = frozenset(("replaced", "unregistered", "expired"))

log = logging.getLogger(__name__)


class Keeper:
    """Takes changes at any rate. A binding that changes five times between two batches is written once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed: dict[int, Binding] = {}
        self._gone: set[int] = set()
        self._firmware: dict[int, str] = {}
        self._turn = asyncio.Lock()
        self.written = 0
        self.failures = 0

    @property
    def waiting(self) -> int:
        """How many bindings are not saved yet."""
        return len(self._changed) + len(self._gone)

    def note(self, change: Change) -> None:
        """Save what a change did with the next batch."""
        binding = change.binding
        if change.kind in _GONE:
            self._changed.pop(binding.id, None)
            self._gone.add(binding.id)
        else:
            self._changed[binding.id] = binding
            self._gone.discard(binding.id)

    def firmware(self, phone_id: int, version: str) -> None:
        """Save the firmware that a phone told."""
        self._firmware[phone_id] = version

    def restore(self, now: float) -> list[Binding]:
        """What was saved before the start and has not run out."""
        bindings.sweep(self._store, now)
        return [_binding(domain, name, row) for domain, name, row in bindings.living(self._store, now)]

    async def flush(self) -> None:
        """Write what waits, slice by slice; other work runs in between. A failed write is tried again later."""
        async with self._turn:  # what was taken out earlier is written earlier
            while self._changed or self._gone:
                changed = [self._changed.pop(one) for one in list(self._changed)[:SLICE]]
                gone = [self._gone.pop() for _ in range(min(SLICE, len(self._gone)))]
                try:
                    await self._store.run_apart(bindings.write, [_row(one) for one in changed], gone)
                except Unavailable as error:
                    self._again(changed, gone)
                    self.failures += 1
                    log.error("Registrations could not be saved and wait in memory: %s", error)
                    return
                except Exception:  # tried again, it would hold up all the others for good
                    self.failures += 1
                    log.exception("%d registrations cannot be saved; they last until the next restart.", len(changed))
                    continue
                self.written += len(changed) + len(gone)
                await asyncio.sleep(0)
            if self._firmware:
                seen, self._firmware = list(self._firmware.items()), {}
                try:
                    await self._store.run_apart(bindings.firmware_seen, seen)
                except ProvdError as error:
                    log.error("The firmware of %d phones could not be noted: %s", len(seen), error)

    def _again(self, changed: list[Binding], gone: list[int]) -> None:
        """Put back what was not written, unless something newer has happened to it."""
        for binding in changed:
            if binding.id not in self._gone:
                self._changed.setdefault(binding.id, binding)
        self._gone.update(one for one in gone if one not in self._changed)


def _row(one: Binding) -> BindingRow:
    return BindingRow(
        one.id, one.device_id, one.contact, one.parameters, one.q, one.instance, one.reg_id, one.path, one.call_id,
        one.cseq, one.user_agent, one.protocol, one.address, one.port, one.registered, one.refreshed, one.expires,
    )  # fmt: skip


def _binding(domain: str, name: str, row: BindingRow) -> Binding:
    return Binding(row.id, row.device_id, domain, name, *row[2:], restored=True)
