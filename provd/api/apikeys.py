"""API keys, the trail of changes, and who the caller is."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, cut, plain
from provd.api.endpoint import PAGING, Group
from provd.api.gate import login_of, owned_name
from provd.api.reads import domain_names
from provd.api.schema import Schema, choice, define, moment, nullable, number, obj, page, table, text
from provd.api.scope import PERSONAL, PROVIDER, RANKS, RIGHTS, may_give, reach
from provd.errors import Forbidden, Invalid, Problem
from provd.store import api_keys, audit, users
from provd.store.database import Store
from provd.store.rows import ApiKey

group = Group(
    "apikeys",
    "Keys of this API, and the trail of what was done with them. A key of the scope site_manager, call_center_agent or "
    "basic_user stands for one person: it reaches their site or their own things, and dies with them.",
)

FIELDS: dict[str, Schema] = {
    "id": number(low=1),
    "name": text(),
    "scope": choice(tuple(reversed(RANKS))),
    "domain": nullable(text("null: of the provider", 253)),
    "user": nullable(text("Login of the person that it stands for", 121)),
    "created": moment(),
    "created_by": text(),
    "last_used": nullable(moment("To the minute")),
}
KEY = define("ApiKey", obj(FIELDS))
NEW = define("NewApiKey", obj({**FIELDS, "key": text("Shown only now")}))
AUDIT = define(
    "Audit",
    obj(
        {
            "id": number(), "domain": nullable(text(longest=253)), "at": moment(), "who": text(), "action": text(),
            "noun": text(), "ref": text(), "changed": table({}, "{field: [old, new]}, secrets as marks"),
        }
    ),
)  # fmt: skip
ME = define(
    "Me",
    obj(
        {
            "name": text(longest=400), "scope": text(), "domain": nullable(text(longest=253)),
            "site_id": nullable(number()), "user_id": nullable(number()),
            "rights": table(text(), "What the key may do, and how far: everywhere, company, site or own"),
        }
    ),
)  # fmt: skip
WHICH = {"domain": text("Of this company; the provider's own without it", 253)}


def shown(key: ApiKey, domain: str | None) -> dict[str, Any]:
    """A key as answers show it."""
    login = login_of(key)
    name = key.name.removeprefix(owned_name(login, "")) if login else key.name
    return {**plain(key, "domain_id"), "name": name, "domain": domain, "user": login or None}


@group.get("/me", "self.read", ME)
def get_me(store: Store, call: Call) -> Any:
    """Get who the key is and what it may do"""
    who = call.who
    rights = {action: found for action in RIGHTS if (found := reach(who, action))}
    name = call.domain.name if call.domain else None
    return {
        "name": who.name, "scope": who.scope, "domain": name, "site_id": who.site_id, "user_id": who.user_id,
        "rights": rights,
    }  # fmt: skip


@group.get("/apikeys", "apikeys.read", page(KEY), query={**PAGING, **WHICH})
def list_keys(store: Store, call: Call) -> Any:
    """List API keys"""
    domain = call.domain
    found = cut(api_keys.of(store, domain.id if domain else None), call.query, lambda key: key.name)
    return {**found, "items": [shown(key, domain.name if domain else None) for key in found["items"]]}


@group.post(
    "/apikeys", "apikeys.write", NEW, query=WHICH,
    body=obj(
        {
            "name": text("What it is for", 60), "scope": choice(tuple(reversed(RANKS))),
            "user": text("Extension of the person, for scopes that stand for one", 20),
        },
        required=("name", "scope"),
    ),
)  # fmt: skip
def create_key(store: Store, call: Call) -> Any:
    """Create an API key

    The key is shown only in this answer. Nobody makes a key of a scope above their own, an office manager only of
    lower ones."""
    body, domain = call.body, call.domain
    if not may_give(call.who, body["scope"]):
        raise Forbidden(f"A key with the scope {call.who.scope} may not make one with {body['scope']}.")
    if (body["scope"] in PROVIDER) != (domain is None):
        text = "A key of the provider has no company." if domain else "Say which company the key is for: ?domain=…."
        raise Invalid([Problem("domain", text)])
    key, plain_key = api_keys.create(
        store, named(store, domain.id if domain else None, body), body["scope"], call.now,
        domain_id=domain.id if domain else None, created_by=call.who.name,
    )  # fmt: skip
    call.audit(store, "create", "api key", key.id, {"name": [None, key.name], "scope": [None, key.scope]})
    return {**shown(key, domain.name if domain else None), "key": plain_key}


def named(store: Store, domain_id: int | None, said: dict[str, Any]) -> str:
    """The stored name of a new key; raises Invalid when the scope wants a person and none is named, or the reverse."""
    name, extension = said["name"], said.get("user", "")
    if said["scope"] not in PERSONAL:
        if extension:
            raise Invalid([Problem("user", f"A key with the scope {said['scope']} stands for nobody; leave user out.")])
        return str(name)
    if not extension or domain_id is None:
        text = f"A key with the scope {said['scope']} stands for a person; name their extension in user."
        raise Invalid([Problem("user", text)])
    return owned_name(users.by_extension(store, domain_id, extension).login_name, name)


@group.delete("/apikeys/{apikey}", "apikeys.write", query=WHICH)
def delete_key(store: Store, call: Call) -> None:
    """Delete an API key

    It opens nothing from now on."""
    key_id, domain_id = call.id("apikey"), call.domain.id if call.domain else None
    found = next((key for key in api_keys.of(store, domain_id) if key.id == key_id), None)
    if found is not None and found.scope == "super_user" and call.who.scope != "super_user":
        raise Forbidden("Only a super user deletes the key of a super user.")
    api_keys.delete(store, domain_id, key_id)
    call.audit(store, "delete", "api key", key_id, {"name": [found.name if found else None, None]})


@group.get("/audits", "audits.read", page(AUDIT), query={**PAGING, **WHICH})
def list_audits(store: Store, call: Call) -> Any:
    """List the trail: who changed what

    Newest first; the provider sees that of every company."""
    domain_id = call.domain.id if call.domain else None
    found = audit.find(store, domain_id, limit=call.query["limit"], before=call.query.get("cursor", ""))
    names = domain_names(store)
    rows = [
        {**plain(row, "domain_id"), "domain": names.get(row.domain_id) if row.domain_id else None}
        for row in found.items
    ]
    return {"items": rows, "next": found.next}
