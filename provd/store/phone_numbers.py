"""The company's phone numbers: what is done with a call to each (SF-247 to SF-253)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.numbering import e164
from provd.store import changes, domains, rules
from provd.store.database import Store
from provd.store.reading import PAGE_LIMIT, different
from provd.store.routing_rows import PhoneNumber
from provd.store.routing_tables import PhoneNumbers
from provd.store.rows import Domain, Page
from provd.treatment import TREATMENTS, Treatment

DEFAULTS: dict[str, Any] = {
    "site_id": None, "treatment": "available", "destination": "", "caller_id_prefix": "", "notes": "", "enabled": True,
}  # fmt: skip
RULES: dict[str, rules.Rule] = {
    "site_id": rules.row_id,
    "treatment": rules.one_of(*TREATMENTS),
    "destination": lambda name, value: rules.text(name, value, 40),
    "caller_id_prefix": lambda name, value: rules.text(name, value, 20),
    "notes": lambda name, value: rules.text(name, value, 1000),
    "enabled": rules.yes_or_no,
}
_OWN = [item.name for item in dataclasses.fields(PhoneNumber)][:11]
_SELECT = f"""
SELECT {", ".join(f"n.{name}" for name in _OWN)}, COALESCE(u.extension, ''),
  COALESCE(TRIM(u.first_name || ' ' || u.last_name), ''), COALESCE(u.service_code, '')
FROM phone_numbers n LEFT JOIN users u ON u.id = n.user_id WHERE n.domain_id = ?
"""  # noqa: S608
_WORDS = "COALESCE(u.extension || ' ' || u.first_name || ' ' || u.last_name, '')"


def create(store: Store, domain_id: int, number: str, now: int, **fields: Any) -> PhoneNumber:
    """Adds a number, in any notation of the company's country; `fields` as in DEFAULTS.

    Raises Invalid for values that break the rules, Conflict when the number is somebody's already.
    """
    values = {**DEFAULTS, **fields}
    rules.require(rules.check(RULES, values))
    with store.transaction():
        domain = domains.get(store, domain_id)
        known = normal(domain, number)
        if store.sql("SELECT 1 FROM phone_numbers WHERE number = ?", (known,)).fetchone():
            raise Conflict(f"The number {known} is in use already; take it off the company that has it first.")
        _check_site(store, domain_id, values["site_id"])
        values |= _sent_to(store, domain, values["treatment"], values["destination"])
        row_id = store.execute(PhoneNumbers.insert(domain_id=domain_id, number=known, created=now, **values))
        changes.record(store, "phone_number", row_id, domain_id, now)
    return get(store, domain_id, known)


def normal(domain: Domain, number: str) -> str:
    """A number as E.164, by the company's country and area code; raises Invalid with a sentence."""
    try:
        return e164(number, domain.country, domain.area_code)
    except ValueError as error:
        raise Invalid([Problem("number", str(error))]) from None


def get(store: Store, domain_id: int, number: str) -> PhoneNumber:
    """The number of this company, as E.164."""
    found = store.sql(f"{_SELECT} AND n.number = ?", (domain_id, rules.clean(number, 40))).fetchone()
    if found is None:
        raise NotFound(f"The company has no number {rules.clean(number, 40)}.")
    return _row(found)


def find(
    store: Store, domain_id: int, *, search: str = "", treatment: str = "", site_id: int | None = None,
    user_id: int | None = None, limit: int = 100, after: str = "",
) -> Page[PhoneNumber]:  # fmt: skip
    """Numbers in their order; `search` in number, notes and destination; `after` = a page's `next`."""
    text, params = _SELECT, [domain_id, *_narrowed(treatment, site_id, user_id).values()]
    text += "".join(f" AND n.{name} = ?" for name in _narrowed(treatment, site_id, user_id))
    for word in rules.clean(search, 100).lower().split():
        text += _like(store, word)
        params += [f"%{_plain(word)}%"] * 3
    if after:
        text, params = f"{text} AND n.number > ?", [*params, rules.clean(after, 40)]
    size = max(1, min(limit, PAGE_LIMIT))
    rows = [_row(row) for row in store.sql(f"{text} ORDER BY n.number LIMIT ?", (*params, size + 1)).fetchall()]
    return Page(tuple(rows[:size]), rows[size - 1].number if len(rows) > size else None)


def update(store: Store, domain_id: int, number: str, now: int, **fields: Any) -> PhoneNumber:
    """Saves those of `fields` that differ; another treatment wants a destination of its kind with it."""
    rules.require(rules.check(RULES, fields))
    with store.transaction():
        before = get(store, domain_id, number)
        changed = {name: value for name, value in fields.items() if name not in ("treatment", "destination")}
        if {"treatment", "destination"} & fields.keys():
            treatment = fields.get("treatment", before.treatment)
            kept = destination_of(before) if treatment == before.treatment else ""
            wanted = fields.get("destination", kept)
            changed |= {"treatment": treatment}
            changed |= _sent_to(store, domains.get(store, domain_id), treatment, wanted)
        _check_site(store, domain_id, changed.get("site_id"))
        changed = different(before, changed)
        if changed:
            store.execute(PhoneNumbers.update(changed).where(PhoneNumbers.id == before.id))
            changes.record(store, "phone_number", before.id, domain_id, now)
    return get(store, domain_id, number)


def delete(store: Store, domain_id: int, number: str, now: int) -> None:
    """Takes a number off the company."""
    with store.transaction():
        row = get(store, domain_id, number)
        store.execute(PhoneNumbers.delete().where(PhoneNumbers.id == row.id))
        changes.record(store, "phone_number", row.id, domain_id, now)


def destination_of(row: PhoneNumber) -> str:
    """What a person wrote as the destination: the user's extension as it is now, else what is kept."""
    return row.extension if TREATMENTS[row.treatment].target == "user" else row.destination


def _sent_to(store: Store, domain: Domain, treatment: str, destination: str) -> dict[str, Any]:
    """The columns of a destination, checked as far as there is something to check against."""
    kind = TREATMENTS[treatment]
    if bool(destination) != bool(kind.target):
        text = "has no destination; leave it out" if destination else f"needs a destination: {_wanted(kind)}"
        raise Invalid([Problem("destination", f"“{kind.title}” {text}.")])
    if kind.target == "user":
        query = "SELECT id FROM users WHERE domain_id = ? AND extension = ?"
        found = store.sql(query, (domain.id, rules.clean(destination, 40))).fetchone()
        if found is None:
            raise Invalid([Problem("destination", f"There is no user {destination[:40]} in this company.")])
        return {"user_id": int(found[0]), "destination": ""}
    if kind.target == "number":
        try:
            return {"user_id": None, "destination": e164(destination, domain.country, domain.area_code)}
        except ValueError as error:
            raise Invalid([Problem("destination", str(error))]) from None
    if kind.target == "extension":
        rules.require(rules.extension("destination", destination))
    return {"user_id": None, "destination": destination}


def _wanted(kind: Treatment) -> str:
    wanted = {"user": "the extension of a user", "number": "a number of the world"}
    return wanted.get(kind.target, "its extension")


def _check_site(store: Store, domain_id: int, site_id: int | None) -> None:
    if site_id is None:
        return
    if not store.sql("SELECT 1 FROM sites WHERE domain_id = ? AND id = ?", (domain_id, site_id)).fetchone():
        raise NotFound("There is no such site in this company.")


def _narrowed(treatment: str, site_id: int | None, user_id: int | None) -> Mapping[str, Any]:
    given = {"treatment": treatment or None, "site_id": site_id, "user_id": user_id}
    return {name: value for name, value in given.items() if value is not None}


def _like(store: Store, word: str) -> str:
    """Number, destination, or notes and person. SQLite's own LIKE knows capitals from A to Z, without a call a row."""
    words = f"n.notes || ' ' || {_WORDS}"
    words = words if store.sqlite and word.isascii() else f"LOWER({words})"
    return " AND (" + " OR ".join(f"{one} LIKE ? ESCAPE '|'" for one in ("n.number", "n.destination", words)) + ")"


def _plain(word: str) -> str:
    """A word for LIKE with its own signs escaped; people write brackets and dashes into numbers, so those go."""
    word = re.sub(r"[().\-/]", "", word) if re.fullmatch(r"[+\d().\-/]*\d[().\-/\d]*", word) else word
    for special in "|%_":
        word = word.replace(special, "|" + special)
    return word


def _row(values: tuple[Any, ...]) -> PhoneNumber:
    fields = dict(zip((item.name for item in dataclasses.fields(PhoneNumber)), values, strict=True))
    return PhoneNumber(**{**fields, "enabled": bool(fields["enabled"])})
