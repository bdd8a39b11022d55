"""What happens to the items of a job. Every change of an item gets the next number of its job, so that a page asks for
what is new only; the counts of the job are kept with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from provd.jobs.following import HEARD, Followed, Heard
from provd.stages import APPLIED, FAILED, UNAFFECTED, UNDER_WAY, WRITTEN, Tally
from provd.store.database import Store
from provd.store.reading import fetch, select
from provd.store.rows import Job, JobItem
from provd.store.tables import dump
from provd.store.trace_tables import JobItems

SLICE = 400  # values of one IN ()
_FOLLOWED = """
SELECT i.id, i.job_id, i.ref, i.state, i.text, i.revision, i.written, i.notified, i.fetched,
  COALESCE(p.fetched_revision, ''), COALESCE(p.last_firmware, ''), COALESCE(p.refused_why, '')
FROM job_items i LEFT JOIN phones p ON p.id = i.phone_id
"""
# A phone that was given up may come back all the same, as long as its job looks after it.
_ON_ITS_WAY = "(i.state IN ('written', 'notified', 'fetched') OR (i.state = 'failed' AND i.revision > 0))"


@dataclass(frozen=True, slots=True)
class Move:
    """An item's new state and sentence. What is None stays as it is."""

    item_id: int
    state: str
    text: str
    phone_id: int | None = None
    was: Any = None
    wish: Any = None
    revision: int | None = None
    written: float | None = None
    notified: float | None = None
    fetched: float | None = None


def record(store: Store, job: Job, moves: Sequence[Move], now: float) -> None:
    """Notes what happened to items, and counts them, in one transaction: with the work itself inside the caller's
    transaction, a crash repeats no item and loses none. `was` and `wish` are kept when there is a `revision`."""
    if not moves:
        return
    with store.transaction():
        last = int(store.sql("SELECT change FROM jobs WHERE id = ?", (job.id,)).fetchone()[0])
        store.many(
            "UPDATE job_items SET state = ?, text = ?, at = ?, change = ?, phone_id = COALESCE(?, phone_id), "
            "was = COALESCE(?, was), wish = COALESCE(?, wish), revision = COALESCE(?, revision), "
            "written = COALESCE(?, written), notified = COALESCE(?, notified), fetched = COALESCE(?, fetched) "
            "WHERE id = ? AND job_id = ?",
            [_values(move, last + place, now, job.id) for place, move in enumerate(moves, 1)],
        )
        count(store, job, last + len(moves))


def _values(move: Move, change: int, now: float, job_id: int) -> tuple[Any, ...]:
    kept = [dump(move.was), dump(move.wish)] if move.revision is not None else [None, None]
    return (
        move.state, move.text[:500], int(now), change, move.phone_id, *kept, move.revision,
        move.written, move.notified, move.fetched, move.item_id, job_id,
    )  # fmt: skip


def count(store: Store, job: Job, change: int) -> None:
    """Counts the items of a job anew; part of the transaction that changed them."""
    text = "SELECT state, COUNT(*) FROM job_items WHERE job_id = ? GROUP BY state"
    counts = {str(state): int(number) for state, number in store.sql(text, (job.id,)).fetchall()}
    good = (APPLIED, UNAFFECTED, "done", *(() if job.result.get("resync") else (WRITTEN,)))
    done = sum(counts.get(state, 0) for state in good)
    store.sql(
        "UPDATE jobs SET counts = ?, done = ?, failed = ?, change = ? WHERE id = ?",
        (dump(counts), done, counts.get(FAILED, 0), change, job.id),
    )


def tally(store: Store, job: Job) -> Tally:
    """How far a job is."""
    text = (
        "SELECT state, COUNT(*), SUM(CASE WHEN revision > 0 THEN 1 ELSE 0 END), COUNT(notified) "
        "FROM job_items WHERE job_id = ? AND written IS NOT NULL GROUP BY state"
    )
    rows = store.sql(text, (job.id,)).fetchall()
    failed = next((row for row in rows if row[0] == FAILED), (FAILED, 0, 0, 0))
    return Tally(
        counts={str(state): int(number) for state, number in job.counts.items()},
        changed=sum(int(row[1]) for row in rows),
        told=sum(int(row[3]) for row in rows),
        unproven=int(failed[1]),
        lost=int(failed[3]),
        excused=job.excused,
    )


def waiting(store: Store, job_id: int, limit: int, after: int = 0) -> list[JobItem]:
    """The next items to do."""
    here = (JobItems.job_id == job_id) & (JobItems.state == "waiting") & (JobItems.id > after)
    return fetch(store, JobItem, select(JobItem, JobItems).where(here).order_by(JobItems.id).limit(limit))


def named(store: Store, job_id: int, refs: Sequence[str]) -> list[JobItem]:
    """Those of the waiting items that are about these."""
    here = (JobItems.job_id == job_id) & (JobItems.state == "waiting") & JobItems.ref.in_(list(refs))
    return fetch(store, JobItem, select(JobItem, JobItems).where(here).order_by(JobItems.id))


def to_tell(store: Store, job_id: int, after: int, limit: int = SLICE) -> list[tuple[int, str]]:
    """(item id, MAC) of phones that were changed and not told yet, from an item on."""
    text = "SELECT id, ref FROM job_items WHERE job_id = ? AND state = 'written' AND id > ? ORDER BY id LIMIT ?"
    return [(int(row[0]), str(row[1])) for row in store.sql(text, (job_id, after, limit)).fetchall()]


def on_their_way(store: Store, job: Job, states: Sequence[str] = UNDER_WAY, after: int = 0) -> list[Followed]:
    """The items of a job that are in one of these states, SLICE of them from an item on."""
    marks = ", ".join("?" * len(states))
    text = f"{_FOLLOWED} WHERE i.job_id = ? AND i.state IN ({marks}) AND i.id > ? ORDER BY i.id LIMIT ?"
    return [Followed(*row) for row in store.sql(text, (job.id, *states, after, SLICE)).fetchall()]


def of_phones(store: Store, macs: Sequence[str]) -> list[Followed]:
    """The items that are on their way for these phones, in jobs that look after them."""
    found: list[Followed] = []
    for start in range(0, len(macs), SLICE):
        some = macs[start : start + SLICE]
        marks = ", ".join("?" * len(some))
        text = (
            f"{_FOLLOWED} JOIN jobs j ON j.id = i.job_id WHERE i.ref IN ({marks}) AND {_ON_ITS_WAY} "
            "AND i.written IS NOT NULL AND j.until IS NOT NULL ORDER BY i.id"
        )
        found += [Followed(*row) for row in store.sql(text, tuple(some)).fetchall()]
    return found


def stop_waiting(store: Store, job: Job, text: str, now: float) -> None:
    """Takes those that wait out of a job."""
    _move_all(store, job, "state = 'waiting'", "stopped", text, now)


def wait_again(store: Store, job: Job, state: str, now: float) -> int:
    """Has the items that were stopped before their turn, or that failed, wait once more; returns how many."""
    condition = "state = 'failed'" if state == FAILED else "state = 'stopped' AND written IS NULL"
    return _move_all(store, job, condition, "waiting", "", now, ", written = NULL, notified = NULL, fetched = NULL")


def _move_all(store: Store, job: Job, condition: str, state: str, text: str, now: float, more: str = "") -> int:
    """One statement for all; each gets a number of its own. The conditions are texts of this file."""
    with store.transaction():
        last = int(store.sql("SELECT change FROM jobs WHERE id = ?", (job.id,)).fetchone()[0])
        lowest = store.sql(f"SELECT MIN(id) FROM job_items WHERE job_id = ? AND {condition}", (job.id,)).fetchone()[0]  # noqa: S608
        if lowest is None:
            return 0
        moved = store.sql(
            f"UPDATE job_items SET state = ?, text = ?, at = ?, change = ? + 1 + id - ?{more} "  # noqa: S608
            f"WHERE job_id = ? AND {condition}",
            (state, text, int(now), last, lowest, job.id),
        ).rowcount
        highest = store.sql("SELECT MAX(change) FROM job_items WHERE job_id = ?", (job.id,)).fetchone()[0]
        count(store, job, max(last + 1, int(highest)))
        return int(moved)


def elsewhere(store: Store, job: Job, refs: Sequence[str]) -> list[tuple[int, int]]:
    """(job id, item id) of these phones on their way in other jobs of the company."""
    marks, states = ", ".join("?" * len(refs)), ", ".join("?" * len(UNDER_WAY))
    where = f"i.ref IN ({marks}) AND i.state IN ({states}) AND j.id <> ? AND j.domain_id = ?"
    text = f"SELECT i.job_id, i.id FROM job_items i JOIN jobs j ON j.id = i.job_id WHERE {where}"  # noqa: S608
    rows = store.sql(text, (*refs, *UNDER_WAY, job.id, job.domain_id)).fetchall() if refs else []
    return [(int(row[0]), int(row[1])) for row in rows]


def any_on_their_way(store: Store, job_id: int) -> bool:
    """Whether a job has phones that it may yet hear of."""
    text = f"SELECT 1 FROM job_items i WHERE i.job_id = ? AND {_ON_ITS_WAY} LIMIT 1"  # noqa: S608
    return store.sql(text, (job_id,)).fetchone() is not None


def latest_event(store: Store) -> int:
    """The id of the newest event."""
    return int(store.sql("SELECT COALESCE(MAX(id), 0) FROM phone_events").fetchone()[0])


def heard(store: Store, after: int, upto: int, limit: int = 500) -> tuple[dict[str, list[Heard]], int]:
    """What phones did after an event and up to another, by MAC, of what jobs listen to; and the id of the last event
    that was looked at."""
    last = min(upto, after + limit)
    marks = ", ".join("?" * len(HEARD))
    where = f"id > ? AND id <= ? AND kind IN ({marks})"
    text = f"SELECT mac, kind, at, reason FROM phone_events WHERE {where} ORDER BY at, id"  # noqa: S608
    found: dict[str, list[Heard]] = {}
    for mac, kind, at, reason in store.sql(text, (after, last, *HEARD)).fetchall():
        found.setdefault(mac, []).append(Heard(kind, at, reason))
    return found, last
