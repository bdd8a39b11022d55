"""Jobs: taken by one process, counted as their items are done, and found again after a crash."""

from __future__ import annotations

from provd.seal import Seal
from provd.store import jobs
from provd.store.database import Store, open_database
from tests.store.conftest import KEY, NOW, Company


def test_a_job_is_taken_once_counted_and_finished(store: Store, acme: Company, url: str) -> None:
    macs = [f"{number:012x}" for number in range(5)]
    job = jobs.create(store, acme.id, "apply_template", macs, NOW, created_by="ada", settings={"template": 1})
    assert (job.state, job.total, job.result) == ("waiting", 5, {"template": 1})
    other = open_database(url, Seal([KEY]))
    assert jobs.unfinished(other) == [job]
    assert [jobs.start(one, job.id, NOW + 1) for one in (store, other)] == [True, False]
    other.close()

    first = jobs.waiting_items(store, job.id, 3)
    assert [item.ref for item in first] == macs[:3]
    outcomes = [(item.id, "done", "") for item in first[:2]] + [(first[2].id, "failed", "No such phone.")]
    jobs.finish_items(store, job.id, outcomes, NOW + 2)
    assert [item.ref for item in jobs.waiting_items(store, job.id, 10)] == macs[3:]
    running = jobs.get(store, acme.id, job.id)
    assert (running.state, running.done, running.failed) == ("running", 2, 1)

    jobs.finish(store, job.id, "done", {"applied": 2}, NOW + 3)
    assert jobs.unfinished(store) == []
    page = jobs.items(store, acme.id, job.id, limit=2)
    rest = jobs.items(store, acme.id, job.id, limit=2, after=page.next or "")
    assert [(item.state, item.text) for item in (*page.items, *rest.items)] == [
        ("done", ""), ("done", ""), ("failed", "No such phone."), ("waiting", ""),
    ]  # fmt: skip


def test_items_and_the_work_itself_are_one_transaction(store: Store, acme: Company) -> None:
    job = jobs.create(store, acme.id, "x", ["a"], NOW, created_by="ada")
    (item,) = jobs.waiting_items(store, job.id, 1)
    try:
        with store.transaction():
            jobs.finish_items(store, job.id, [(item.id, "done", "")], NOW)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert jobs.get(store, acme.id, job.id).done == 0
    assert jobs.waiting_items(store, job.id, 1) == [item]


def test_old_jobs_go_with_their_items(store: Store, acme: Company) -> None:
    old = jobs.create(store, None, "backup", ["a"], NOW, created_by="admin")
    kept = jobs.create(store, None, "backup", ["b"], NOW, created_by="admin")
    jobs.finish(store, old.id, "done", {}, NOW + 1)
    assert jobs.trim(store, NOW + 10) == 1
    assert [job.id for job in jobs.find(store, None).items] == [kept.id]
    assert store.sql("SELECT COUNT(*) FROM job_items").fetchone()[0] == 1
