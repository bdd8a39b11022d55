"""What the SIP edge needs of every device: its name, its password and the phones that carry it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provd.store.database import Store

CHUNK = 400
_DEVICES = (
    "SELECT d.id, d.domain_id, d.user_id, m.name, d.name, d.sealed_password, d.allowed_user_agent, d.expires "
    "FROM devices d JOIN domains m ON m.id = d.domain_id"
)


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device with its password in plain text."""

    id: int
    domain_id: int
    user_id: int
    domain: str
    name: str
    password: str = field(repr=False)
    allowed_user_agent: str
    expires: int


def devices(store: Store) -> list[DeviceRow]:
    """Every device."""
    return [_device(store, row) for row in store.sql(_DEVICES).fetchall()]


def devices_where(store: Store, column: str, ids: Iterable[int]) -> list[DeviceRow]:
    """The devices with one of `ids` in `column`: id, user_id or domain_id."""
    if column not in ("id", "user_id", "domain_id"):
        raise ValueError("Devices are found by id, user_id or domain_id.")
    found = _chunked(store, f"{_DEVICES} WHERE d.{column} IN", ids)
    return [_device(store, row) for row in found]


def _device(store: Store, row: Sequence[Any]) -> DeviceRow:
    return DeviceRow(row[0], row[1], row[2], row[3], row[4], store.seal.open(row[5]), row[6], row[7])


def carried(store: Store) -> list[tuple[int, str, int]]:
    """(phone_id, mac, device_id) of every line of every phone."""
    text = "SELECT p.id, p.mac, l.device_id FROM phone_lines l JOIN phones p ON p.id = l.phone_id ORDER BY p.id, l.line"
    return [(row[0], row[1], row[2]) for row in store.sql(text).fetchall()]


def carried_by(store: Store, phone_ids: Iterable[int]) -> list[tuple[int, str, int]]:
    """The same of some phones."""
    text = "SELECT p.id, p.mac, l.device_id FROM phone_lines l JOIN phones p ON p.id = l.phone_id WHERE p.id IN"
    return [(row[0], row[1], row[2]) for row in _chunked(store, text, phone_ids)]


def companies(store: Store) -> dict[int, tuple[str, Mapping[str, Any]]]:
    """id → (name, admission rules) of every company."""
    rows = store.sql("SELECT id, name, admission FROM domains").fetchall()
    return {row[0]: (row[1], json.loads(row[2])) for row in rows}


def companies_where(store: Store, ids: Iterable[int]) -> dict[int, tuple[str, Mapping[str, Any]]]:
    """The same of some companies; those that are gone are not in it."""
    rows = _chunked(store, "SELECT id, name, admission FROM domains WHERE id IN", ids)
    return {row[0]: (row[1], json.loads(row[2])) for row in rows}


def _chunked(store: Store, text: str, ids: Iterable[int]) -> list[Sequence[Any]]:
    """All rows of `text` for these ids, some hundred at a time."""
    wanted, found = sorted(set(ids)), []
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        found += store.sql(f"{text} ({', '.join('?' * len(some))})", some).fetchall()
    return found
