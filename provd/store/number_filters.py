"""Numbers whose calls are refused, of a company and of each person, and those that a person lets through (SF-113 to
SF-118)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.numbering import e164
from provd.store import changes, rules
from provd.store.database import Store
from provd.store.reading import page_size
from provd.store.routing_rows import Filter
from provd.store.rows import Domain, Page

MOST, MOST_OWN = 50_000, 500
"""Numbers of a company, and of one person."""
_EXTENSION = re.compile(r"[0-9]{1,6}")


class Added(NamedTuple):
    """What became of a list of numbers: how many were new, how many there already, and (line, sentence) of others."""

    imported: int
    duplicates: int
    wrong: tuple[tuple[int, str], ...]


def normal(domain: Domain, number: str, *, extensions: bool) -> str:
    """A number as E.164, or for lists of people an extension as it stands; raises Invalid with a sentence."""
    plain = number.strip()
    if extensions and _EXTENSION.fullmatch(plain):
        return plain
    try:
        return e164(plain, domain.country, domain.area_code)
    except ValueError as error:
        raise Invalid([Problem("number", str(error))]) from None


def find(
    store: Store, domain_id: int, user_id: int | None, *, search: str = "", limit: int = 100, after: str = ""
) -> Page[Filter]:  # fmt: skip
    """Numbers of the company, or of a person, in their order; `search` in the number; `after` = a page's `next`."""
    whose, params = _whose(domain_id, user_id)
    text = f"SELECT number, allowed, created FROM number_filters WHERE {whose}"  # noqa: S608
    digits = re.sub(r"\D", "", search)
    if search.strip():
        text, params = f"{text} AND number LIKE ?", [*params, f"%{digits or 'x'}%"]
    if after:
        text, params = f"{text} AND number > ?", [*params, rules.clean(after, 40)]
    size = page_size(limit)
    rows = store.sql(f"{text} ORDER BY number LIMIT ?", (*params, size + 1)).fetchall()
    found = [Filter(str(number), bool(allowed), int(created)) for number, allowed, created in rows[:size]]
    return Page(tuple(found), found[-1].number if len(rows) > size else None)


def add(
    store: Store, domain: Domain, user_id: int | None, number: str, now: int, *, allowed: bool = False
) -> Filter:  # fmt: skip
    """Adds a number, in any notation; one that the person has on the other list moves to this one.

    Raises Invalid for what is no number, Conflict when it is there already or the list is full.
    """
    known = normal(domain, number, extensions=user_id is not None)
    with store.transaction():
        whose, params = _whose(domain.id, user_id)
        row = store.sql(f"SELECT allowed FROM number_filters WHERE {whose} AND number = ?", (*params, known)).fetchone()  # noqa: S608
        if row is not None and bool(row[0]) == allowed:
            raise Conflict(f"The number {known} is on the list already.")
        if row is not None:
            store.sql(f"UPDATE number_filters SET allowed = ? WHERE {whose} AND number = ?", (allowed, *params, known))  # noqa: S608
        else:
            _room(store, domain.id, user_id, 1)
            _insert(store, domain.id, user_id, [known], allowed, now)
        _touched(store, domain.id, user_id, now)
    return Filter(known, allowed, now)


def add_all(store: Store, domain: Domain, numbers: Sequence[tuple[int, str]], now: int) -> Added:
    """Adds many numbers to the company's list: (line, number) each; what is no number is told and left out."""
    wanted: dict[str, int] = {}
    wrong: list[tuple[int, str]] = []
    twice = 0
    for line, text in numbers:
        try:
            known = normal(domain, text, extensions=False)
        except Invalid as error:
            wrong.append((line, str(error)))
            continue
        twice += known in wanted
        wanted.setdefault(known, line)
    with store.transaction():
        there = {str(row[0]) for row in store.sql(_NUMBERS, (domain.id,)).fetchall()}
        new = [one for one in wanted if one not in there]
        _room(store, domain.id, None, len(new))
        _insert(store, domain.id, None, new, False, now)
        if new:
            _touched(store, domain.id, None, now)
    return Added(len(new), twice + len(wanted) - len(new), tuple(wrong))


def remove(store: Store, domain: Domain, user_id: int | None, number: str, now: int) -> Filter:
    """Takes a number off the list it is on; returns what it was."""
    known = normal(domain, number, extensions=user_id is not None)
    whose, params = _whose(domain.id, user_id)
    with store.transaction():
        query = f"SELECT allowed, created FROM number_filters WHERE {whose} AND number = ?"  # noqa: S608
        row = store.sql(query, (*params, known)).fetchone()
        if row is None:
            raise NotFound(f"The number {known} is not on the list.")
        store.sql(f"DELETE FROM number_filters WHERE {whose} AND number = ?", (*params, known))  # noqa: S608
        _touched(store, domain.id, user_id, now)
    return Filter(known, bool(row[0]), int(row[1]))


def of_company(store: Store, domain_id: int) -> list[tuple[int | None, str, bool]]:
    """(user's id or None, number, allowed) of every list of the company and its people."""
    query = "SELECT user_id, number, allowed FROM number_filters WHERE domain_id = ?"
    return [(user, str(number), bool(allowed)) for user, number, allowed in store.sql(query, (domain_id,)).fetchall()]


_NUMBERS = "SELECT number FROM number_filters WHERE domain_id = ? AND user_id IS NULL"
_ROW = "INSERT INTO number_filters (domain_id, user_id, number, allowed, created) VALUES (?, ?, ?, ?, ?)"


def _insert(store: Store, domain_id: int, user_id: int | None, numbers: list[str], allowed: bool, now: int) -> None:
    store.many(_ROW, [(domain_id, user_id, number, allowed, now) for number in numbers])


def _whose(domain_id: int, user_id: int | None) -> tuple[str, list[object]]:
    if user_id is None:
        return "domain_id = ? AND user_id IS NULL", [domain_id]
    return "domain_id = ? AND user_id = ?", [domain_id, user_id]


def _room(store: Store, domain_id: int, user_id: int | None, more: int) -> None:
    whose, params = _whose(domain_id, user_id)
    most = MOST if user_id is None else MOST_OWN
    if store.sql(f"SELECT COUNT(*) FROM number_filters WHERE {whose}", params).fetchone()[0] + more > most:  # noqa: S608
        raise Conflict(f"A list has at most {most} numbers; delete some that do not call any more.")


def _touched(store: Store, domain_id: int, user_id: int | None, now: int) -> None:
    if user_id is None:
        changes.record(store, "number_filter", domain_id, domain_id, now)
    else:
        changes.record(store, "answering", user_id, domain_id, now)
