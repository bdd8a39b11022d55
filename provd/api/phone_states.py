"""The state of phones for the API: rows of the store, and where their devices are registered at this moment."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provd.api.call import Call
from provd.api.elsewhere import edge_of
from provd.api.registrations import Row, live_registrations, stored_registrations, whose
from provd.phone import state
from provd.phone.state import Seen
from provd.store import changes, phone_states
from provd.store.database import Store
from provd.store.phone_states import Heard, LineRow, StateRow

ByMac = Mapping[str, list[Heard]]


def heard_now(call: Call) -> list[Heard] | None:
    """The living registrations of the company in this process; None when it has no SIP edge. On the loop."""
    edge = edge_of(call)
    if edge is None or call.domain is None:
        return None
    location = edge.registrar.location
    since = edge.registrar.now() - location.rules.grace
    return _living(edge, (one for one in location.of_domain(call.domain.name) if one.expires > since))


def _living(edge: Any, bindings: Iterable[Any]) -> list[Heard]:
    """Without those whose connection is gone."""
    flow = edge.registrar.flow
    return [
        Heard(one.device_id, one.user_agent, one.instance, one.address)
        for one in bindings
        if one.restored or flow(one) is not None
    ]


def _heard_of(store: Store, call: Call, lines: Iterable[LineRow]) -> list[Heard]:
    """The living registrations of these lines' devices; in any thread, since it only looks names up."""
    edge = edge_of(call)
    if edge is None or call.domain is None:
        return phone_states.registrations_of(store, list({line.device_id for line in lines}), time.time())
    names, domain = {line.device for line in lines}, call.domain.name
    return _living(edge, (one for name in names for one in edge.registrar.bindings(domain, name)))


def registrations_of(store: Store, call: Call, names: Iterable[str]) -> list[Row]:
    """The registrations of some devices of the company, with those whose connection is gone; in any thread."""
    edge, wanted = edge_of(call), sorted(set(names))
    assert call.domain is not None
    if edge is None:
        return stored_registrations(store, call.domain.id, time.time(), wanted)
    domain = call.domain.name
    return live_registrations(edge, (one for name in wanted for one in edge.registrar.bindings(domain, name)))


def by_mac(heard: Iterable[Heard], carriers: Mapping[int, Sequence[str]]) -> ByMac:
    """Registrations by the phone that made them. One that cannot be told apart counts for each that may have."""
    found: dict[str, list[Heard]] = {}
    for one in heard:
        macs = carriers.get(one.device_id, ())
        if len(macs) > 1:
            told = whose(one.user_agent, one.instance, macs)
            macs = (told,) if told else macs
        for mac in macs:
            found.setdefault(mac, []).append(one)
    return found


@dataclass(slots=True)
class Overview:
    """Some phones of one company at one moment: rows, lines, registrations, and the revisions they should have."""

    rows: list[StateRow]
    lines: Mapping[int, list[LineRow]]
    heard: ByMac
    revisions: phone_states.Revisions
    brands: Mapping[str, str]
    now: float

    def seen(self, row: StateRow) -> Seen:
        """What is known of one of the phones."""
        heard, lines = self.heard.get(row.mac, ()), self.lines.get(row.id, ())
        present = bool(row.fetched_revision) and row.fetched_revision == self.revisions.stamp(
            row, self.brands.get(row.model, "")
        )
        until = json.loads(row.admission).get("open_until", 0) if row.admission else 0
        devices = len({line.device_id for line in lines}) if len(lines) > 1 else len(lines)
        registered = len({one.device_id for one in heard}) if len(heard) > 1 else len(heard)
        addresses = tuple(dict.fromkeys([one.address for one in heard])) if heard else ()
        return Seen(
            row.created, row.last_contact, row.fetched_at, present, row.refused_at, row.refused_why,
            row.refused_address, devices, registered, addresses, until,
        )  # fmt: skip

    def state(self, row: StateRow) -> str:
        """The state of one of the phones."""
        return state.state(self.seen(row), self.now)

    def told(self, row: StateRow) -> dict[str, Any]:
        """What lists tell of the state of one of the phones."""
        seen, lines = self.seen(row), self.lines.get(row.id, ())
        user = {"extension": lines[0].extension, "name": lines[0].name} if lines else None
        return {
            "state": state.state(seen, self.now), "state_text": state.sentence(seen, self.now), "user": user,
            "up_to_date": seen.present, "registered_devices": seen.registered, "fetched": row.fetched_at,
        }  # fmt: skip


def of_domain(store: Store, call: Call, heard: list[Heard] | None) -> Overview:
    """Every phone of the company."""
    domain_id, now = call.domain_id, time.time()
    if heard is None:
        heard = phone_states.registrations(store, domain_id, now)
    carried = _carried(store, domain_id)
    rows = phone_states.of_domain(store, domain_id)
    return _overview(store, call, rows, carried.lines, by_mac(heard, carried.carriers))


@dataclass(frozen=True, slots=True)
class _Carried:
    """Which devices are on which phones of a company, as of a change of the feed."""

    change: int
    lines: Mapping[int, list[LineRow]]
    carriers: Mapping[int, list[str]]


def _carried(store: Store, domain_id: int) -> _Carried:
    """Read anew only when something was set since: half the work of a page over 10,000 phones."""
    change, key = changes.latest_id(store), ("carried", domain_id)
    kept = store.cache.get(key)
    if isinstance(kept, _Carried) and kept.change == change:
        return kept
    lines = phone_states.lines_of_domain(store, domain_id)
    carriers: dict[int, list[str]] = {}
    for some in lines.values():
        for line in some:
            carriers.setdefault(line.device_id, []).append(line.mac)
    made = store.cache[key] = _Carried(change, lines, carriers)
    return made


def of_phones(store: Store, call: Call, ids: Sequence[int]) -> Overview:
    """Some phones of the company."""
    rows, lines = phone_states.of_phones(store, ids), phone_states.lines_of_phones(store, ids)
    every = [line for some in lines.values() for line in some]
    carriers = phone_states.carriers(store, list({line.device_id for line in every}))
    return _overview(store, call, rows, lines, by_mac(_heard_of(store, call, every), carriers))


def _overview(
    store: Store, call: Call, rows: list[StateRow], lines: Mapping[int, list[LineRow]], heard: ByMac
) -> Overview:
    revisions = phone_states.revisions(store, call.domain_id)
    brands = {model.id: model.family for model in call.services.catalogue.models.values()}
    return Overview(rows, lines, heard, revisions, brands, time.time())
