"""Do-not-disturb and forwards of people, as the store has them: lamps follow what pages and codes switch, and what a
phone switches is saved."""

from __future__ import annotations

import asyncio

from provd.store import answering
from provd.store.database import Store
from sip_edge.presence import feature_event
from sip_edge.presence.situation import Forward
from sip_edge.presence.state import State
from sip_edge.presence.subscription import Watcher
from sip_edge.switches import Switched, Switches

_Set = tuple[bool, tuple[tuple[str, str], ...]]
_NOTHING: _Set = (False, ())


class PersonLamps:
    """Keeps the state of people's switches as the store has it."""

    def __init__(self, store: Store, state: State) -> None:
        self._store = store
        self._state = state
        self._switches = Switches(store)
        self._seen: dict[tuple[str, str], _Set] = {}
        self._saving: set[asyncio.Task[None]] = set()

    async def follow(self) -> None:
        """Read what is switched, and tell the state what has changed since."""
        before, rows = self._seen, await self._store.run(answering.switches)
        self._seen = {(domain, user): (dnd, tuple(sorted(to.items()))) for domain, user, dnd, to in rows}
        for person in before.keys() | self._seen.keys():
            if before.get(person, _NOTHING) != self._seen.get(person, _NOTHING):
                self._show(*person)

    def feature(self, watcher: Watcher, change: feature_event.Change) -> None:
        """A phone has switched something: save it."""
        task = asyncio.create_task(self._save(watcher, change))
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)

    async def settled(self) -> None:
        """Wait until everything that phones have switched is saved."""
        await asyncio.gather(*self._saving)

    async def _save(self, watcher: Watcher, change: feature_event.Change) -> None:
        domain, user = watcher.domain, watcher.user
        if isinstance(change, feature_event.SetDnd):
            done = await self._switches.dial(domain, user, "dnd_on" if change.on else "dnd_off", "")
        else:
            done = await self._forward(domain, user, change)
        await self.follow()
        if done.on is None:
            self._show(domain, user)  # what could not be saved is not shown as if it were

    async def _forward(self, domain: str, user: str, change: feature_event.SetForward) -> Switched:
        """Switching one on without a number keeps the one that the state had."""
        now = {one.kind: one.target for one in self._state.look(domain, user).forwards}
        target = (change.target or now.get(change.kind, "")) if change.on else ""
        return await self._switches.set_forward(domain, user, change.kind, target)

    def _show(self, domain: str, user: str) -> None:
        dnd, forwards = self._seen.get((domain, user), _NOTHING)
        rings = {one.kind: one.rings for one in self._state.look(domain, user).forwards}
        self._state.set_dnd(domain, user, dnd)
        self._state.set_forwards(domain, user, [Forward(kind, to, rings.get(kind, 0)) for kind, to in forwards])
