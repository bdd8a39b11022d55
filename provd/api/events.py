"""What phones did, and who knocked without being known."""

from __future__ import annotations

import asyncio
from typing import Any

from provd.api.call import Call, plain
from provd.api.elsewhere import written_at_home
from provd.api.endpoint import PAGING, Group
from provd.api.schema import Schema, define, moment, number, obj, page, text
from provd.phone.mac import with_colons
from provd.store import events
from provd.store.database import Store
from provd.store.rows import Knock, Page, PhoneEvent

group = Group("events", "What phones did and got, over HTTP, TFTP and SIP in one line of time, newest first.")

EVENT = define(
    "PhoneEvent",
    obj(
        {
            "id": number(), "mac": text(), "at": {"type": "number"}, "kind": text("fetched, unchanged, refused, …"),
            "address": text(), "protocol": text(), "file": text(), "firmware": text(), "user_agent": text(),
            "duration_us": number("Microseconds"), "status": number(), "reason": text("Why, in one sentence"),
        }
    ),
)  # fmt: skip
KNOCK = define(
    "Knock",
    obj(
        {
            "mac": text(), "shown": text("The MAC as labels have it"), "first_seen": moment(), "last_seen": moment(),
            "count": number(), "address": text(), "user_agent": text(), "vendor": text(), "model": text(),
            "reason": text(),
        }
    ),
)  # fmt: skip
FILTER: dict[str, Schema] = {**PAGING, "kind": text("Only of this kind", 32)}


def shown(event: PhoneEvent) -> dict[str, Any]:
    """An event as answers show it."""
    return plain(event, "phone_id", "domain_id", "revision", "lacks", "restart")


def _page(found: Page[PhoneEvent]) -> dict[str, Any]:
    return {"items": [shown(event) for event in found.items], "next": found.next}


async def written(call: Call) -> None:
    """Have everything written that has happened up to now, here and where the company lives."""
    await write(call.services)
    if call.domain is not None:
        await written_at_home(call.services, call.domain.name)


async def write(services: Any) -> None:
    """Write everything that has happened in this process."""
    edge = services.sip
    more = edge is not None
    while more:
        more = edge.registrar.journal.work()
        await asyncio.sleep(0)
    await services.recorder.flush()


@group.get("/phones/{mac}/events", "phones.read", page(EVENT), query=FILTER)
async def list_phone_events(call: Call) -> Any:
    """List the events of a phone"""
    await written(call)
    return await call.services.store.run(_of_phone, call)


def _of_phone(store: Store, call: Call) -> dict[str, Any]:
    query, phone = call.query, call.the_phone
    found: Page[PhoneEvent] = events.of_phone(
        store, phone.id, limit=query["limit"], before=query.get("cursor", ""), kind=query.get("kind", "")
    )
    return _page(found)


@group.get("/domains/{domain}/events", "events.read", page(EVENT), query=FILTER)
async def list_company_events(call: Call) -> Any:
    """List the events of all phones of a company"""
    await written(call)
    return await call.services.store.run(_of_company, call)


def _of_company(store: Store, call: Call) -> dict[str, Any]:
    query = call.query
    found: Page[PhoneEvent] = events.of_domain(
        store, call.domain_id, limit=query["limit"], before=query.get("cursor", ""), kind=query.get("kind", "")
    )
    return _page(found)


@group.get("/knocks", "knocks.read", page(KNOCK), query={"limit": PAGING["limit"]})
def list_knocks(store: Store, call: Call) -> Any:
    """List unknown MACs that asked for files

    The last that knocked first: those that this process remembers, then those that are stored."""
    limit = call.query["limit"]
    seen: dict[str, Knock] = {knock.mac: knock for knock in call.services.recorder.knocks()}
    for knock in events.knocks(store, limit):
        if knock.mac not in seen:
            seen[knock.mac] = knock
    latest = sorted(seen.values(), key=lambda knock: (-knock.last_seen, knock.mac))[:limit]
    return {"items": [{**plain(knock), "shown": with_colons(knock.mac)} for knock in latest], "next": None}
