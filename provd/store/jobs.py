"""Rows of long work: a job, what it has to do, and how far it is. What happens to items is in job_items.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from provd.errors import Conflict
from provd.stages import LIFE
from provd.store.database import Store
from provd.store.reading import fetch, one, page_size, select
from provd.store.rows import Job, JobItem, Page
from provd.store.tables import dump
from provd.store.trace_tables import JobItems, Jobs

STATES = ("waiting", "running", "halted", "stopped", "done", "failed", "cancelled")
WORKING = ("waiting", "running")


def create(
    store: Store, domain_id: int | None, kind: str, refs: Sequence[str], now: int, *, created_by: str,
    settings: Mapping[str, Any] | None = None, parent: int | None = None,
) -> Job:  # fmt: skip
    """Makes a waiting job with one item for every ref; `settings` (no secrets) are its `result` until there is one."""
    with store.transaction():
        job_id = _insert(store, domain_id, kind, now, created_by, settings, parent)
        store.many(
            "INSERT INTO job_items (job_id, ref, state, text) VALUES (?, ?, 'waiting', '')",
            [(job_id, ref) for ref in refs],
        )
        _counted(store, job_id, len(refs))
    return get(store, domain_id, job_id)


def create_rollback(
    store: Store, job: Job, kind: str, now: int, *, created_by: str, settings: Mapping[str, Any]
) -> Job:
    """Makes the job that takes `job` back: an item for every phone that it has changed, with what that phone had.

    Raises Conflict when it has changed none.
    """
    with store.transaction():
        made = _insert(store, job.domain_id, kind, now, created_by, settings, job.id)
        store.sql(
            "INSERT INTO job_items (job_id, ref, state, text, phone_id, was, wish) "
            "SELECT ?, ref, 'waiting', '', phone_id, wish, was FROM job_items WHERE job_id = ? AND revision > 0 "
            "ORDER BY id",
            (made, job.id),
        )
        count = store.sql("SELECT COUNT(*) FROM job_items WHERE job_id = ?", (made,)).fetchone()[0]
        if not count:
            raise Conflict("This job has changed no phone; there is nothing to take back.")
        _counted(store, made, int(count))
    return get(store, job.domain_id, made)


def _insert(
    store: Store, domain_id: int | None, kind: str, now: int, created_by: str,
    settings: Mapping[str, Any] | None, parent: int | None,
) -> int:  # fmt: skip
    row: dict[str, Any] = {
        "domain_id": domain_id,
        "kind": kind,
        "state": "waiting",
        "created": now,
        "created_by": created_by,
    }
    row |= {"started": None, "finished": None, "total": 0, "done": 0, "failed": 0, "text": "", "counts": {}}
    row |= {"stage": 0, "excused": 0, "change": 0, "parent": parent, "until": now + LIFE}
    return int(store.execute(Jobs.insert(result=dict(settings or {}), **row)))


def _counted(store: Store, job_id: int, total: int) -> None:
    counts = dump({"waiting": total} if total else {})
    store.sql("UPDATE jobs SET total = ?, counts = ? WHERE id = ?", (total, counts, job_id))


def get(store: Store, domain_id: int | None, job_id: int) -> Job:
    """The job of this company, or of the provider (None), with this id."""
    query = select(Job, Jobs).where(_owner(domain_id) & (Jobs.id == job_id))
    return one(store, Job, query, "There is no such job here.")


def again(store: Store, job: Job) -> Job:
    """The same job as it is now."""
    return get(store, job.domain_id, job.id)


def find(
    store: Store, domain_id: int | None, *, limit: int = 100, before: str = "", kind: str = "",
    parent: int | None = None,
) -> Page[Job]:  # fmt: skip
    """The jobs of a company, newest first; `before` = a page's `next`."""
    size = page_size(limit)
    query = select(Job, Jobs).where(_owner(domain_id))
    if kind:
        query = query.where(Jobs.kind == kind)
    if parent is not None:
        query = query.where(Jobs.parent == parent)
    if before.isdecimal() and len(before) < 19:
        query = query.where(Jobs.id < int(before))
    found = fetch(store, Job, query.order_by(Jobs.id.desc()).limit(size + 1))
    return Page(tuple(found[:size]), str(found[size - 1].id) if len(found) > size else None)


def live(store: Store) -> list[tuple[Job, str]]:
    """Every job of a company that has something to do or looks after phones, oldest first, with the company's name."""
    found = fetch(store, Job, select(Job, Jobs).where(Jobs.until.is_null(False)).order_by(Jobs.id))
    names = {row[0]: row[1] for row in store.sql("SELECT id, name FROM domains").fetchall()} if found else {}
    return [(job, names[job.domain_id]) for job in found if job.domain_id in names]


def start(store: Store, job_id: int, now: int) -> bool:
    """Takes a waiting job; False when another process has it already."""
    with store.transaction():
        taken = Jobs.update(state="running", started=now, change=Jobs.change + 1)
        return bool(store.execute(taken.where((Jobs.id == job_id) & (Jobs.state == "waiting"))))


def go_on(store: Store, job_id: int, now: int, *, excused: int) -> None:
    """Has a halted, stopped or ended job run again."""
    with store.transaction():
        fields = {"state": "running", "text": "", "finished": None, "excused": excused, "until": now + LIFE}
        store.execute(Jobs.update(change=Jobs.change + 1, **fields).where(Jobs.id == job_id))


def open_stage(store: Store, job_id: int, stage: int) -> None:
    """Goes on with a stage."""
    with store.transaction():
        store.execute(Jobs.update(stage=stage, change=Jobs.change + 1).where(Jobs.id == job_id))


def halt(store: Store, job_id: int, text: str) -> None:
    """Halts a running job with the reason."""
    with store.transaction():
        halted = Jobs.update(state="halted", text=text[:500], change=Jobs.change + 1)
        store.execute(halted.where((Jobs.id == job_id) & (Jobs.state == "running")))


def finish(
    store: Store, job_id: int, state: str, result: Mapping[str, Any], now: int, *, text: str = "",
    among: Collection[str] = STATES,
) -> bool:  # fmt: skip
    """Ends a job that is in one of the states `among` as done, failed, stopped or cancelled; False when it is not."""
    with store.transaction():
        ended = Jobs.update(state=state, finished=now, result=dict(result), text=text, change=Jobs.change + 1)
        return bool(store.execute(ended.where((Jobs.id == job_id) & Jobs.state.in_(tuple(among)))))


def leave(store: Store, job_id: int) -> None:
    """Looks after the job's phones no more."""
    with store.transaction():
        store.execute(Jobs.update(until=None, change=Jobs.change + 1).where(Jobs.id == job_id))


def items(
    store: Store, domain_id: int | None, job_id: int, *, limit: int = 100, after: str = "", state: str = ""
) -> Page[JobItem]:
    """All items of a job in order, or those in a state; `after` = a page's `next`."""
    get(store, domain_id, job_id)
    size = page_size(limit)
    query = select(JobItem, JobItems).where(JobItems.job_id == job_id)
    if state:
        query = query.where(JobItems.state == state)
    if after.isdecimal() and len(after) < 19:
        query = query.where(JobItems.id > int(after))
    found = fetch(store, JobItem, query.order_by(JobItems.id).limit(size + 1))
    return Page(tuple(found[:size]), str(found[size - 1].id) if len(found) > size else None)


def changed_items(store: Store, domain_id: int | None, job_id: int, change: int, *, limit: int = 100) -> Page[JobItem]:
    """The items that changed after `change`, each once, in the order in which they did; `next` is the number to go on
    from, None at the end."""
    get(store, domain_id, job_id)
    size = page_size(limit)
    query = select(JobItem, JobItems).where((JobItems.job_id == job_id) & (JobItems.change > change))
    found = fetch(store, JobItem, query.order_by(JobItems.change).limit(size + 1))
    return Page(tuple(found[:size]), str(found[size - 1].change) if len(found) > size else None)


def taken_back_by(store: Store, domain_id: int | None, job_ids: Sequence[int]) -> dict[int, list[int]]:
    """The jobs that take these back, by the job that they take back."""
    found: dict[int, list[int]] = {job_id: [] for job_id in job_ids}
    if job_ids:
        query = Jobs.select(Jobs.parent, Jobs.id).where(_owner(domain_id) & Jobs.parent.in_(list(job_ids)))
        for parent, job_id in store.tuples(query.order_by(Jobs.id)):
            found[parent].append(job_id)
    return found


def trim(store: Store, before: int) -> int:
    """Deletes jobs that ended before `before`, with their items; returns how many went."""
    with store.transaction():
        return int(store.execute(Jobs.delete().where(Jobs.finished.is_null(False) & (Jobs.finished < before))))


def _owner(domain_id: int | None) -> Any:
    return Jobs.domain_id.is_null() if domain_id is None else Jobs.domain_id == domain_id
