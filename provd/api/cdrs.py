"""The history of calls."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from provd.api.call import Call, plain
from provd.api.endpoint import PAGING, Group, Query
from provd.api.schema import choice, define, listing, moment, nullable, number, obj, page, switch, text
from provd.api.scope import OWN
from provd.cdr import DIRECTIONS, DISPOSITIONS, flow
from provd.errors import Conflict, Forbidden, Invalid, Problem
from provd.store import call_events, cdrs, users
from provd.store.cdrs import Filter, SavedCdr
from provd.store.database import Store

group = Group(
    "cdrs",
    "Call history (SF-290 to SF-295): one record a call, two where it was parked. A list covers at most 31 days, of "
    "the last six months.",
)

DAY = 86_400
MOST_DAYS, KEPT_DAYS = 31, 184
MOST_EXPORTED = 50_000
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
            "note_disposition": text("", 500), "note_reason": text("", 500), "noted_by": text(),
        }
    ),
)  # fmt: skip
STEP = obj({"at": {"type": "number"}, "kind": text(), "who": text("", 500), "text": text("A sentence", 3000)})
FLOW = define("CallFlow", obj({"call": CDR, "steps": listing(STEP, "What happened, in order", 10_000)}))
NOTE = obj({name: text("", cdrs.LONGEST_NOTE) for name in ("note", "disposition", "reason")}, required=())


def shown(one: SavedCdr) -> dict[str, Any]:
    """A record as answers show it."""
    seconds = max(0, round(one.ended - one.answered)) if one.answered is not None else 0
    return {**plain(one, "domain_id"), "seconds": seconds}


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
    return {"items": [shown(one) for one in found.items], "next": found.next}


COLUMNS = ("From Name", "From", "Dialed", "To", "To Name", "Date", "Duration", "Direction", "Disposition", "Notes")


@group.get(
    "/domains/{domain}/cdrs/export", "cdrs.read", None, narrow=True, query=FILTERS, produces="text/csv; charset=utf-8"
)  # fmt: skip
async def export_cdrs(call: Call) -> bytes:
    """Export calls as CSV

    What the same filters list, at most 50,000 calls; times are the company's."""
    made: bytes = await call.services.store.run_apart(_exported, call)
    return made


def _exported(store: Store, call: Call) -> bytes:
    wanted, zone = _filter(store, call), ZoneInfo(call.domain.time_zone if call.domain else "UTC")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    cursor, count = "", 0
    while True:
        found = cdrs.find(store, call.domain_id, wanted, limit=1000, cursor=cursor)
        for one in found.items:
            seconds = shown(one)["seconds"]
            row = (
                one.from_name, one.from_number, one.dialed, one.to_number, one.to_name,
                datetime.fromtimestamp(one.at, zone).isoformat(" ", "seconds"), f"{seconds // 60}:{seconds % 60:02}",
                one.direction, DISPOSITIONS[one.disposition], one.note,
            )  # fmt: skip
            writer.writerow([_harmless(cell) for cell in row])
        count += len(found.items)
        if found.next is None:
            return out.getvalue().encode()
        if count >= MOST_EXPORTED:
            raise Conflict(f"These are more than {MOST_EXPORTED} calls; export a shorter span.")
        cursor = found.next


def _harmless(cell: str) -> str:
    """A caller's name must not become a formula in a spreadsheet; numbers may begin with a plus."""
    if cell[:1] in ("=", "-", "@", "\t", "\r") or (cell[:1] == "+" and not cell[1:].isdecimal()):
        return f"'{cell}"
    return cell


@group.get("/domains/{domain}/cdrs/{cdr}", "cdrs.read", CDR, narrow=True)
def get_cdr(store: Store, call: Call) -> Any:
    """Get a call"""
    return shown(_one(store, call))


@group.get("/domains/{domain}/cdrs/{cdr}/flow", "cdrs.read", FLOW, narrow=True)
def get_call_flow(store: Store, call: Call) -> Any:
    """Get a call step by step

    Who called, why it went where it did, who was called, who answered, how it ended (SF-293)."""
    found = _one(store, call)
    steps = flow(call_events.of_call(store, call.domain_id, found.call))
    return {"call": shown(found), "steps": [plain(one) for one in steps]}


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
    return shown(saved)
