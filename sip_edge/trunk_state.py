"""How it stands with a trunk: registered or refused, answering or silent; as calls, pages and other processes see it.
(pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class TrunkState:
    """Of one trunk. `registered` is None for one that does not register, `answers` None until it was asked; instants
    are epoch seconds, 0 for never."""

    registered: bool | None = None
    refusal: str = ""
    """What the carrier said when it refused the registration, as `403 Forbidden`, or why it was not reached."""
    registered_since: float = 0.0
    address: str = ""
    """Where it is registered: its calls come from there."""
    answers: bool | None = None
    ever: bool = False
    """Has it answered OPTIONS since the start? A carrier that never does may carry calls all the same."""
    heard: str = ""
    """What it answered to OPTIONS, as `200 OK`, or why nothing came."""
    millis: int = 0
    asked: float = 0.0
    since: float = 0.0
    """Since when it answers, or does not."""

    @property
    def silent(self) -> bool:
        """It answered once, and does not now: others are tried first."""
        return self.ever and self.answers is False

    @property
    def word(self) -> str:
        """registered, refused, waiting, unreachable, silent, answers or unknown: the worst of what is so."""
        if self.registered is False:
            return "refused" if self.refusal[:3].isdecimal() else "waiting" if not self.refusal else "unreachable"
        if self.answers is False:
            return "unreachable" if self.ever else "silent"
        if self.registered:
            return "registered"
        return "answers" if self.answers else "unknown"


def as_json(state: TrunkState) -> dict[str, Any]:
    """A state for another process."""
    return asdict(state)


def from_json(said: Mapping[str, Any]) -> TrunkState:
    """What as_json() made; fields that are not known here are left out, so that two versions understand each other."""
    known = {one.name for one in fields(TrunkState)}
    return TrunkState(**{name: value for name, value in said.items() if name in known})
