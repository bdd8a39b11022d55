"""Long work on many phones in stages: a few first, the rest when those came back.  (pure)

Rules of this file: time is an argument (epoch seconds). A stage says how many phones may have been changed by its end;
only a phone that was really changed proves anything, so one that had it already, or cannot have it, takes no place. A
job halts with a sentence and goes on only when a person says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

WAITING, WRITTEN, NOTIFIED, FETCHED = "waiting", "written", "notified", "fetched"
APPLIED, FAILED, STOPPED, UNAFFECTED = "applied", "failed", "stopped", "unaffected"
ITEM_STATES = (WAITING, WRITTEN, NOTIFIED, FETCHED, APPLIED, FAILED, STOPPED, UNAFFECTED, "done")
UNDER_WAY = (WRITTEN, NOTIFIED, FETCHED)

CANARY, CANARY_ABOVE = 3, 50
"""So many phones go first where more than so many change."""
LOST_MOST, LOST_SHARE = 2, 0.2
"""More lost phones than this, and more than this share of those told: phones stop coming back."""
ROLLOUT: tuple[int | str, ...] = (1, "5%")
TELL_WITHIN: Mapping[str, float] = {"now": 900.0, "idle": 4 * 3600.0, "tonight": 26 * 3600.0}
"""Seconds in which a phone of a first stage must have been told."""
FETCH_WITHIN = 420.0
"""Seconds from being told to having fetched: one that restarts is gone for some minutes."""
RETURN_WITHIN, INSTALL_WITHIN = 420.0, 1800.0
"""Seconds from fetching to being back; with new firmware, which is loaded and written first."""
LIFE = 36 * 3600
"""How long a job looks after its phones: a night and a day."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`upto`: how many phones may have been changed at its end, None for all. The job halts when more than `most`
    phones are lost and these are more than `share` of those that were told."""

    upto: int | None
    most: int = 0
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a job is: items by state; how many phones it has changed and told; `unproven`, how many of those that it
    changed failed, `lost`, how many of those that it told; `excused`, how many of these a person has accepted."""

    counts: Mapping[str, int]
    changed: int
    told: int
    unproven: int
    lost: int
    excused: int = 0

    def of(self, *states: str) -> int:
        """How many items are in one of these states."""
        return sum(self.counts.get(state, 0) for state in states)


@dataclass(frozen=True, slots=True)
class Write:
    """Change this many phones, and have them told."""

    count: int


@dataclass(frozen=True, slots=True)
class Open:
    """Go on with this stage."""

    stage: int


@dataclass(frozen=True, slots=True)
class Halt:
    """Change no more phones until a person says so."""

    text: str


@dataclass(frozen=True, slots=True)
class End:
    """Nothing is left to do; `state` is that of the job."""

    state: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Phones are on their way."""


Step = Write | Open | Halt | End | Wait


def decide(stages: Sequence[Stage], opened: int, tally: Tally, *, told: bool) -> Step:
    """What a running job does next.

    `opened` is the number of the open stage, from 0; `told`: phones are told and followed, so that a written one is
    not done yet. Never asks for more phones than the open stage has room for.
    """
    stage = stages[min(opened, len(stages) - 1)]
    bad = bad_of(stage, tally)
    if bad - tally.excused > stage.most and bad - tally.excused > stage.share * tally.told:
        return Halt(_halted(stage, tally, bad - tally.excused))
    waiting, under_way = tally.of(WAITING), tally.of(*(UNDER_WAY if told else (NOTIFIED, FETCHED)))
    room = waiting if stage.upto is None else max(0, min(waiting, stage.upto - tally.changed))
    if room:
        return Write(room)
    if under_way:
        return Wait()
    if waiting:
        return Open(opened + 1)
    good = sum(tally.counts.values()) - tally.of(FAILED)
    return End("failed" if tally.of(FAILED) and not good else "done")


def bad_of(stage: Stage, tally: Tally) -> int:
    """How many phones speak against going on: in a first stage every one that was changed and failed, later only those
    that were told and did not come back."""
    return tally.lost if stage.upto is None else tally.unproven


def _halted(stage: Stage, tally: Tally, bad: int) -> str:
    if stage.upto is None:
        return (
            f"Halted: {bad} of the {tally.told} phones that were told did not come back; look at these before you "
            "continue, or roll back."
        )
    phones = "1 phone" if bad == 1 else f"{bad} phones"
    return f"Halted: {phones} of the first {tally.changed} did not come back; look why, then continue or roll back."


def canary(total: int, wanted: int | None, *, told: bool) -> tuple[Stage, ...]:
    """The stages of a change of `total` phones: a few first when they are told and are many, or as many as `wanted`."""
    rest = Stage(None, LOST_MOST, LOST_SHARE)
    first = (CANARY if total > CANARY_ABOVE else 0) if wanted is None else wanted
    return (Stage(first), rest) if told and 0 < first < total else (rest,)


def rollout(total: int, sizes: Sequence[int | str]) -> tuple[Stage, ...]:
    """The stages of a rollout to `total` phones: `sizes` are numbers of phones or shares such as `5%`, each counted
    from the beginning; the rest comes after the last. One phone that fails halts it in any stage.

    Raises ValueError with a sentence for a size that is none, or is not larger than the one before.
    """
    found: list[Stage] = []
    before = 0
    for size in sizes:
        upto = _size(size, total)
        if upto <= before and isinstance(size, int):
            raise ValueError(f"Stage {size} is not larger than the one before it; leave it out.")
        if before < upto < total:
            found.append(Stage(upto))
        before = max(before, upto)
    return (*found, Stage(None))


def _size(size: int | str, total: int) -> int:
    if isinstance(size, int):
        if size < 1:
            raise ValueError(f"A stage of {size} phones is none; begin with 1.")
        return size
    share = size.strip().removesuffix("%").strip()
    if not share.isdecimal() or not 1 <= int(share) <= 99:
        raise ValueError(f"“{size[:20]}” is no share of the phones; write one such as 5%.")
    return math.ceil(total * int(share) / 100)


def to_json(stages: Iterable[Stage]) -> list[dict[str, Any]]:
    """Stages as a job keeps them."""
    return [asdict(stage) for stage in stages]


def from_json(said: Iterable[Mapping[str, Any]]) -> tuple[Stage, ...]:
    """Stages of a job; those of a job that was made without: all phones at once."""
    return tuple(Stage(**one) for one in said) or (Stage(None, LOST_MOST, LOST_SHARE),)
