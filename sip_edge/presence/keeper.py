"""Subscriptions written behind, and taken up again after a restart.

Only those over UDP: a connection does not outlive the process, and its phone subscribes anew. A crash loses what began
in the last second; those phones get 481 at their next refresh, or silence until then, and subscribe anew. A dialog is
saved when it begins and at every refresh, not with every NOTIFY: after a restart CSeq and version go on GAP higher.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from provd.errors import ProvdError
from provd.store import subscriptions
from provd.store.database import Store
from provd.store.subscriptions import SubscriptionRow
from sip_edge.presence.packages import PACKAGES
from sip_edge.presence.subscription import Peer, Subscription, Watcher, user_of
from sip_edge.transport.flow import Flow

GAP = 100_000
"""More NOTIFYs than one subscription gets between two refreshes."""
SLICE = 250

log = logging.getLogger(__name__)


class Keeper:
    """Takes changes at any rate; a subscription that changes five times between two batches is written once."""

    def __init__(self, store: Store, device_id: Callable[[Watcher], int | None]) -> None:
        self._store = store
        self._device_id = device_id
        self._changed: dict[str, Subscription] = {}
        self._gone: set[str] = set()

    @property
    def waiting(self) -> int:
        """How many are not saved yet."""
        return len(self._changed) + len(self._gone)

    def kept(self, one: Subscription) -> None:
        """Save this one with the next batch."""
        if isinstance(one.flow, Flow) and not one.flow.reliable and one.package.lasting:
            self._changed[one.id] = one
        else:
            self.gone(one)

    def gone(self, one: Subscription) -> None:
        """Delete this one with the next batch."""
        self._changed.pop(one.id, None)
        self._gone.add(one.id)

    async def flush(self) -> None:
        """Write what waits, a slice at a time. A failed write is tried again later."""
        while self._changed or self._gone:
            changed = [self._changed.pop(one) for one in list(self._changed)[:SLICE]]
            gone = [self._gone.pop() for _ in range(min(SLICE, len(self._gone)))]
            rows = [row for row in map(self._row, changed) if row is not None]
            try:
                await self._store.run(subscriptions.write, rows, gone)
            except ProvdError as error:
                self._changed = {one.id: one for one in changed} | self._changed
                self._gone.update(gone)
                log.error("Subscriptions could not be saved and wait in memory: %s", error)
                return

    def _row(self, one: Subscription) -> SubscriptionRow | None:
        device_id, flow, peer = self._device_id(one.watcher), one.flow, one.peer
        if device_id is None or not isinstance(flow, Flow):
            return None
        return SubscriptionRow(
            one.id, device_id, one.name, one.event, one.members is not None, peer.call_id, peer.local, peer.remote,
            peer.target, peer.contact, peer.routes, peer.remote_cseq, peer.local_cseq, one.version, *flow.remote,
            one.until,
        )  # fmt: skip

    def restore(self, now: float, flow_to: Callable[[str, int], Flow | None]) -> list[Subscription]:
        """What was saved before the start, has not run out, and can be reached (`flow_to`: address, port)."""
        subscriptions.sweep(self._store, now)
        found = []
        for domain_id, domain, device, row in subscriptions.living(self._store, now):
            flow = flow_to(row.address, row.port)
            package = PACKAGES.get(row.event.partition(";")[0])
            if flow is None or package is None:
                continue
            peer = Peer(
                row.call_id, row.local, row.remote, row.target, row.routes, row.remote_cseq, row.local_cseq + GAP,
                row.contact,
            )  # fmt: skip
            watcher = Watcher(domain, device, user_of(device), domain_id)
            one = Subscription(row.tag, watcher, package, row.name, row.event, peer, flow, row.until)
            one.watch(() if row.list else None)
            one.version = row.version + GAP
            found.append(one)
        return found
