"""What became of an import, line by line or phone by phone: for a person, and for the API.  (pure)"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

CREATED, UPDATED, UNCHANGED, WRONG, LEFT_OUT = "created", "updated", "unchanged", "error", "left_out"


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """One line of a spreadsheet: `outcome` is created, updated, unchanged or error, `text` a sentence."""

    line: int
    mac: str
    outcome: str
    text: str


@dataclass(frozen=True, slots=True)
class PhonesReport:
    """What a spreadsheet of phones came to. `saved` False: nothing was written, for an error or for a dry run."""

    lines: tuple[LineOutcome, ...]
    notes: tuple[str, ...]
    saved: bool
    dry_run: bool

    @property
    def counts(self) -> dict[str, int]:
        """How many lines had each outcome."""
        return dict(Counter(line.outcome for line in self.lines))

    @property
    def failed(self) -> bool:
        """Whether a line was wrong, so that nothing was saved."""
        return any(line.outcome == WRONG for line in self.lines)

    @property
    def summary(self) -> str:
        """One sentence about all of it."""
        wrong = self.counts.get(WRONG, 0)
        if wrong:
            return f"Nothing was saved: {count(wrong, 'line is wrong', 'lines are wrong')}; mend them and import again."
        told = ", ".join(f"{self.counts.get(word, 0)} {word}" for word in (CREATED, UPDATED, UNCHANGED))
        return f"Dry run, nothing was saved: {told}." if self.dry_run else f"{told[0].upper()}{told[1:]}."

    def as_json(self) -> dict[str, Any]:
        """The report for the API."""
        return {
            "saved": self.saved,
            "dry_run": self.dry_run,
            "summary": self.summary,
            "counts": self.counts,
            "notes": list(self.notes),
            "lines": [asdict(line) for line in self.lines],
        }


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One file of a folder: `outcome` is read, ignored or error."""

    name: str
    outcome: str
    text: str


@dataclass(frozen=True, slots=True)
class PhoneOutcome:
    """One phone of a folder.

    `understood`, `kept`, `replaced` and `unknown` count its vendor parameters: those that mean something to us, those
    kept as raw parameters, those that only told of the old server, and those that could not be kept.
    """

    mac: str
    model: str
    outcome: str
    files: tuple[str, ...]
    sentences: tuple[str, ...]
    lines: int = 0
    keys: int = 0
    understood: int = 0
    kept: int = 0
    replaced: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class FolderReport:
    """What an old provisioning folder came to."""

    files: tuple[FileOutcome, ...]
    phones: tuple[PhoneOutcome, ...]
    users: int
    devices: int
    contacts: int
    notes: tuple[str, ...]
    saved: bool
    dry_run: bool

    @property
    def counts(self) -> dict[str, int]:
        """How many phones had each outcome."""
        return dict(Counter(phone.outcome for phone in self.phones))

    @property
    def summary(self) -> str:
        """One sentence about all of it."""
        counts = self.counts
        told = ", ".join(f"{counts.get(word, 0)} {word}" for word in (CREATED, UPDATED, UNCHANGED))
        told = f"Phones: {told}, {counts.get(LEFT_OUT, 0)} left out"
        more = f"{count(self.users, 'user', 'users')}, {count(self.devices, 'device', 'devices')}"
        more += f" and {count(self.contacts, 'contact', 'contacts')} made"
        return f"Dry run, nothing was saved. {told}; {more}." if self.dry_run else f"{told}; {more}."

    def as_json(self) -> dict[str, Any]:
        """The report for the API."""
        return asdict(self) | {"summary": self.summary, "counts": self.counts}


def listed(names: Iterable[str], most: int = 8) -> str:
    """The first few of many names: `a, b and 5 more`."""
    every = list(names)
    shown = ", ".join(every[:most])
    return f"{shown} and {len(every) - most} more" if len(every) > most else shown


def count(number: int, one: str, many: str) -> str:
    """`1 line`, `3 lines`."""
    return f"{number} {one if number == 1 else many}"
