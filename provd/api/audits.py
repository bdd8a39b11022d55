"""The trail: who changed what."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, plain
from provd.api.endpoint import PAGING, Group
from provd.api.reads import domain_names
from provd.api.schema import Schema, define, moment, nullable, number, obj, page, table, text
from provd.store import audit
from provd.store.database import Store

group = Group("audits", "The trail of changes: who changed what, old and new, secrets as marks.")

AUDIT = define(
    "Audit",
    obj(
        {
            "id": number(), "domain": nullable(text(longest=253)), "at": moment(), "who": text(), "action": text(),
            "noun": text(), "ref": text(), "changed": table({}, "{field: [old, new]}, secrets as marks"),
        }
    ),
)  # fmt: skip
FILTERS: dict[str, Schema] = {
    **PAGING, "domain": text("Of this company; without it, of all that the key sees", 253),
    "who": text("Words of who it was, such as a login name", 100), "action": text("create, update, delete, …", 40),
    "noun": text("What was changed: user, phone, phone layer, …", 40), "ref": text("Which one: a MAC, a login, …"),
    "since": moment("Not before (epoch seconds)"), "until": moment("Before (epoch seconds)"),
}  # fmt: skip


@group.get("/audits", "audits.read", page(AUDIT), query=FILTERS)
def list_audits(store: Store, call: Call) -> Any:
    """List the trail: who changed what

    Newest first; the provider sees that of every company, a reseller that of theirs."""
    query = call.query
    wanted = audit.Wanted(
        query.get("who", ""), query.get("action", ""), query.get("noun", ""), query.get("ref", ""),
        query.get("since"), query.get("until"),
    )  # fmt: skip
    found = audit.find(
        store, call.domain.id if call.domain else None, limit=query["limit"], before=query.get("cursor", ""),
        wanted=wanted, among=call.who.domain_ids,
    )  # fmt: skip
    names = domain_names(store)
    rows = [
        {**plain(row, "domain_id"), "domain": names.get(row.domain_id) if row.domain_id else None}
        for row in found.items
    ]
    return {"items": rows, "next": found.next}
