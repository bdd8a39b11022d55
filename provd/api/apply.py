"""Long work: a template applied to many phones, as a job that holds the loop only for moments and outlives a restart.

Rules of this file: the outcome of a phone is written in the same transaction as its change, so that a process that
dies repeats nothing and forgets nothing. A slice ends after SLICE_SECONDS; between two, everything else has its turn.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

from provd.api import elsewhere, reads, scope
from provd.api.call import Call, mac_in, plain
from provd.api.endpoint import PAGING, Group
from provd.api.resync import resyncs
from provd.api.schema import choice, define, listing, moment, nullable, number, obj, page, table, text
from provd.errors import Invalid, NotFound, Problem, ProvdError
from provd.resync.steps import TIMES
from provd.store import audit, jobs, layers, phones, templates
from provd.store.database import Store
from provd.store.rows import Job, JobItem, PhoneEvent, Template

log = logging.getLogger(__name__)

group = Group("jobs", "Long work: started with 202 and the job, then followed here until it is done.")

KIND = "apply_template"
SLICE_SECONDS = 0.005  # with its commit, a slice stays under 20 ms
SLICE_ITEMS = 25
MOST = 10_000

JOB = define(
    "Job",
    obj(
        {
            "id": number(low=1), "domain": nullable(text(longest=253)), "kind": text(), "state": choice(jobs.STATES),
            "created": moment(), "created_by": text(), "started": nullable(moment()), "finished": nullable(moment()),
            "total": number(), "done": number(), "failed": number(), "result": table({}, "What it is about"),
        }
    ),
)  # fmt: skip
ITEM = define(
    "JobItem",
    obj(
        {
            "id": number(low=1), "ref": text("What it is about: a MAC"), "state": choice(("waiting", "done", "failed")),
            "text": text("What happened, in one sentence", 500), "at": nullable(moment()),
        }
    ),
)  # fmt: skip
PHONES = obj(
    {
        "phones": {
            "anyOf": [listing(text(longest=40), most=MOST, minItems=1), {"const": "all"}],
            "description": "MACs in any notation, or `all` phones of the template's model",
        },
        "resync": choice(TIMES, "Have the phones that changed fetch it: now, when idle, or tonight"),
    },
    required=("phones",),
)


@group.post(
    "/domains/{domain}/phonetemplates/{template}/apply", "templates.apply", JOB, body=PHONES, status=202, narrow=True
)
def apply_template(store: Store, call: Call) -> Any:
    """Apply a template to phones

    Answers at once with a job; its items say of every phone what happened, such as that its model is another. A site
    manager's job takes phones of the site only."""
    template, site_id = call.the_template, call.who.site_id if call.reach == scope.SITE else None
    if call.reach == scope.SITE and site_id is None:
        raise Invalid([Problem("phones", "Your user has no site, so there are no phones that you manage.")])
    if call.body["phones"] == "all":
        macs = reads.macs_of_model(store, call.domain_id, template.model, site_id)[:MOST]
    else:
        macs = list(dict.fromkeys(mac_in(mac) for mac in call.body["phones"]))
    settings = {"template": template.id, "name": template.name, "model": template.model, "site_id": site_id}
    if "resync" in call.body:
        resyncs(call)
        settings["resync"] = call.body["resync"]
    job = jobs.create(store, call.domain_id, KIND, macs, call.now, created_by=call.who.name, settings=settings)
    call.audit(store, "apply", "template", template.name, {"phones": [None, len(macs)]})
    call.location = f"/api/v2/jobs/{job.id}"
    call.after.append(lambda: _spawn(call.services, job, resumed=False))
    return shown(job, call.domain.name if call.domain else None)


def shown(job: Job, domain: str | None) -> dict[str, Any]:
    """A job as answers show it."""
    return {**plain(job, "domain_id"), "domain": domain, "result": dict(job.result)}


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
    "/jobs", "jobs.read", page(JOB), query={**PAGING, "domain": text("Which company", 253)}, narrow=True
)  # fmt: skip
def list_jobs(store: Store, call: Call) -> Any:
    """List jobs

    Newest first; the provider says of which company with ?domain=."""
    domain = call.domain
    found = jobs.find(
        store, domain.id if domain else None, limit=call.query["limit"], before=call.query.get("cursor", "")
    )  # fmt: skip
    rows = [shown(job, domain.name if domain else None) for job in found.items if _own(call, job)]
    return {"items": rows, "next": found.next}


@group.get("/jobs/{job}", "jobs.read", JOB, narrow=True)
def get_job(store: Store, call: Call) -> Any:
    """Get a job"""
    return shown(*_job(store, call))


@group.get("/jobs/{job}/items", "jobs.read", page(ITEM), query=PAGING, narrow=True)
def list_items(store: Store, call: Call) -> Any:
    """List the items of a job with what happened to each"""
    job, _ = _job(store, call)
    found = jobs.items(store, job.domain_id, job.id, limit=call.query["limit"], after=call.query.get("cursor", ""))
    return {"items": [plain(item, "job_id") for item in found.items], "next": found.next}


_running: dict[int, tuple[Any, asyncio.Task[None]]] = {}


def _spawn(services: Any, job: Job, *, resumed: bool) -> None:
    task = asyncio.get_running_loop().create_task(run(services, job, resumed=resumed))
    key = id(task)
    _running[key] = (services, task)
    task.add_done_callback(lambda _: _running.pop(key, None))


def start(services: Any) -> int:
    """Take up the jobs that were not finished when a process ended; returns how many. Call it once, in the process
    with the role `jobs`, after everything listens."""
    left = [job for job in jobs.unfinished(services.store) if job.kind == KIND]
    for job in left:
        _spawn(services, job, resumed=True)
    return len(left)


async def stop(services: Any) -> None:
    """End the jobs of these services between two slices; start() takes them up again."""
    mine = [task for owner, task in _running.values() if owner is services]
    for task in mine:
        task.cancel()
    for task in mine:
        with suppress(asyncio.CancelledError):
            await task


async def run(services: Any, job: Job, *, resumed: bool = False) -> None:
    """Do a job to its end, slice by slice."""
    store: Store = services.store
    try:
        taken = await store.run(jobs.start, job.id, int(time.time()))
        if not taken and not resumed:
            return
        while True:
            changed, left = await store.run(_slice, job)
            for event in changed:
                services.recorder.add(event)
            await _resync(services, job, changed)
            if not left:
                break
            await asyncio.sleep(0)
        await store.run(_end, job)
    except ProvdError as error:
        log.error("Job %s stopped: %s It goes on when the server starts again.", job.id, error)


async def _resync(services: Any, job: Job, changed: list[PhoneEvent]) -> None:
    """Tell the phones that changed, where that was asked for; restarting those that have settings which need it."""
    when = job.result.get("resync")
    if when and changed and services.sip is not None:
        names = await services.store.run(_names, job)
        domain = services.sip.registrar.accounts.domain(job.domain_id)
        await elsewhere.resync_many(services, domain, [event.mac for event in changed], when, names)


def _names(store: Store, job: Job) -> list[str]:
    """The settings that the template has; none when it was deleted in the meantime."""
    try:
        return list(layers.get(store, job.domain_id, "template", job.result["template"]).values)
    except NotFound:
        return []


def _end(store: Store, job: Job) -> None:
    now = jobs.get(store, job.domain_id, job.id)
    state = "failed" if now.failed and not now.done else "done"
    jobs.finish(store, job.id, state, dict(now.result), int(time.time()))


def _slice(store: Store, job: Job) -> tuple[list[PhoneEvent], bool]:
    """The next items in one transaction; the events of the phones that changed, and whether anything may be left."""
    deadline, now = time.perf_counter() + SLICE_SECONDS, time.time()
    outcomes: list[tuple[int, str, str]] = []
    changed: list[PhoneEvent] = []
    with store.transaction():
        items = jobs.waiting_items(store, job.id, SLICE_ITEMS)
        template = _template(store, job) if items else None
        for item in items:
            state, sentence, event = _one(store, job, item, template, now)
            outcomes.append((item.id, state, sentence))
            changed += [event] if event else []
            if time.perf_counter() > deadline:
                break
        jobs.finish_items(store, job.id, outcomes, int(now))
    return changed, bool(items)


def _template(store: Store, job: Job) -> Template | None:
    try:
        return templates.get(store, job.domain_id or 0, job.result["template"])
    except NotFound:
        return None


def _one(
    store: Store, job: Job, item: JobItem, template: Template | None, now: float
) -> tuple[str, str, PhoneEvent | None]:
    """Apply the template to one phone: state, sentence, and the event when something changed."""
    if template is None:
        return "failed", "The template was deleted in the meantime.", None
    domain_id = template.domain_id
    try:
        phone = phones.by_mac(store, domain_id, item.ref)
        if job.result.get("site_id") not in (None, phone.site_id):
            return "failed", f"There is no phone {item.ref} at your site.", None
        if phone.model != template.model:
            text = f"The template is for {template.model} and this phone is a {phone.model}; choose another template."
            return "failed", text, None
        if phone.template_id == template.id:
            return "done", "It had this template already.", None
        phones.update(store, domain_id, phone.id, int(now), template_id=template.id)
    except ProvdError as error:
        return "failed", str(error), None
    changed = {"template_id": [phone.template_id, template.id]}
    audit.record(
        store, int(now), who=job.created_by, domain_id=domain_id, action="update", noun="phone", ref=phone.mac,
        changed=changed,
    )  # fmt: skip
    reason = f"{job.created_by}: template {template.name} applied"
    event = PhoneEvent(
        mac=phone.mac, at=now, kind="config_changed", phone_id=phone.id, domain_id=domain_id, protocol="api",
        reason=reason,
    )  # fmt: skip
    return "done", f"It has the template {template.name} now.", event
