"""The company's phone numbers: which there are, and where calls to each go."""

from __future__ import annotations

import csv
import io
from typing import Any

from provd.api.call import Call, old_and_new
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.schema import MOST_ROWS, Schema, choice, define, moment, nullable, number, obj, page, switch, text
from provd.api.scope import SITE, Place
from provd.importing.columns import safe_cell
from provd.numbering import national
from provd.store import phone_numbers
from provd.store.database import Store
from provd.store.routing_rows import PhoneNumber
from provd.treatment import TREATMENTS, UNTIL_THEN

group = Group("phonenumbers", "Phone numbers and what is done with calls to them (SF-247 to SF-253).")

FIELDS: dict[str, Schema] = {
    "treatment": choice(tuple(TREATMENTS), "What is done with a call"),
    "destination": text("Extension or number, as the treatment wants", 40),
    "caller_id_prefix": text("Put before the caller's name", 20),
    "notes": text(longest=1000),
    "enabled": switch("Off: callers hear that the number is not in service"),
    "site_id": nullable(number("Site whose manager may edit it", 1, MOST_ROWS)),
}
NUMBER = text("In E.164, or as it is written in the company's country", 40, examples=["+12145550100"])
SHOWN = define(
    "PhoneNumber",
    obj(
        {
            "number": text("E.164", 16), "national": text("As people read it", 40), **FIELDS,
            "title": text("Where calls go, in words", 500), "did": switch("Whether it is a person's own number"),
            "problem": nullable(text("What callers hear instead, while that is so", 500)), "created": moment(),
        }
    ),
)  # fmt: skip
COLUMNS = ("number", "treatment", "destination", "name", "caller_id_prefix", "notes", "enabled")
FILTERS: dict[str, Schema] = {
    "treatment": choice(tuple(TREATMENTS), "Only those"), "site_id": number("Only of this site", 1),
}  # fmt: skip


def shown(row: PhoneNumber) -> dict[str, Any]:
    """A number as answers show it."""
    return {
        "number": row.number, "national": national(row.number), "treatment": row.treatment,
        "destination": phone_numbers.destination_of(row), "caller_id_prefix": row.caller_id_prefix,
        "notes": row.notes, "enabled": row.enabled, "site_id": row.site_id, "title": title(row),
        "did": row.treatment == "user" and row.user_id is not None and not row.service_code,
        "problem": problem(row), "created": row.created,
    }  # fmt: skip


def title(row: PhoneNumber) -> str:
    """`User 101 Ada Lovelace`, `Call Queue 500`, `Available`."""
    words = (TREATMENTS[row.treatment].title, phone_numbers.destination_of(row), row.person)
    return " ".join(word for word in words if word)


def problem(row: PhoneNumber) -> str | None:
    """Why calls do not go there now; None while they do."""
    kind = TREATMENTS[row.treatment]
    if not row.enabled:
        return "The number is switched off; callers hear that it is not in service."
    if row.treatment == "available":
        return "The number is not assigned; callers hear that it is not in service."
    if kind.target == "user" and row.user_id is None:
        return f"The user it went to is gone; choose another, {UNTIL_THEN}."
    return kind.planned or None


def _page(store: Store, call: Call, limit: int, after: str) -> Any:
    query, site_id = call.query, call.query.get("site_id")
    if call.reach == SITE:
        if call.who.site_id is None or site_id not in (None, call.who.site_id):
            return None
        site_id = call.who.site_id
    return phone_numbers.find(
        store, call.domain_id, search=query.get("search", ""), treatment=query.get("treatment", ""), site_id=site_id,
        limit=limit, after=after,
    )  # fmt: skip


@group.get(
    "/domains/{domain}/phonenumbers", "phonenumbers.read", page(SHOWN), narrow=True,
    query={**PAGING, **SEARCH, **FILTERS},
)  # fmt: skip
async def list_numbers(call: Call) -> Any:
    """List phone numbers

    A site manager sees those of the site."""
    return await call.services.store.run_apart(_listed, call)


def _listed(store: Store, call: Call) -> Any:
    found = _page(store, call, call.query["limit"], call.query.get("cursor", ""))
    if found is None:
        return {"items": [], "next": None}
    return {"items": [shown(row) for row in found.items], "next": found.next}


@group.get(
    "/domains/{domain}/phonenumbers/export", "phonenumbers.read", None, narrow=True, query={**SEARCH, **FILTERS},
    produces="text/csv; charset=utf-8",
)  # fmt: skip
def export_numbers(store: Store, call: Call) -> bytes:
    """Export phone numbers with their destinations as CSV"""
    file, after = io.StringIO(), ""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    while True:
        found = _page(store, call, 1000, after)
        for row in found.items if found else ():
            cells = (row.person, row.caller_id_prefix, row.notes)
            kind, to = TREATMENTS[row.treatment].title, phone_numbers.destination_of(row)
            writer.writerow((row.number, kind, to, *map(safe_cell, cells), "yes" if row.enabled else "no"))
        if found is None or found.next is None:
            return file.getvalue().encode()
        after = found.next


@group.post(
    "/domains/{domain}/phonenumbers", "phonenumbers.create", SHOWN,
    body=obj({"number": NUMBER, **FIELDS}, required=("number",)),
)  # fmt: skip
def create_number(store: Store, call: Call) -> Any:
    """Add a phone number to the company

    Whoever has a number gets the calls to it, so that only the provider gives them out."""
    fields = dict(call.body)
    made = phone_numbers.create(store, call.domain_id, fields.pop("number"), call.now, **fields)
    call.audit(store, "create", "phone_number", made.number, {name: [None, value] for name, value in fields.items()})
    call.location = f"/api/v2/domains/{call.path['domain']}/phonenumbers/{made.number}"
    return shown(made)


@group.get("/domains/{domain}/phonenumbers/{number}", "phonenumbers.read", SHOWN, narrow=True)
def get_number(store: Store, call: Call) -> Any:
    """Get a phone number"""
    return shown(_found(store, call))


@group.patch(
    "/domains/{domain}/phonenumbers/{number}", "phonenumbers.write", SHOWN, narrow=True,
    body=obj(FIELDS, required=()) | {"minProperties": 1},
)  # fmt: skip
def patch_number(store: Store, call: Call) -> Any:
    """Change what is done with calls to a number

    Another treatment wants its destination with it. Those that this server cannot do yet are kept, and `problem` says
    what callers hear until then."""
    before = _found(store, call)
    if "site_id" in call.body:
        call.require("phonenumbers.write", Place(before.domain_id, call.body["site_id"]))
    after = phone_numbers.update(store, call.domain_id, before.number, call.now, **call.body)
    changed = {n: [shown(before)[n], shown(after)[n]] for n in ("treatment", "destination") if n in call.body}
    others = [name for name in call.body if name not in changed]
    call.audit(
        store, "update", "phone_number", before.number, {n: p for n, p in changed.items() if p[0] != p[1]}
        | old_and_new(before, after, others),
    )  # fmt: skip
    return shown(after)


@group.delete("/domains/{domain}/phonenumbers/{number}", "phonenumbers.create")
def delete_number(store: Store, call: Call) -> None:
    """Take a phone number off the company"""
    before = _found(store, call)
    phone_numbers.delete(store, call.domain_id, before.number, call.now)
    call.audit(store, "delete", "phone_number", before.number, {"destination": [title(before), None]})


def _found(store: Store, call: Call) -> PhoneNumber:
    """The number that the path names, in any notation; raises Forbidden unless it is within the caller's reach."""
    assert call.domain is not None
    found = phone_numbers.get(store, call.domain_id, phone_numbers.normal(call.domain, call.path["number"]))
    call.require(call.endpoint.action, Place(found.domain_id, found.site_id))
    return found
