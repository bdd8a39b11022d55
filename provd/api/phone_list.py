"""Lists of phones with the state of each, and how many are in which state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from provd.api import phone_states, reads
from provd.api.call import Call
from provd.api.endpoint import PAGING, SEARCH
from provd.api.phones import PHONE, shown
from provd.api.phones import group as group
from provd.api.schema import Schema, choice, define, number, obj, page, table, text
from provd.api.scope import OWN, SITE
from provd.phone.state import STATES
from provd.store import phones
from provd.store.database import Store
from provd.store.phone_states import Heard, StateRow

SORTS = ("mac", "user", "model", "state", "last_contact", "firmware")
WHICH: dict[str, Schema] = {
    **SEARCH, "model": text("Id in the catalogue", 64), "site_id": number(low=1), "template_id": number(low=1),
    "firmware": text("As it told it last", 64), "user": text("Extension of somebody on its lines", 20),
}  # fmt: skip
FILTERS: dict[str, Schema] = {
    **PAGING, **WHICH, "state": choice(STATES, "Only phones in this state"),
    "sort": choice(SORTS, "What they are sorted by", default="mac"),
    "descending": number("1 turns the order round", 0, 1, default=0),
    "counts": number("1 tells beside the page what …/phones/states would of the same filters", 0, 1, default=0),
}  # fmt: skip
COUNTS = define(
    "PhoneStates",
    obj(
        {
            "total": number(),
            **{name: number() for name in STATES},
            "models": table(number(), "How many of each model"),
            "firmwares": table(number(), "How many tell each firmware version; empty for none"),
        },
        about="How many phones are in which state",
    ),
)
LISTED = page(PHONE)
LISTED = {**LISTED, "properties": {**LISTED["properties"], "counts": COUNTS}}
MOST_VERSIONS = 200
NOTHING: dict[str, Any] = {"items": [], "next": None}


def _wanted(store: Store, call: Call) -> dict[str, Any] | None:
    """The filters of the call narrowed to what the right reaches; None when nothing is left."""
    query, who = call.query, call.who
    user_id = who.user_id if call.reach == OWN else None
    site_id = who.site_id if call.reach == SITE else query.get("site_id")
    if (call.reach == OWN and user_id is None) or (call.reach == SITE and site_id is None):
        return None
    if "user" in query:
        wanted = reads.user_id(store, call.domain_id, query["user"])
        if wanted is None or user_id not in (None, wanted):
            return None
        user_id = wanted
    said = {name: query[name] for name in ("search", "model", "template_id", "firmware") if name in query}
    return {**said, "site_id": site_id, "user_id": user_id}


def _by_mac(store: Store, call: Call) -> dict[str, Any]:
    """A page in the order of the MACs: only its own phones are looked at."""
    wanted = _wanted(store, call)
    if wanted is None:
        return NOTHING
    query = call.query
    found = phones.find(store, call.domain_id, **wanted, limit=query["limit"], after=query.get("cursor", ""))
    overview = phone_states.of_phones(store, call, [phone.id for phone in found.items])
    return {"items": _items(store, call, found.items, overview), "next": found.next}


def _items(store: Store, call: Call, found: Any, overview: phone_states.Overview) -> list[dict[str, Any]]:
    assert call.domain is not None
    lines = reads.lines_of(store, [phone.id for phone in found])
    rows = {row.id: row for row in overview.rows}
    return [shown(phone, call.domain.name, lines[phone.id], overview.told(rows[phone.id])) for phone in found]


def _sorted_page(store: Store, call: Call, heard: list[Heard] | None) -> dict[str, Any]:
    """A page in another order, or of one state: for that, all phones are looked at."""
    query = call.query
    overview, among = _chosen(store, call, heard)
    state = query.get("state")
    states = {row.id: overview.state(row) for row in among} if state or query["counts"] else {}
    rows = [row for row in among if states[row.id] == state] if state else list(among)
    if query["sort"] != "mac":
        rows.sort(key=_place(overview, query["sort"]))
    if query["descending"]:
        rows.reverse()
    cursor = query.get("cursor", "")
    start = int(cursor) if cursor.isascii() and cursor.isdecimal() and len(cursor) < 10 else 0
    end = start + query["limit"]
    found = phones.by_ids(store, call.domain_id, [row.id for row in rows[start:end]])
    told = {"items": _items(store, call, found, overview), "next": str(end) if len(rows) > end else None}
    return told | ({"counts": _counts(among, Counter(states.values()))} if query["counts"] else {})


def _chosen(store: Store, call: Call, heard: list[Heard] | None) -> tuple[phone_states.Overview, list[StateRow]]:
    """All phones with what is needed for their state, and those that the filters but for `state` let through."""
    overview = phone_states.of_domain(store, call, heard)
    wanted = _wanted(store, call)
    if wanted is None:
        return overview, []
    rows = overview.rows
    if any(value not in (None, "") for value in wanted.values()):
        among = phones.ids(store, call.domain_id, **wanted)
        rows = [row for row in rows if row.id in among]
    return overview, rows


def _place(overview: phone_states.Overview, sort: str) -> Callable[[StateRow], tuple[Any, ...]]:
    """The key that rows are sorted by; phones without one come last."""
    if sort == "user":
        first = {phone_id: lines[0].extension for phone_id, lines in overview.lines.items()}
        extensions = {row.id: first.get(row.id, "") for row in overview.rows}
        return lambda row: (not extensions[row.id], len(extensions[row.id]), extensions[row.id], row.mac)
    if sort == "state":
        return lambda row: (STATES.index(overview.state(row)), row.mac)
    if sort == "last_contact":
        return lambda row: (-(row.last_contact or 0), row.mac)
    if sort == "firmware":
        return lambda row: (not row.last_firmware, row.last_firmware, row.mac)
    return lambda row: (row.model, row.mac)


async def _listed(call: Call) -> dict[str, Any]:
    query, store = call.query, call.services.store
    if query["sort"] == "mac" and not query["descending"] and "state" not in query and not query["counts"]:
        return await store.run(_by_mac, call)  # type: ignore[no-any-return]
    assert call.domain_id
    return await store.run_apart(_sorted_page, call, phone_states.heard_now(call))  # type: ignore[no-any-return]


@group.get("/domains/{domain}/phones", "phones.read", LISTED, query=FILTERS, narrow=True)
async def list_company_phones(call: Call) -> Any:
    """List the phones of a company

    With the state of each. `search` looks at MAC (any notation, or its end), model, description, devices and people.
    Site managers see those of their site, basic users and agents their own."""
    return await _listed(call)


@group.get("/phones", "phones.read", LISTED, narrow=True, query={**FILTERS, "domain": text("Which company", 253)})
async def list_phones(call: Call) -> Any:
    """List phones

    Of the key's company; the provider says which with ?domain=."""
    return await _listed(call)


@group.get("/domains/{domain}/phones/states", "phones.read", COUNTS, query=WHICH, narrow=True)
async def count_states(call: Call) -> Any:
    """Count the phones of a company by their state

    With the same filters as the list; with the models and firmware versions that there are."""
    heard = phone_states.heard_now(call)
    return await call.services.store.run_apart(_counted, call, heard)


def _counted(store: Store, call: Call, heard: list[Heard] | None) -> dict[str, Any]:
    overview, rows = _chosen(store, call, heard)
    return _counts(rows, Counter(map(overview.state, rows)))


def _counts(rows: list[StateRow], counts: Counter[str]) -> dict[str, Any]:
    firmwares = Counter(row.last_firmware for row in rows).most_common(MOST_VERSIONS)
    return {
        "total": len(rows), **{name: counts[name] for name in STATES},
        "models": dict(Counter(row.model for row in rows)), "firmwares": dict(firmwares),
    }  # fmt: skip
