"""The history of calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from provd.api.call import Call, plain
from provd.api.endpoint import PAGING, Group, Query, Streamed
from provd.api.schema import choice, define, listing, moment, nullable, number, obj, page, switch, text
from provd.api.scope import OWN
from provd.cdr import DIRECTIONS, DISPOSITIONS, KEPT_DAYS, flow
from provd.errors import Forbidden, Invalid, Problem
from provd.exporting import layouts
from provd.store import call_events, cdrs, users
from provd.store.cdrs import Filter, SavedCdr
from provd.store.database import Store

group = Group(
    "cdrs",
    "Call history (SF-290 to SF-295): one record a call, two where it was parked. A list covers at most 31 days, of "
    "the last six months.",
)

DAY = 86_400
MOST_DAYS = 31
EXPORTED = 500
"""Calls of an export that are read at a time."""
KINDS = (*DIRECTIONS, "missed")
FILTERS: Query = {
    "from": moment("Calls from this moment on; without it, of the last 31 days"),
    "to": moment("Calls before this moment; without it, until now"),
    "user": text("Only calls that this extension had to do with", 20),
    "caller": text("Digits of the caller's number", 30, pattern=r"^[+0-9]*$", examples=["2145550199"]),
    "dialed": text("Digits that were dialled", 30, pattern=r"^[+0-9*#]*$", examples=["101"]),
    "type": choice(KINDS, "Only calls of this type"),
}
CDR = define(
    "Cdr",
    obj(
        {
            "id": number(low=1), "call": text("Names the call in its events"), "part": number(low=1),
            "at": {"type": "number"}, "answered": nullable({"type": "number"}), "ended": {"type": "number"},
            "seconds": number("How long they talked"), "direction": choice(DIRECTIONS), "from_name": text(),
            "from_number": text(), "from_extension": text("The caller's, where they are of the company"),
            "dialed": text("", 300), "to_number": text("Who was reached: an extension or a number", 300),
            "to_name": text("", 300), "disposition": choice(tuple(DISPOSITIONS)), "status": number("The SIP status"),
            "blocked": switch("A list of blocked callers decided"), "missed": switch(), "note": text("", 500),
            "caller_blocked": choice(("", "own", "company"), "Whose list the caller's number is on now (SF-119)"),
            "note_disposition": text("", 500), "note_reason": text("", 500), "noted_by": text(),
        }
    ),
)  # fmt: skip
STEP = obj({"at": {"type": "number"}, "kind": text(), "who": text("", 500), "text": text("A sentence", 3000)})
FLOW = define("CallFlow", obj({"call": CDR, "steps": listing(STEP, "What happened, in order", 10_000)}))
NOTE = obj({name: text("", cdrs.LONGEST_NOTE) for name in ("note", "disposition", "reason")}, required=())


def shown(one: SavedCdr, blocked: Mapping[str, str]) -> dict[str, Any]:
    """A record as answers show it; `blocked`: numbers that are, and by whose list."""
    told = {"seconds": layouts.seconds(one), "caller_blocked": blocked.get(one.from_number, "")}
    return {**plain(one, "domain_id"), **told}


def _shown(store: Store, call: Call, *some: SavedCdr) -> list[dict[str, Any]]:
    numbers = {one.from_number for one in some if not one.from_extension}
    blocked = cdrs.listed(store, call.domain_id, call.who.user_id, numbers)
    return [shown(one, blocked if not one.from_extension else {}) for one in some]


def _filter(store: Store, call: Call) -> Filter:
    """What the query wants; raises Invalid for a span that is not kept or too long, Forbidden for others' calls."""
    query = call.query
    until = query.get("to", call.now + 1)
    since = query.get("from", max(until - MOST_DAYS * DAY, call.now - KEPT_DAYS * DAY))
    if until - since > MOST_DAYS * DAY + 3600:  # a day with the end of summer time has an hour more
        raise Invalid([Problem("from", f"A list covers at most {MOST_DAYS} days; choose a shorter span.")])
    if since < call.now - KEPT_DAYS * DAY:
        raise Invalid([Problem("from", "Calls of more than six months ago are in the archives.")])
    extension = query.get("user", "")
    if call.reach == OWN:
        own = users.get(store, call.domain_id, call.who.user_id).extension if call.who.user_id else ""
        if extension not in ("", own) or not own:
            raise Forbidden("You see the history of your own calls.")
        extension = own
    return Filter(since, until, extension, query.get("caller", ""), query.get("dialed", ""), query.get("type", ""))


def _one(store: Store, call: Call) -> SavedCdr:
    found = cdrs.get(store, call.domain_id, call.id("cdr"))
    if call.reach == OWN:
        own = users.get(store, call.domain_id, call.who.user_id).extension if call.who.user_id else ""
        if not own or not cdrs.concerns(store, call.domain_id, found.id, own):
            raise Forbidden("You see the history of your own calls.")
    return found


@group.get("/domains/{domain}/cdrs", "cdrs.read", page(CDR), narrow=True, query={**PAGING, **FILTERS})
async def list_cdrs(call: Call) -> Any:
    """List calls

    The latest first; a basic user sees the own ones only (SF-294)."""
    return await call.services.store.run_apart(_listed, call)  # digits are looked for in a month of calls


def _listed(store: Store, call: Call) -> Any:
    query = call.query
    found = cdrs.find(store, call.domain_id, _filter(store, call), limit=query["limit"], cursor=query.get("cursor", ""))
    return {"items": _shown(store, call, *found.items), "next": found.next}


@group.get(
    "/domains/{domain}/cdrs/export", "cdrs.read", None, narrow=True, produces="text/csv; charset=utf-8",
    query={**FILTERS, "layout": choice(layouts.LAYOUTS, "Which columns", default="standard")},
)  # fmt: skip
async def export_cdrs(call: Call) -> Streamed:
    """Export calls as CSV

    What the same filters list, page by page as they are read; times are the company's (SF-296)."""
    store = call.services.store
    wanted, zone = await store.run(_filter, call), ZoneInfo(call.domain.time_zone if call.domain else "UTC")
    layout = call.query["layout"]

    async def pieces() -> AsyncIterator[bytes]:
        yield layouts.heading(layout).encode()
        cursor: str | None = ""
        while cursor is not None:
            text, cursor = await store.run_apart(_exported, call.domain_id, wanted, cursor, layout, zone)
            yield text

    return Streamed(pieces(), lambda: None)


def _exported(
    store: Store, domain_id: int, wanted: Filter, cursor: str, layout: str, zone: ZoneInfo
) -> tuple[bytes, str | None]:
    found = cdrs.find(store, domain_id, wanted, limit=EXPORTED, cursor=cursor)
    return layouts.rows(layout, found.items, zone).encode(), found.next


@group.get("/domains/{domain}/cdrs/{cdr}", "cdrs.read", CDR, narrow=True)
def get_cdr(store: Store, call: Call) -> Any:
    """Get a call"""
    return _shown(store, call, _one(store, call))[0]


@group.get("/domains/{domain}/cdrs/{cdr}/flow", "cdrs.read", FLOW, narrow=True)
def get_call_flow(store: Store, call: Call) -> Any:
    """Get a call step by step

    Who called, why it went where it did, who was called, who answered, how it ended (SF-293)."""
    found = _one(store, call)
    steps = flow(call_events.of_call(store, call.domain_id, found.call))
    return {"call": _shown(store, call, found)[0], "steps": [plain(one) for one in steps]}


@group.patch("/domains/{domain}/cdrs/{cdr}", "cdrs.write", CDR, narrow=True, body=NOTE)
def patch_cdr(store: Store, call: Call) -> Any:
    """Note something to a call

    With a disposition and a reason (SF-293). What is left out stays."""
    found, body = _one(store, call), call.body
    note = body.get("note", found.note)
    disposition = body.get("disposition", found.note_disposition)
    reason = body.get("reason", found.note_reason)
    saved = cdrs.annotate(store, call.domain_id, found.id, note, disposition, reason, call.who.name)
    call.audit(store, "update", "call", found.call)
    return _shown(store, call, saved)[0]
