"""Phones as they come out of their boxes: many MACs pasted or scanned at once, and unknown ones that knock."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from string import ascii_lowercase
from typing import Any

from provd.api import phones as phones_api
from provd.api import reads
from provd.api.call import Call, mac_in
from provd.api.endpoint import Group
from provd.api.schema import MOST_ROWS, choice, define, listing, nullable, number, obj, text
from provd.api.scope import Place, sees
from provd.errors import Conflict, Invalid, NotFound, Problem, ProvdError
from provd.phone.pasted import Pasted, read_line
from provd.store import devices, events, phone_states, phones, users
from provd.store.database import Store
from provd.store.rows import Knock, Line, Phone

group = Group("adding", "Many phones at once, and those that knock without being known.")

OUTCOMES = ("created", "here", "twice", "no_mac", "no_model", "no_user", "cannot")
AUTO = "auto"
SLICE = 5  # lines a transaction: some milliseconds of the loop
MINUTES = number("Minutes for which they get their whole files without a proof; 0 for none", 0, 7 * 24 * 60)
MANY = obj(
    {
        "lines": listing(
            text("A MAC in any notation, an extension behind it or not", 200), "One phone a line", 500, minItems=1
        ),
        "model": text("Id in the catalogue, or `auto`: what the phone said when it knocked", 64),
        "users": listing(text("Extension; empty for nobody", 20), "One a line, in the same order", 500),
        "site_id": nullable(number("Site", 1, MOST_ROWS)), "template_id": nullable(number("Template", 1, MOST_ROWS)),
        "minutes": MINUTES,
    },
    required=("lines", "model"),
)  # fmt: skip
ADDED = define(
    "AddedPhones",
    obj(
        {
            "created": number(), "failed": number(),
            "items": listing(
                obj(
                    {
                        "line": number("1 is the first", 1), "said": text("The line as it was given"),
                        "mac": nullable(text()), "outcome": choice(OUTCOMES), "model": text(),
                        "text": text("What happened, in one sentence", 500),
                    }
                )
            ),
        }
    ),
)  # fmt: skip
# Whether another company has a MAC is nobody's business: it gets the same words as one that cannot be set up at all.
CANNOT = "It cannot be set up like this; compare its MAC and model with the label, then ask the provider."


@group.post("/domains/{domain}/phones/many", "phones.write", ADDED, body=MANY, status=200, narrow=True)
async def add_many(call: Call) -> Any:
    """Set up many phones at once

    A MAC a line, pasted or scanned, each with an extension or not. Every line says what became of it; those that
    cannot be set up keep none of the others from it. A person's phone gets a device of theirs that is on no phone yet,
    or a new one. A site manager names the own site."""
    body, store = call.body, call.services.store
    call.require("phones.write", Place(call.domain_id, body.get("site_id")))
    if body["model"] != AUTO:
        call.model(body["model"])
    if body.get("template_id") is not None and body["model"] == AUTO:
        raise Invalid([Problem("template_id", "A template is for one model; name the model, not auto.")])
    knocks = await store.run(_knocks, call) if body["model"] == AUTO else {}
    people, seen = body.get("users", []), set[str]()
    rest = [
        (place + 1, said, people[place].strip() if place < len(people) else "")
        for place, said in enumerate(body["lines"])
        if said.strip()
    ]
    items: list[dict[str, Any]] = []
    while rest:
        some, rest = rest[:SLICE], rest[SLICE:]
        items += await store.run(_slice, call, some, seen, knocks)
        await asyncio.sleep(0)
    created = sum(item["outcome"] == "created" for item in items)
    return {"created": created, "failed": len(items) - created, "items": items}


def _slice(
    store: Store, call: Call, some: list[tuple[int, str, str]], seen: set[str], knocks: Mapping[str, Knock]
) -> list[dict[str, Any]]:
    """Some lines in one transaction, with their row in the trail."""
    with store.transaction():
        items = [
            {"line": place, "said": said[:200], **_line(store, call, said, extension, seen, knocks)}
            for place, said, extension in some
        ]
        macs = [item["mac"] for item in items if item["outcome"] == "created"]
        if macs:
            call.audit(store, "create", "phones", len(macs), {"macs": [None, macs]})
    return items


def _knocks(store: Store, call: Call) -> dict[str, Knock]:
    """Who knocked, by MAC: what is stored, and over it what this process remembers."""
    stored = {knock.mac: knock for knock in events.knocks(store, 1000)}
    return stored | {knock.mac: knock for knock in call.services.recorder.knocks()}


def _line(
    store: Store, call: Call, said: str, extension: str, seen: set[str], knocks: Mapping[str, Knock]
) -> dict[str, Any]:
    """What became of one line."""
    try:
        read = read_line(said)
    except ValueError as error:
        return _told(None, "no_mac", str(error))
    if read.mac in seen:
        return _told(read.mac, "twice", "It stands in an earlier line already.")
    seen.add(read.mac)
    there = phones.anywhere(store, read.mac)
    if there is not None and there.domain_id == call.domain_id:
        return _told(read.mac, "here", "It is set up already.", there.model)
    model = call.body["model"]
    if model == AUTO:
        knock = None if there is not None else knocks.get(read.mac)
        model = knock.model if knock is not None else ""
        if model not in call.services.catalogue.models:
            return _told(read.mac, "no_model", _which(call, read.mac))
    if there is not None:
        return _told(read.mac, "cannot", CANNOT, model)
    return _create(store, call, Pasted(read.mac, extension or read.extension), model)


def _which(call: Call, mac: str) -> str:
    vendor = call.services.recogniser.vendor_of(mac)
    who = f"By its MAC it is a {vendor}" if vendor else "Its model is not known"
    return f"{who}; choose the model, or plug it in with this server's address, so that it tells."


def _told(mac: str | None, outcome: str, sentence: str, model: str = "") -> dict[str, Any]:
    return {"mac": mac, "outcome": outcome, "model": model, "text": sentence[:500]}


def _create(store: Store, call: Call, read: Pasted, model: str) -> dict[str, Any]:
    """Set up one phone, or leave no trace of the trial."""
    body = call.body
    if read.extension and reads.user_id(store, call.domain_id, read.extension) is None:
        return _told(read.mac, "no_user", f"There is no user {read.extension} in this company.", model)
    try:
        with store.transaction():
            phone = set_up(
                store, call, read, model, body.get("site_id"), body.get("template_id"), body.get("minutes", 0)
            )  # fmt: skip
    except ProvdError as error:
        return _told(read.mac, "cannot", str(error), model)
    who = f" for {read.extension}" if read.extension else ""
    return _told(phone.mac, "created", f"It is set up{who}.", model)


def set_up(
    store: Store, call: Call, read: Pasted, model: str, site_id: int | None, template_id: int | None, minutes: int
) -> Phone:
    """Make a phone, with its person's device on line 1 and its bootstrap window open; raises what phones.create does,
    and NotFound for an extension that nobody has."""
    lines = [Line(1, _device(store, call, read.extension), False, "")] if read.extension else []
    admission = {"open_until": call.now + minutes * 60} if minutes else None
    phone = phones.create(
        store, call.domain_id, read.mac, model, call.now, lines=lines, site_id=site_id, template_id=template_id,
        admission=admission,
    )  # fmt: skip
    events.forget_knocks(store, [read.mac])
    call.after.append(lambda: call.services.recorder.forget(read.mac))
    call.changed_phone(phone, "phone set up")
    return phone


def _device(store: Store, call: Call, extension: str) -> int:
    """A device of this person that is on no phone, or a new one with the next free letter."""
    user = users.by_extension(store, call.domain_id, extension)
    taken = phone_states.devices_on_phones(store, user.id)
    mine = devices.of_user(store, call.domain_id, user.id)
    free = next((device for device in mine if device.id not in taken), None)
    if free is not None:
        return free.id
    names = {device.name for device in mine}
    possible = (f"{extension}{letter}" for letter in ("", *ascii_lowercase))
    name = next((name for name in possible if name not in names), "")
    if not name:
        raise Conflict(f"{extension} has all the devices that one person can have; put an old one on this phone.")
    return devices.create(store, call.domain_id, user.id, name, call.now).id


ADOPT = obj(
    {
        "domain": text("The company that it is for", 253),
        "model": text("Id in the catalogue; what it said of itself unless given", 64),
        "user": text("Extension of the person whose phone it is", 20),
        "site_id": nullable(number("Site", 1, MOST_ROWS)),
        "template_id": nullable(number("Template, of its model", 1, MOST_ROWS)), "minutes": MINUTES,
    },
    required=("domain",),
)  # fmt: skip


@group.post("/knocks/{knock}/adopt", "knocks.adopt", phones_api.ONE, body=ADOPT)
def adopt(store: Store, call: Call) -> Any:
    """Adopt a phone that knocks

    Makes it a phone of a company, with its person's device on line 1. For `minutes` (30 unless given) it gets its
    whole file without a proof, which it will ask for again within some."""
    mac, body = mac_in(call.path["knock"]), call.body
    found = reads.domain_named(store, body["domain"])
    if found is None or not sees(call.who, found.id):
        raise NotFound(f"There is no company {body['domain'][:60]}.")
    call.domain = found
    knock = _knocks(store, call).get(mac)
    if knock is None:
        raise NotFound(f"{mac} has not asked for anything lately; set the phone up by its MAC and model.")
    model = body.get("model") or knock.model
    if model not in call.services.catalogue.models:
        raise Invalid([Problem("model", _which(call, mac))])
    read = Pasted(mac, body.get("user", ""))
    call.phone = phone = set_up(
        store, call, read, model, body.get("site_id"), body.get("template_id"), body.get("minutes", 30)
    )  # fmt: skip
    call.audit(store, "adopt", "phone", mac, {"address": [None, knock.address], "model": [None, model]})
    call.location = f"/api/v2/phones/{mac}"
    return phones_api.one(store, call, phone, secrets=call.may(store, "secrets.read"))
