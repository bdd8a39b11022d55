"""Jobs: looked at, stopped, continued, tried again, rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provd.api import reads, scope
from provd.api.call import Call, plain
from provd.api.endpoint import PAGING, Group
from provd.api.schema import choice, define, listing, moment, nullable, number, obj, page, table, text
from provd.errors import Conflict, NotFound
from provd.jobs import writing
from provd.resync.steps import TIMES
from provd.stages import FAILED, ITEM_STATES, STOPPED, bad_of, from_json
from provd.store import audit, job_items, jobs
from provd.store.database import Store
from provd.store.rows import Job, JobItem

group = Group(
    "jobs",
    "Long work: started with 202 and the job, then followed here. Each phone goes waiting → written → notified → "
    "fetched → applied, or ends as failed, stopped or unaffected, always with a sentence. A phone is `applied` when it "
    "has taken its new configuration (a rollout: when it runs the new firmware). A job without a resync is done when "
    "all is written; its phones still become `applied` as they fetch. `change` counts up with everything that happens.",
)

UNDER_WAY = ("waiting", "running", "halted")
TIME = {"type": "number", "description": "Epoch seconds"}
RESYNC = choice(TIMES, "Have the phones that changed fetch it: now, when idle, or tonight; left out, at night")
JOB = define(
    "Job",
    obj(
        {
            "id": number(low=1), "domain": nullable(text(longest=253)), "kind": text(), "state": choice(jobs.STATES),
            "text": text("Why it halted", 500), "created": moment(), "created_by": text(),
            "started": nullable(moment()), "finished": nullable(moment()), "total": number(),
            "done": number("Phones that need nothing more"), "failed": number(),
            "counts": table(number(), "How many items are in each state"),
            "stage": number("The open stage, from 0, of those in `result`"),
            "change": number("For GET …/items?after_change=", 0, 2**53),
            "parent": nullable(number("The job that this one takes back", 1)),
            "taken_back_by": listing(number(low=1), "Jobs that take this one back"),
            "until": nullable(moment("When it stops looking after its phones")),
            "result": table({}, "What it is about"),
        },
    ),
)  # fmt: skip
ITEM = define(
    "JobItem",
    obj(
        {
            "id": number(low=1), "ref": text("What it is about: a MAC"), "state": choice(ITEM_STATES),
            "text": text("What happened, in one sentence", 500), "at": nullable(moment("Of its state")),
            "written": nullable(TIME), "notified": nullable(TIME), "fetched": nullable(TIME),
            "change": number("The job's `change` when it came to be so", 0, 2**53),
        }
    ),
)  # fmt: skip


def shown(store: Store, job: Job, domain: str | None) -> dict[str, Any]:
    """A job as answers show it."""
    return shown_all(store, [job], job.domain_id, domain)[0]


def shown_all(store: Store, some: Sequence[Job], domain_id: int | None, domain: str | None) -> list[dict[str, Any]]:
    """Jobs of a company as answers show them."""
    back = jobs.taken_back_by(store, domain_id, [job.id for job in some])
    return [
        {
            **plain(job, "domain_id", "excused"), "domain": domain, "result": dict(job.result),
            "counts": dict(job.counts), "taken_back_by": back[job.id],
        }
        for job in some
    ]  # fmt: skip


def shown_item(item: JobItem) -> dict[str, Any]:
    """An item as answers show it."""
    return plain(item, "job_id", "phone_id", "was", "wish", "revision")


def _own(call: Call, job: Job) -> bool:
    return call.reach != scope.OWN or job.created_by == call.who.name


def _job(store: Store, call: Call) -> tuple[Job, str | None]:
    job_id = call.id("job")
    domain_id = reads.job_domain(store, job_id)
    job = jobs.get(store, domain_id if call.who.domain_id is None else call.who.domain_id, job_id)
    if not _own(call, job):
        raise NotFound("There is no such job here.")
    return job, reads.domain_names(store).get(domain_id) if domain_id is not None else None


@group.get(
    "/jobs", "jobs.read", page(JOB), narrow=True,
    query={**PAGING, "domain": text("Which company", 253), "kind": choice(writing.KINDS, "Only those of a kind")},
)  # fmt: skip
def list_jobs(store: Store, call: Call) -> Any:
    """List jobs

    Newest first; the provider says of which company with ?domain=."""
    domain, query = call.domain, call.query
    found = jobs.find(
        store, domain.id if domain else None, limit=query["limit"], before=query.get("cursor", ""),
        kind=query.get("kind", ""),
    )  # fmt: skip
    mine = [job for job in found.items if _own(call, job)]
    rows = shown_all(store, mine, domain.id if domain else None, domain.name if domain else None)
    return {"items": rows, "next": found.next}


@group.get("/jobs/{job}", "jobs.read", JOB, narrow=True)
def get_job(store: Store, call: Call) -> Any:
    """Get a job"""
    return shown(store, *_job(store, call))


@group.get(
    "/jobs/{job}/items", "jobs.read", page(ITEM), narrow=True,
    query={
        **PAGING, "state": choice(ITEM_STATES, "Only those in a state"),
        "after_change": number("Only what changed since the job's `change` was this, in that order", 0, 2**53),
    },
)  # fmt: skip
def list_items(store: Store, call: Call) -> Any:
    """List the items of a job with what happened to each

    With `after_change`, `next` is the number to give as `after_change` the next time."""
    job, _ = _job(store, call)
    query = call.query
    limit, cursor = query["limit"], query.get("cursor", "")
    if "after_change" in query:
        found = jobs.changed_items(store, job.domain_id, job.id, query["after_change"], limit=limit)
    else:
        state = query.get("state", "")
        found = jobs.items(store, job.domain_id, job.id, limit=limit, after=cursor, state=state)
    return {"items": [shown_item(item) for item in found.items], "next": found.next}


@group.post("/jobs/{job}/stop", "jobs.write", JOB, status=200, narrow=True)
def stop_job(store: Store, call: Call) -> Any:
    """Stop a job

    Phones that wait are left as they are. What is changed stays; a phone that was not told yet is not told."""
    job, domain = _job(store, call)
    if job.state not in UNDER_WAY:
        raise Conflict("This job is over already; there is nothing to stop.")
    _stop(store, call, job)
    return _after(store, call, job, domain, "stop")


def _stop(store: Store, call: Call, job: Job) -> None:
    job_items.stop_waiting(store, job, "The job was stopped before its turn.", call.clock)
    jobs.finish(store, job.id, "stopped", job.result, call.now, among=UNDER_WAY)


@group.post("/jobs/{job}/continue", "jobs.write", JOB, status=200, narrow=True)
def continue_job(store: Store, call: Call) -> Any:
    """Continue a job that halted or was stopped

    The phones that failed so far do not halt it again."""
    job, domain = _job(store, call)
    if job.state not in ("halted", "stopped"):
        raise Conflict("Only a job that halted or was stopped can be continued.")
    if job.state == "stopped" and not job_items.wait_again(store, job, STOPPED, call.clock):
        raise Conflict("Every phone of this job had its turn; there is nothing to continue.")
    stages = from_json(job.result.get("stages", ()))
    job = jobs.again(store, job)
    bad = bad_of(stages[min(job.stage, len(stages) - 1)], job_items.tally(store, job))
    jobs.go_on(store, job.id, call.now, excused=bad)
    return _after(store, call, job, domain, "continue")


@group.post("/jobs/{job}/retry", "jobs.write", JOB, status=200, narrow=True)
def retry_job(store: Store, call: Call) -> Any:
    """Try the phones that failed again"""
    job, domain = _job(store, call)
    if job.state in jobs.WORKING:
        raise Conflict("This job is still running; stop it, or wait until it is over.")
    if not job_items.wait_again(store, job, FAILED, call.clock):
        raise Conflict("No phone of this job has failed; there is nothing to try again.")
    jobs.go_on(store, job.id, call.now, excused=0)
    return _after(store, call, job, domain, "retry")


@group.post(
    "/jobs/{job}/rollback", "jobs.write", JOB, status=202, narrow=True, body=obj({"resync": RESYNC}, required=())
)  # fmt: skip
def roll_back(store: Store, call: Call) -> Any:
    """Take a job back

    A new job gives every phone that this one changed what it had before, unless somebody has changed it since; a phone
    is told as it was by the first job, unless `resync` says otherwise. A job that still runs is stopped."""
    job, domain = _job(store, call)
    if job.kind not in writing.KINDS or job.kind == writing.RESYNC:
        raise Conflict("This job changed nothing that could be taken back.")
    for one in jobs.find(store, job.domain_id, parent=job.id).items:
        if one.state in UNDER_WAY:
            raise Conflict(f"Job {one.id} takes this job back already.")
    if job.state in UNDER_WAY:
        _stop(store, call, job)
    about = {name: job.result[name] for name in ("name", "template", "model", "version") if name in job.result}
    settings = {**about, "job": job.id, "kind": job.result.get("kind", job.kind)}
    when = call.body.get("resync", job.result.get("resync") if call.services.sip is not None else None)
    if when:
        can_tell(call)
        settings["resync"] = when
    made = jobs.create_rollback(
        store, job, writing.ROLL_BACK, call.now, created_by=call.who.name, settings=settings
    )  # fmt: skip
    call.location = f"/api/v2/jobs/{made.id}"
    return _after(store, call, made, domain, "roll back", job)


def can_tell(call: Call) -> None:
    """Raises Conflict where no phone can be told anything."""
    if call.services.sip is None:
        text = "No phone can be told anything here: the SIP edge does not run in this process; add sip to its roles."
        raise Conflict(text)


def _after(
    store: Store, call: Call, job: Job, domain: str | None, action: str, about: Job | None = None
) -> dict[str, Any]:  # fmt: skip
    """What every change of a job ends with: its row in the trail, the engine woken, the job as it is now."""
    audit.record(
        store, call.now, who=call.who.name, domain_id=job.domain_id, action=action, noun="job", ref=(about or job).id
    )
    call.after.append(call.services.jobs.wake)
    return shown(store, jobs.again(store, job), domain)
