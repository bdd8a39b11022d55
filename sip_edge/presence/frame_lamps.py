"""The lamps of keys that toggle a time frame: lit while that person's rules of the frame are switched off.

The phone watches what its key dials, the feature code with the frame's number, which is each person's own.
"""

from __future__ import annotations

from provd.store import timeframes
from provd.store.database import Store
from sip_edge.presence.situation import Lamp
from sip_edge.presence.state import State


class FrameLamps:
    """Keeps the state of the lamps as the store has it."""

    def __init__(self, store: Store, state: State) -> None:
        self._store = store
        self._state = state
        self._lit: frozenset[tuple[str, str, str]] = frozenset()

    async def follow(self) -> None:
        """Read which are lit, and tell the state those that changed."""
        lit = await self._store.run(timeframes.lamps)
        for domain, name, extension in self._lit ^ lit:
            lamp = Lamp.ON if (domain, name, extension) in lit else Lamp.OFF
            self._state.set_state(domain, name, lamp, owner=extension)
        self._lit = lit
