"""Layers of settings and their saved versions: of server, brand, model, company, site, template and phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provd.api import codes_checked
from provd.api.call import Call
from provd.api.configured import Configured, family_of, model_of, refuse_new_errors, template_problems
from provd.api.conflict import VERSION, guard, guard_seen, versions
from provd.api.endpoint import PAGING, SECRETS, Group
from provd.api.layering import (
    LAYER,
    LAYER_FIELDS,
    NEW_LAYER,
    Target,
    candidate,
    difference,
    etag,
    save,
    secrets_of,
    shown,
)
from provd.api.problems import FINDING, findings
from provd.api.schema import define, listing, nullable, number, obj, page
from provd.errors import Invalid, NotFound, Problem
from provd.store import layer_history, layers, targets
from provd.store.database import Store
from provd.store.rows import Layer

group = Group(
    "layers",
    "What is set where. A value of a later layer wins: server, brand, model, company, site, template, phone. "
    "A PUT replaces the layer and names the version that it was made on.",
)

PHONES = nullable(number("How many phones get it; have those of a template told with POST …/phonetemplates/{t}/resync"))
SAVED = define("SavedLayer", obj({**LAYER_FIELDS, "warnings": listing(FINDING, "What may surprise"), "phones": PHONES}))
SAVED_VERSION = define("LayerVersion", obj(VERSION))
HISTORY = {**PAGING, "limit": number("Entries a page", 1, 200, default=50)}
WHICH = obj({"revision": number("The version to save again", 1)})

TargetOf = Callable[[Call], Target]


def phone_target(call: Call) -> Target:
    """The layer of the phone that the path names."""
    phone = call.the_phone
    return Target(
        "phone", str(phone.id), phone.domain_id, (family_of(call, phone),), model_of(call, phone), phone
    )  # fmt: skip


def template_target(call: Call) -> Target:
    """The layer of the template that the path names."""
    template, catalogue = call.the_template, call.services.catalogue
    model = catalogue.models.get(template.model)
    families = (catalogue.families[model.family],) if model else _all(call)
    return Target("template", str(template.id), template.domain_id, families, model)


def site_target(call: Call) -> Target:
    """The layer of the site that the path names."""
    assert call.site is not None
    return Target("site", str(call.site.id), call.site.domain_id, _all(call))


def company_target(call: Call) -> Target:
    """The layer of the company that the path names."""
    return Target("company", str(call.domain_id), call.domain_id, _all(call))


def server_target(call: Call) -> Target:
    """The layer below all others."""
    return Target("server", "", None, _all(call))


def brand_target(call: Call) -> Target:
    """The layer of the family that the path names."""
    family = call.services.catalogue.families.get(call.path["family"])
    if family is None:
        raise NotFound(f"There is no family {call.path['family'][:40]}; GET /api/v2/families lists them.")
    return Target("brand", family.id, None, (family,))


def model_target(call: Call) -> Target:
    """The layer of the model that the path names."""
    model = call.services.catalogue.models.get(call.path["model"])
    if model is None:
        raise NotFound(f"There is no model {call.path['model'][:40]}; GET /api/v2/models lists them.")
    return Target("model", model.id, None, (call.services.catalogue.family_of(model.id),), model)


def _all(call: Call) -> Any:
    return tuple(call.services.catalogue.families.values())


def current(store: Store, target: Target) -> Layer:
    """The layer as it is."""
    return layers.get(store, target.domain_id, target.kind, target.ref)


def examined(store: Store, call: Call, target: Target, made: Layer) -> list[Problem]:
    """What a candidate would break; raises Invalid for errors that were not there before."""
    codes_checked.of_company(store, call, target, made)
    return [*_broken(store, call, target, made), *codes_checked.unknown(store, call, target, made)]


def _broken(store: Store, call: Call, target: Target, made: Layer) -> list[Problem]:
    if target.phone is not None:
        now = Configured.read(store, call, target.phone)
        return refuse_new_errors(now.problems(store), now.with_layer(made).problems(store))
    if target.kind in ("template", "model") and target.model is not None:
        found = template_problems(made, target.model, target.families[0])
        if any(problem.severity == "error" for problem in found):
            raise Invalid(found)
        return found
    return []


def put(store: Store, call: Call, target: Target) -> dict[str, Any]:
    """Replace a layer by the body."""
    before = current(store, target)
    guard_seen(store, call, target, before)
    made = candidate(call.body, before, target)
    warnings = examined(store, call, target, made)
    after = save(store, call, target, before, made, call.body.get("comment", ""))
    phones = targets.concerned(store, target.domain_id, target.kind, target.ref)
    return {**shown(after, target.families), "warnings": findings(warnings), "phones": phones}


def restore(store: Store, call: Call, target: Target, revision: int) -> dict[str, Any]:
    """Save an older version again, unless it would break now what is not broken."""
    before = current(store, target)
    guard(store, call, target, before)
    examined(store, call, target, layers.version(store, target.domain_id, target.kind, target.ref, revision))
    after = layers.restore(store, target.domain_id, target.kind, target.ref, revision, call.now, who=call.who.name)
    call.audit(store, "restore", f"{target.kind} layer", target.named, difference(before, after, target.families))
    if target.phone is not None:
        call.changed_phone(target.phone, f"version {revision} restored")
    call.etag = etag(after)
    return shown(after, target.families)


def history(store: Store, call: Call, target: Target) -> dict[str, Any]:
    """A page of the saved versions, newest first, each with what it changed."""
    limit, cursor = call.query["limit"], call.query.get("cursor", "")
    before = int(cursor) if cursor.isascii() and cursor.isdecimal() and len(cursor) < 10 else None
    saved = layer_history.recent(store, current(store, target), limit + 1, before=before)
    more = len(saved) > limit
    return {"items": versions(saved, target)[:limit], "next": str(saved[limit - 1].version.revision) if more else None}


def declare(path: str, above: str, what: str, right: str, target_of: TargetOf) -> None:
    """The five endpoints of one kind of layer: at `path`, its versions under `above`."""

    def get_layer(store: Store, call: Call) -> Any:
        target = target_of(call)
        layer = current(store, target)
        call.etag = etag(layer)
        secrets = call.shows_secrets(store)
        if secrets and secrets_of(layer, target.families):
            call.audit(store, "show", f"{target.kind} layer", target.named)
        return shown(layer, target.families, secrets=secrets)

    def put_layer(store: Store, call: Call) -> Any:
        return put(store, call, target_of(call))

    def list_versions(store: Store, call: Call) -> Any:
        return history(store, call, target_of(call))

    def get_version(store: Store, call: Call) -> Any:
        target = target_of(call)
        layer = layers.version(store, target.domain_id, target.kind, target.ref, call.id("revision"))
        return shown(layer, target.families)

    def restore_version(store: Store, call: Call) -> Any:
        return restore(store, call, target_of(call), call.body["revision"])

    def restore_that(store: Store, call: Call) -> Any:
        return restore(store, call, target_of(call), call.id("revision"))

    _say(what, get_layer, put_layer, list_versions, get_version, restore_version)
    restore_that.__doc__ = restore_version.__doc__
    read, write = f"{right}.read", f"{right}.write"
    group.get(path, read, LAYER, query=SECRETS, versioned=True)(get_layer)
    group.put(path, write, SAVED, body=NEW_LAYER, versioned=True, configured=right == "phones")(put_layer)
    again: dict[str, Any] = {"status": 200, "versioned": True, "configured": right == "phones"}
    group.get(f"{above}/history", read, page(SAVED_VERSION), query=HISTORY)(list_versions)
    group.get(f"{above}/history/{{revision}}", read, LAYER)(get_version)
    group.post(f"{above}/history/{{revision}}/restore", write, LAYER, **again)(restore_that)
    group.post(f"{above}/restore", write, LAYER, body=WHICH, **again)(restore_version)


def _say(what: str, get: Any, put: Any, versions: Any, version: Any, restore: Any) -> None:
    """Give each function the words that the document has for it."""
    get.__doc__ = f"Get the settings of {what}\n\nThe ETag is the version that a PUT has to name in If-Match."
    put.__doc__ = (
        f"Replace the settings of {what}\n\nWith If-Match or `revision`; 412 or 409 when somebody else was quicker. "
        "A mark in place of a secret keeps the secret."
    )
    versions.__doc__ = (
        f"List the saved versions of the settings of {what}\n\nNewest first, with who saved it, when, and what it "
        "changed."
    )
    version.__doc__ = f"Get one saved version of the settings of {what}"
    restore.__doc__ = (
        f"Save an older version of the settings of {what} again\n\nAs a new version; refused when it would break "
        "what is whole now."
    )


DOMAIN = "/domains/{domain}"
for _path, _above, _what, _right, _target in (
    ("/phones/{mac}/layer", "/phones/{mac}", "a phone", "phones", phone_target),
    (f"{DOMAIN}/layer", f"{DOMAIN}/layer", "a company", "settings", company_target),
    (f"{DOMAIN}/sites/{{site}}/layer", f"{DOMAIN}/sites/{{site}}/layer", "a site", "sites", site_target),
    (
        f"{DOMAIN}/phonetemplates/{{template}}/layer", f"{DOMAIN}/phonetemplates/{{template}}/layer", "a template",
        "templates", template_target,
    ),
    ("/layers/server", "/layers/server", "the server", "server", server_target),
    ("/layers/brands/{family}", "/layers/brands/{family}", "a brand", "server", brand_target),
    ("/layers/models/{model}", "/layers/models/{model}", "a model", "server", model_target),
):  # fmt: skip
    declare(_path, _above, _what, _right, _target)
