"""All that decisions on calls of one company are made from, read at one moment."""

from __future__ import annotations

from typing import Any

from provd.store import answer_rules, answering, dialling, mailboxes, number_filters
from provd.store.database import Store
from provd.store.routing_rows import CompanyRows, PersonRow, SavedRule

_PEOPLE = """
SELECT u.id, u.extension, TRIM(u.first_name || ' ' || u.last_name), u.time_zone, u.area_code,
  u.caller_id_number, u.caller_id_name, u.emergency_caller_id, COALESCE(p.name, ''), COALESCE(s.name, ''),
  u.service_code
FROM users u LEFT JOIN departments p ON p.id = u.department_id LEFT JOIN sites s ON s.id = u.site_id
WHERE u.domain_id = ?
"""
_DEVICES = "SELECT user_id, name FROM devices WHERE domain_id = ? ORDER BY LENGTH(name), name"
_FRAMES = "SELECT number, name, times, forced FROM timeframes WHERE domain_id = ?"
_NUMBERS = """
SELECT n.number, n.treatment, CASE WHEN n.treatment IN ('user', 'voicemail') THEN COALESCE(u.extension, '')
  ELSE n.destination END, n.caller_id_prefix, n.enabled
FROM phone_numbers n LEFT JOIN users u ON u.id = n.user_id WHERE n.domain_id = ?
"""
_COMPANY = "SELECT id, name, time_zone, country, area_code FROM domains WHERE name = ?"
_OFF = """
SELECT s.user_id, f.number FROM timeframe_switches s JOIN timeframes f ON f.id = s.timeframe_id WHERE f.domain_id = ?
"""


def load(store: Store, domain: str) -> CompanyRows | None:
    """The company of this name; None when there is none."""
    with store.reading():
        row = store.sql(_COMPANY, (domain,)).fetchone()
        if row is None:
            return None
        domain_id = int(row[0])
        devices = _many(store, _DEVICES, domain_id)
        rules: dict[int, list[SavedRule]] = {}
        for one in answer_rules.of_company(store, domain_id):
            rules.setdefault(one.user_id, []).append(one)
        off = _many(store, _OFF, domain_id)
        return CompanyRows(
            domain_id, str(row[1]), str(row[2]), str(row[3]), str(row[4]),
            tuple(PersonRow(*one) for one in store.sql(_PEOPLE, (domain_id,)).fetchall()),
            {user: tuple(str(name) for name in found) for user, found in devices.items()},
            {user: tuple(found) for user, found in rules.items()},
            {user: frozenset(int(number) for number in found) for user, found in off.items()},
            answering.of_company(store, domain_id),
            tuple((int(r[0]), str(r[1]), str(r[2]), str(r[3])) for r in store.sql(_FRAMES, (domain_id,)).fetchall()),
            tuple((*one[:4], bool(one[4])) for one in store.sql(_NUMBERS, (domain_id,)).fetchall()),
            tuple(number_filters.of_company(store, domain_id)), dialling.get(store, domain_id),
            mailboxes.without(store, domain_id),
        )  # fmt: skip


def _many(store: Store, query: str, domain_id: int) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for user_id, value in store.sql(query, (domain_id,)).fetchall():
        found.setdefault(int(user_id), []).append(value)
    return found
