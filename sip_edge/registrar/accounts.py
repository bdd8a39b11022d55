"""The devices that may register, in memory, kept true by the store's change feed.

Rules of this file: it never writes. Rows are read wherever the store runs, and taken in on the loop, so nobody ever
sees half a change. Of a password it keeps what digest needs, one hash an algorithm (HA1, RFC 7616
section 3.4.2), and that is never shown. A name that is not in here does not exist, so guessing names costs no read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provd.store import accounts, changes
from provd.store.accounts import DeviceRow
from provd.store.database import Store
from provd.store.devices import ha1
from provd.store.rows import Change
from sip_edge.defence.policy import Access, read_access

Mine = Callable[[str], bool]
"""Does the company with this domain live in this process?"""
SLICE = 500
"""Rows of the change feed that are followed in one go: some milliseconds."""
Name = tuple[str, str]
"""(domain, device name)."""


@dataclass(frozen=True, slots=True)
class Account:
    """A device that may register."""

    device_id: int
    domain_id: int
    user_id: int
    domain: str
    name: str
    allowed_user_agent: str
    expires: int
    """Seconds its phone is told to ask for, and gets when it asks for none."""
    ha1: Mapping[str, str] = field(repr=False)
    """By algorithm, hexadecimal."""

    @property
    def key(self) -> Name:
        """(domain, device name)."""
        return self.domain, self.name

    @property
    def aor(self) -> str:
        """The address of record as a SIP URI."""
        return f"sip:{self.name}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Altered:
    """What changed in the accounts: `gone` lost their name or their right to register, `secret` got a password."""

    gone: tuple[Account, ...] = ()
    secret: tuple[Account, ...] = ()


class Accounts:
    """Every device of `mine` by (domain, name), every company, and which phones carry which device."""

    def __init__(self, store: Store, mine: Mine = lambda _domain: True) -> None:
        self._store = store
        self._mine = mine
        self._accounts: dict[Name, Account] = {}
        self._by_id: dict[int, Account] = {}
        self._of_user: dict[int, set[int]] = {}
        self._domains: dict[int, str] = {}
        self._access: dict[str, Access] = {}
        self._lines: dict[int, tuple[int, ...]] = {}
        self._phones: dict[int, dict[int, str]] = {}
        self._last_change = 0
        self._seen: object = None

    def __len__(self) -> int:
        return len(self._accounts)

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def get(self, domain: str, name: str) -> Account | None:
        """The device of that name; None when there is none."""
        return self._accounts.get((domain, name))

    def by_id(self, device_id: int) -> Account | None:
        """The device with this id; None when there is none."""
        return self._by_id.get(device_id)

    def of_user(self, user_id: int) -> list[Account]:
        """The devices of a user, by name."""
        return sorted((self._by_id[one] for one in self._of_user.get(user_id, ())), key=lambda one: one.name)

    def access(self, domain: str) -> Access | None:
        """The networks of a company; None when there is no such company."""
        return self._access.get(domain)

    def domain(self, domain_id: int | None) -> str:
        """The name of a company; empty when there is none."""
        return self._domains.get(domain_id or 0, "")

    def domain_id(self, name: str) -> int:
        """The number of a company; 0 when there is none of that name."""
        return next((number for number, known in self._domains.items() if known == name), 0)

    def phones(self, device_id: int) -> Mapping[int, str]:
        """phone id → MAC of the phones that carry a device."""
        return self._phones.get(device_id, {})

    # Following the store

    def load(self) -> None:
        """Read everything; what was known before is forgotten."""
        self._take_all(_read_all(self._store, self._mine))

    def stale(self) -> bool:
        """May the database have changed since the last catch_up()? Microseconds with SQLite."""
        return not self._store.sqlite or changes.data_version(self._store) != self._seen

    async def catch_up(self) -> tuple[Altered, bool]:
        """Apply a slice of what has changed; the second value says whether there is more."""
        store = self._store
        seen = changes.data_version(store) if store.sqlite else None
        read = await store.run(_read, self._last_change, self._domains, self._mine)
        if read.everything:
            before = self._accounts
            self._take_all(read)
        else:
            before = dict(self._touched(read))
            self._take(read)
        if read.last:
            self._seen = seen
        return self._compared(before), not read.last

    def _touched(self, read: _Read) -> Iterator[tuple[Name, Account]]:
        """The accounts that a slice of changes may alter, as they are."""
        found = {*read.devices, *(one for user in read.users for one in self._of_user.get(user, ()))}
        if read.renamed:
            found |= {one.device_id for one in self._by_id.values() if one.domain_id in read.renamed}
        for device_id in found:
            account = self._by_id.get(device_id)
            if account is not None:
                yield account.key, account

    def _take_all(self, read: _Read) -> None:
        self._accounts, self._by_id, self._of_user = {}, {}, {}
        self._lines, self._phones, self._domains, self._access = {}, {}, {}, {}
        self._take(read)

    def _take(self, read: _Read) -> None:
        self._last_change = read.change
        for domain_id in read.domains:
            self._access.pop(self._domains.pop(domain_id, ""), None)
        for domain_id, (name, admission) in read.companies.items():
            self._domains[domain_id] = name
            self._access[name] = read_access(admission)
        for _, account in list(self._touched(read)):
            self._forget(account)
        for row, hashes in read.rows:
            self._note(row, hashes)
        for phone_id in read.phones:
            self._forget_lines(phone_id)
        for phone_id, mac, device_id in read.lines:
            self._lines[phone_id] = (*self._lines.get(phone_id, ()), device_id)
            self._phones.setdefault(device_id, {})[phone_id] = mac

    def _forget(self, account: Account) -> None:
        self._accounts.pop(account.key, None)
        self._by_id.pop(account.device_id, None)
        of_user = self._of_user.get(account.user_id, set())
        of_user.discard(account.device_id)
        if not of_user:
            self._of_user.pop(account.user_id, None)

    def _note(self, row: DeviceRow, hashes: Mapping[str, str]) -> None:
        account = Account(
            row.id, row.domain_id, row.user_id, row.domain, row.name, row.allowed_user_agent, row.expires, hashes
        )
        self._accounts[account.key] = account
        self._by_id[row.id] = account
        self._of_user.setdefault(row.user_id, set()).add(row.id)

    def _forget_lines(self, phone_id: int) -> None:
        for device_id in self._lines.pop(phone_id, ()):
            carrying = self._phones.get(device_id, {})
            carrying.pop(phone_id, None)
            if not carrying:
                self._phones.pop(device_id, None)

    def _compared(self, before: Mapping[Name, Account]) -> Altered:
        """What became of the accounts as they were."""
        gone, secret = [], []
        for key, old in before.items():
            new = self._accounts.get(key)
            if new is None or new.device_id != old.device_id:
                gone.append(old)
            elif new.ha1 != old.ha1:
                secret.append(new)
        return Altered(tuple(gone), tuple(secret))


@dataclass(frozen=True, slots=True)
class _Read:
    """A slice of the change feed, and the rows that it names as they are now."""

    change: int
    """The last change in it."""
    last: bool
    everything: bool
    devices: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()
    domains: frozenset[int] = frozenset()
    phones: frozenset[int] = frozenset()
    renamed: frozenset[int] = frozenset()
    """Companies whose name, and so the realm of their devices, is another one now, or that are gone."""
    companies: Mapping[int, tuple[str, Mapping[str, object]]] = field(default_factory=dict)
    rows: tuple[tuple[DeviceRow, Mapping[str, str]], ...] = field(default=(), repr=False)
    lines: tuple[tuple[int, str, int], ...] = ()


def _read_all(store: Store, mine: Mine) -> _Read:
    change = changes.latest_id(store)
    companies = accounts.companies(store)
    rows = _hashed(accounts.devices(store), mine)
    return _Read(change, True, True, companies=companies, rows=rows, lines=tuple(accounts.carried(store)))


def _read(store: Store, after: int, names: Mapping[int, str], mine: Mine) -> _Read:
    """What happened after change `after`; `names`: the companies as they were."""
    if after and changes.oldest_id(store) > after + 1:
        return _read_all(store, mine)
    batch = changes.since(store, after, SLICE)
    if not batch:
        return _Read(after, True, False)
    devices, users, domains, phones = (_refs(batch, noun) for noun in ("device", "user", "domain", "phone"))
    companies = accounts.companies_where(store, domains)
    renamed = frozenset(one for one in domains if one not in companies or companies[one][0] != names.get(one))
    found = {row.id: row for row in accounts.devices_where(store, "id", devices)}
    found |= {row.id: row for row in accounts.devices_where(store, "user_id", users)}
    found |= {row.id: row for row in accounts.devices_where(store, "domain_id", renamed)}
    rows = _hashed(found.values(), mine)
    lines = tuple(accounts.carried_by(store, phones))
    last = len(batch) < SLICE
    return _Read(batch[-1].id, last, False, devices, users, domains, phones, renamed, companies, rows, lines)


def _hashed(rows: Iterable[DeviceRow], mine: Mine) -> tuple[tuple[DeviceRow, Mapping[str, str]], ...]:
    return tuple((row, ha1(row.name, row.domain, row.password)) for row in rows if mine(row.domain))


def _refs(batch: list[Change], noun: str) -> frozenset[int]:
    return frozenset(int(change.ref) for change in batch if change.noun == noun)
