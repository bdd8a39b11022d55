"""Registrations by words: device, person, MAC, address, User-Agent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from provd.api.call import Call
from provd.store.database import Store
from provd.store.rules import clean

Words = Sequence[tuple[str, frozenset[int]]]
"""Every word that is searched for, with the ids of the devices whose name, person or phone has it."""

MOST = 5
_NAMED = """
SELECT d.id FROM devices d JOIN users u ON u.id = d.user_id WHERE d.domain_id = ? AND
LOWER(d.name || ' ' || u.first_name || ' ' || u.last_name) LIKE ? ESCAPE '|' UNION
SELECT l.device_id FROM phone_lines l JOIN phones p ON p.id = l.phone_id WHERE p.domain_id = ? AND p.mac LIKE ?
"""


def searched(store: Store, call: Call) -> Words:
    """The words of the call's `search`; no more than MOST."""
    found = []
    for word in clean(call.query.get("search", ""), 100).lower().split()[:MOST]:
        plain = re.sub(r"([|%_])", r"|\1", word)
        digits = re.sub("[:.-]", "", word) if re.fullmatch("[0-9a-f:.-]{3,17}", word) else ""
        rows = store.sql(_NAMED, (call.domain_id, f"%{plain}%", call.domain_id, digits and f"%{digits}%"))
        found.append((word, frozenset(int(row[0]) for row in rows.fetchall())))
    return found


def fits(one: Any, words: Words) -> bool:
    """Whether a registration has all the words."""
    return all(one.device_id in ids or word in f"{one.address} {one.user_agent}".lower() for word, ids in words)
