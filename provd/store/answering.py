"""What holds for a person whatever the rule: do not disturb, forwards by code, unwanted callers, the rule in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from provd.answering.keeping import kept_place, opened_place
from provd.answering.rule import Destination
from provd.answering.unwanted import SPAM
from provd.errors import Invalid, NotFound, Problem
from provd.store import answer_rules, rules
from provd.store.database import Store
from provd.store.routing_rows import Answering
from provd.store.tables import dump

KINDS = ("always", "busy", "no_answer")
"""Forwards that a person sets by code, before those of the rules (platform-facts.md section 7)."""
RULES: dict[str, rules.Rule] = {
    "do_not_disturb": rules.yes_or_no, "block_anonymous": rules.yes_or_no, "spam": rules.one_of(*SPAM),
}  # fmt: skip
_SELECT = """
SELECT a.user_id, a.do_not_disturb, a.forwards, a.block_anonymous, a.spam, r.id, f.number
FROM answering a LEFT JOIN answer_rules r ON r.id = a.chosen LEFT JOIN timeframes f ON f.id = r.timeframe_id
"""
_UPSERT = """
INSERT INTO answering (user_id, domain_id, do_not_disturb, forwards, block_anonymous, spam, chosen)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (user_id) DO UPDATE SET do_not_disturb = excluded.do_not_disturb, forwards = excluded.forwards,
  block_anonymous = excluded.block_anonymous, spam = excluded.spam, chosen = excluded.chosen
"""
_UNSET = Answering()
_PRESENT = """
SELECT d.name, u.extension, a.user_id, a.do_not_disturb, a.forwards FROM answering a JOIN users u ON u.id = a.user_id
JOIN domains d ON d.id = a.domain_id
"""


def get(store: Store, domain_id: int, user_id: int) -> Answering:
    """What a person has set; nothing for most."""
    row = store.sql(f"{_SELECT} WHERE a.user_id = ?", (user_id,)).fetchone()
    return _opened(row, answer_rules.names(store, domain_id) if row[2] != "{}" else {}) if row else _UNSET


def of_company(store: Store, domain_id: int) -> dict[int, Answering]:
    """What people of the company have set, by user id; those who never set anything are not there."""
    rows = store.sql(f"{_SELECT} WHERE a.domain_id = ?", (domain_id,)).fetchall()
    known = answer_rules.names(store, domain_id) if rows else {}
    return {int(row[0]): _opened(row, known) for row in rows}


def switches(store: Store) -> list[tuple[str, str, bool, dict[str, str]]]:
    """Company, extension, do-not-disturb and forwards (kind → where to) of everybody who has set any: what phones
    and lamps show."""
    found = []
    for domain, extension, _, dnd, forwards in store.sql(_PRESENT).fetchall():
        targets = {kind: str(said[1]) for kind, said in json.loads(forwards).items()}
        found.append((str(domain), str(extension), bool(dnd), targets))
    return found


def update(store: Store, domain_id: int, user_id: int, now: int, **fields: Any) -> Answering:
    """Saves those of Answering's fields that are given; `forwards` holds Destinations, or None to end one.

    Raises Invalid for values or places that cannot be, NotFound for a rule to choose that is not there.
    """
    plain = {name: value for name, value in fields.items() if name not in ("forwards", "chosen")}
    rules.require(rules.check(RULES, plain))
    with store.transaction():
        before = get(store, domain_id, user_id)
        forwards = dict(before.forwards)
        for kind, to in fields.get("forwards", {}).items():
            if kind not in KINDS:
                raise Invalid([Problem(f"forwards.{kind[:20]}", f"There is no forward {kind[:20]} that codes set.")])
            forwards.pop(kind, None)
            if to is not None:
                forwards[kind] = to
        chosen = fields.get("chosen", before.chosen)
        row = {name: plain.get(name, getattr(before, name)) for name in RULES}
        values = (
            user_id, domain_id, row["do_not_disturb"], _kept(store, domain_id, forwards), row["block_anonymous"],
            row["spam"], _rule(store, domain_id, user_id, chosen, now),
        )  # fmt: skip
        store.sql(_UPSERT, values)
        answer_rules.touched(store, domain_id, user_id, now)
        return get(store, domain_id, user_id)


def _rule(store: Store, domain_id: int, user_id: int, chosen: int | None, now: int) -> int | None:
    if chosen is None:
        return None
    if not chosen:
        return answer_rules.kept_default(store, domain_id, user_id, now)
    return answer_rules.get(store, domain_id, user_id, chosen).id


def _kept(store: Store, domain_id: int, forwards: Mapping[str, Destination]) -> str:
    still = {kind: to for kind, to in forwards.items() if not to.value.endswith("(gone)")}
    ids = answer_rules.ids_of(store, domain_id, [(f"forwards.{kind}", to) for kind, to in still.items()])
    return dump({kind: kept_place(to, ids) for kind, to in still.items()})


def _opened(row: tuple[Any, ...], names: Mapping[tuple[str, int], str]) -> Answering:
    _, dnd, forwards, anonymous, spam, rule, frame = row
    places = {kind: opened_place(said, names) for kind, said in json.loads(forwards).items()}
    return Answering(bool(dnd), places, bool(anonymous), str(spam), None if rule is None else int(frame or 0))


def user_id(store: Store, domain: str, extension: str) -> tuple[int, int]:
    """(company's id, user's id) of an extension; raises NotFound."""
    query = "SELECT d.id, u.id FROM users u JOIN domains d ON d.id = u.domain_id WHERE d.name = ? AND u.extension = ?"
    found = store.sql(query, (domain, extension[:40])).fetchone()
    if found is None:
        raise NotFound(f"There is no user {extension[:40]} in this company.")
    return int(found[0]), int(found[1])
