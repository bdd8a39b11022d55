"""API keys, and who the caller is."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, cut, plain
from provd.api.endpoint import PAGING, Group
from provd.api.schema import Schema, choice, define, moment, nullable, number, obj, page, table, text
from provd.api.scope import PERSONAL, PROVIDER, RANKS, RIGHTS, may_give, reach
from provd.errors import Forbidden, Invalid, NotFound, Problem
from provd.store import api_keys, user_finding, users
from provd.store.database import Store
from provd.store.rows import ApiKey, User

group = Group(
    "apikeys",
    "Keys of this API. A key of the scope site_manager, call_center_agent or basic_user stands for one person: it "
    "reaches their site or their own things, and dies with them. So does one of a reseller, who reaches the companies "
    "given to them; a reseller's key without a person is the provider's own and reaches all companies.",
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


def shown(store: Store, keys: list[ApiKey], domain: str | None) -> list[dict[str, Any]]:
    """Keys as answers show them."""
    logins = user_finding.logins(store, (key.user_id for key in keys if key.user_id is not None))
    return [
        {**plain(key, "domain_id", "user_id"), "domain": domain, "user": logins.get(key.user_id or 0)} for key in keys
    ]


def _seen(store: Store, call: Call) -> list[ApiKey]:
    """The keys that the caller may know of: of the provider's, a reseller only the own."""
    domain, who = call.domain, call.who
    found = api_keys.of(store, domain.id if domain else None)
    if domain is None and who.domain_ids is not None:
        return [key for key in found if key.user_id == who.user_id]
    return found


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
    found = cut(_seen(store, call), call.query, lambda key: key.name)
    return {**found, "items": shown(store, found["items"], call.domain.name if call.domain else None)}


@group.post(
    "/apikeys", "apikeys.write", NEW, query=WHICH,
    body=obj(
        {
            "name": text("What it is for", 60), "scope": choice(tuple(reversed(RANKS))),
            "user": text("Extension of the person, for scopes that stand for one; login name of a reseller", 121),
        },
        required=("name", "scope"),
    ),
)  # fmt: skip
def create_key(store: Store, call: Call) -> Any:
    """Create an API key

    The key is shown only in this answer. Nobody makes a key of a scope above their own, an office manager only of
    lower ones. What a reseller makes for the provider stands for this reseller."""
    body, domain = call.body, call.domain
    if not may_give(call.who, body["scope"]):
        raise Forbidden(f"A key with the scope {call.who.scope} may not make one with {body['scope']}.")
    if (body["scope"] in PROVIDER) != (domain is None):
        text = "A key of the provider has no company." if domain else "Say which company the key is for: ?domain=…."
        raise Invalid([Problem("domain", text)])
    person = owner(store, domain.id if domain else None, body)
    user_id = person.id if person else None
    if domain is None and call.who.domain_ids is not None and user_id != call.who.user_id:
        raise Forbidden("A reseller makes keys of the provider for themself only; name the own login in user.")
    key, plain_key = api_keys.create(
        store, body["name"], body["scope"], call.now, domain_id=domain.id if domain else None,
        created_by=call.who.name, user_id=user_id,
    )  # fmt: skip
    created = {"name": [None, key.name], "scope": [None, key.scope], "user": [None, person and person.login_name]}
    call.audit(store, "create", "api key", key.id, created)
    return {**shown(store, [key], domain.name if domain else None)[0], "key": plain_key}


def owner(store: Store, domain_id: int | None, said: dict[str, Any]) -> User | None:
    """The person that a new key stands for, None for a key of a company or of the provider; raises Invalid when the
    scope wants a person and none is named, or the reverse."""
    scope, wanted = said["scope"], said.get("user", "")
    if scope == "reseller":
        found = users.by_login(store, wanted) if wanted else None
        if wanted and (found is None or found.scope != "reseller"):
            text = f"There is no reseller with the login {user_finding.shown_login(wanted)}."
            raise Invalid([Problem("user", text)])
        return found
    if scope not in PERSONAL:
        if wanted:
            raise Invalid([Problem("user", f"A key with the scope {scope} stands for nobody; leave user out.")])
        return None
    if not wanted or domain_id is None:
        text = f"A key with the scope {scope} stands for a person; name their extension in user."
        raise Invalid([Problem("user", text)])
    return users.by_extension(store, domain_id, wanted)


@group.delete("/apikeys/{apikey}", "apikeys.write", query=WHICH)
def delete_key(store: Store, call: Call) -> None:
    """Delete an API key

    It opens nothing from now on."""
    key_id, domain_id = call.id("apikey"), call.domain.id if call.domain else None
    found = next((key for key in _seen(store, call) if key.id == key_id), None)
    if found is None:
        raise NotFound("There is no such API key here.")
    if found.scope == "super_user" and call.who.scope != "super_user":
        raise Forbidden("Only a super user deletes the key of a super user.")
    api_keys.delete(store, domain_id, key_id)
    call.audit(store, "delete", "api key", key_id, {"name": [found.name, None]})
