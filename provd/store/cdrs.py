"""The history of calls: records made from call events, found by filters (SF-290 to SF-295).

Rules of this file: records are made once, when a call is over, by following the log of events by id; made anew from
the same events they are the same rows. Lists go by time, newest first, through the one index that holds every filter.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from provd.cdr import Cdr, cdrs
from provd.errors import Invalid, NotFound, Problem
from provd.store import call_events, rules
from provd.store.database import Store
from provd.store.rows import Page

SLICE = 500
_POSITION = "cdr_position"
_FIELDS = (
    "call, part, at, answered, ended, direction, from_name, from_number, from_extension, dialed, to_number, to_name, "
    "disposition, status, blocked, missed"
)
_NOTES = "note, note_disposition, note_reason, noted_by"
_COLUMNS = f"id, domain_id, {_FIELDS}, {_NOTES}"
_INSERT = (
    f"INSERT INTO cdrs (domain_id, {_FIELDS}, {_NOTES}) VALUES ({', '.join('?' * 17)}, '', '', '', '') "  # noqa: S608
    "ON CONFLICT (domain_id, call, part) DO NOTHING RETURNING id"
)
_PERSON = "INSERT INTO cdr_people (cdr_id, domain_id, extension, at) VALUES (?, ?, ?, ?)"
LONGEST_NOTE = 500
LONGEST_CALL = 2 * 86_400
"""Seconds; a call that ended in some span is not looked for among those that began even before that."""


@dataclass(frozen=True, slots=True)
class SavedCdr:
    """A record at rest; see provd.cdr.Cdr."""

    id: int
    domain_id: int
    call: str
    part: int
    at: float
    answered: float | None
    ended: float
    direction: str
    from_name: str
    from_number: str
    from_extension: str
    dialed: str
    to_number: str
    to_name: str
    disposition: str
    status: int
    blocked: bool
    missed: bool
    note: str
    note_disposition: str
    note_reason: str
    noted_by: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records: from `since` until before `until`; `caller` and `dialed` are digits that must be in the number;
    `kind` is inbound, outbound, internal or missed; `by_end`: the span is that in which they ended, so that a call at
    the border of two spans is in one of them once it is over."""

    since: float
    until: float
    extension: str = ""
    caller: str = ""
    dialed: str = ""
    kind: str = ""
    by_end: bool = False

    @property
    def begin(self) -> float:
        """No call that is meant began before this moment."""
        return self.since - LONGEST_CALL if self.by_end else self.since


def position(store: Store) -> int:
    """The id of the last event that records were made from."""
    row = store.sql("SELECT value FROM facts WHERE name = ?", (_POSITION,)).fetchone()
    return int(row[0]) if row else 0


def behind(store: Store) -> bool:
    """Are there events that no record has been made from yet?"""
    latest = store.sql("SELECT COALESCE(MAX(id), 0) FROM call_events").fetchone()[0]
    return int(latest) > position(store)


def follow(store: Store, limit: int = SLICE) -> list[tuple[int, Cdr]]:
    """Make the records of calls that have ended since the last time; → (company, record) of those that are new."""
    events = call_events.after(store, position(store), limit)
    made: list[tuple[int, Cdr]] = []
    if not events:
        return made
    with store.batch():
        for one in events:
            if one.kind == "ended":
                records = cdrs(call_events.of_call(store, one.domain_id, one.call))
                made += [(one.domain_id, record) for record in add(store, one.domain_id, records)]
        store.sql(
            "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (_POSITION, str(events[-1].id)),
        )
    return made


def add(store: Store, domain_id: int, records: Sequence[Cdr]) -> list[Cdr]:
    """Saves records that are not there yet, inside the caller's transaction; → those."""
    new: list[Cdr] = []
    for one in records:
        made = store.sql(
            _INSERT,
            (domain_id, one.call, one.part, one.at, one.answered, one.ended, one.direction, one.from_name,
             one.from_number, one.from_extension, one.dialed, one.to_number, one.to_name, one.disposition,
             one.status, one.blocked, one.missed),
        ).fetchone()  # fmt: skip
        if made is not None:
            new.append(one)
            store.many(_PERSON, [(made[0], domain_id, extension, one.at) for extension in one.people])
    return new


def find(store: Store, domain_id: int, wanted: Filter, *, limit: int = 100, cursor: str = "") -> Page[SavedCdr]:
    """The records that a filter wants, the newest first, page by page."""
    where, params = _where(domain_id, wanted)
    start, place = "cdrs c", ("c.at", "c.id")
    if wanted.extension:
        start, place = "cdr_people p JOIN cdrs c ON c.id = p.cdr_id", ("p.at", "p.cdr_id")
        where += " AND p.domain_id = ? AND p.extension = ? AND p.at >= ? AND p.at < ?"
        params += [domain_id, wanted.extension, wanted.begin, wanted.until]
    if cursor:
        where += f" AND ({place[0]}, {place[1]}) < (?, ?)"
        params += _position(cursor)
    ids = store.sql(
        f"SELECT c.id FROM {start} WHERE {where} ORDER BY {place[0]} DESC, {place[1]} DESC LIMIT ?",  # noqa: S608
        (*params, limit + 1),
    ).fetchall()
    rows = _rows(store, [int(row[0]) for row in ids[:limit]])
    more = f"{rows[-1].at!r}/{rows[-1].id}" if len(ids) > limit else None
    return Page(tuple(rows), more)


def _where(domain_id: int, wanted: Filter) -> tuple[str, list[Any]]:
    params: list[Any] = [domain_id, wanted.begin, wanted.until]
    where = "c.domain_id = ? AND c.at >= ? AND c.at < ?"
    if wanted.by_end:
        where += " AND c.ended >= ? AND c.ended < ?"
        params += [wanted.since, wanted.until]
    for column, digits in (("from_number", wanted.caller), ("dialed", wanted.dialed)):
        if digits:
            where += f" AND c.{column} LIKE ?"
            params.append(f"%{digits}%")
    if wanted.kind == "missed":
        where += " AND c.missed"
    elif wanted.kind:
        where += " AND c.direction = ?"
        params.append(wanted.kind)
    return where, params


def _position(cursor: str) -> tuple[float, int]:
    at, slash, last = cursor.partition("/")
    try:
        if slash and last.isdecimal() and len(cursor) < 60:
            return float(at), int(last)
    except ValueError:
        pass
    raise Invalid([Problem("cursor", "This cursor is none; begin without.")])


def _rows(store: Store, ids: Sequence[int]) -> list[SavedCdr]:
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    found = store.sql(f"SELECT {_COLUMNS} FROM cdrs WHERE id IN ({marks}) ORDER BY at DESC, id DESC", ids)  # noqa: S608
    return [_row(row) for row in found.fetchall()]


def _row(values: Sequence[Any]) -> SavedCdr:
    row = list(values)
    row[16], row[17] = bool(row[16]), bool(row[17])
    return SavedCdr(*row)


def get(store: Store, domain_id: int, cdr_id: int) -> SavedCdr:
    """One record of the company."""
    row = store.sql(f"SELECT {_COLUMNS} FROM cdrs WHERE domain_id = ? AND id = ?", (domain_id, cdr_id)).fetchone()  # noqa: S608
    if row is None:
        raise NotFound("There is no such call here.")
    return _row(row)


def first(store: Store, domain_id: int, before: float, limit: int) -> list[SavedCdr]:
    """The oldest records of a company of before this moment, the first first."""
    query = f"SELECT {_COLUMNS} FROM cdrs WHERE domain_id = ? AND at < ? ORDER BY at, id LIMIT ?"  # noqa: S608
    return [_row(row) for row in store.sql(query, (domain_id, before, limit)).fetchall()]


def listed(store: Store, domain_id: int, user_id: int | None, numbers: Collection[str]) -> dict[str, str]:
    """Which of these numbers are blocked (SF-119): by the `company`, or by this person (`own`)."""
    wanted = sorted(set(numbers) - {""})
    if not wanted:
        return {}
    marks = ", ".join("?" * len(wanted))
    rows = store.sql(
        f"SELECT number, user_id FROM number_filters WHERE domain_id = ? AND (user_id IS NULL OR user_id = ?) "  # noqa: S608
        f"AND NOT allowed AND number IN ({marks})",
        (domain_id, user_id if user_id is not None else -1, *wanted),
    ).fetchall()
    found = {str(number): "own" for number, owner in rows if owner is not None}
    return found | {str(number): "company" for number, owner in rows if owner is None}


def concerns(store: Store, domain_id: int, cdr_id: int, extension: str) -> bool:
    """Whether somebody had to do with a call."""
    query = "SELECT 1 FROM cdr_people WHERE domain_id = ? AND cdr_id = ? AND extension = ? LIMIT 1"
    return store.sql(query, (domain_id, cdr_id, extension)).fetchone() is not None


def annotate(
    store: Store, domain_id: int, cdr_id: int, note: str, disposition: str, reason: str, by: str
) -> SavedCdr:  # fmt: skip
    """Saves a note to a call with its disposition and reason (SF-293)."""
    for name, value in (("note", note), ("disposition", disposition), ("reason", reason)):
        rules.require(rules.text(name, value, LONGEST_NOTE))
    with store.transaction():
        get(store, domain_id, cdr_id)
        store.sql(
            "UPDATE cdrs SET note = ?, note_disposition = ?, note_reason = ?, noted_by = ? WHERE id = ?",
            (note, disposition, reason, by, cdr_id),
        )
    return get(store, domain_id, cdr_id)
