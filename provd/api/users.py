"""Users of a company with their profile."""

from __future__ import annotations

from typing import Any

from provd import seal
from provd.api.call import Call, plain
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.gate import off_the_loop
from provd.api.problems import FINDING, findings
from provd.api.schema import (
    MOST_ROWS,
    Schema,
    choice,
    define,
    listing,
    moment,
    nullable,
    number,
    obj,
    page,
    switch,
    text,
)
from provd.api.scope import OWN, SITE
from provd.api.user_changes import GONE, change, going_along, guard, guard_delete, guard_scope, remove
from provd.errors import Invalid, Problem
from provd.store import links, pointing, rules, sessions, users
from provd.store.database import Store
from provd.store.rows import Page, User

group = Group("users", "Users with their profile (SF-025 to SF-040).")

PLACED: dict[str, Schema] = {
    "login_name": text("Portal login; extension@company unless given", 121),
    "department_id": nullable(number("Department", 1, MOST_ROWS)),
    "site_id": nullable(number("Site", 1, MOST_ROWS)),
    "scope": choice(rules.SCOPES[2:], "Role; office manager is given by the provider only"),
    "record_calls": choice(rules.RECORD_CALLS),
    "emergency_caller_id": text("Number shown to emergency services", 40),
    "service_code": text("system-… for users that are no person", 60),
}
OWNED: dict[str, Schema] = {
    "first_name": text(),
    "last_name": text(),
    "time_zone": text("Zone of the clock on the desk phone; empty for the company's", 64),
    "announce_in_audio_directory": switch("Reachable in dial-by-name"),
    "list_in_directory": switch("Listed in the contacts of others and on phones"),
    "area_code": text("Put before numbers of seven digits", 40),
    "caller_id_name": text(),
    "caller_id_number": text(longest=40),
    "emails": listing(text(longest=260), "Notices, resets and reports go there", 10),
}
SECRET: dict[str, Schema] = {
    "password": text("Portal password; never shown again", 200, minLength=8),
    "voicemail_pin": text("4 to 12 digits; never shown again", 12),
}
EXTENSION = text("1 to 20 digits", 20, examples=["101"])
USER = define(
    "User",
    obj(
        {
            "id": number(low=1), "extension": EXTENSION, **OWNED, **PLACED, "name": text("First and last name", 401),
            "created": moment(),
        }
    ),
)  # fmt: skip
SAVED = define(
    "SavedUser",
    obj({"user": USER, "warnings": listing(FINDING)}, about="A user, and what may surprise about what was saved"),
)
OVERWRITE = switch("The defaults of the user's site take the place of what the user has (SF-029)")


def shown(user: User) -> dict[str, Any]:
    """A user as answers show them."""
    return {**plain(user, "domain_id"), "name": user.name}


@group.get(
    "/domains/{domain}/users", "users.read", page(USER), narrow=True,
    query={
        **PAGING, **SEARCH, "site_id": number("Only of this site", 1),
        "services": number("1: also service users", 0, 1),
    },
)  # fmt: skip
def list_users(store: Store, call: Call) -> Any:
    """List users

    By extension; a site manager sees those of the site, a basic user only themself."""
    query, who = call.query, call.who
    if call.reach == OWN:
        own = [users.get(store, call.domain_id, who.user_id)] if who.user_id else []
        return {"items": [shown(user) for user in own], "next": None}
    site_id = who.site_id if call.reach == SITE else query.get("site_id")
    if call.reach == SITE and (site_id is None or query.get("site_id", site_id) != site_id):
        return {"items": [], "next": None}
    found: Page[User] = users.find(
        store, call.domain_id, search=query.get("search", ""), site_id=site_id,
        services=bool(query.get("services")), limit=query["limit"], after=query.get("cursor", ""),
    )  # fmt: skip
    return {"items": [shown(user) for user in found.items], "next": found.next}


@group.post(
    "/domains/{domain}/users", "users.create", SAVED,
    body=obj({"extension": EXTENSION, **OWNED, **PLACED, **SECRET}, required=("extension",)),
)  # fmt: skip
async def create_user(call: Call) -> Any:
    """Create a user"""
    hashed = await _hashed(call.body)
    return await call.services.store.run(_create, call, hashed)


def _create(store: Store, call: Call, hashed: str) -> Any:
    fields = {name: value for name, value in call.body.items() if name not in SECRET}
    with store.transaction():
        user = users.create(store, call.domain_id, fields.pop("extension"), call.now, **fields)
        warnings = _secrets(store, call, user, hashed)
        call.audit(store, "create", "user", user.login_name)
    call.location = f"/api/v2/domains/{call.path['domain']}/users/{user.extension}"
    return {"user": shown(user), "warnings": findings(warnings)}


@group.get("/domains/{domain}/users/{user}", "users.read", USER)
def get_user(store: Store, call: Call) -> Any:
    """Get a user"""
    return shown(call.the_user)


@group.patch(
    "/domains/{domain}/users/{user}", "users.write", SAVED,
    body=obj(
        {"extension": EXTENSION, **OWNED, **PLACED, **SECRET, "overwrite_with_site_defaults": OVERWRITE}, required=()
    ) | {"minProperties": 1},
)  # fmt: skip
async def patch_user(call: Call) -> Any:
    """Change a user

    People change their own names, zone, caller ID, mail addresses, password and PIN; the other fields are for
    managers. Nobody edits, or hands out, a scope above their own. Phones that show a changed field get a new file."""
    hashed = await _hashed(call.body)
    return await call.services.store.run(_patch, call, hashed)


def _patch(store: Store, call: Call, hashed: str) -> Any:
    fields = {name: value for name, value in call.body.items() if name not in SECRET}
    with store.transaction():
        before = users.get(store, call.domain_id, call.the_user.id)
        guard(call, before, call.body)
        guard_scope(call, before, call.body.get("scope", before.scope))
        secret = {name: [seal.MASK, seal.MASK] for name in SECRET if name in call.body}
        after = change(store, call, before, fields, secret)
        warnings = _secrets(store, call, after, hashed)
    return {"user": shown(after), "warnings": findings(warnings)}


async def _hashed(body: dict[str, Any]) -> str:
    password = body.get("password")
    if password is None:
        return ""
    if not password.isprintable():
        raise Invalid([Problem("password", "The password must not contain control characters.")])
    return str(await off_the_loop(seal.hash_password, password))


def _secrets(store: Store, call: Call, user: User, hashed: str) -> list[Problem]:
    if hashed:
        users.set_password_hash(store, user.id, hashed)
        links.drop_of_user(store, user.id)
        if user.id != call.who.user_id:
            sessions.end_all(store, user.id)
    pin = call.body.get("voicemail_pin")
    return users.set_voicemail_pin(store, call.domain_id, user.id, pin) if pin is not None else []


@group.delete("/domains/{domain}/users/{user}", "users.delete", answer=GONE, status=200)
def delete_user(store: Store, call: Call) -> Any:
    """Delete a user

    Their devices go along, and phones lose the lines that carried these; the answer names both, and the keys that
    point at nobody then. Phones stay. Where the company's `hide_delete` is on, only the provider deletes (SF-072)."""
    user = call.the_user
    guard_delete(call, user)
    return remove(store, call, user, pointing.keys(store, call.domain_id, [user.extension]))


@group.get("/domains/{domain}/users/{user}/dependents", "users.read", GONE)
def dependents(store: Store, call: Call) -> Any:
    """What goes along when a user is deleted"""
    return going_along(store, call.the_user, pointing.keys(store, call.domain_id, [call.the_user.extension]))
