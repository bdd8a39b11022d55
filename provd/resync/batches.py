"""Resyncs that were asked for together, counted together.  (pure)"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provd.errors import NotFound
from provd.resync.steps import Phase, Resync

MOST = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """How many resyncs of a batch are how far; the four last make up the total."""

    id: str
    total: int
    waiting: int
    under_way: int
    done: int
    stopped: int


class Batches:
    """The last MOST batches: which resync of which phone belongs to each."""

    def __init__(self) -> None:
        self._begun: OrderedDict[str, tuple[tuple[str, str], ...]] = OrderedDict()

    def add(self, batch: str, begun: Sequence[tuple[str, str]]) -> None:
        """Remember a batch of (MAC, id of its resync)."""
        self._begun[batch] = tuple(begun)
        if len(self._begun) > MOST:
            self._begun.popitem(last=False)

    def count(self, batch: str, status: Callable[[str], Resync | None]) -> Batch:
        """How far it is; one that another resync took the place of counts as done. NotFound for an unknown batch."""
        begun = self._begun.get(batch)
        if begun is None:
            raise NotFound("There is no such resync, or it is long over.")
        counts = {"waiting": 0, "done": 0, "stopped": 0, "under_way": 0}
        for mac, one in begun:
            found = status(mac)
            phase = found.phase if found is not None and found.id == one else Phase.DONE
            counts[phase.value if phase.value in counts else "under_way"] += 1
        return Batch(batch, len(begun), counts["waiting"], counts["under_way"], counts["done"], counts["stopped"])
