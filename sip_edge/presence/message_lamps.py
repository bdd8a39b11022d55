"""Message waiting lamps: what the state says of mailboxes follows the store, whoever left, heard or deleted one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from provd.store import voicemails
from provd.store.database import Store
from provd.store.voicemails import Waiting
from sip_edge.presence.situation import Mailbox
from sip_edge.presence.state import State

SLICE = 500


class MessageLamps:
    """Reads the mailboxes once, then only those that changed."""

    def __init__(self, store: Store, state: State, mine: Callable[[str], bool] = lambda _domain: True) -> None:
        """`mine`: does a company live in this process?"""
        self._store = store
        self._state = state
        self._mine = mine
        self._seen = -1

    async def follow(self) -> None:
        """Tell the state of the mailboxes that changed since the last time."""
        if self._seen < 0:
            self._seen = await self._store.run(voicemails.latest_change)
            self._tell(await self._store.run_apart(voicemails.waiting))
            return
        found = await self._store.run(voicemails.changed, self._seen, SLICE)
        if found:
            self._seen = found[-1][0]
            self._tell(await self._store.run(voicemails.waiting, {user for _, user in found}))

    def _tell(self, some: Iterable[Waiting]) -> None:
        for one in some:
            if self._mine(one.domain):
                box = Mailbox(one.new, one.saved, one.urgent_new, one.urgent_saved)
                self._state.set_messages(one.domain, one.extension, box)
