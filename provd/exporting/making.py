"""The file of an export: the records of its span, written page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from provd.exporting import layouts
from provd.exporting.files import ExportFolder
from provd.exporting.times import Rhythm
from provd.store import cdrs
from provd.store.cdrs import Filter
from provd.store.database import Store

PAGE = 500
Page = Callable[[str], tuple[list[cdrs.SavedCdr], str | None]]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the file's name on the disk, its octets, and how many calls are in it."""

    file: str
    octets: int
    calls: int


def rhythm(settings: Mapping[str, Any]) -> Rhythm:
    """When an export runs, from its settings."""
    return Rhythm(settings["kind"], settings["minutes"], tuple(settings["weekdays"]), settings["days"])


def wanted(settings: Mapping[str, Any], span: tuple[int, int]) -> Filter:
    """Which calls are in an export. They are those that ended in the span: so none is in two files, and none that was
    on at the border in no file."""
    return Filter(
        *span, settings.get("user", ""), settings.get("caller", ""), settings.get("dialed", ""),
        settings.get("type", ""), by_end=True,
    )  # fmt: skip


def pages(store: Store, domain_id: int, which: Filter) -> Iterator[list[cdrs.SavedCdr]]:
    """The records that a filter wants, some at a time, the latest first."""
    cursor: str | None = ""
    while cursor is not None:
        found = cdrs.find(store, domain_id, which, limit=PAGE, cursor=cursor)
        yield list(found.items)
        cursor = found.next


def write(
    store: Store, folder: ExportFolder, domain_id: int, which: Filter, layout: str, zone: tzinfo
) -> Written:  # fmt: skip
    """Writes the file, in a thread. Raises OSError."""
    count = 0

    def pieces() -> Iterator[str]:
        nonlocal count
        yield layouts.heading(layout)
        for some in pages(store, domain_id, which):
            count += len(some)
            yield layouts.rows(layout, some, zone)

    file, octets = folder.write(domain_id, pieces())
    return Written(file, octets, count)
