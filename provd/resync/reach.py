"""What resyncs need of the SIP edge.  (pure)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the phone that is to be told: its device, and the credentials a phone may ask of us."""

    domain: str
    device: str
    user: str
    password: str = field(repr=False)


class Reach(Protocol):
    """How phones are reached."""

    def registered(self, lines: Sequence[Line], mac: str, address: str) -> bool:
        """Is the phone registered with one of its lines? `address` is where it was last heard from, or empty."""

    def busy(self, lines: Sequence[Line]) -> bool:
        """Is there a call on one of them?"""

    async def notify(self, lines: Sequence[Line], mac: str, address: str, event: str) -> int:
        """Send the phone a NOTIFY with this Event header; → the final status as in `steps.Answered`."""
