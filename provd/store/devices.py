"""Devices: the SIP credentials of a user, one registration each (`101`, `101a`, `101wp`)."""

from __future__ import annotations

import hashlib
from typing import Any

from provd import seal
from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.store import changes, rules
from provd.store.database import Store
from provd.store.reading import different, fetch, one, page_size, select
from provd.store.rows import Device, Page
from provd.store.tables import Devices, Users

DEFAULTS: dict[str, Any] = {
    "transport": "udp",
    "srtp": "no",
    "expires": 300,
    "emergency_caller_id": "",
    "ignore_for_presence": False,
    "allowed_user_agent": "",
    "description": "",
}
RULES: dict[str, rules.Rule] = {
    "name": rules.device_name,
    "transport": rules.one_of(*rules.TRANSPORTS),
    "srtp": rules.one_of(*rules.SRTP),
    "expires": rules.whole(60, 86400),
    "emergency_caller_id": rules.phone_number,
    "ignore_for_presence": rules.yes_or_no,
    "allowed_user_agent": rules.text,
    "description": rules.text,
}
ON_PHONE = frozenset({"name", "transport", "srtp", "expires", "emergency_caller_id"})


def create(
    store: Store, domain_id: int, user_id: int, name: str, now: int, *, password: str = "", **fields: Any
) -> Device:
    """Makes a device of a user. `name` begins with the user's extension; `password` empty = 24 random characters.

    Raises Conflict when the name is taken in the company, Invalid for a name that is not the user's.
    """
    values = {**DEFAULTS, **fields, "name": name}
    rules.require([*rules.check(RULES, values), *(rules.sip_password("password", password) if password else [])])
    with store.transaction():
        _named_after(store, domain_id, user_id, name)
        _free(store, domain_id, name)
        sealed = store.seal.seal(password or seal.new_password())
        row = {**values, "domain_id": domain_id, "user_id": user_id, "sealed_password": sealed, "created": now}
        device_id = store.execute(Devices.insert(row))
        changes.record(store, "device", device_id, domain_id, now)
    return get(store, domain_id, device_id)


def get(store: Store, domain_id: int, device_id: int) -> Device:
    """The device of this company with this id."""
    query = select(Device, Devices).where((Devices.domain_id == domain_id) & (Devices.id == device_id))
    return one(store, Device, query, "There is no such device in this company.")


def by_name(store: Store, domain_id: int, name: str) -> Device:
    """The device of this company with this name, such as `101a`."""
    query = select(Device, Devices).where((Devices.domain_id == domain_id) & (Devices.name == name))
    return one(store, Device, query, f"There is no device {name} in this company.")


def of_user(store: Store, domain_id: int, user_id: int) -> list[Device]:
    """All devices of a user by name."""
    query = select(Device, Devices).where((Devices.domain_id == domain_id) & (Devices.user_id == user_id))
    return fetch(store, Device, query.order_by(Devices.name))


def find(store: Store, domain_id: int, *, limit: int = 100, after: str = "") -> Page[Device]:
    """The devices of a company by name; `after` = a page's `next`."""
    size = page_size(limit)
    query = select(Device, Devices).where((Devices.domain_id == domain_id) & (Devices.name > after))
    found = fetch(store, Device, query.order_by(Devices.name).limit(size + 1))
    return Page(tuple(found[:size]), found[size - 1].name if len(found) > size else None)


def count(store: Store, domain_id: int) -> int:
    """How many devices a company has."""
    return int(store.sql("SELECT COUNT(*) FROM devices WHERE domain_id = ?", (domain_id,)).fetchone()[0])


def password(store: Store, domain_id: int, device_id: int) -> str:
    """The SIP password in plain text."""
    query = Devices.select(Devices.sealed_password).where((Devices.domain_id == domain_id) & (Devices.id == device_id))
    found = store.tuples(query)
    if not found:
        raise NotFound("There is no such device in this company.")
    return store.seal.open(found[0][0])


def ha1(name: str, realm: str, plain: str) -> dict[str, str]:
    """RFC 7616, 3.4.2: H(username:realm:password) for each algorithm that we ask for, in hexadecimal."""
    text = f"{name}:{realm}:{plain}".encode()
    return {"MD5": hashlib.md5(text, usedforsecurity=False).hexdigest(), "SHA-256": hashlib.sha256(text).hexdigest()}


def update(store: Store, domain_id: int, device_id: int, now: int, **fields: Any) -> Device:
    """Saves those of `fields` that differ; the phones that carry the device follow when it is on them."""
    rules.require(rules.check(RULES, fields))
    with store.transaction():
        device = get(store, domain_id, device_id)
        changed = different(device, fields)
        if "name" in changed:
            _named_after(store, domain_id, device.user_id, changed["name"])
            _free(store, domain_id, changed["name"])
        if changed:
            store.execute(Devices.update(changed).where(Devices.id == device_id))
            changes.record(store, "device", device_id, domain_id, now)
        if ON_PHONE & changed.keys():
            changes.phones_of_device(store, device_id, now)
    return get(store, domain_id, device_id)


def set_password(store: Store, domain_id: int, device_id: int, now: int, plain: str = "") -> str:
    """Gives the device this password, or 24 new random characters, and returns it; its phones follow."""
    rules.require(rules.sip_password("password", plain) if plain else [])
    chosen = plain or seal.new_password()
    with store.transaction():
        get(store, domain_id, device_id)
        sealed = store.seal.seal(chosen)
        store.execute(Devices.update(sealed_password=sealed).where(Devices.id == device_id))
        changes.record(store, "device", device_id, domain_id, now)
        changes.phones_of_device(store, device_id, now)
    return chosen


def delete(store: Store, domain_id: int, device_id: int, now: int) -> None:
    """Deletes a device; phones lose the lines that carried it."""
    with store.transaction():
        get(store, domain_id, device_id)
        changes.phones_of_device(store, device_id, now)
        store.execute(Devices.delete().where(Devices.id == device_id))
        changes.record(store, "device", device_id, domain_id, now)


def _named_after(store: Store, domain_id: int, user_id: int, name: str) -> None:
    query = Users.select(Users.extension).where((Users.domain_id == domain_id) & (Users.id == user_id))
    found = store.tuples(query)
    if not found:
        raise NotFound("There is no such user in this company.")
    if name.rstrip("abcdefghijklmnopqrstuvwxyz") != found[0][0]:
        text = f"Device names of this user are {found[0][0]} and up to eight small letters, such as {found[0][0]}a."
        raise Invalid([Problem("name", text)])


def _free(store: Store, domain_id: int, name: str) -> None:
    if store.tuples(Devices.select(Devices.id).where((Devices.domain_id == domain_id) & (Devices.name == name))):
        raise Conflict(f"There is a device {name} in this company already; choose other letters.")
