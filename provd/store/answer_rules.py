"""People's answering rules (SF-090 to SF-097): one a time frame, in their order, the default rule last.

Whether a rule is on is a row of timeframe_switches, which keys and bulk toggle change too.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from provd.answering.keeping import PLACES, kept, opened
from provd.answering.rule import DEFAULT, Rule
from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.store import changes, timeframes
from provd.store.database import Store
from provd.store.routing_rows import SavedFrame, SavedRule
from provd.store.tables import dump

MOST = 200
"""Rules that a person has."""
TOP, BOTTOM = "top", "bottom"
_SELECT = """
SELECT r.id, r.user_id, r.timeframe_id, COALESCE(f.name, ''), f.number, r.content, s.id, r.place
FROM answer_rules r LEFT JOIN timeframes f ON f.id = r.timeframe_id
LEFT JOIN timeframe_switches s ON s.timeframe_id = r.timeframe_id AND s.user_id = r.user_id
"""
_ORDER = " ORDER BY r.user_id, CASE WHEN r.timeframe_id IS NULL THEN 1 ELSE 0 END, r.place, r.id"
_INSERT = """
INSERT INTO answer_rules (domain_id, user_id, timeframe_id, place, content, created) VALUES (?, ?, ?, ?, ?, ?)
"""
_USING = """
SELECT u.extension, TRIM(u.first_name || ' ' || u.last_name) FROM answer_rules r JOIN users u ON u.id = r.user_id
WHERE r.timeframe_id = ? ORDER BY LENGTH(u.extension), u.extension
"""


def of_company(store: Store, domain_id: int) -> list[SavedRule]:
    """Every rule that is kept of the company's people, each person's in order; default rules never changed are not."""
    rows = store.sql(f"{_SELECT} WHERE r.domain_id = ?{_ORDER}", (domain_id,)).fetchall()
    return _opened(store, domain_id, rows)


def of_user(store: Store, domain_id: int, user_id: int) -> list[SavedRule]:
    """A person's rules in their order; the default rule, which everybody has (SF-095), is the last."""
    rows = store.sql(f"{_SELECT} WHERE r.user_id = ?{_ORDER}", (user_id,)).fetchall()
    found = _opened(store, domain_id, rows)
    if not found or found[-1].frame_id is not None:
        found.append(SavedRule(0, user_id, None, "", DEFAULT))
    return found


def get(store: Store, domain_id: int, user_id: int, frame: int | None) -> SavedRule:
    """The person's rule of the frame of this number, None for the default rule."""
    for one in of_user(store, domain_id, user_id):
        if one.rule.frame == frame:
            return one
    raise NotFound(f"There is no answering rule for time frame {frame} here.")


def create(store: Store, domain_id: int, user_id: int, rule: Rule, now: int, *, where: str = TOP) -> SavedRule:
    """Adds a rule above or below the others; the default rule stays the last.

    Raises Conflict when the person has one of its time frame (AM-63), Invalid for places that are not there.
    """
    with store.transaction():
        frame = _frame(store, domain_id, user_id, rule)
        others = [one for one in of_user(store, domain_id, user_id) if one.frame_id is not None]
        if any(one.frame_id == frame.id for one in others):
            raise Conflict(f"There is a rule for {frame.name} already; change that one.")
        if len(others) >= MOST:
            raise Conflict(f"There are {MOST} answering rules already; delete some that are not used.")
        content = dump(kept(rule, _ids(store, domain_id, rule)))
        store.sql(_INSERT, (domain_id, user_id, frame.id, -1 if where == TOP else len(others), content, now))
        _renumber(store, user_id)
        _switch(store, domain_id, user_id, rule, now)
        touched(store, domain_id, user_id, now)
        return get(store, domain_id, user_id, rule.frame)


def update(store: Store, domain_id: int, user_id: int, rule: Rule, now: int) -> SavedRule:
    """Saves the person's rule of this rule's time frame; raises Invalid for what cannot be (AM-62)."""
    with store.transaction():
        before = get(store, domain_id, user_id, rule.frame)
        if rule.frame is None and not rule.enabled:
            raise Invalid([Problem("enabled", "The default rule cannot be switched off.")])
        content = dump(kept(rule, _ids(store, domain_id, rule)))
        if before.id:
            store.sql("UPDATE answer_rules SET content = ? WHERE id = ?", (content, before.id))
        else:
            store.sql(_INSERT, (domain_id, user_id, None, 0, content, now))
        _switch(store, domain_id, user_id, rule, now)
        touched(store, domain_id, user_id, now)
        return get(store, domain_id, user_id, rule.frame)


def delete(store: Store, domain_id: int, user_id: int, frame: int | None, now: int) -> None:
    """Deletes a rule; the default rule stays (AM-62)."""
    with store.transaction():
        if frame is None:
            raise Conflict("The default rule cannot be deleted; change what it does.")
        found = get(store, domain_id, user_id, frame)
        _switch(store, domain_id, user_id, replace(found.rule, enabled=True), now)
        store.sql("DELETE FROM answer_rules WHERE id = ?", (found.id,))
        _renumber(store, user_id)
        touched(store, domain_id, user_id, now)


def reorder(store: Store, domain_id: int, user_id: int, frames: Sequence[int], now: int) -> list[SavedRule]:
    """Puts the rules into the order of these frames' numbers, which must be all of the person's."""
    with store.transaction():
        ids = {one.rule.frame: one.id for one in of_user(store, domain_id, user_id) if one.frame_id is not None}
        if sorted(frames) != sorted(number for number in ids if number is not None):
            text = "timeframes must name each rule's time frame once; the default rule stays the last."
            raise Invalid([Problem("timeframes", text)])
        store.many(
            "UPDATE answer_rules SET place = ? WHERE id = ?", [(place, ids[one]) for place, one in enumerate(frames)]
        )
        touched(store, domain_id, user_id, now)
        return of_user(store, domain_id, user_id)


def kept_default(store: Store, domain_id: int, user_id: int, now: int) -> int:
    """The id of the person's default rule, which is written down if it was not yet."""
    found = get(store, domain_id, user_id, None)
    return found.id or update(store, domain_id, user_id, found.rule, now).id


def using(store: Store, frame: SavedFrame) -> list[tuple[str, str]]:
    """Extension and name of everybody who has a rule of this frame."""
    return [(str(extension), str(name)) for extension, name in store.sql(_USING, (frame.id,)).fetchall()]


def touched(store: Store, domain_id: int, user_id: int, now: int) -> None:
    """Tells the change feed that calls to a person may go elsewhere."""
    changes.record(store, "answering", user_id, domain_id, now)


def names(store: Store, domain_id: int) -> dict[tuple[str, int], str]:
    """What the company's users and devices are called now, by noun and id."""
    found: dict[tuple[str, int], str] = {}
    for noun, query in (
        ("user", "SELECT id, extension FROM users WHERE domain_id = ?"),
        ("device", "SELECT id, name FROM devices WHERE domain_id = ?"),
    ):
        found |= {(noun, int(row_id)): str(name) for row_id, name in store.sql(query, (domain_id,)).fetchall()}
    return found


def people(store: Store, domain_id: int, extensions: Collection[str]) -> dict[str, str]:
    """The names of those of these extensions that are people of the company."""
    if not extensions:
        return {}
    wanted = sorted(extensions)[:1000]
    marks = ", ".join("?" * len(wanted))
    name = "TRIM(first_name || ' ' || last_name)"
    query = f"SELECT extension, {name} FROM users WHERE domain_id = ? AND extension IN ({marks})"  # noqa: S608
    return {str(row[0]): str(row[1]) for row in store.sql(query, (domain_id, *wanted)).fetchall()}


def ids_of(store: Store, domain_id: int, places: Sequence[tuple[str, Any]]) -> dict[tuple[str, str], int]:
    """The ids behind (field, Destination); raises Invalid for those that the company does not have."""
    found: dict[tuple[str, str], int] = {}
    problems = []
    for field, to in places:
        noun = PLACES.get(to.kind)
        if noun is None or (noun, to.value) in found:
            continue
        query = "SELECT id FROM users WHERE domain_id = ? AND extension = ?"
        query = "SELECT id FROM devices WHERE domain_id = ? AND name = ?" if noun == "device" else query
        row = store.sql(query, (domain_id, to.value)).fetchone()
        if row is None:
            word = "phone" if noun == "device" else "user"
            problems.append(Problem(field, f"There is no {word} {to.value} in this company."))
        else:
            found[noun, to.value] = int(row[0])
    if problems:
        raise Invalid(problems)
    return found


def _ids(store: Store, domain_id: int, rule: Rule) -> dict[tuple[str, str], int]:
    return ids_of(store, domain_id, list(rule.targets()))


def _frame(store: Store, domain_id: int, user_id: int, rule: Rule) -> SavedFrame:
    """The rule's time frame, which must be the company's or the person's own (SF-090)."""
    if rule.frame is None:
        raise Invalid([Problem("timeframe", "A rule needs a time frame; there is one default rule already.")])
    try:
        found = timeframes.get(store, domain_id, rule.frame)
    except NotFound:
        found = None
    if found is None or found.user_id not in (None, user_id):
        text = f"There is no time frame {rule.frame} that this person's rules may use."
        raise Invalid([Problem("timeframe", text)])
    return found


def _switch(store: Store, domain_id: int, user_id: int, rule: Rule, now: int) -> None:
    if rule.frame is not None:
        timeframes.toggle(store, domain_id, rule.frame, [user_id], now, enabled=rule.enabled)


def _renumber(store: Store, user_id: int) -> None:
    rows = store.sql("SELECT id FROM answer_rules WHERE user_id = ? ORDER BY place, id", (user_id,)).fetchall()
    store.many("UPDATE answer_rules SET place = ? WHERE id = ?", [(place, row[0]) for place, row in enumerate(rows)])


def _opened(store: Store, domain_id: int, rows: Sequence[Sequence[Any]]) -> list[SavedRule]:
    known = names(store, domain_id) if rows else {}
    return [
        SavedRule(
            int(row[0]), int(row[1]), row[2], str(row[3]), opened(json.loads(row[5]), row[4], row[6] is None, known)
        )
        for row in rows
    ]
