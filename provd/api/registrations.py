"""Where devices are registered: who, from where, over what, since when and until when."""

from __future__ import annotations

import heapq
import json
import time
from collections.abc import Iterable, Sequence
from typing import Any

from provd.api import reads, scope
from provd.api.call import Call, mac_in
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.registration_search import fits, searched
from provd.api.schema import Schema, choice, define, listing, nullable, number, obj, page, switch, text
from provd.api.scope import Place
from provd.errors import Conflict, NotFound
from provd.store import devices, users
from provd.store.bindings import NAMES, BindingRow
from provd.store.database import Store
from provd.store.rows import Device

group = Group(
    "registrations",
    "Where devices are registered, as the SIP edge has it at this moment. In a process without the SIP edge: as it was "
    "last written, up to a second old.",
    at_home=True,
)

TRANSPORTS = ("UDP", "TCP", "TLS", "WS", "WSS")
STATES = ("registered", "restored", "unreachable")
STATE = choice(
    STATES,
    "restored: from before a restart of the server, and not heard of since; unreachable: its connection is gone, so it "
    "can be told nothing until it registers anew",
)
REGISTRATION = define(
    "Registration",
    obj(
        {
            "id": text("Stays the same while it is refreshed"), "domain": text(longest=253),
            "device": text("Name of the device"), "user": text("Extension"), "name": text("The person", 401),
            "phone": nullable(text("MAC, where it can be told which of the phones with this device it is")),
            "state": STATE, "contact": text("Where the phone says that it is", 1024),
            "transport": text("UDP, TCP, TLS, WS or WSS"), "address": text("Where it really is"), "port": number(),
            "nat": nullable(switch("Whether the two differ: NAT or a proxy is between; null when not known")),
            "path": listing(text(longest=1024), "Proxies on the way to it (RFC 3327)"),
            "user_agent": text(), "firmware": text("As the User-Agent has it"),
            "since": {"type": "number", "description": "Epoch seconds"},
            "refreshed": {"type": "number", "description": "Epoch seconds"},
            "expires": {"type": "number", "description": "Epoch seconds"},
            "latency_ms": nullable(
                {"type": "number", "description": "From our challenge to its answer, when it last registered anew"}
            ),
            "call_id": text(longest=256), "instance": text("+sip.instance (RFC 5626)", 1024),
        }
    ),
)  # fmt: skip
FILTERS: dict[str, Schema] = {
    **PAGING, **SEARCH, "device": text("Only this device", 28), "user": text("Only devices of this extension", 20),
    "phone": text("Only this phone, by MAC", 40), "transport": choice(TRANSPORTS), "state": STATE,
}  # fmt: skip

Row = tuple[str, Any, str]
"""Device name, what is known of the registration (a Binding of the edge, or a BindingRow), and state."""


def live_registrations(edge: Any, found: Iterable[Any]) -> list[Row]:
    """Bindings of the edge with the state of each."""
    rows = []
    for one in found:
        state = "restored" if one.restored else "registered" if edge.registrar.flow(one) is not None else "unreachable"
        rows.append((one.name, one, state))
    return rows


def stored_registrations(store: Store, domain_id: int, now: float, names: Sequence[str] | None = None) -> list[Row]:
    """The registrations of a company, or of these devices of it, as they were last written."""
    columns = ", ".join(f"b.{name}" for name in NAMES.split(", "))
    query = (
        f"SELECT d.name, {columns} FROM sip_bindings b JOIN devices d ON d.id = b.device_id "  # noqa: S608
        "WHERE d.domain_id = ? AND b.expires > ?"
    )
    parameters: list[object] = [domain_id, now]
    if names is not None:
        query, parameters = f"{query} AND d.name IN ({', '.join('?' * len(names))})", [*parameters, *names]
    rows = [(row[0], BindingRow(*row[1:])) for row in store.sql(query, parameters).fetchall()]
    return [(name, one._replace(path=tuple(json.loads(str(one.path)))), "registered") for name, one in rows]


async def _all(call: Call) -> list[Row]:
    """Every registration of the company, in no order."""
    edge = call.services.sip
    if edge is None:
        return await call.services.store.run(stored_registrations, call.domain_id, time.time())  # type: ignore[no-any-return]
    assert call.domain is not None
    location = edge.registrar.location
    since = edge.registrar.now() - location.rules.grace
    return live_registrations(edge, (one for one in location.of_domain(call.domain.name) if one.expires > since))


# Who may see what

_OF_SITE = """
SELECT d.id FROM devices d JOIN users u ON u.id = d.user_id WHERE d.domain_id = ? AND u.site_id = ? UNION
SELECT l.device_id FROM phone_lines l JOIN phones p ON p.id = l.phone_id WHERE p.domain_id = ? AND p.site_id = ?
"""
_OF_USER = "SELECT id FROM devices WHERE domain_id = ? AND user_id = ?"
_OF_PHONE = (
    "SELECT l.device_id FROM phone_lines l JOIN phones p ON p.id = l.phone_id WHERE p.domain_id = ? AND p.mac = ?"
)


def _ids(store: Store, query: str, parameters: Sequence[object]) -> frozenset[int]:
    return frozenset(int(row[0]) for row in store.sql(query, parameters).fetchall())


def _devices(store: Store, call: Call) -> frozenset[int] | None:
    """The ids of the devices that the caller may see and the filters name; None for all of the company."""
    query, who, domain_id = call.query, call.who, call.domain_id
    sets: list[frozenset[int]] = []
    if call.reach == scope.OWN:
        sets.append(_ids(store, _OF_USER, (domain_id, who.user_id or 0)))
    if call.reach == scope.SITE:
        sets.append(_ids(store, _OF_SITE, (domain_id, who.site_id or 0) * 2))
    if query.get("user"):
        sets.append(_ids(store, _OF_USER, (domain_id, reads.user_id(store, domain_id, query["user"]) or 0)))
    if query.get("phone"):
        sets.append(_ids(store, _OF_PHONE, (domain_id, mac_in(query["phone"]))))
    return frozenset.intersection(*sets) if sets else None


# What is shown

_CARRYING = """
SELECT l.device_id, p.mac FROM phone_lines l JOIN phones p ON p.id = l.phone_id WHERE l.device_id
"""
_OWNERS = (
    "SELECT d.id, u.extension, u.first_name, u.last_name FROM devices d JOIN users u ON u.id = d.user_id WHERE d.id"
)
# Among the last 200 events of the phone: it is there, or it was long ago.
_HEARD = """
SELECT l.device_id, p.mac, e.duration_us FROM phone_lines l JOIN phones p ON p.id = l.phone_id
JOIN devices d ON d.id = l.device_id JOIN domains m ON m.id = d.domain_id JOIN phone_events e ON e.id = (
  SELECT x.id FROM (
    SELECT id, at, kind, file, duration_us FROM phone_events WHERE phone_id = l.phone_id
    ORDER BY at DESC, id DESC LIMIT 200
  ) x WHERE x.kind IN ('registered', 'refreshed') AND x.file = d.name || '@' || m.name AND x.duration_us > 0
  ORDER BY x.at DESC, x.id DESC LIMIT 1
) WHERE l.device_id
"""


def _among(store: Store, query: str, ids: Iterable[int]) -> list[tuple[Any, ...]]:
    wanted, found = sorted(set(ids)), []
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        found += store.sql(f"{query} IN ({', '.join('?' * len(some))})", tuple(some)).fetchall()
    return found


def whose(user_agent: str, instance: str, phones: Sequence[str]) -> str | None:
    """The MAC of the phone that made a registration: of those that carry the device the one that it names, else the
    only one there is."""
    said = f"{user_agent} {instance}".lower().replace(":", "").replace("-", "")
    found = [mac for mac in phones if mac in said] or phones
    return found[0] if len(found) == 1 else None


def described(store: Store, call: Call, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Registrations as answers show them, with user, phone and latency."""
    assert call.domain is not None
    ids = [one.device_id for _, one, _ in rows]
    carrying: dict[int, list[str]] = {}
    for device_id, mac in _among(store, _CARRYING, ids):
        carrying.setdefault(device_id, []).append(mac)
    owners = {row[0]: (row[1], f"{row[2]} {row[3]}".strip()) for row in _among(store, _OWNERS, ids)}
    heard = {(row[0], row[1]): row[2] / 1000 for row in _among(store, _HEARD, ids)}
    found = []
    for name, one, state in rows:
        mac = whose(one.user_agent, one.instance, carrying.get(one.device_id, ()))
        user, person = owners.get(one.device_id, ("", ""))
        told = {"domain": call.domain.name, "device": name, "user": user, "name": person, "phone": mac}
        latency = heard.get((one.device_id, mac))
        found.append({**told, "state": state, **_plain(call, one), "latency_ms": latency})
    return found


def _plain(call: Call, one: Any) -> dict[str, Any]:
    return {
        "id": str(one.id), "contact": one.contact, "transport": one.protocol, "address": one.address, "port": one.port,
        "nat": getattr(one, "translated", None), "path": list(one.path), "user_agent": one.user_agent,
        "firmware": call.services.recogniser.agent(one.user_agent[:300]).firmware, "since": one.registered,
        "refreshed": one.refreshed, "expires": one.expires, "call_id": one.call_id, "instance": one.instance,
    }  # fmt: skip


def _place(row: Row) -> tuple[str, int]:
    return row[0], row[1].id


def _after(cursor: str) -> tuple[str, int]:
    name, _, digits = cursor.rpartition(":")
    return name, int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else 0


# Endpoints


@group.get(
    "/domains/{domain}/registrations", "phones.read", page(REGISTRATION), query=FILTERS, narrow=True
)  # fmt: skip
async def list_registrations(call: Call) -> Any:
    """List the registrations of a company

    By device. `search` looks at device, person, MAC, address and User-Agent. Site managers see those of their site,
    basic users and agents their own."""
    query, store = call.query, call.services.store
    allowed, words = await store.run(_devices, call), await store.run_apart(searched, call)
    after = _after(query["cursor"]) if query.get("cursor") else ("", -1)
    mac = mac_in(query["phone"]) if query.get("phone") else ""
    rows = [
        row
        for row in await _all(call)
        if _place(row) > after
        and (allowed is None or row[1].device_id in allowed)
        and query.get("device", row[0]) == row[0]
        and query.get("transport", row[1].protocol) == row[1].protocol
        and query.get("state", row[2]) == row[2]
        and fits(row[1], words)
    ]
    taken = heapq.nsmallest(query["limit"] + 1, rows, key=_place)
    shown = taken[: query["limit"]]
    items = await store.run(described, call, shown)
    name, one = shown[-1][:2] if shown else ("", None)
    following = f"{name}:{one.id}" if one is not None and len(taken) > len(shown) else None
    return {"items": [item for item in items if not mac or item["phone"] in (mac, None)], "next": following}


@group.get("/phones/{mac}/registrations", "phones.read", page(REGISTRATION))
async def list_phone_registrations(call: Call) -> Any:
    """List the registrations of a phone

    Of its lines; those of other phones with the same devices are left out where they can be told apart."""
    store, phone = call.services.store, call.the_phone
    lines = await store.run(_ids, _OF_PHONE, (phone.domain_id, phone.mac))
    rows = sorted((row for row in await _all(call) if row[1].device_id in lines), key=_place)
    items = await store.run(described, call, rows)
    return {"items": [item for item in items if item["phone"] in (phone.mac, None)], "next": None}


@group.delete(
    "/domains/{domain}/registrations/{device}", "phones.write", narrow=True,
    query={"id": text("Only this one; without it, all of the device", 20)},
)  # fmt: skip
async def delete_registration(call: Call) -> None:
    """End the registrations of a device

    They are forgotten here at once; a phone that is there registers again when its time comes, or when it restarts."""
    edge, store = call.services.sip, call.services.store
    device: Device = await store.run(_device, call)
    if edge is None:
        raise Conflict("The SIP edge does not run in this process; add sip to its roles, or ask the one that has it.")
    assert call.domain is not None
    wanted = call.query.get("id", "")
    found = [one for one in edge.registrar.bindings(call.domain.name, device.name) if wanted in ("", str(one.id))]
    if not found:
        raise NotFound(f"{device.name} is not registered{' with this id' if wanted else ''}.")
    await store.run(_noted, call, device.name, [one.contact for one in found])
    for one in found:
        edge.registrar.forget(one)


def _device(store: Store, call: Call) -> Device:
    """The device that is meant, if the caller may."""
    device = devices.by_name(store, call.domain_id, call.path["device"][:40])
    user = users.get(store, call.domain_id, device.user_id)
    call.require("phones.write", Place(call.domain_id, user.site_id, frozenset({user.id})))
    return device


def _noted(store: Store, call: Call, name: str, contacts: list[str]) -> None:
    with store.transaction():
        call.audit(store, "delete", "registration", name, {"contacts": [contacts, []]})
