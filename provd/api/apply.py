"""A template for many phones: looked at beforehand, applied as a job; and told again when it was edited."""

from __future__ import annotations

from typing import Any

from provd.api import reads, scope
from provd.api.call import Call, mac_in
from provd.api.endpoint import PAGING
from provd.api.jobs import JOB, RESYNC, can_tell, shown
from provd.api.jobs import group as group
from provd.api.schema import choice, define, listing, nullable, number, obj, text
from provd.errors import Invalid, Problem
from provd.jobs import writing
from provd.jobs.judging import CANNOT, CHANGES, UNAFFECTED, Comparison, Verdict
from provd.phone.model import Family, Model
from provd.stages import canary, to_json
from provd.store import domains, jobs, sites, targets
from provd.store.database import Store
from provd.store.rows import Job, Template

MOST = 10_000
MOST_CANARIES = 1000
OUTCOMES = (CHANGES, UNAFFECTED, CANNOT)
# Ten thousand MACs, looked at one by one as a schema does it, would hold the loop: _wanted() looks at them.
WHICH = {
    "anyOf": [{"type": "array", "minItems": 1, "maxItems": MOST}, {"const": "all"}],
    "description": "MACs as text in any notation, or `all` phones of the template's model",
}
FIRST = nullable(
    number(
        "How many go first; the rest follow when these have it. null: 3 where more than 50 are to be told; 0: none",
        0, MOST_CANARIES,
    )
)  # fmt: skip
PHONES = obj({"phones": WHICH, "resync": RESYNC, "canary": FIRST}, required=("phones",))
VERDICT = define(
    "ApplyOutcome",
    obj(
        {
            "mac": text(), "outcome": choice(OUTCOMES),
            "changes": number("How many keys and settings would differ from now"),
            "text": text("What would come of it, in one sentence; also what the phone cannot do of it", 1000),
        }
    ),
)  # fmt: skip
PREVIEW = define(
    "ApplyPreview",
    obj(
        {
            "items": listing(VERDICT), "next": nullable(text()), "total": number(), "changes": number(),
            "unaffected": number(), "cannot": number(),
        }
    ),
)  # fmt: skip
TEMPLATE = "/domains/{domain}/phonetemplates/{template}"


@group.post(f"{TEMPLATE}/apply", "templates.apply", JOB, body=PHONES, status=202, narrow=True)
async def apply_template(call: Call) -> Any:
    """Apply a template to phones

    Answers at once with a job; its items say of every phone what happened, such as that its model is another. A site
    manager's job takes phones of the site only. With `resync`, three phones go first where more than 50 are named, and
    it halts when phones stop coming back."""
    site_id = _site(call)
    if "resync" in call.body:
        can_tell(call)
    elif call.body.get("canary"):
        text = "Phones that go first have to be told, or nobody knows before tomorrow how they are; add resync."
        raise Invalid([Problem("canary", text)])
    return await call.services.store.run_apart(_apply, call, site_id)


def _apply(store: Store, call: Call, site_id: int | None) -> dict[str, Any]:
    template, when = call.the_template, call.body.get("resync")
    with store.transaction():
        macs = _wanted(store, call, template, site_id)
        settings = {"template": template.id, "name": template.name, "model": template.model, "site_id": site_id}
        return _job(store, call, writing.APPLY, macs, settings, when, call.body.get("canary"))


def _job(
    store: Store, call: Call, kind: str, macs: list[str], settings: dict[str, Any], when: str | None, first: int | None
) -> dict[str, Any]:
    """Make a job about the template, with its row in the trail, and have it begin."""
    if when:
        settings["resync"] = when
    settings["stages"] = to_json(canary(len(macs), first, told=bool(when)))
    job: Job = jobs.create(store, call.domain_id, kind, macs, call.now, created_by=call.who.name, settings=settings)
    action = "apply" if kind == writing.APPLY else "resync"
    call.audit(store, action, "template", call.the_template.name, {"phones": [None, len(macs)]})
    call.location = f"/api/v2/jobs/{job.id}"
    call.after.append(call.services.jobs.wake)
    return shown(store, job, call.domain.name if call.domain else None)


@group.post(
    f"{TEMPLATE}/apply/preview", "templates.apply", PREVIEW, body=PHONES, status=200, narrow=True,
    query={**PAGING, "outcome": choice(OUTCOMES, "Only those phones; the counts are of all")},
)  # fmt: skip
async def preview_apply(call: Call) -> Any:
    """Look what applying a template would do

    The same body as the job takes; nothing is written. Of every phone: `changes` with the number of keys and settings
    that would differ, `unaffected`, or `cannot`, with the reason."""
    site_id = _site(call)
    model = call.model(call.the_template.model)
    family = call.services.catalogue.family_of(model.id)
    return await call.services.store.run_apart(_preview, call, site_id, model, family)


def _preview(store: Store, call: Call, site_id: int | None, model: Model, family: Family) -> dict[str, Any]:
    with store.reading():
        template = call.the_template
        macs = _wanted(store, call, template, site_id)
        if call.body["phones"] == "all":
            everybody = targets.everybody(store, call.domain_id, model=template.model, site_id=site_id)
            phones = {one.mac: one for one in everybody}
        else:
            phones = targets.named(store, call.domain_id, macs)
        shared = targets.shared_layers(store, call.domain_id, model.id, family.id)
        own = targets.own_layers(store, call.domain_id)
        beneath = _beneath(store, call.domain_id)
    comparison = Comparison(template, model, family, shared, beneath, own)
    return _page([comparison.judge(mac, phones.get(mac), site_id) for mac in macs], call)


def _beneath(store: Store, domain_id: int) -> dict[int | None, dict[str, Any]]:
    """By site, the settings that the rows of company and site say themselves."""
    company = domains.get(store, domain_id)
    said = {"time.zone": company.time_zone, "language": company.language}
    return {None: said} | {site.id: {**said, **site.defaults} for site in sites.find(store, domain_id)}


def _page(verdicts: list[Verdict], call: Call) -> dict[str, Any]:
    query, cursor = call.query, call.query.get("cursor", "")
    start = int(cursor) if cursor.isascii() and cursor.isdecimal() and len(cursor) < 10 else 0
    kept = [one for one in verdicts if query.get("outcome") in (None, one.outcome)]
    stop = start + query["limit"]
    items = [
        {"mac": one.mac, "outcome": one.outcome, "changes": one.count, "text": one.text} for one in kept[start:stop]
    ]
    counts = {name: sum(1 for one in verdicts if one.outcome == name) for name in OUTCOMES}
    return {"items": items, "next": str(stop) if stop < len(kept) else None, "total": len(verdicts), **counts}


@group.post(
    f"{TEMPLATE}/resync", "templates.apply", JOB, status=202, narrow=True,
    body=obj({"when": RESYNC, "canary": FIRST}, required=("when",)),
)  # fmt: skip
async def resync_template(call: Call) -> Any:
    """Have the phones that use a template fetch its newest version

    After it was edited. A phone that has it already is left alone. A site manager's job takes phones of the site."""
    site_id = _site(call)
    can_tell(call)
    return await call.services.store.run_apart(_resync, call, site_id)


def _resync(store: Store, call: Call, site_id: int | None) -> dict[str, Any]:
    template = call.the_template
    with store.transaction():
        users = targets.everybody(store, call.domain_id, template_id=template.id, site_id=site_id)
        settings = {"template": template.id, "name": template.name, "model": template.model, "site_id": site_id}
        macs = [one.mac for one in users][:MOST]
        return _job(store, call, writing.RESYNC, macs, settings, call.body["when"], call.body.get("canary"))


def _site(call: Call) -> int | None:
    """The site that the right reaches; None: the whole company."""
    if call.reach != scope.SITE:
        return None
    if call.who.site_id is None:
        raise Invalid([Problem("phones", "Your user has no site, so there are no phones that you manage.")])
    return call.who.site_id


def _wanted(store: Store, call: Call, template: Template, site_id: int | None) -> list[str]:
    """The MACs that the body names, each once."""
    if call.body["phones"] == "all":
        return reads.macs_of_model(store, call.domain_id, template.model, site_id)[:MOST]
    if not all(isinstance(mac, str) for mac in call.body["phones"]):
        raise Invalid([Problem("phones", "A MAC is text, such as 805ec0aabb01; one of those given is none.")])
    return list(dict.fromkeys(mac_in(mac) for mac in call.body["phones"]))
