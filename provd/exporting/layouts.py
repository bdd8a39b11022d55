"""Records of the call history as lines of a CSV file (SF-296, SF-301).  (pure)

Rules of this file: the first line names the columns; times are those of the zone that is given; a cell never begins a
formula in whoever's spreadsheet.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from io import StringIO
from types import MappingProxyType
from typing import Protocol

from provd.cdr import DISPOSITIONS

LAYOUTS = ("basic", "standard", "advanced")


class Record(Protocol):
    """The fields of a record at rest (provd.store.cdrs.SavedCdr)."""

    @property
    def call(self) -> str: ...
    @property
    def part(self) -> int: ...
    @property
    def at(self) -> float: ...
    @property
    def answered(self) -> float | None: ...
    @property
    def ended(self) -> float: ...
    @property
    def direction(self) -> str: ...
    @property
    def from_name(self) -> str: ...
    @property
    def from_number(self) -> str: ...
    @property
    def from_extension(self) -> str: ...
    @property
    def dialed(self) -> str: ...
    @property
    def to_number(self) -> str: ...
    @property
    def to_name(self) -> str: ...
    @property
    def disposition(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def blocked(self) -> bool: ...
    @property
    def missed(self) -> bool: ...
    @property
    def note(self) -> str: ...
    @property
    def note_disposition(self) -> str: ...
    @property
    def note_reason(self) -> str: ...
    @property
    def noted_by(self) -> str: ...


Cell = Callable[[Record, tzinfo], str]


def seconds(one: Record) -> int:
    """How long they talked."""
    return max(0, round(one.ended - one.answered)) if one.answered is not None else 0


def duration(count: int) -> str:
    """`m:ss`, and `h:mm:ss` from an hour on."""
    minutes, rest = divmod(count, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _time(at: float | None, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at, zone).isoformat(" ", "seconds") if at is not None else ""


_CELLS: dict[str, Cell] = {
    "From Name": lambda one, _: one.from_name,
    "From": lambda one, _: one.from_number,
    "Dialed": lambda one, _: one.dialed,
    "To": lambda one, _: one.to_number,
    "To Name": lambda one, _: one.to_name,
    "Date": lambda one, zone: _time(one.at, zone),
    "Duration": lambda one, _: duration(seconds(one)),
    "Direction": lambda one, _: one.direction,
    "Disposition": lambda one, _: DISPOSITIONS[one.disposition],
    "Notes": lambda one, _: one.note,
    "Call": lambda one, _: one.call,
    "Part": lambda one, _: str(one.part),
    "From Extension": lambda one, _: one.from_extension,
    "Answered": lambda one, zone: _time(one.answered, zone),
    "Ended": lambda one, zone: _time(one.ended, zone),
    "Seconds": lambda one, _: str(seconds(one)),
    "SIP Status": lambda one, _: str(one.status),
    "Missed": lambda one, _: "yes" if one.missed else "no",
    "Blocked": lambda one, _: "yes" if one.blocked else "no",
    "Note Disposition": lambda one, _: one.note_disposition,
    "Note Reason": lambda one, _: one.note_reason,
    "Noted By": lambda one, _: one.noted_by,
}
_STANDARD = (
    "From Name", "From", "Dialed", "To", "To Name", "Date", "Duration", "Direction", "Disposition", "Notes",
)  # fmt: skip
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "basic": ("Date", "From", "Dialed", "To", "Duration"),
        "standard": _STANDARD,
        "advanced": (*_STANDARD, *(name for name in _CELLS if name not in _STANDARD)),
    }
)


def heading(layout: str) -> str:
    """The first line of a file of this layout."""
    return _lines([COLUMNS[layout]])


def rows(layout: str, records: Iterable[Record], zone: tzinfo) -> str:
    """A line for every record."""
    cells = [_CELLS[name] for name in COLUMNS[layout]]
    return _lines([harmless(cell(one, zone)) for cell in cells] for one in records)


def _lines(some: Iterable[Iterable[str]]) -> str:
    out = StringIO(newline="")
    csv.writer(out).writerows(some)
    return out.getvalue()


def harmless(cell: str) -> str:
    """A caller's name must not become a formula in a spreadsheet; numbers may begin with a plus."""
    if cell[:1] in ("=", "-", "@", "\t", "\r") or (cell[:1] == "+" and not cell[1:].isdecimal()):
        return f"'{cell}"
    return cell
