"""The phones as the answer path knows them: in memory, kept true by the store's change feed.

Rules of this file: it never writes, and it holds no secret but what a proof is compared with. A change names the widest
thing it covers; what is under that thing is forgotten here and read again when a phone asks. A MAC that is not in
memory is not in the database either, so a flood of unknown MACs costs no read.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from provd.admission import Policy, read_policy
from provd.seal import token_digest
from provd.store import changes, known, phones
from provd.store.database import Store
from provd.store.rows import PhoneSnapshot, Token

SLICE = 200  # changes read and applied at a time: some milliseconds of the loop
POLL_SECONDS = 0.1  # how long another process's change may stay unseen with PostgreSQL


@dataclass(frozen=True, slots=True)
class Known:
    """What is needed to answer a phone from the cache: its place, its policy, its revision."""

    mac: str
    phone_id: int
    domain_id: int
    company: str
    model: str
    policy: Policy
    revision: str
    digest_user: str
    digest_password: str = field(repr=False)


class Fleet:
    """Every MAC and token, and the `most` phones that asked last."""

    def __init__(self, store: Store, most: int = 20_000) -> None:
        self._store = store
        self._most = most
        self._macs: dict[str, tuple[int, int]] = {}
        self._by_id: dict[int, str] = {}
        self._tokens: dict[str, Token] = {}
        self._digests: dict[int, str] = {}
        self._used: set[int] = set()
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._last_change = 0
        self._seen: object = None
        self._polled = 0.0
        self._turn = asyncio.Lock()

    def load(self) -> None:
        """Read all MACs and tokens; everything remembered before is forgotten."""
        store = self._store
        self._last_change = changes.latest_id(store)
        rows = phones.all_macs(store)
        self._macs = {mac: (phone_id, domain_id) for mac, phone_id, domain_id in rows}
        self._by_id = {phone_id: mac for mac, phone_id, _ in rows}
        self._tokens, self._digests, self._used = {}, {}, set()
        for digest, token in known.tokens(store).items():
            self._note_token(digest, token)
        self._known.clear()

    def stale(self) -> bool:
        """Say whether the database may have changed since the last catch_up(); microseconds."""
        if self._store.sqlite:
            return changes.data_version(self._store) != self._seen
        return self._store.writes != self._seen or time.monotonic() - self._polled > POLL_SECONDS

    async def catch_up(self) -> None:
        """Apply what has changed, slice by slice. One caller at a time: who waited looks again whether there is more,
        since the turn before may have begun too early for the change it has to see."""
        async with self._turn:
            if self.stale():
                await self._follow()

    async def _follow(self) -> None:
        """Read the change feed to its end and forget what it names."""
        store, self._polled = self._store, time.monotonic()
        seen = changes.data_version(store) if store.sqlite else store.writes
        if self._last_change and await store.run(changes.oldest_id) > self._last_change + 1:
            await store.run(_load, self)
        while found := await store.run(known.news, self._last_change, SLICE):
            for news in found:
                self._apply(news)
            self._last_change = found[-1].change.id
            await asyncio.sleep(0)
        self._seen = seen

    def _apply(self, news: known.News) -> None:
        change = news.change
        match change.noun:
            case "phone":
                self._place(int(change.ref), news.place)
            case "token":
                self._reload_token(int(change.ref), news.token)
            case "domain" | "directory" | "site" | "template":
                self._forget(change.domain_id)
            case "server" | "brand" | "model":
                self._known.clear()

    def _place(self, phone_id: int, place: tuple[str, int] | None) -> None:
        old = self._by_id.get(phone_id)
        if old is not None and (place is None or place[0] != old):
            self._macs.pop(old, None)
            self._by_id.pop(phone_id, None)
        if old is not None:
            self._known.pop(old, None)
        if place is not None:
            self._macs[place[0]] = (phone_id, place[1])
            self._by_id[phone_id] = place[0]
            self._known.pop(place[0], None)

    def _reload_token(self, token_id: int, found: tuple[str, Token] | None) -> None:
        old = self._tokens.pop(self._digests.pop(token_id, ""), None)
        if found is not None:
            self._note_token(*found)
        elif old is not None and old.phone_id is not None and old.first_used:
            still = (token for token in self._tokens.values() if token.phone_id == old.phone_id and token.first_used)
            if next(still, None) is None:
                self._used.discard(old.phone_id)

    def _note_token(self, digest: str, token: Token) -> None:
        self._tokens[digest] = token
        self._digests[token.id] = digest
        if token.phone_id is not None and token.first_used:
            self._used.add(token.phone_id)

    def _forget(self, domain_id: int | None) -> None:
        for mac in [mac for mac, phone in self._known.items() if phone.domain_id == domain_id]:
            del self._known[mac]

    def __contains__(self, mac: str) -> bool:
        return mac in self._macs

    def __len__(self) -> int:
        return len(self._macs)

    def phone_id(self, mac: str) -> int | None:
        """The id of a known MAC; None for an unknown one."""
        found = self._macs.get(mac)
        return found[0] if found else None

    def domain_id(self, mac: str) -> int | None:
        """The company of a known MAC; None for an unknown one."""
        found = self._macs.get(mac)
        return found[1] if found else None

    def get(self, mac: str) -> Known | None:
        """What is remembered of a phone; None means that its snapshot has to be read (or that there is none)."""
        found = self._known.get(mac)
        if found is not None:
            self._known.move_to_end(mac)
        return found

    def learn(self, snapshot: PhoneSnapshot) -> Known:
        """Remember a phone from its snapshot."""
        phone = snapshot.phone
        policy = dict(snapshot.domain.admission) | dict(phone.admission or {})
        learned = Known(
            mac=phone.mac,
            phone_id=phone.id,
            domain_id=phone.domain_id,
            company=snapshot.domain.name,
            model=phone.model,
            policy=read_policy(policy),
            revision=snapshot.stamp,
            digest_user=phone.digest_user,
            digest_password=snapshot.digest_password,
        )
        self._known[phone.mac] = learned
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return learned

    def token(self, plain: str) -> Token | None:
        """The token that a path shows; None when nobody has it."""
        return self._tokens.get(token_digest(plain))

    def own_token_used(self, phone_id: int) -> bool:
        """Whether the phone has ever used its own token."""
        return phone_id in self._used


def _load(_store: Store, fleet: Fleet) -> None:
    fleet.load()
