"""Resync: phones are told that their configuration changed, and followed until they have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provd.api import scope
from provd.api.call import Call, cut, mac_in
from provd.api.endpoint import PAGING, Group
from provd.api.schema import choice, define, listing, nullable, number, obj, page, switch, text
from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.resync.steps import TIMES, Phase, Resync
from provd.store.database import Store

group = Group(
    "resync",
    "A phone is told over SIP to fetch its configuration, and followed: waiting, sending, acknowledged, fetched, done; "
    "or stopped, with a sentence that says where and what to do. Every step is an event of the phone, too.",
    at_home=True,
)

MOST = 10_000
TIME = {"type": "number", "description": "Epoch seconds"}
PHASES = [phase.value for phase in Phase]
WHEN = choice(
    TIMES,
    "now: a call that is going on does not hold it up; idle: as soon as no call is; tonight: in the phone's own moment "
    "of its nightly window",
    default="now",
)
RESTART = nullable(switch("Have it restart instead of only fetching; null leaves that to what changed"))
RESYNC = define(
    "Resync",
    obj(
        {
            "id": text(), "mac": text(), "when": choice(TIMES), "restart": switch(), "phase": choice(PHASES),
            "text": text("How far it is, in one sentence", 1000), "attempts": number("NOTIFYs sent"), "asked": TIME,
            "due": nullable(TIME), "sent": nullable(TIME), "fetched": nullable(TIME),
        }
    ),
)  # fmt: skip
BATCH = define(
    "ResyncBatch",
    obj(
        {
            "id": text("For GET …/resync/progress?batch="), "total": number(), "waiting": number(),
            "under_way": number(), "done": number(), "stopped": number(),
        }
    ),
)  # fmt: skip
ONE = obj({"when": WHEN, "restart": RESTART}, required=())
MANY = obj(
    {
        "phones": {
            "anyOf": [listing(text(longest=40), most=MOST, minItems=1), {"const": "all"}],
            "description": "MACs in any notation, or `all` phones that the key may change",
        },
        "when": WHEN, "restart": RESTART,
    },
    required=("phones",),
)  # fmt: skip


def resyncs(call: Call) -> Any:
    """The resyncs of this process; raises Conflict where there are none."""
    edge = call.services.sip
    if edge is None:
        why = " ".join(call.services.problems) or "the SIP edge does not run in this process; add sip to its roles."
        raise Conflict(f"No phone can be told anything here: {why}")
    return edge.resyncs


def shown(one: Resync) -> dict[str, Any]:
    """A resync as answers show it."""
    return {
        "id": one.id, "mac": one.mac, "when": one.time, "restart": one.restarts, "phase": one.phase.value,
        "text": one.text or _waits(one), "attempts": one.attempts, "asked": one.asked,
        "due": None if one.over else one.due, "sent": one.sent or None, "fetched": one.fetched or None,
    }  # fmt: skip


def _waits(one: Resync) -> str:
    return "It is told in its nightly window." if one.time == "tonight" else "It is told in a moment."


@group.post("/phones/{mac}/resync", "phones.write", RESYNC, body=ONE, status=202)
async def resync_phone(call: Call) -> Any:
    """Have a phone fetch its configuration

    Asking again before it has fetched joins what is under way."""
    service, phone = resyncs(call), call.the_phone
    when, restart = call.body.get("when", "now"), call.body.get("restart")
    await service.start(phone.mac, when, restart=restart)
    await call.services.store.run(_noted, call, "phone", phone.mac, when)
    call.location = f"/api/v2/phones/{phone.mac}/resync"
    return shown(service.status(phone.mac))


@group.get("/phones/{mac}/resync", "phones.read", RESYNC)
async def get_resync(call: Call) -> Any:
    """Get the resync of a phone

    The one that is under way, or the last one since the server started."""
    service = resyncs(call)
    found = service.status(call.the_phone.mac)
    if found is None:
        raise NotFound("This phone was told nothing since the server started.")
    return shown(found)


@group.delete("/phones/{mac}/resync", "phones.write")
async def cancel_resync(call: Call) -> None:
    """Cancel the resync of a phone

    As long as the phone has not been told."""
    service, mac = resyncs(call), call.the_phone.mac
    found = service.status(mac)
    if found is None or found.over:
        raise NotFound("Nothing is under way for this phone.")
    if not service.cancel(mac):
        raise Conflict("The phone has been told already; what it does now cannot be called back.")
    await call.services.store.run(_noted, call, "phone", mac, "cancelled")


@group.post("/domains/{domain}/resync", "phones.write", BATCH, body=MANY, status=202, narrow=True)
async def resync_phones(call: Call) -> Any:
    """Have many phones fetch their configuration

    Paced, so that they do not all come at once. A site manager reaches the phones of the site."""
    service, store = resyncs(call), call.services.store
    known = await store.run(_macs, call)
    wanted = list(known) if call.body["phones"] == "all" else _among(known, call.body["phones"])
    if len(wanted) > MOST:
        raise Invalid([Problem("phones", f"At most {MOST} phones can be told at once; name some of them.")])
    when = call.body.get("when", "now")
    batch = await service.start_many(wanted, when, restart=call.body.get("restart"))
    await store.run(_noted, call, "phones", len(wanted), when)
    call.location = f"/api/v2/domains/{call.path['domain']}/resync/progress?batch={batch}"
    return _counted(service, batch)


@group.get(
    "/domains/{domain}/resync", "phones.read", page(RESYNC), narrow=True,
    query={**PAGING, "phase": choice(PHASES, "Only those that are so far")},
)  # fmt: skip
async def list_resyncs(call: Call) -> Any:
    """List the resyncs of a company

    The one under way, or the last one since the start, of every phone that was told anything; by MAC."""
    service = resyncs(call)
    found = map(service.status, await call.services.store.run(_macs, call))
    phase = call.query.get("phase")
    some = [one for one in found if one is not None and phase in (None, one.phase.value)]
    rows = cut(some, call.query, lambda one: one.mac)
    return {**rows, "items": [shown(one) for one in rows["items"]]}


@group.get(
    "/domains/{domain}/resync/progress", "phones.write", BATCH, narrow=True, query={"batch": text("Its id", 32)}
)  # fmt: skip
async def get_progress(call: Call) -> Any:
    """Get how far a resync of many phones is"""
    return _counted(resyncs(call), call.query.get("batch", ""))


def _counted(service: Any, batch: str) -> dict[str, Any]:
    found = service.batch(batch)
    return {name: getattr(found, name) for name in ("id", "total", "waiting", "under_way", "done", "stopped")}


def _macs(store: Store, call: Call) -> dict[str, None]:
    """The MACs of the phones of the company that the right reaches, in order."""
    query = "SELECT DISTINCT p.mac FROM phones p"
    parameters: list[object] = [call.domain_id]
    where = "p.domain_id = ?"
    if call.reach == scope.SITE:
        where, parameters = f"{where} AND p.site_id = ?", [*parameters, call.who.site_id or 0]
    if call.reach == scope.OWN:
        query += " JOIN phone_lines l ON l.phone_id = p.id JOIN devices d ON d.id = l.device_id"
        where, parameters = f"{where} AND d.user_id = ?", [*parameters, call.who.user_id or 0]
    rows = store.sql(f"{query} WHERE {where} ORDER BY p.mac", parameters).fetchall()
    return {str(row[0]): None for row in rows}


def _among(known: dict[str, None], said: Sequence[str]) -> list[str]:
    """The MACs that a person named; raises Invalid for phones that are not there."""
    wanted = list(dict.fromkeys(mac_in(mac) for mac in said))
    strange = [mac for mac in wanted if mac not in known]
    if strange:
        raise Invalid([Problem("phones", f"There is no phone {mac} that this key may change.") for mac in strange[:20]])
    return wanted


def _noted(store: Store, call: Call, noun: str, ref: object, when: str) -> None:
    with store.transaction():
        call.audit(store, "resync", noun, ref, {"when": [None, when]})
