"""Why a file could not be sent, as a sentence.  (pure)"""

from __future__ import annotations


class NotSent(Exception):
    """`for_good`: trying again will not help, somebody has to change something first."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


def quoted(text: str, longest: int = 160) -> str:
    """What a stranger's server said, fit for a page and a log: one line, without control characters."""
    plain = "".join(one if one.isprintable() else " " for one in text[: longest * 4])
    return " ".join(plain.split())[:longest]
