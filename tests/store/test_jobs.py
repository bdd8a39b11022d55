"""Jobs: taken by one process, counted as their items move, and found again after a crash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from provd.seal import Seal
from provd.store import job_items, jobs
from provd.store.backup import backup, restore
from provd.store.database import Store, open_database
from provd.store.job_items import Move
from provd.store.migrations import apply, available, migrate
from provd.store.rows import Job
from tests.store.conftest import KEY, NOW, Company

MACS = [f"{number:012x}" for number in range(5)]


def moved(store: Store, job: Job, *moves: tuple[int, str]) -> Job:
    """Items of the job, by their place, in another state."""
    items = jobs.items(store, job.domain_id, job.id).items
    made = [Move(items[place].id, state, f"Now {state}.") for place, state in moves]
    job_items.record(store, job, made, NOW + 2.5)
    return jobs.again(store, job)


def test_a_job_is_taken_once_counted_and_finished(store: Store, acme: Company, url: str) -> None:
    job = jobs.create(store, acme.id, "apply_template", MACS, NOW, created_by="ada", settings={"template": 1})
    assert (job.state, job.total, job.result, job.counts) == ("waiting", 5, {"template": 1}, {"waiting": 5})
    other = open_database(url, Seal([KEY]))
    assert jobs.live(other) == [(job, "acme.example")]
    assert [jobs.start(one, job.id, NOW + 1) for one in (store, other)] == [True, False]
    other.close()

    assert [item.ref for item in job_items.waiting(store, job.id, 3)] == MACS[:3]
    running = moved(store, job, (0, "written"), (1, "unaffected"), (2, "failed"))
    assert [item.ref for item in job_items.waiting(store, job.id, 10)] == MACS[3:]
    assert (running.state, running.done, running.failed) == ("running", 2, 1)
    assert running.counts == {"waiting": 2, "written": 1, "unaffected": 1, "failed": 1}

    assert jobs.finish(store, job.id, "done", {"applied": 2}, NOW + 3, among=("running",))
    assert not jobs.finish(store, job.id, "stopped", {}, NOW + 4, among=("running",)), "it is over"
    assert [one.id for one, _ in jobs.live(store)] == [job.id]
    jobs.leave(store, job.id)
    assert jobs.live(store) == []
    page = jobs.items(store, acme.id, job.id, limit=2)
    rest = jobs.items(store, acme.id, job.id, limit=2, after=page.next or "")
    assert [item.state for item in (*page.items, *rest.items)] == ["written", "unaffected", "failed", "waiting"]
    assert [item.ref for item in jobs.items(store, acme.id, job.id, state="failed").items] == [MACS[2]]


def test_a_written_phone_is_done_only_where_it_is_not_told(store: Store, acme: Company) -> None:
    job = jobs.create(store, acme.id, "apply_template", MACS, NOW, created_by="ada", settings={"resync": "now"})
    assert moved(store, job, (0, "written"), (1, "notified"), (2, "applied")).done == 1


def test_items_and_the_work_itself_are_one_transaction(store: Store, acme: Company) -> None:
    job = jobs.create(store, acme.id, "x", ["a"], NOW, created_by="ada")
    (item,) = job_items.waiting(store, job.id, 1)
    try:
        with store.transaction():
            job_items.record(store, job, [Move(item.id, "written", "")], NOW)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert jobs.get(store, acme.id, job.id) == job
    assert job_items.waiting(store, job.id, 1) == [item]


def test_a_page_asks_for_what_is_new(store: Store, acme: Company) -> None:
    job = jobs.create(store, acme.id, "x", MACS, NOW, created_by="ada")
    seen = moved(store, job, (0, "written"), (1, "written"), (2, "written")).change
    assert seen == 3
    now = moved(store, job, (2, "applied"), (0, "failed"))
    first = jobs.changed_items(store, acme.id, job.id, seen, limit=1)
    assert ([item.ref for item in first.items], first.next) == ([MACS[2]], "4")
    rest = jobs.changed_items(store, acme.id, job.id, 4)
    assert ([item.ref for item in rest.items], rest.next) == ([MACS[0]], None)
    assert jobs.changed_items(store, acme.id, job.id, now.change).items == ()
    jobs.halt(store, job.id, "Halted: for a test.")
    assert jobs.again(store, job).state == "waiting", "only what runs can halt"
    jobs.start(store, job.id, NOW)
    jobs.halt(store, job.id, "Halted: for a test.")
    halted = jobs.again(store, job)
    assert (halted.state, halted.text) == ("halted", "Halted: for a test.") and halted.change > now.change


def test_what_was_stopped_or_failed_waits_again(store: Store, acme: Company) -> None:
    job = jobs.create(store, acme.id, "x", MACS, NOW, created_by="ada")
    moved(store, job, (0, "applied"), (1, "failed"))
    job_items.stop_waiting(store, job, "Stopped before its turn.", NOW)
    stopped = jobs.again(store, job)
    assert stopped.counts == {"applied": 1, "failed": 1, "stopped": 3}
    changes = [item.change for item in jobs.items(store, acme.id, job.id, state="stopped").items]
    assert len(set(changes)) == 3 and max(changes) == stopped.change, "each has a number of its own"
    assert (
        job_items.wait_again(store, job, "stopped", NOW) == 3 and job_items.wait_again(store, job, "failed", NOW) == 1
    )
    assert job_items.wait_again(store, job, "failed", NOW) == 0
    assert jobs.again(store, job).counts == {"applied": 1, "waiting": 4} and jobs.again(store, job).failed == 0


def test_old_jobs_go_with_their_items(store: Store, acme: Company) -> None:
    old = jobs.create(store, None, "backup", ["a"], NOW, created_by="admin")
    kept = jobs.create(store, None, "backup", ["b"], NOW, created_by="admin")
    jobs.finish(store, old.id, "done", {}, NOW + 1)
    assert jobs.trim(store, NOW + 10) == 1
    assert [job.id for job in jobs.find(store, None).items] == [kept.id]
    assert store.sql("SELECT COUNT(*) FROM job_items").fetchone()[0] == 1


def test_a_job_of_the_version_before_goes_on(new_url: Callable[..., str]) -> None:
    store = open_database(new_url(), Seal([KEY]))
    apply(store, [name for name in available() if name < "0008"])
    store.sql(
        "INSERT INTO domains (id, name, description, time_zone, area_code, language, admission, sip_host, revision, "
        "directory_revision, created) VALUES (1, 'acme.example', '', 'UTC', '', 'en', '{}', '', 1, 1, 1)"
    )
    for job_id, state in ((1, "running"), (2, "done")):
        store.sql(
            "INSERT INTO jobs (id, domain_id, kind, state, created, created_by, total, done, failed, result) "
            "VALUES (?, 1, 'apply_template', ?, ?, 'ada', 2, 1, 0, '{}')",
            (job_id, state, NOW),
        )
        for ref, item_state in (("a", "done"), ("b", "waiting")):
            store.sql(
                "INSERT INTO job_items (job_id, ref, state, text) VALUES (?, ?, ?, '')", (job_id, ref, item_state)
            )
    migrate(store)
    ((job, name),) = jobs.live(store)
    assert (job.id, name, job.until) == (1, "acme.example", NOW + 36 * 3600)
    moved(store, job, (1, "written"))
    now = jobs.again(store, job)
    assert (now.counts, now.done) == ({"done": 1, "written": 1}, 2)
    store.close()


def test_a_job_is_in_the_backup_with_what_its_phones_had(store: Store, acme: Company, tmp_path: Path) -> None:
    job = jobs.create(store, acme.id, "apply_template", MACS, NOW, created_by="ada", settings={"template": 1})
    items = jobs.items(store, acme.id, job.id).items
    move = Move(items[0].id, "written", "", phone_id=1, was=None, wish=7, revision=3, written=NOW + 0.5)
    job_items.record(store, job, [move], NOW)
    backup(store, tmp_path / "backup.gz", NOW)
    other = open_database(f"sqlite:///{tmp_path}/other.sqlite", Seal([KEY]))
    restore(other, tmp_path / "backup.gz")
    assert jobs.again(other, job) == jobs.again(store, job)
    assert jobs.items(other, acme.id, job.id) == jobs.items(store, acme.id, job.id)
    back = jobs.create_rollback(other, job, "roll_back", NOW, created_by="ada", settings={})
    (item,) = jobs.items(other, acme.id, back.id).items
    assert (item.ref, item.was, item.wish, item.state) == (MACS[0], 7, None, "waiting")
    other.close()
