"""Users of a company with their profile (SF-025 to SF-040), and the logins of the provider."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from peewee import fn

from provd import seal
from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.store import changes, rules
from provd.store.database import Store
from provd.store.reading import contains, different, fetch, page_size, select
from provd.store.rows import Page, User
from provd.store.tables import Departments, Devices, Domains, Sites, Users

DEFAULTS: dict[str, Any] = {
    "first_name": "",
    "last_name": "",
    "department_id": None,
    "site_id": None,
    "time_zone": "",
    "scope": "basic_user",
    "record_calls": "no",
    "announce_in_audio_directory": True,
    "list_in_directory": True,
    "area_code": "",
    "caller_id_name": "",
    "caller_id_number": "",
    "emergency_caller_id": "",
    "emails": (),
    "service_code": "",
}
RULES: dict[str, rules.Rule] = {
    "extension": rules.extension,
    "first_name": rules.text,
    "last_name": rules.text,
    "login_name": rules.login_name,
    "department_id": rules.row_id,
    "site_id": rules.row_id,
    "time_zone": rules.time_zone,
    "scope": rules.one_of(*rules.SCOPES),
    "record_calls": rules.one_of(*rules.RECORD_CALLS),
    "announce_in_audio_directory": rules.yes_or_no,
    "list_in_directory": rules.yes_or_no,
    "area_code": rules.phone_number,
    "caller_id_name": rules.text,
    "caller_id_number": rules.phone_number,
    "emergency_caller_id": rules.phone_number,
    "emails": rules.emails,
    "service_code": rules.service_code,
}
ON_PHONE = frozenset(
    {"extension", "first_name", "last_name", "time_zone", "area_code", "caller_id_name", "caller_id_number"}
)
IN_DIRECTORY = frozenset({"extension", "first_name", "last_name", "list_in_directory", "department_id", "site_id"})


def create(store: Store, domain_id: int, extension: str, now: int, **fields: Any) -> User:
    """Makes a user; `fields` as in DEFAULTS, and `login_name` (else extension@company).

    Raises Invalid for values that break RULES, Conflict when the extension or the login is taken, NotFound for a
    department or site of another company.
    """
    with store.transaction():
        domain = store.tuples(Domains.select(Domains.name).where(Domains.id == domain_id))
        if not domain:
            raise NotFound("There is no such company.")
        values = {**DEFAULTS, "login_name": f"{extension}@{domain[0][0]}", **fields, "extension": extension}
        rules.require(rules.check(RULES, values))
        if values["scope"] in rules.PROVIDER_SCOPES:
            raise Invalid([Problem("scope", "A user of a company cannot have a scope of the provider.")])
        _check_places(store, domain_id, values)
        _free(store, domain_id, values)
        user_id = _insert(store, domain_id, values, "", now)
        if values["list_in_directory"]:
            changes.directory(store, domain_id, now)
        changes.record(store, "user", user_id, domain_id, now)
    return get(store, domain_id, user_id)


def create_provider(store: Store, login_name: str, now: int, password_hash: str = "", **fields: Any) -> User:
    """Makes a login of the provider (no company): `scope` super_user unless it is given as reseller."""
    values = {**DEFAULTS, "scope": "super_user", "list_in_directory": False, **fields, "login_name": login_name}
    rules.require(rules.check(RULES, values))
    if values["scope"] not in rules.PROVIDER_SCOPES:
        raise Invalid([Problem("scope", "A login of the provider is a super_user or a reseller.")])
    with store.transaction():
        _free(store, None, {"login_name": login_name})
        user_id = _insert(store, None, {**values, "extension": ""}, password_hash, now)
    found = by_id(store, user_id)
    assert found is not None, "it was just made"
    return found


def _insert(store: Store, domain_id: int | None, values: dict[str, Any], password_hash: str, now: int) -> int:
    row = {**values, "domain_id": domain_id, "created": now, "sealed_voicemail_pin": "", "password_hash": password_hash}
    return int(store.execute(Users.insert(row)))


def get(store: Store, domain_id: int, user_id: int) -> User:
    """The user of this company with this id."""
    found = _one(store, "domain_id = ? AND id = ?", domain_id, user_id)
    if found is None:
        raise NotFound("There is no such user in this company.")
    return found


def by_extension(store: Store, domain_id: int, extension: str) -> User:
    """The user of this company with this extension."""
    found = _one(store, "domain_id = ? AND extension = ?", domain_id, extension)
    if found is None:
        raise NotFound(f"There is no user {extension} in this company.")
    return found


def by_id(store: Store, user_id: int) -> User | None:
    """The user or the provider's login with this id, of whatever company; None when they are gone."""
    return _one(store, "id = ?", user_id)


def by_login(store: Store, login_name: str) -> User | None:
    """Whoever signs in with this name, of any company or of the provider; None when nobody does."""
    return _one(store, "login_name = ?", rules.clean(login_name.lower(), 200))


_COLUMNS = tuple(item.name for item in dataclasses.fields(User))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM users WHERE"  # noqa: S608
_TRUTHS = tuple(place for place, name in enumerate(_COLUMNS) if isinstance(DEFAULTS.get(name), bool))
_EMAILS = _COLUMNS.index("emails")


def _one(store: Store, condition: str, *params: object) -> User | None:
    """The user that a condition of this module picks. In plain SQL: every request asks, and bulk changes a thousand
    times over, which a query built anew each time makes three times as slow."""
    row = store.sql(f"{_SELECT} {condition}", params).fetchone()
    if row is None:
        return None
    values = list(row)
    for place in _TRUTHS:
        values[place] = bool(values[place])
    values[_EMAILS] = tuple(json.loads(values[_EMAILS]))
    return User(*values)


def find(
    store: Store, domain_id: int, *, search: str = "", site_id: int | None = None, services: bool = False,
    limit: int = 100, after: str = "",
) -> Page[User]:  # fmt: skip
    """Users by extension in the order of numbers; `search` in extension, names and login; `after` = a page's `next`.

    Users with a service code (queues, attendants) are left out unless `services`.
    """
    query = select(User, Users).where(Users.domain_id == domain_id)
    if not services:
        query = query.where(Users.service_code == "")
    if site_id is not None:
        query = query.where(Users.site_id == site_id)
    for word in search.split():
        query = query.where(contains((Users.extension, Users.first_name, Users.last_name, Users.login_name), word))
    length = fn.LENGTH(Users.extension)
    if after:
        query = query.where((length > len(after)) | ((length == len(after)) & (Users.extension > after)))
    size = page_size(limit)
    found = fetch(store, User, query.order_by(length, Users.extension).limit(size + 1))
    return Page(tuple(found[:size]), found[size - 1].extension if len(found) > size else None)


def update(store: Store, domain_id: int, user_id: int, now: int, **fields: Any) -> User:
    """Saves those of `fields` that differ. Phones that carry the user's devices, and the directory, follow when a
    field is on them."""
    rules.require(rules.check(RULES, fields))
    with store.transaction():
        user = get(store, domain_id, user_id)
        changed = different(user, fields)
        if changed.get("scope") in rules.PROVIDER_SCOPES:
            raise Invalid([Problem("scope", "A user of a company cannot have a scope of the provider.")])
        _check_places(store, domain_id, changed)
        _free(store, domain_id, changed)
        if changed:
            store.execute(Users.update(changed).where(Users.id == user_id))
            changes.record(store, "user", user_id, domain_id, now)
        if "extension" in changed:
            _rename_devices(store, user, changed["extension"])
        if ON_PHONE & changed.keys():
            changes.phones_of_user(store, user_id, now)
        listed = user.list_in_directory or changed.get("list_in_directory", False)
        if listed and IN_DIRECTORY & changed.keys():
            changes.directory(store, domain_id, now)
    return get(store, domain_id, user_id)


def delete(store: Store, domain_id: int, user_id: int, now: int) -> None:
    """Deletes a user with all devices; phones lose the lines that carried them."""
    with store.transaction():
        user = get(store, domain_id, user_id)
        changes.phones_of_user(store, user_id, now)
        store.execute(Users.delete().where(Users.id == user_id))
        changes.record(store, "user", user_id, domain_id, now)
        if user.list_in_directory:
            changes.directory(store, domain_id, now)


def set_password_hash(store: Store, user_id: int, password_hash: str) -> None:
    """Saves the hash that seal.hash_password() made (in a thread: it takes 50 ms)."""
    with store.transaction():
        if not store.execute(Users.update(password_hash=password_hash).where(Users.id == user_id)):
            raise NotFound("There is no such user.")


def password_hash(store: Store, user_id: int) -> str:
    """The hash of a user's portal password; empty when none was set or there is no such user."""
    found = store.tuples(Users.select(Users.password_hash).where(Users.id == user_id))
    return str(found[0][0]) if found else ""


def set_voicemail_pin(store: Store, domain_id: int, user_id: int, pin: str) -> list[Problem]:
    """Saves the PIN, sealed: four digits are guessed from any hash. Returns warnings; raises Invalid for errors."""
    problems = rules.voicemail_pin("voicemail_pin", pin)
    rules.require(problems)
    with store.transaction():
        get(store, domain_id, user_id)
        store.execute(Users.update(sealed_voicemail_pin=store.seal.seal(pin)).where(Users.id == user_id))
    return problems


def clear_voicemail_pin(store: Store, user_id: int) -> None:
    """Takes the PIN away: nobody opens the mailbox with one before another is set."""
    with store.transaction():
        store.execute(Users.update(sealed_voicemail_pin="").where(Users.id == user_id))


def voicemail_pin_is(store: Store, domain_id: int, user_id: int, pin: str) -> bool:
    """Whether this is the user's voicemail PIN; never true while none is set."""
    query = Users.select(Users.sealed_voicemail_pin).where((Users.domain_id == domain_id) & (Users.id == user_id))
    found = store.tuples(query)
    return bool(found and found[0][0]) and seal.same(store.seal.open(found[0][0]), pin)


def _rename_devices(store: Store, user: User, extension: str) -> None:
    """`101a` follows its user to `105a`: a device is found by the extension in its name."""
    for device_id, name in store.tuples(Devices.select(Devices.id, Devices.name).where(Devices.user_id == user.id)):
        letters = name.removeprefix(user.extension)
        store.execute(Devices.update(name=extension + letters).where(Devices.id == device_id))


def _check_places(store: Store, domain_id: int, values: dict[str, Any]) -> None:
    for name, table, what in (("department_id", Departments, "department"), ("site_id", Sites, "site")):
        place = values.get(name)
        if place is not None:
            mine = table.select(table.id).where((table.id == place) & (table.domain_id == domain_id))
            if not store.tuples(mine):
                raise NotFound(f"There is no such {what} in this company.")


def _free(store: Store, domain_id: int | None, values: dict[str, Any]) -> None:
    extension, login = values.get("extension"), values.get("login_name")
    if extension is not None:
        taken = Users.select(Users.id).where((Users.domain_id == domain_id) & (Users.extension == extension))
        if store.tuples(taken):
            raise Conflict(f"Extension {extension} is taken in this company; choose another.")
    if login is not None and store.tuples(Users.select(Users.id).where(Users.login_name == login)):
        raise Conflict(f"The login name {login} is taken; choose another.")
