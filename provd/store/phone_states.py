"""What the state of many phones is told from, read in few statements however many there are.

Rows are plain tuples, because a page over 10,000 phones reads all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from provd.store.database import Store
from provd.store.rows import stamp_of_shared


class StateRow(NamedTuple):
    """The columns of a phone that its state is told from; `admission` as stored JSON text."""

    id: int
    mac: str
    model: str
    site_id: int | None
    template_id: int | None
    revision: int
    created: int
    last_contact: int | None
    last_firmware: str
    fetched_revision: str
    fetched_at: int | None
    refused_at: int | None
    refused_why: str
    refused_address: str
    admission: str | None


class LineRow(NamedTuple):
    """A line of a phone: the device on it, and whose that is."""

    phone_id: int
    mac: str
    line: int
    device_id: int
    device: str
    user_id: int
    extension: str
    name: str


_CARRIERS = "SELECT l.device_id, p.mac FROM phone_lines l JOIN phones p ON p.id = l.phone_id WHERE l.device_id"
_COLUMNS = ", ".join(f"p.{name}" for name in StateRow._fields)
_LINES = """
SELECT l.phone_id, p.mac, l.line, l.device_id, d.name, u.id, u.extension, TRIM(u.first_name || ' ' || u.last_name)
FROM phone_lines l JOIN phones p ON p.id = l.phone_id JOIN devices d ON d.id = l.device_id
  JOIN users u ON u.id = d.user_id
"""


def of_domain(store: Store, domain_id: int) -> list[StateRow]:
    """Every phone of a company, by MAC."""
    text = f"SELECT {_COLUMNS} FROM phones p WHERE p.domain_id = ? ORDER BY p.mac"  # noqa: S608
    return [StateRow._make(row) for row in store.sql(text, (domain_id,)).fetchall()]


def of_phones(store: Store, ids: Sequence[int]) -> list[StateRow]:
    """Some phones, in no order."""
    found: list[StateRow] = []
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        text = f"SELECT {_COLUMNS} FROM phones p WHERE p.id IN ({', '.join('?' * len(some))})"  # noqa: S608
        found += [StateRow._make(row) for row in store.sql(text, tuple(some)).fetchall()]
    return found


def lines_of_domain(store: Store, domain_id: int) -> dict[int, list[LineRow]]:
    """The lines of every phone of a company, in order, by phone id."""
    return _by_phone(store.sql(f"{_LINES} WHERE p.domain_id = ? ORDER BY l.line", (domain_id,)).fetchall())


def lines_of_phones(store: Store, ids: Sequence[int]) -> dict[int, list[LineRow]]:
    """The lines of some phones, in order, by phone id."""
    found: list[tuple[object, ...]] = []
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        found += store.sql(f"{_LINES} WHERE l.phone_id IN ({marks}) ORDER BY l.line", tuple(some)).fetchall()
    return _by_phone(found)


def _by_phone(rows: Sequence[tuple[object, ...]]) -> dict[int, list[LineRow]]:
    found: dict[int, list[LineRow]] = {}
    for row in rows:
        line = LineRow._make(row)
        found.setdefault(line.phone_id, []).append(line)
    return found


def carriers(store: Store, device_ids: Sequence[int]) -> dict[int, list[str]]:
    """The MACs of the phones that carry each of these devices."""
    found: dict[int, list[str]] = {}
    for start in range(0, len(device_ids), 500):
        some = device_ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        for device_id, mac in store.sql(f"{_CARRIERS} IN ({marks})", tuple(some)).fetchall():
            found.setdefault(device_id, []).append(mac)
    return found


def devices_on_phones(store: Store, user_id: int) -> frozenset[int]:
    """The ids of those of a person's devices that are on some phone."""
    text = "SELECT DISTINCT l.device_id FROM phone_lines l JOIN devices d ON d.id = l.device_id WHERE d.user_id = ?"
    return frozenset(row[0] for row in store.sql(text, (user_id,)).fetchall())


def addresses(store: Store, domain_id: int) -> frozenset[str]:
    """Where the phones of a company were last heard from."""
    text = "SELECT DISTINCT last_address FROM phones WHERE domain_id = ? AND last_address <> ''"
    return frozenset(row[0] for row in store.sql(text, (domain_id,)).fetchall())


class Heard(NamedTuple):
    """A living registration of a device: what its phone said of itself, and where it is."""

    device_id: int
    user_agent: str
    instance: str
    address: str


def registrations(store: Store, domain_id: int, now: float) -> list[Heard]:
    """The registrations of a company as they were last written."""
    text = (
        "SELECT b.device_id, b.user_agent, b.instance, b.address FROM sip_bindings b "
        "JOIN devices d ON d.id = b.device_id WHERE d.domain_id = ? AND b.expires > ?"
    )
    return [Heard._make(row) for row in store.sql(text, (domain_id, now)).fetchall()]


def registrations_of(store: Store, device_ids: Sequence[int], now: float) -> list[Heard]:
    """The registrations of some devices as they were last written."""
    found: list[Heard] = []
    for start in range(0, len(device_ids), 500):
        some = device_ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        text = f"SELECT device_id, user_agent, instance, address FROM sip_bindings WHERE device_id IN ({marks})"  # noqa: S608
        found += [Heard._make(row) for row in store.sql(f"{text} AND expires > ?", (*some, now)).fetchall()]
    return found


@dataclass(slots=True)
class Revisions:
    """The present revisions of all that the phones of a company share; stamp() tells what a phone should have."""

    domain: int
    directory: int
    sites: Mapping[int, int]
    templates: Mapping[int, int]
    provider: Mapping[tuple[str, str], int]
    _kept: dict[tuple[int | None, int | None, str], str] = field(default_factory=dict)

    def stamp(self, row: StateRow, brand: str) -> str:
        """The stamp of the phone's configuration as of now, as PhoneSnapshot.stamp has it."""
        key = (row.site_id, row.template_id, row.model)
        shared = self._kept.get(key)
        if shared is None:
            names = (("server", ""), ("brand", brand), ("model", row.model))
            layers = [(name[0], self.provider[name]) for name in names if name in self.provider]
            site, template = self.sites.get(row.site_id or 0, 0), self.templates.get(row.template_id or 0, 0)
            shared = self._kept[key] = stamp_of_shared(self.domain, self.directory, site, template, layers)
        return f"{row.revision}.{shared}"


def revisions(store: Store, domain_id: int) -> Revisions:
    """The revisions of now."""
    domain = store.sql("SELECT revision, directory_revision FROM domains WHERE id = ?", (domain_id,)).fetchone()
    sites = store.sql("SELECT id, revision FROM sites WHERE domain_id = ?", (domain_id,)).fetchall()
    templates = store.sql("SELECT id, revision FROM templates WHERE domain_id = ?", (domain_id,)).fetchall()
    layers = store.sql("SELECT kind, ref, revision FROM layers WHERE domain_id IS NULL").fetchall()
    provider = {(kind, ref): revision for kind, ref, revision in layers}
    return Revisions(domain[0], domain[1], dict(sites), dict(templates), provider)
