"""Phones: the hardware, its lines, its token and its bootstrap window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provd.api import phone_states, reads
from provd.api.call import Call, mac_in, old_and_new, plain
from provd.api.domains import ADMISSION, MINUTES, URLS, addresses
from provd.api.endpoint import SECRETS, Group
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
from provd.api.scope import Place
from provd.phone.state import STATES
from provd.seal import MASK
from provd.store import devices, events, phones, tokens
from provd.store.database import Store
from provd.store.rows import Line, Phone

group = Group("phones", "Phones by MAC, which is unique over all companies.")

FIELDS: dict[str, Schema] = {
    "model": text("Id in the catalogue", 64, examples=["yealink-t46u"]),
    "description": text(),
    "site_id": nullable(number("Site", 1, MOST_ROWS)),
    "template_id": nullable(number("Template, of the same model", 1, MOST_ROWS)),
    "time_zone": text("IANA name; empty for the one of its user or company", 64),
    "expansions": listing(text(longest=40), "Expansion modules, first to last", 10),
    "admission": nullable(ADMISSION),
}
LINE = define(
    "Line",
    obj(
        {
            "line": number("1 is the first", 1, 64), "device": text("The device that it registers as", 28),
            "shared": switch("Shared line appearance"), "label": text("Text beside the line; empty for the name", 200),
        },
        required=("line", "device"),
    ),
)  # fmt: skip
SHOWN_LINE = define(
    "ShownLine",
    obj(
        {
            "line": number(), "device": text(), "user": text("Extension"), "name": text("The person", 401),
            "shared": switch(), "label": text(),
        }
    ),
)  # fmt: skip
MAC = text("Any notation", 40, examples=["00:15:65:aa:bb:cc"])
STATE: dict[str, Schema] = {
    "domain": text(longest=253),
    "lines": listing(SHOWN_LINE),
    "revision": number("Counts up when something of the phone itself changes"),
    "created": moment(),
    "swapped_from": text("MAC of the hardware that it took the place of"),
    "last_contact": nullable(moment("When it last fetched a file")),
    "last_address": text(),
    "last_firmware": text(),
    "last_file": text(),
    "state": choice(STATES, "How it is, in one word"),
    "state_text": text("Why, in one sentence or two", 1000),
    "user": nullable(obj({"extension": text(), "name": text(longest=401)}, about="Who is on its first line")),
    "up_to_date": switch("Whether it took its present configuration"),
    "registered_devices": number("How many of the devices on its lines are registered from it"),
    "fetched": nullable(moment("When it last took a configuration, with its secrets")),
}
PHONE = define("Phone", obj({"mac": MAC, **FIELDS, **STATE}))
DIGEST = obj({"user": text(), "password": text()}, about="The phone's own HTTP login")
ONE = define("PhoneWithAddresses", obj({"mac": MAC, **FIELDS, **STATE, "provisioning": URLS, "digest": DIGEST}))
LINES = listing(LINE, most=64)
HIDDEN = ("fetched_revision", "fetched_at", "refused_at", "refused_why", "refused_address")  # told as its state


def shown(phone: Phone, domain: str, lines: Sequence[dict[str, Any]], state: Mapping[str, Any]) -> dict[str, Any]:
    """A phone as lists show it."""
    row = plain(phone, "id", "domain_id", "digest_user", *HIDDEN)
    return {**row, "domain": domain, "lines": list(lines), **state}


def one(store: Store, call: Call, phone: Phone, *, secrets: bool = False) -> dict[str, Any]:
    """A phone with its provisioning addresses; token and password are marks unless `secrets`."""
    assert call.domain is not None
    lines = reads.lines_of(store, [phone.id])[phone.id]
    token = tokens.newest(store, phone.domain_id, phone.id)
    password = phones.digest_password(store, phone.domain_id, phone.id) if secrets else MASK
    overview = phone_states.of_phones(store, call, [phone.id])
    return {
        **shown(phone, call.domain.name, lines, overview.told(overview.rows[0])),
        "provisioning": addresses(call, token if secrets else (token and MASK)),
        "digest": {"user": phone.digest_user, "password": password},
    }


@group.post(
    "/domains/{domain}/phones", "phones.write", ONE, narrow=True,
    body=obj({"mac": MAC, **FIELDS, "lines": LINES}, required=("mac", "model")),
)  # fmt: skip
def create_phone(store: Store, call: Call) -> Any:
    """Create a phone

    It gets a token and a login of its own. A site manager names the own site."""
    body = dict(call.body)
    call.require("phones.write", Place(call.domain_id, body.get("site_id")))
    call.model(body["model"])
    mac, model = mac_in(body.pop("mac")), body.pop("model")
    lines = _lines(store, call, body.pop("lines", []))
    call.phone = phone = phones.create(store, call.domain_id, mac, model, call.now, lines=lines, **body)
    events.forget_knocks(store, [mac])
    call.after.append(lambda: call.services.recorder.forget(mac))
    call.audit(store, "create", "phone", mac)
    call.changed_phone(phone, "phone set up")
    call.location = f"/api/v2/phones/{mac}"
    return one(store, call, phone, secrets=call.may(store, "secrets.read"))


def _lines(store: Store, call: Call, said: Sequence[dict[str, Any]]) -> list[Line]:
    found = []
    for line in said:
        device = devices.by_name(store, call.domain_id, line["device"])
        found.append(Line(int(line["line"]), device.id, line.get("shared", False), line.get("label", "")))
    return found


@group.get("/phones/{mac}", "phones.read", ONE, query=SECRETS)
def get_phone(store: Store, call: Call) -> Any:
    """Get a phone

    `secrets=1` writes its token and login out for those who may see them; the look is noted in the trail."""
    secrets = call.shows_secrets(store)
    if secrets:
        call.audit(store, "show", "phone", call.the_phone.mac)
    return one(store, call, call.the_phone, secrets=secrets)


@group.patch(
    "/phones/{mac}", "phones.write", ONE, body=obj({**FIELDS, "lines": LINES}, required=()) | {"minProperties": 1}
)
def patch_phone(store: Store, call: Call) -> Any:
    """Change a phone

    `lines` replaces all of them. Another MAC, or another model with the keys brought over, is a swap: see `swap`."""
    before, fields = call.the_phone, dict(call.body)
    if "site_id" in fields:
        call.require("phones.write", Place(before.domain_id, fields["site_id"]))
    if "model" in fields:
        call.model(fields["model"])
    wanted = fields.pop("lines", None)
    changed: dict[str, Any] = {}
    if wanted is not None:
        old = reads.lines_of(store, [before.id])[before.id]
        phones.set_lines(store, before.domain_id, before.id, _lines(store, call, wanted), call.now)
        new = reads.lines_of(store, [before.id])[before.id]
        changed |= {"lines": [old, new]} if old != new else {}
    after = phones.update(store, before.domain_id, before.id, call.now, **fields)
    changed |= old_and_new(before, after, fields)
    if changed:
        call.audit(store, "update", "phone", after.mac, changed)
        call.changed_phone(after, f"{', '.join(sorted(changed))} changed")
    return one(store, call, after)


@group.delete("/phones/{mac}", "phones.write")
def delete_phone(store: Store, call: Call) -> None:
    """Delete a phone

    With its lines, keys, settings and tokens. Devices and people stay."""
    phone = call.the_phone
    phones.delete(store, phone.domain_id, phone.id, call.now)
    call.audit(store, "delete", "phone", phone.mac, {"model": [phone.model, None]})


@group.get("/phones/{mac}/lines", "phones.read", page(SHOWN_LINE))
def list_lines(store: Store, call: Call) -> Any:
    """List the lines of a phone"""
    return {"items": reads.lines_of(store, [call.the_phone.id])[call.the_phone.id], "next": None}


@group.put("/phones/{mac}/lines", "phones.write", page(SHOWN_LINE), body=LINES)
def put_lines(store: Store, call: Call) -> Any:
    """Replace the lines of a phone"""
    call.body = {"lines": call.body}
    patched = patch_phone(store, call)
    return {"items": patched["lines"], "next": None}


@group.post("/phones/{mac}/token", "phones.write", ONE, status=200)
def rotate_token(store: Store, call: Call) -> Any:
    """Make the phone's next token

    Its file names the new one; the first use of that retires the old."""
    phone = call.the_phone
    tokens.rotate(store, phone.domain_id, phone.id, call.now)
    call.audit(store, "rotate", "token", phone.mac)
    call.changed_phone(phone, "new token")
    return one(store, call, phones.get(store, phone.domain_id, phone.id), secrets=call.may(store, "secrets.read"))


@group.delete("/phones/{mac}/token", "phones.write", answer=ONE, status=200)
def revoke_token(store: Store, call: Call) -> Any:
    """Revoke the phone's tokens at once

    For hardware that was lost or sold: what it has opens nothing any more. It gets a new token, which only the answer
    of this call and the phone's next proven fetch carry."""
    phone = call.the_phone
    tokens.revoke(store, phone.domain_id, phone.id, call.now)
    tokens.rotate(store, phone.domain_id, phone.id, call.now)
    call.audit(store, "revoke", "token", phone.mac)
    call.changed_phone(phone, "tokens revoked")
    return one(store, call, phones.get(store, phone.domain_id, phone.id), secrets=call.may(store, "secrets.read"))


@group.post("/phones/{mac}/bootstrap", "phones.write", ONE, body=MINUTES, status=200)
def open_window(store: Store, call: Call) -> Any:
    """Open the phone's bootstrap window

    For so many minutes the phone gets its whole file without a proof: for one that comes fresh from its box."""
    return _window(store, call, call.now + call.body["minutes"] * 60, "open")


@group.delete("/phones/{mac}/bootstrap", "phones.write", answer=ONE, status=200)
def close_window(store: Store, call: Call) -> Any:
    """Close the phone's bootstrap window"""
    return _window(store, call, 0, "close")


def _window(store: Store, call: Call, until: int, action: str) -> Any:
    phone = call.the_phone
    # A closed window is no entry at all: what the phone says itself would hide the window of its company.
    kept = {name: value for name, value in (phone.admission or {}).items() if name != "open_until"}
    admission = {**kept, "open_until": until} if until else kept
    after = phones.update(store, phone.domain_id, phone.id, call.now, admission=admission or None)
    call.audit(store, action, "bootstrap", phone.mac, old_and_new(phone, after, ("admission",)))
    call.changed_phone(after, f"bootstrap window {action}")
    return one(store, call, after)
