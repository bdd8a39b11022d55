"""Phone templates: a layout for phones of one model."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, cut, mac_in, old_and_new, plain
from provd.api.configured import family_of
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.schema import define, moment, number, obj, page, switch, text
from provd.errors import Invalid, Problem
from provd.store import layers, phones, snapshot, templates
from provd.store.database import Store
from provd.store.rows import PhoneSnapshot, Template

group = Group("phonetemplates", "Layouts for phones of one model (SF-284 to SF-288). What is in one is its layer.")

NAME, DESCRIPTION = text("Unique in the company"), text("Description")
MODEL = text("Only phones of this model can use it", 64)
TEMPLATE = define(
    "PhoneTemplate",
    obj(
        {
            "id": number(low=1), "name": NAME, "description": DESCRIPTION, "model": MODEL,
            "read_only": switch("Cannot be edited, only copied"), "revision": number("Counts up with its layer"),
            "created": moment(), "phones": number("How many phones of the company use it"),
        }
    ),
)  # fmt: skip


def shown(template: Template, phones: int = 0) -> dict[str, Any]:
    """A template as answers show it; so many `phones` use it, of a new one none."""
    return {**plain(template, "domain_id"), "phones": phones}


def _one(store: Store, call: Call, template_id: int) -> dict[str, Any]:
    used = templates.phone_count(store, call.domain_id, template_id)
    return shown(templates.get(store, call.domain_id, template_id), used)


@group.get(
    "/domains/{domain}/phonetemplates", "templates.read", page(TEMPLATE),
    query={**PAGING, **SEARCH, "model": text("Only those for this model", 64)},
)  # fmt: skip
def list_templates(store: Store, call: Call) -> Any:
    """List templates

    `search` looks at names and models."""
    query = call.query
    rows = templates.find(store, call.domain_id, search=query.get("search", ""), model=query.get("model", ""))
    found = cut(rows, {name: value for name, value in query.items() if name != "search"}, lambda row: row.name)
    used = templates.phone_counts(store, call.domain_id)
    return {**found, "items": [shown(row, used.get(row.id, 0)) for row in found["items"]]}


@group.post(
    "/domains/{domain}/phonetemplates", "templates.write", TEMPLATE,
    body=obj(
        {
            "name": NAME, "description": DESCRIPTION, "model": MODEL,
            "phone": text("MAC of a phone whose layout it takes", 40),
        },
        required=("name",),
    ),
)  # fmt: skip
def create_template(store: Store, call: Call) -> Any:
    """Create a template

    Empty, for `model`; or with the keys and directory of `phone` (“Save as new template”, SF-279)."""
    body = dict(call.body)
    source = _source(store, call, body.pop("phone", ""))
    model = body.pop("model", source.phone.model if source else "")
    if source and model != source.phone.model:
        raise Invalid([Problem("model", f"The phone is a {source.phone.model}; leave the model out.")])
    call.model(model)
    made = templates.create(store, call.domain_id, body.pop("name"), model, call.now, **body)
    if source:
        _fill(store, call, made, source)
    call.audit(store, "create", "template", made.name)
    call.location = f"/api/v2/domains/{call.path['domain']}/phonetemplates/{made.id}"
    return _one(store, call, made.id)


def _source(store: Store, call: Call, mac: str) -> PhoneSnapshot | None:
    if not mac:
        return None
    phone = phones.by_mac(store, call.domain_id, mac_in(mac))
    return snapshot.load(store, phone.id, family_of(call, phone).id)


def _fill(store: Store, call: Call, template: Template, source: PhoneSnapshot) -> None:
    """The layout of a phone: its own keys and directory choice over those of its template."""
    keys: dict[str, Any] = {}
    choice: dict[str, Any] = {}
    for layer in source.layers:
        if layer.kind in ("template", "phone"):
            keys |= layer.keys
            choice |= layer.directory
    layers.save(
        store, call.domain_id, "template", template.id, call.now, who=call.who.name, values={}, keys=keys,
        directory=choice, comment=f"Layout of {source.phone.mac}",
    )  # fmt: skip


@group.get("/domains/{domain}/phonetemplates/{template}", "templates.read", TEMPLATE)
def get_template(store: Store, call: Call) -> Any:
    """Get a template"""
    return _one(store, call, call.the_template.id)


@group.patch(
    "/domains/{domain}/phonetemplates/{template}", "templates.write", TEMPLATE,
    body=obj({"name": NAME, "description": DESCRIPTION, "model": MODEL, "read_only": switch()}, required=())
    | {"minProperties": 1},
)  # fmt: skip
def patch_template(store: Store, call: Call) -> Any:
    """Change a template

    Its model is fixed while phones use it."""
    before = call.the_template
    if "model" in call.body:
        call.model(call.body["model"])
    after = templates.update(store, call.domain_id, before.id, call.now, **call.body)
    call.audit(store, "update", "template", before.name, old_and_new(before, after, call.body))
    return _one(store, call, after.id)


@group.post("/domains/{domain}/phonetemplates/{template}/copy", "templates.write", TEMPLATE, body=obj({"name": NAME}))
def copy_template(store: Store, call: Call) -> Any:
    """Copy a template

    The copy can be edited, also when the template is read-only."""
    source = call.the_template
    made = templates.copy(store, call.domain_id, source.id, call.body["name"], call.now, who=call.who.name)
    call.audit(store, "copy", "template", source.name, {"name": [source.name, made.name]})
    call.location = f"/api/v2/domains/{call.path['domain']}/phonetemplates/{made.id}"
    return _one(store, call, made.id)


@group.delete("/domains/{domain}/phonetemplates/{template}", "templates.write")
def delete_template(store: Store, call: Call) -> None:
    """Delete a template that no phone uses"""
    template = call.the_template
    templates.delete(store, call.domain_id, template.id, call.now)
    call.audit(store, "delete", "template", template.name)
