"""Devices: the SIP credentials of a user, one registration each."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, old_and_new, plain
from provd.api.endpoint import PAGING, SECRETS, Group
from provd.api.problems import FINDING, findings
from provd.api.schema import Schema, choice, define, listing, moment, number, obj, page, switch, text
from provd.api.scope import outranks
from provd.errors import Forbidden
from provd.store import devices, phones, rules
from provd.store.database import Store
from provd.store.rows import Device

group = Group("devices", "SIP credentials of a user; a line of a phone registers as one of them.")

FIELDS: dict[str, Schema] = {
    "transport": choice(rules.TRANSPORTS),
    "srtp": choice(rules.SRTP, "Encrypted audio"),
    "expires": number("Seconds between registrations", 60, 86_400),
    "emergency_caller_id": text("Number shown to emergency services from this device", 40),
    "ignore_for_presence": switch("Calls of this device light no lamps"),
    "allowed_user_agent": text("Only programs whose User-Agent starts like this may register"),
    "description": text(),
}
NAME = text("The user's extension and up to eight small letters", 28, examples=["101", "101a", "101wp"])
PASSWORD = text("SIP password", 128)
DEVICE = define("Device", obj({"name": NAME, **FIELDS, "created": moment()}))
WITH_PASSWORD = define(
    "DeviceWithPassword",
    obj(
        {"name": NAME, **FIELDS, "created": moment(), "password": PASSWORD, "warnings": listing(FINDING)},
        required=("name", *FIELDS, "created"),
    ),
)
PASSWORDED = define("DevicePassword", obj({"name": NAME, "password": PASSWORD, "warnings": listing(FINDING)}))


def _shown(device: Device) -> dict[str, Any]:
    return plain(device, "id", "domain_id", "user_id")


def _device(store: Store, call: Call) -> Device:
    """The device that the path names; of another user it is not found."""
    found = devices.by_name(store, call.domain_id, call.path["device"][:40])
    if found.user_id != call.the_user.id:
        found = devices.by_name(store, call.domain_id, "")  # raises the same NotFound
    return found


def _guard(call: Call) -> None:
    if not outranks(call.who, call.the_user.scope):
        raise Forbidden(
            f"A {call.who.scope} may not change the devices of a user with the scope {call.the_user.scope}."
        )


def _tell_phones(store: Store, call: Call, device: Device, reason: str) -> None:
    for phone in phones.phones_of_device(store, call.domain_id, device.id):
        call.changed_phone(phone, reason)


@group.get("/domains/{domain}/users/{user}/devices", "devices.read", page(DEVICE))
def list_devices(store: Store, call: Call) -> Any:
    """List the devices of a user"""
    found = devices.of_user(store, call.domain_id, call.the_user.id)
    return {"items": [_shown(device) for device in found], "next": None}


@group.get("/domains/{domain}/devices", "settings.read", page(DEVICE), query=PAGING)
def list_all_devices(store: Store, call: Call) -> Any:
    """List the devices of a company"""
    found = devices.find(store, call.domain_id, limit=call.query["limit"], after=call.query.get("cursor", ""))
    return {"items": [_shown(device) for device in found.items], "next": found.next}


@group.post(
    "/domains/{domain}/users/{user}/devices", "devices.write", WITH_PASSWORD,
    body=obj({"name": NAME, **FIELDS, "password": PASSWORD}, required=("name",)),
)  # fmt: skip
def create_device(store: Store, call: Call) -> Any:
    """Create a device

    Its password is made here unless one is given, and shown only in this answer."""
    _guard(call)
    fields = dict(call.body)
    name, given = fields.pop("name"), fields.pop("password", "")
    device = devices.create(store, call.domain_id, call.the_user.id, name, call.now, password=given, **fields)
    call.audit(store, "create", "device", device.name)
    call.location = f"/api/v2/domains/{call.path['domain']}/users/{call.the_user.extension}/devices/{device.name}"
    password = devices.password(store, call.domain_id, device.id)
    return {**_shown(device), "password": password, "warnings": findings(rules.sip_password("password", password))}


@group.get("/domains/{domain}/users/{user}/devices/{device}", "devices.read", WITH_PASSWORD, query=SECRETS)
def get_device(store: Store, call: Call) -> Any:
    """Get a device

    `secrets=1` adds the SIP password for those who may see it; the look is noted in the trail."""
    device = _device(store, call)
    if not call.shows_secrets(store):
        return _shown(device)
    call.audit(store, "show", "device", device.name)
    return {**_shown(device), "password": devices.password(store, call.domain_id, device.id)}


@group.patch(
    "/domains/{domain}/users/{user}/devices/{device}", "devices.write", DEVICE,
    body=obj({"name": NAME, **FIELDS}, required=()) | {"minProperties": 1},
)  # fmt: skip
def patch_device(store: Store, call: Call) -> Any:
    """Change a device"""
    _guard(call)
    before = _device(store, call)
    after = devices.update(store, call.domain_id, before.id, call.now, **call.body)
    changed = old_and_new(before, after, call.body)
    call.audit(store, "update", "device", before.name, changed)
    if devices.ON_PHONE & changed.keys():
        _tell_phones(store, call, after, f"device {after.name} changed")
    return _shown(after)


@group.post(
    "/domains/{domain}/users/{user}/devices/{device}/password", "devices.write", PASSWORDED, status=200,
    body=obj({"password": PASSWORD}, required=()),
)  # fmt: skip
def renew_password(store: Store, call: Call) -> Any:
    """Renew the SIP password of a device

    24 random characters unless one is given; shown only in this answer. Its phones get a new file."""
    _guard(call)
    device = _device(store, call)
    password = devices.set_password(store, call.domain_id, device.id, call.now, call.body.get("password", ""))
    call.audit(store, "renew", "password", device.name)
    _tell_phones(store, call, device, f"new password of device {device.name}")
    warnings = findings(rules.sip_password("password", password))
    return {"name": device.name, "password": password, "warnings": warnings}


@group.delete("/domains/{domain}/users/{user}/devices/{device}", "devices.write")
def delete_device(store: Store, call: Call) -> None:
    """Delete a device

    Phones lose the lines that carried it."""
    _guard(call)
    device = _device(store, call)
    _tell_phones(store, call, device, f"device {device.name} deleted")
    devices.delete(store, call.domain_id, device.id, call.now)
    call.audit(store, "delete", "device", device.name)
