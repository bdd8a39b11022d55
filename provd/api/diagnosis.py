"""Why a phone does not work, and what happened to it as a picture."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from provd.api import phone_states, registrations, scope
from provd.api.call import Call
from provd.api.configured import Configured
from provd.api.elsewhere import edge_of
from provd.api.endpoint import Group
from provd.api.events import written
from provd.api.resync import shown as shown_resync
from provd.api.schema import choice, define, listing, moment, nullable, number, obj, switch, text
from provd.api.scope import Place
from provd.diagnosis.checks import diagnose, first_broken, summary, support_text
from provd.diagnosis.evidence import VERDICTS, Evidence, LineFacts, Registered, Stranger
from provd.errors import Invalid, Problem
from provd.phone.near import near
from provd.phone.timeline import timeline
from provd.store import event_spans, events
from provd.store import phone_states as states_store
from provd.store.database import Store
from provd.store.rows import Knock, PhoneEvent

group = Group(
    "diagnosis", "Why a phone does not work: the checks a technician makes, in order, each with its mend.", at_home=True
)

LOOKED_BACK = 1000  # events of the phone that are read for what happened last
CHECK = obj(
    {
        "name": text(), "title": text("What is checked"), "verdict": choice(VERDICTS),
        "text": text("What is known, in a sentence or two", 2000), "mend": text("What to do; only when broken", 2000),
    }
)  # fmt: skip
DIAGNOSIS = define(
    "Diagnosis",
    obj(
        {
            "mac": text(), "summary": text("The first broken check and its mend", 4000),
            "first_broken": nullable(text("Name of the check to mend first")), "checks": listing(CHECK),
            "support": text("Everything as text to copy into a mail; no secrets in it", 100_000),
        }
    ),
)  # fmt: skip


@group.get("/phones/{mac}/diagnosis", "phones.read", DIAGNOSIS, configured=True)
async def get_diagnosis(call: Call) -> Any:
    """Find out why a phone does not work

    From the first contact to the lamps; what cannot be seen yet, because something before it is broken, is unknown.
    `support` is the same to copy into a mail."""
    await written(call)
    store = call.services.store
    seen, zone = await store.run(_evidence, call, call.services.recorder.knocks())
    now = time.time()
    checks = diagnose(seen, now)
    broken = first_broken(checks)
    at = datetime.fromtimestamp(now, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %Z")
    return {
        "mac": seen.mac, "summary": summary(checks), "first_broken": broken.name if broken else None,
        "checks": [asdict(check) for check in checks], "support": support_text(seen, checks, at),
    }  # fmt: skip


def _evidence(store: Store, call: Call, knocks: list[Knock]) -> tuple[Evidence, str]:
    """Everything that is known, and the name of the phone's zone."""
    now = Configured.read(store, call, call.the_phone)
    config = call.services.configurator.masked(now.config, now.taken)
    overview = phone_states.of_phones(store, call, [call.the_phone.id])
    row, phone = overview.rows[0], now.taken.phone
    state = overview.seen(row)
    happened = events.of_phone(store, phone.id, limit=LOOKED_BACK).items
    changed = next((int(event.at) for event in happened if event.kind == "config_changed"), None)
    values, dhcp = (
        config.values,
        [(one["option"], one["value"].format(url=config.urls.base)) for one in now.family.dhcp],
    )
    servers = values["time.ntp"]
    told = Evidence(
        mac=phone.mac, title=f"{now.model.vendor} {now.model.name}", company=now.taken.domain.name,
        url=config.urls.base, dhcp=tuple(dhcp), created=phone.created, last_contact=phone.last_contact,
        last_address=phone.last_address, last_file=phone.last_file, firmware=phone.last_firmware,
        fetched_at=phone.fetched_at, present=state.present, changed_at=changed,
        nightly=config.update.clock(config.update.minute) if config.update else "", refused_at=phone.refused_at,
        refused_why=phone.refused_why, refused_address=phone.refused_address, open_until=state.open_until,
        **_strangers(store, call, now, knocks),
        lines=tuple(_lines(store, call, now, happened)), zone=str(values["time.zone"]),
        time_servers=servers if isinstance(servers, tuple) else (), protocol=str(values["provisioning.protocol"]),
        watched=frozenset(key.value for key in config.keys if key.kind == "blf"), alive=_alive(call, now),
        resync=_resync(call), problems=tuple(problem.text for problem in now.problems(store)),
    )  # fmt: skip
    return told, str(values["time.zone"])


def _strangers(
    store: Store, call: Call, now: Configured, remembered: Iterable[Knock]
) -> dict[str, tuple[Stranger, ...]]:
    """Unknown MACs that may be this phone. Who asked from where the company is, is told to those who see knocks."""
    phone, vendor = now.taken.phone, now.model.vendor
    if phone.last_contact is not None:
        return {}
    knocks = {one.mac: one for one in (*events.knocks(store, 1000), *remembered)}
    told = {mac: Stranger(mac, one.last_seen, one.address, one.model or one.vendor) for mac, one in knocks.items()}
    found = {"near": tuple(one for mac, one in told.items() if near(mac, phone.mac))}
    if scope.may(call.who, "knocks.read", Place()):
        here = states_store.addresses(store, phone.domain_id)
        found["beside"] = tuple(
            one for mac, one in told.items() if one.address in here and knocks[mac].vendor == vendor
        )
    return found


def _lines(store: Store, call: Call, now: Configured, happened: Iterable[PhoneEvent]) -> Iterable[LineFacts]:
    names = [line.device.name for line in now.taken.lines]
    living = phone_states.registrations_of(store, call, names)
    found = registrations.described(store, call, living)
    last: dict[str, dict[str, tuple[float, str]]] = {}
    for event in happened:  # newest first
        if event.file and event.kind in ("auth_failed", "expired", "unregistered", "replaced", "registered"):
            last.setdefault(event.file, {}).setdefault(event.kind, (event.at, event.address))
    for line in now.taken.lines:
        device = line.device.name
        mine = [one for one in found if one["device"] == device]
        own = [_registered(one) for one in mine if one["phone"] in (call.the_phone.mac, None)]
        others = [_registered(one) for one in mine if one["phone"] not in (call.the_phone.mac, None)]
        transport = str(now.config.values["sip.transport"])
        told = last.get(f"{device}@{now.taken.domain.name}", {})
        yield LineFacts(line.line, device, transport, tuple(own), tuple(others), told)


def _registered(one: Mapping[str, Any]) -> Registered:
    return Registered(one["address"], one["transport"], one["nat"], one["expires"], one["state"] != "unreachable")


def _alive(call: Call, now: Configured) -> frozenset[str] | None:
    """The names that the phone's devices have subscribed to; None where no SIP is spoken in this process."""
    edge = edge_of(call)
    if edge is None:
        return None
    found: set[str] = set()
    for line in now.taken.lines:
        for one in edge.presence.presence.book.of_device(now.taken.domain.name, line.device.name):
            if one.package.name in ("dialog", "presence"):
                found |= {one.name} if one.members is None else {member.name for member in one.members}
    return frozenset(found)


def _resync(call: Call) -> tuple[str, str, float] | None:
    edge = edge_of(call)
    found = edge.resyncs.status(call.the_phone.mac) if edge is not None else None
    if found is None:
        return None
    told = shown_resync(found)
    return told["phase"], told["text"], found.fetched or found.sent or found.asked


# The picture

STRIP = obj(
    {
        "device": text("Device and company"), "start": {"type": "number"}, "end": {"type": "number"},
        "open": switch("It still is"),
    }
)  # fmt: skip
TICK = obj(
    {
        "at": {"type": "number"}, "kind": text("fetch, unchanged, refused, notify, applied, change or firmware"),
        "text": text(longest=500), "event": number("The event that it opens"),
        "count": number("How many it stands for", 1),
    }
)  # fmt: skip
TIMELINE = define(
    "Timeline",
    obj(
        {
            "start": {"type": "number"}, "end": {"type": "number"},
            "strips": listing(STRIP, "When each device was registered", 5000), "ticks": listing(TICK, most=5000),
            "share": {"type": "number", "description": "The part of the time in which it was registered, 0 to 1"},
            "cut": switch("There were too many events: the picture begins later than `start`"),
        }
    ),
)  # fmt: skip
A_DAY = 86_400
LONGEST_SPAN = 31 * A_DAY
MOST_EVENTS = 5000
SPAN = {
    "from": moment("Where the picture begins; a day before its end unless given"),
    "to": moment("Where it ends; now unless given"),
}


@group.get("/phones/{mac}/timeline", "phones.read", TIMELINE, query=SPAN)
async def get_timeline(call: Call) -> Any:
    """Get what happened to a phone as a picture

    Strips where its devices were registered, ticks for fetches, refusals, resyncs, changes and firmware. Ticks of one
    kind that are too close for the eye are one, with their count. Up to 31 days."""
    now = time.time()
    end = call.query.get("to", now)
    start = call.query.get("from", end - A_DAY)
    if not 0 < end - start <= LONGEST_SPAN:
        raise Invalid([Problem("from", "Choose a span that ends after it begins, of at most 31 days.")])
    await written(call)
    return await call.services.store.run(_timeline, call, start, end, now)


def _timeline(store: Store, call: Call, start: float, end: float, now: float) -> dict[str, Any]:
    phone = call.the_phone
    before = event_spans.registering_before(store, phone.id, start)
    inside = event_spans.between(store, phone.id, start, end, MOST_EVENTS)
    cut = len(inside) == MOST_EVENTS
    names = {line.device for line in states_store.lines_of_phones(store, [phone.id]).get(phone.id, ())}
    living = phone_states.registrations_of(store, call, names)
    mine = [one for one in registrations.described(store, call, living) if one["phone"] in (phone.mac, None)]
    registered = {f"{one['device']}@{one['domain']}": float(one["since"]) for one in mine}
    first = inside[0].at if cut else start
    drawn = timeline([*before, *inside], max(start, first), end, now, registered)
    return {**asdict(drawn), "start": start, "cut": cut}
