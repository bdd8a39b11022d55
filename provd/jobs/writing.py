"""The next phones of a job, changed in one transaction with what is noted of them.

Rules of this file: everything here runs inside store.run_apart(), off the loop; a slice is short, so that another
writer comes in between. The outcome of a phone is written in the same transaction as its change, so that a process that
dies repeats nothing and forgets nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from provd.errors import NotFound, ProvdError
from provd.jobs.following import TEMPLATE_PART, took
from provd.jobs.judging import CANNOT, CHANGES, Target, judge
from provd.stages import FAILED, STOPPED, UNAFFECTED, WRITTEN
from provd.store import job_items, jobs, targets, templates
from provd.store.database import Store
from provd.store.job_items import Move
from provd.store.rows import Job, JobItem, PhoneEvent, Template

APPLY, ROLL_BACK, RESYNC, FIRMWARE = "apply_template", "roll_back", "resync_template", "firmware"
KINDS = (APPLY, ROLL_BACK, RESYNC, FIRMWARE)
SLICE = 50  # phones a transaction: some ten milliseconds of a thread
_THEN = {
    None: "and takes it at its nightly update",
    "now": "and is told in a moment",
    "idle": "and is told as soon as no call is on",
    "tonight": "and is told in its nightly window",
}


@dataclass
class Written:
    """What came of a slice: the moves of its items, who is to be told as (item id, MAC), the events of the phones;
    `stopped`: the job does not run any more."""

    moves: list[Move] = field(default_factory=list)
    tell: list[tuple[int, str]] = field(default_factory=list)
    events: list[PhoneEvent] = field(default_factory=list)
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Slice:
    """The items that are looked at, with their phones as they are."""

    store: Store
    job: Job
    items: Sequence[JobItem]
    phones: dict[str, Target]
    now: float

    @property
    def domain_id(self) -> int:
        """The company."""
        return self.job.domain_id or 0

    @property
    def then(self) -> str:
        """How the phones get it."""
        return _THEN[self.job.result.get("resync")]


def write(store: Store, job: Job, count: int, refs: Sequence[str], now: float) -> Written:
    """Change up to `count` phones, those of `refs` or the next that wait. `stopped` when there was nothing to do."""
    with store.transaction():
        job = jobs.again(store, job)
        most = min(count, SLICE)
        items = job_items.named(store, job.id, refs[:most]) if refs else job_items.waiting(store, job.id, most)
        if job.state != "running" or not items:
            return Written(stopped=True)
        found = targets.named(store, job.domain_id or 0, [item.ref for item in items])
        one = _Slice(store, job, items, found, now)
        done = {APPLY: _apply, ROLL_BACK: _roll_back, RESYNC: _resync, FIRMWARE: _firmware}[job.kind](one)
        job_items.record(store, job, done.moves, now)
        refs_of = {item.id: item.ref for item in items}
        changed = [(move.item_id, refs_of[move.item_id]) for move in done.moves if move.state == WRITTEN]
        if job.kind != RESYNC:
            _leave_to_us(one, [ref for _, ref in changed])
    done.tell = changed if job.result.get("resync") else []
    return done


def template_of(store: Store, job: Job) -> Template | None:
    """The template that a job is about; None when it was deleted."""
    try:
        return templates.get(store, job.domain_id or 0, job.result["template"])
    except (NotFound, KeyError):
        return None


def _written(one: _Slice, item: JobItem, phone: Target, text: str, **more: Any) -> Move:
    return Move(item.id, WRITTEN, text, phone_id=phone.id, written=one.now, **more)


def _event(one: _Slice, phone: Target, text: str) -> PhoneEvent:
    reason = f"{one.job.created_by}: {text}"
    return PhoneEvent(
        mac=phone.mac, at=one.now, kind="config_changed", phone_id=phone.id, domain_id=one.domain_id, protocol="api",
        reason=reason,
    )  # fmt: skip


def _apply(one: _Slice) -> Written:
    template, done, give = template_of(one.store, one.job), Written(), []
    for item in one.items:
        phone = one.phones.get(item.ref)
        found = judge(item.ref, phone, template, one.job.result.get("site_id"))
        if found.outcome == CANNOT or phone is None or template is None:
            done.moves.append(Move(item.id, FAILED, found.text))
            continue
        text = f"It has the template {template.name} now {one.then}."
        if found.outcome == CHANGES:
            give.append(phone)
            made = {"was": phone.template_id, "wish": template.id, "revision": phone.revision + 1}
            done.moves.append(_written(one, item, phone, text, **made))
            done.events.append(_event(one, phone, f"template {template.name} applied"))
        elif item.revision:  # it was changed at the first attempt, and failed later
            done.moves.append(_written(one, item, phone, text))
        else:
            done.moves.append(Move(item.id, UNAFFECTED, found.text))
    if give and template is not None:
        _give(one, give, template.id)
    return done


def _give(one: _Slice, phones: Sequence[Target], template_id: int | None) -> None:
    """Give phones a template, with the rows of the trail."""
    targets.give_template(one.store, one.domain_id, phones, template_id, int(one.now))
    rows = [(phone.mac, {"template_id": [phone.template_id, template_id]}) for phone in phones]
    targets.audit_phones(one.store, int(one.now), one.job.created_by, one.domain_id, rows)


def _resync(one: _Slice) -> Written:
    template, done = template_of(one.store, one.job), Written()
    for item in one.items:
        phone = one.phones.get(item.ref)
        if template is None or phone is None or phone.template_id != template.id:
            done.moves.append(Move(item.id, UNAFFECTED, "It does not use the template any more."))
        elif took(phone.stamp, TEMPLATE_PART, template.revision):
            done.moves.append(Move(item.id, UNAFFECTED, "It has the newest version of the template already."))
        else:
            text = f"It has not fetched the newest version of {template.name} {one.then.replace('takes it', 'does')}."
            done.moves.append(_written(one, item, phone, text, revision=template.revision))
    return done


def _firmware(one: _Slice) -> Written:
    done, version = Written(), str(one.job.result["version"])
    for item in one.items:
        phone = one.phones.get(item.ref)
        if phone is None or phone.model != one.job.result["model"]:
            done.moves.append(Move(item.id, FAILED, "There is no such phone of this model any more."))
        elif phone.firmware == version:
            done.moves.append(Move(item.id, UNAFFECTED, f"It runs {version} already."))
        else:
            done.moves.append(_load(one, item, phone, version))
            done.events.append(_event(one, phone, f"firmware {version} wished"))
    return done


def _load(one: _Slice, item: JobItem, phone: Target, version: str | None) -> Move:
    """Have the phone's own layer name a version."""
    try:
        who = one.job.created_by
        before = targets.give_firmware(one.store, one.domain_id, phone, version, int(one.now), who=who)
    except ProvdError as error:
        return Move(item.id, FAILED, str(error))
    rows = [(phone.mac, {targets.FIRMWARE: [before, version]})]
    targets.audit_phones(one.store, int(one.now), one.job.created_by, one.domain_id, rows)
    text = f"It is to load {version or 'what its other layers say'} {one.then}."
    made: dict[str, Any] = {"revision": targets.revision_of(one.store, phone.id)}
    if not item.revision:
        made |= {"was": before, "wish": version}
    else:
        made |= {"was": item.was, "wish": item.wish}
    return _written(one, item, phone, text, **made)


def _roll_back(one: _Slice) -> Written:
    done = Written()
    firmware = one.job.result.get("kind") == FIRMWARE
    give: dict[int | None, list[Target]] = {}
    for item in one.items:
        phone = one.phones.get(item.ref)
        if phone is None:
            done.moves.append(Move(item.id, FAILED, f"There is no phone {item.ref} in this company any more."))
            continue
        has = targets.firmware_of(one.store, one.domain_id, phone) if firmware else phone.template_id
        again = bool(item.revision) and has == item.wish
        if has != item.was and not again:
            done.moves.append(Move(item.id, UNAFFECTED, "Somebody has changed it since then; it stays as it is."))
        elif firmware:
            done.moves.append(_load(one, item, phone, item.wish))
        elif again:
            done.moves.append(_written(one, item, phone, f"It has what it had before {one.then}."))
        else:
            _take_back(one, item, phone, done, give)
    for template_id, phones in give.items():
        _give(one, phones, template_id)
    return done


def _take_back(
    one: _Slice, item: JobItem, phone: Target, done: Written, give: dict[int | None, list[Target]]
) -> None:  # fmt: skip
    """A phone gets back the template that it had, if there still is one that fits."""
    name = "no template"
    if item.wish is not None:
        try:
            template = templates.get(one.store, one.domain_id, item.wish)
        except NotFound:
            done.moves.append(Move(item.id, FAILED, "The template that it had was deleted in the meantime."))
            return
        name = f"the template {template.name}"
    give.setdefault(item.wish, []).append(phone)
    made = {"was": item.was, "wish": item.wish, "revision": phone.revision + 1}
    done.moves.append(_written(one, item, phone, f"It has {name} again {one.then}.", **made))
    done.events.append(_event(one, phone, f"{name} again"))


def _leave_to_us(one: _Slice, refs: Sequence[str]) -> None:
    """Other jobs wait no longer for these phones, which have something else now: they would never have their change."""
    moves: dict[int, list[Move]] = {}
    for job_id, item_id in job_items.elsewhere(one.store, one.job, refs):
        back = job_id == one.job.parent
        text = f"It was taken back by job {one.job.id}." if back else f"Job {one.job.id} has changed it since then."
        moves.setdefault(job_id, []).append(Move(item_id, STOPPED, text))
    for job_id, some in moves.items():
        other = jobs.get(one.store, one.job.domain_id, job_id)
        if _about(other) == _about(one.job):
            job_items.record(one.store, other, some, one.now)


def _about(job: Job) -> bool:
    """Whether a job is about firmware; else it is about templates."""
    return FIRMWARE in (job.kind, job.result.get("kind"))
