"""Rows of long work: a job, what it has to do, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provd.store.database import Store
from provd.store.reading import fetch, one, page_size, select
from provd.store.rows import Job, JobItem, Page
from provd.store.trace_tables import JobItems, Jobs

STATES = ("waiting", "running", "done", "failed", "cancelled")


def create(
    store: Store, domain_id: int | None, kind: str, refs: Sequence[str], now: int, *, created_by: str,
    settings: Mapping[str, Any] | None = None,
) -> Job:  # fmt: skip
    """Makes a waiting job with one item for every ref; `settings` (no secrets) are its `result` until there is one."""
    row = {"domain_id": domain_id, "kind": kind, "state": "waiting", "created": now, "created_by": created_by}
    row |= {"started": None, "finished": None, "total": len(refs), "done": 0, "failed": 0}
    with store.transaction():
        job_id = store.execute(Jobs.insert(result=dict(settings or {}), **row))
        store.many(
            "INSERT INTO job_items (job_id, ref, state, text) VALUES (?, ?, 'waiting', '')",
            [(job_id, ref) for ref in refs],
        )
    return get(store, domain_id, job_id)


def get(store: Store, domain_id: int | None, job_id: int) -> Job:
    """The job of this company, or of the provider (None), with this id."""
    query = select(Job, Jobs).where(_owner(domain_id) & (Jobs.id == job_id))
    return one(store, Job, query, "There is no such job here.")


def find(store: Store, domain_id: int | None, *, limit: int = 100, before: str = "") -> Page[Job]:
    """The jobs of a company, newest first; `before` = a page's `next`."""
    size = page_size(limit)
    query = select(Job, Jobs).where(_owner(domain_id))
    if before.isdecimal() and len(before) < 19:
        query = query.where(Jobs.id < int(before))
    found = fetch(store, Job, query.order_by(Jobs.id.desc()).limit(size + 1))
    return Page(tuple(found[:size]), str(found[size - 1].id) if len(found) > size else None)


def unfinished(store: Store) -> list[Job]:
    """Every job that waits or was running when the process stopped, oldest first."""
    query = select(Job, Jobs).where(Jobs.state.in_(("waiting", "running")))
    return fetch(store, Job, query.order_by(Jobs.id))


def start(store: Store, job_id: int, now: int) -> bool:
    """Takes a waiting job; False when another process has it already."""
    with store.transaction():
        taken = Jobs.update(state="running", started=now).where((Jobs.id == job_id) & (Jobs.state == "waiting"))
        return bool(store.execute(taken))


def waiting_items(store: Store, job_id: int, limit: int) -> list[JobItem]:
    """The next items to do."""
    query = select(JobItem, JobItems).where((JobItems.job_id == job_id) & (JobItems.state == "waiting"))
    return fetch(store, JobItem, query.order_by(JobItems.id).limit(limit))


def items(store: Store, domain_id: int | None, job_id: int, *, limit: int = 100, after: str = "") -> Page[JobItem]:
    """All items of a job in order; `after` = a page's `next`."""
    get(store, domain_id, job_id)
    size = page_size(limit)
    query = select(JobItem, JobItems).where(JobItems.job_id == job_id)
    if after.isdecimal() and len(after) < 19:
        query = query.where(JobItems.id > int(after))
    found = fetch(store, JobItem, query.order_by(JobItems.id).limit(size + 1))
    return Page(tuple(found[:size]), str(found[size - 1].id) if len(found) > size else None)


def finish_items(store: Store, job_id: int, outcomes: Sequence[tuple[int, str, str]], now: int) -> None:
    """Notes outcomes (item id, `done` or `failed`, a sentence) and the counts of the job, in one transaction: with the
    work itself inside the caller's transaction, a crash repeats no item and loses none."""
    done = sum(1 for _, state, _ in outcomes if state == "done")
    with store.transaction():
        store.many(
            "UPDATE job_items SET state = ?, text = ?, at = ? WHERE id = ? AND job_id = ?",
            [(state, text[:500], now, item_id, job_id) for item_id, state, text in outcomes],
        )
        store.sql(
            "UPDATE jobs SET done = done + ?, failed = failed + ? WHERE id = ?", (done, len(outcomes) - done, job_id)
        )


def finish(store: Store, job_id: int, state: str, result: Mapping[str, Any], now: int) -> None:
    """Ends a job as done, failed or cancelled."""
    with store.transaction():
        store.execute(Jobs.update(state=state, finished=now, result=dict(result)).where(Jobs.id == job_id))


def trim(store: Store, before: int) -> int:
    """Deletes jobs that ended before `before`, with their items; returns how many went."""
    with store.transaction():
        return int(store.execute(Jobs.delete().where(Jobs.finished.is_null(False) & (Jobs.finished < before))))


def _owner(domain_id: int | None) -> Any:
    return Jobs.domain_id.is_null() if domain_id is None else Jobs.domain_id == domain_id
