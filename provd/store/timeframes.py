"""Time frames of a company and of its people (SF-078 to SF-089), and whose rules of a frame are switched off."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from provd.errors import Conflict, NotFound
from provd.phone.parameter import PARAMETERS
from provd.store import changes, rules
from provd.store.database import Store
from provd.store.reading import different, fetch, one, select
from provd.store.routing_rows import SavedFrame
from provd.store.routing_tables import Timeframes, TimeframeSwitches
from provd.timeframe.frame import FORCES
from provd.timeframe.reading import read

MOST, MOST_OWN = 200, 50
"""Frames that a company shares, and frames of one person's own."""
RULES: dict[str, rules.Rule] = {"name": rules.filled, "forced": rules.one_of(*FORCES), "times": rules.mapping}
_CODE = "codes.timeframe_toggle"
_MISSING = "There is no such time frame here."
_NUMBER = "UPDATE domains SET last_timeframe = last_timeframe + 1 WHERE id = ?"
_KEYS = """
SELECT kind, ref, keys FROM layers WHERE (domain_id = ? OR domain_id IS NULL) AND keys LIKE '%"timeframe_toggle"%'
ORDER BY kind, id
"""
_OFF = """
SELECT f.number, u.extension FROM timeframe_switches s JOIN timeframes f ON f.id = s.timeframe_id
JOIN users u ON u.id = s.user_id WHERE f.domain_id = ? ORDER BY f.number, LENGTH(u.extension), u.extension
"""
_LAMPS = """
SELECT d.id, d.name, f.number, u.extension FROM timeframe_switches s JOIN timeframes f ON f.id = s.timeframe_id
JOIN users u ON u.id = s.user_id JOIN domains d ON d.id = f.domain_id
"""
_CODES = """
SELECT domain_id, settings FROM layers
WHERE kind IN ('server', 'company') AND settings LIKE '%"codes.timeframe_toggle"%'
"""


def create(
    store: Store, domain_id: int, name: str, times: Mapping[str, Any], now: int, *,
    user_id: int | None = None, forced: str = "schedule",
) -> SavedFrame:  # fmt: skip
    """Makes a frame of the company, or of one person; it gets the company's next number.

    Raises Invalid for times that cannot be, Conflict when the owner has one of this name.
    """
    rules.require(rules.check(RULES, {"name": name, "forced": forced, "times": times}))
    read(times, forced)
    with store.transaction():
        _free(store, domain_id, user_id, name)
        _room(store, domain_id, user_id)
        store.sql(_NUMBER, (domain_id,))
        number = int(store.sql("SELECT last_timeframe FROM domains WHERE id = ?", (domain_id,)).fetchone()[0])
        values = {"name": name, "times": dict(times), "forced": forced, "created": now}
        frame_id = store.execute(Timeframes.insert(domain_id=domain_id, user_id=user_id, number=number, **values))
        changes.record(store, "timeframe", frame_id, domain_id, now)
    return get(store, domain_id, number)


def get(store: Store, domain_id: int, number: int) -> SavedFrame:
    """The frame of this company, or of one of its people, with this number."""
    query = select(SavedFrame, Timeframes).where((Timeframes.domain_id == domain_id) & (Timeframes.number == number))
    return one(store, SavedFrame, query, _MISSING)


def find(store: Store, domain_id: int, user_id: int | None = None) -> list[SavedFrame]:
    """The company's frames by name; with `user_id`, that person's own before them (SF-088)."""
    whose = Timeframes.user_id.is_null()
    if user_id is not None:
        whose = whose | (Timeframes.user_id == user_id)
    query = select(SavedFrame, Timeframes).where((Timeframes.domain_id == domain_id) & whose)
    found = fetch(store, SavedFrame, query.order_by(Timeframes.name, Timeframes.number))
    return sorted(found, key=lambda frame: frame.user_id is None)


def update(store: Store, domain_id: int, number: int, now: int, **fields: Any) -> SavedFrame:
    """Saves those of `name`, `times` and `forced` that differ."""
    rules.require(rules.check(RULES, fields))
    with store.transaction():
        frame = get(store, domain_id, number)
        changed = different(frame, fields)
        read(changed.get("times", frame.times), changed.get("forced", frame.forced))
        if "name" in changed:
            _free(store, domain_id, frame.user_id, changed["name"])
        if changed:
            store.execute(Timeframes.update(changed).where(Timeframes.id == frame.id))
            if "name" in changed:
                _labels(store, domain_id, number, now)
            changes.record(store, "timeframe", frame.id, domain_id, now)
    return get(store, domain_id, number)


def delete(store: Store, domain_id: int, number: int, now: int) -> None:
    """Deletes a frame and the rules that use it; ask keys() and answer_rules.using() before (AM-69). Its number is not
    given again."""
    with store.transaction():
        frame = get(store, domain_id, number)
        store.execute(Timeframes.delete().where(Timeframes.id == frame.id))
        changes.record(store, "timeframe", frame.id, domain_id, now)


def keys(store: Store, domain_id: int, number: int) -> list[tuple[str, str, str]]:
    """The keys that toggle a frame: kind and reference of the layer that says so, and the key's position."""
    found: list[tuple[str, str, str]] = []
    for kind, ref, text in store.sql(_KEYS, (domain_id,)).fetchall():
        for position, key in json.loads(text).items():
            if key.get("kind") == "timeframe_toggle" and key.get("target") == str(number):
                found.append((str(kind), str(ref), str(position)))
    return found


def _labels(store: Store, domain_id: int, number: int, now: int) -> None:
    """Keys without a label of their own show the frame's name: what has such keys has changed."""
    for kind, ref in {(kind, ref) for kind, ref, _ in keys(store, domain_id, number)}:
        if kind == "phone":
            changes.phone(store, int(ref), domain_id, now)
        elif kind == "template":
            changes.template(store, int(ref), domain_id, now)
        else:
            changes.domain(store, domain_id, now)


def names(store: Store, domain_id: int) -> dict[str, str]:
    """The names of the company's frames, and of its people's, by number."""
    rows = store.sql("SELECT number, name FROM timeframes WHERE domain_id = ?", (domain_id,)).fetchall()
    return {str(number): str(name) for number, name in rows}


def toggle(
    store: Store, domain_id: int, number: int, user_ids: Collection[int], now: int, *, enabled: bool | None = None
) -> dict[int, bool]:
    """Switches the rules of these people that use a frame on or off, or (None) over; → who was changed, to what.

    A rule that is switched off keeps its place (SF-087; platform-facts.md section 8). NotFound for a frame that one of
    them cannot have.
    """
    with store.transaction():
        frame = get(store, domain_id, number)
        if frame.user_id is not None and any(one != frame.user_id for one in user_ids):
            raise NotFound(_MISSING)
        query = TimeframeSwitches.select(TimeframeSwitches.user_id).where(TimeframeSwitches.timeframe_id == frame.id)
        off = {int(row[0]) for row in store.tuples(query)}
        changed: dict[int, bool] = {}
        for user_id in sorted(set(user_ids)):
            wanted = user_id in off if enabled is None else enabled
            if wanted != (user_id not in off):
                changed[user_id] = wanted
        _switch(store, frame.id, changed, now)
        if changed:
            changes.record(store, "timeframe", frame.id, domain_id, now)
    return changed


def _switch(store: Store, frame_id: int, wanted: Mapping[int, bool], now: int) -> None:
    for user_id, enabled in wanted.items():
        if enabled:
            mine = (TimeframeSwitches.timeframe_id == frame_id) & (TimeframeSwitches.user_id == user_id)
            store.execute(TimeframeSwitches.delete().where(mine))
        else:
            store.execute(TimeframeSwitches.insert(timeframe_id=frame_id, user_id=user_id, since=now))


def switched_off(store: Store, domain_id: int) -> list[tuple[int, str]]:
    """(number of the frame, extension) of every rule of the company that is switched off: what lamps show."""
    return [(int(number), str(extension)) for number, extension in store.sql(_OFF, (domain_id,)).fetchall()]


def lamps(store: Store) -> frozenset[tuple[str, str, str]]:
    """(company, what a toggle key dials, extension) of every rule that is switched off, in all companies. The code is
    that of the server's or the company's settings."""
    rows = store.sql(_LAMPS).fetchall()
    found = store.sql(_CODES).fetchall() if rows else []
    said = {domain_id: json.loads(text).get(_CODE) for domain_id, text in found}
    usual = said.get(None) or PARAMETERS[_CODE].default
    return frozenset(
        (str(name), f"{said.get(domain_id) or usual}{number}", str(extension))
        for domain_id, name, number, extension in rows
    )


def numbers(store: Store, domain_id: int, user_ids: Iterable[int]) -> frozenset[str]:
    """The numbers of the frames that keys of these people's phones may name: the company's and their own."""
    mine = frozenset(user_ids)
    rows = store.sql("SELECT number, user_id FROM timeframes WHERE domain_id = ?", (domain_id,)).fetchall()
    return frozenset(str(number) for number, owner in rows if owner is None or owner in mine)


def _room(store: Store, domain_id: int, user_id: int | None) -> None:
    text, owner = ("user_id IS NULL", ()) if user_id is None else ("user_id = ?", (user_id,))
    query = f"SELECT COUNT(*) FROM timeframes WHERE domain_id = ? AND {text}"  # noqa: S608
    most = MOST if user_id is None else MOST_OWN
    if store.sql(query, (domain_id, *owner)).fetchone()[0] >= most:
        raise Conflict(f"There are {most} time frames already; delete some that nobody uses.")


def _free(store: Store, domain_id: int, user_id: int | None, name: str) -> None:
    """Names are told apart within their owner: a person's and the company's may be the same (AM-64)."""
    owner = Timeframes.user_id.is_null() if user_id is None else (Timeframes.user_id == user_id)
    query = Timeframes.select(Timeframes.id).where(
        (Timeframes.domain_id == domain_id) & owner & (Timeframes.name == name)
    )
    if store.tuples(query):
        raise Conflict(f"There is a time frame {name} already; choose another name.")
