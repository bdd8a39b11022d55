"""Changing and deleting users: who may, what the trail and the phones are told, and what goes along."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from provd.api.call import Call, old_and_new, plain
from provd.api.schema import define, listing, obj, text
from provd.api.scope import PROVIDER, Place, may, may_give, outranks
from provd.errors import Forbidden, Invalid, NotFound, Problem
from provd.store import devices, links, pointing, sites, users
from provd.store.database import Store
from provd.store.pointing import Pointing
from provd.store.rows import User

# What a person does not set alone.
PLACED = frozenset(
    {
        "extension", "login_name", "department_id", "site_id", "scope", "record_calls", "emergency_caller_id",
        "service_code", "overwrite_with_site_defaults",
    }
)  # fmt: skip
POINTING = obj(
    {
        "kind": text("Layer: phone, template, company or site"), "ref": text("The MAC, or the template's name"),
        "positions": listing(text(), "Keys that would point at nobody", 1000),
    }
)  # fmt: skip
GONE = define(
    "DeletedUser",
    obj(
        {
            "devices": listing(text(longest=40), "Devices that go along"),
            "phones": listing(text(longest=12), "Phones that lose a line"),
            "keys": listing(POINTING, "Keys that point at the user, and stay", 20_000),
            "phone_numbers": listing(text(), "Numbers that ring nobody then"),
        }
    ),
)  # fmt: skip


def change(
    store: Store, call: Call, before: User, fields: dict[str, Any], secret: Mapping[str, Any] | None = None
) -> User:
    """Save fields of a user with the row in the trail; the phones that show one of them are told so."""
    wanted = dict(fields)
    if wanted.pop("overwrite_with_site_defaults", False):
        wanted = {**_site_defaults(store, call, before, wanted), **wanted}
    after = users.update(store, call.domain_id, before.id, call.now, **wanted)
    changed = old_and_new(before, after, wanted)
    if changed or secret:
        call.audit(store, "update", "user", before.login_name, {**changed, **(secret or {})})
    if {"emails", "login_name"} & changed.keys():
        links.drop_of_user(store, after.id)  # they went to an address that may no longer be theirs
    on_phone = sorted(users.ON_PHONE & changed.keys())
    if on_phone:
        tell_phones(store, call, after, f"{', '.join(on_phone)} of user {after.extension} changed")
    return after


def tell_phones(store: Store, call: Call, user: User, reason: str) -> list[str]:
    """Note on the trail of every phone with a device of the user that it is due for a new file; their MACs."""
    carrying = pointing.phones(store, call.domain_id, user.id)
    for phone in carrying:
        call.changed_phone(phone, reason)
    return [phone.mac for phone in carrying]


def _site_defaults(store: Store, call: Call, user: User, fields: Mapping[str, Any]) -> dict[str, Any]:
    site_id = fields.get("site_id", user.site_id)
    if site_id is None:
        text = f"User {user.extension} is at no site, so there are no defaults to take; name a site as well."
        raise Invalid([Problem("overwrite_with_site_defaults", text)])
    return dict(sites.get(store, call.domain_id, site_id).user_defaults)


def guard(call: Call, user: User, fields: Collection[str]) -> None:
    """What of a user this caller may change; raises Forbidden."""
    who, own = call.who, call.who.user_id == user.id
    placed = sorted(PLACED & set(fields))
    if not own and not outranks(who, user.scope):
        raise Forbidden(f"A {who.scope} may not change a user with the scope {user.scope}.")
    peer = not own and who.scope not in PROVIDER and not may_give(who, user.scope)
    if peer and {"password", "emails", "login_name"} & set(fields):
        raise Forbidden(f"Only the provider changes the password or mail addresses of another {user.scope}.")
    if placed and not may(who, "users.place", place_of(user)):
        raise Forbidden(f"{', '.join(placed)} can be changed by an office manager or the provider only.")


def guard_scope(call: Call, user: User, wanted: str) -> None:
    """Whether the caller may give the user this scope; raises Forbidden."""
    who = call.who
    if wanted != user.scope and not (may_give(who, wanted) and may_give(who, user.scope)):
        raise Forbidden(f"A {who.scope} may not give or take the scope {wanted}.")


def place_of(user: User) -> Place:
    """Where a user is, for the question who may."""
    return Place(user.domain_id, user.site_id, frozenset({user.id}))


def guard_delete(call: Call, user: User) -> None:
    """Whether the caller may delete this user; raises Forbidden."""
    assert call.domain is not None
    if call.domain.hide_delete and call.who.scope not in PROVIDER:
        raise Forbidden("Users of this company are deleted by the provider only; ask them.")
    if not outranks(call.who, user.scope):
        raise Forbidden(f"A {call.who.scope} may not delete a user with the scope {user.scope}.")


def remove(store: Store, call: Call, user: User, keys: Sequence[Pointing]) -> dict[str, Any]:
    """Delete a user with the row in the trail; what went along."""
    gone = going_along(store, user, keys)
    tell_phones(store, call, user, f"user {user.extension} deleted")
    users.delete(store, call.domain_id, user.id, call.now)
    call.audit(store, "delete", "user", user.login_name, {"devices": [gone["devices"], []]})
    return gone


def going_along(store: Store, user: User, keys: Sequence[Pointing]) -> dict[str, Any]:
    """The names of a user's devices, the phones that carry one, and those of `keys` that point at the user."""
    if user.domain_id is None:
        raise NotFound("There is no such user in this company.")
    names = [device.name for device in devices.of_user(store, user.domain_id, user.id)]
    carrying = pointing.phones(store, user.domain_id, user.id)
    pointed = [plain(one, "extension") for one in keys if one.extension == user.extension]
    return {
        "devices": names, "phones": [phone.mac for phone in carrying],
        "keys": [{**one, "positions": list(one["positions"])} for one in pointed],
        "phone_numbers": pointing.numbers(store, user.domain_id, user.id),
    }  # fmt: skip
