"""Who is calling: the API key of a request, the person behind it, and how often both may call."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from weakref import WeakSet

from provd.api.problems import Refused
from provd.api.scope import PERSONAL, Who
from provd.limits import Buckets
from provd.store import api_keys, resellers, users
from provd.store.database import Store
from provd.store.rows import ApiKey, User

BURST, PER_SECOND = 600, 100.0
FAILURES, FAILURES_PER_SECOND = 60, 1.0


class Gate:
    """Reads keys and counts calls. The bounds are per process, for each key and for each address that fails."""

    def __init__(self, store: Store, *, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self._store = store
        self._calls = Buckets(burst, per_second)
        self._failures = Buckets(FAILURES, FAILURES_PER_SECOND)
        self._used: dict[int, int] = {}
        self.heavy: WeakSet[Any] = WeakSet()
        """Requests whose large bodies are held at this moment."""

    async def who(self, authorization: str, address: str) -> Who:
        """The caller; raises Refused with 401 or 429."""
        kind, _, plain = authorization.partition(" ")
        if kind.casefold() != "bearer" or not plain.strip():
            raise Refused(
                401,
                "Send an API key in the header: Authorization: Bearer pk_…",
                WWW_Authenticate='Bearer realm="provd"',
            )
        now = time.monotonic()
        if self._failures.empty(address, now):
            raise Refused(429, "Too many wrong keys came from this address; wait a minute.", Retry_After="60")
        key, who = await self._store.run(_owner, plain.strip())
        if key is None or who is None:
            self._failures.take(address, now)
            challenge = 'Bearer realm="provd", error="invalid_token"'
            raise Refused(401, "This API key is not, or no longer, valid.", WWW_Authenticate=challenge)
        if not self._calls.take(str(key.id), now):
            raise Refused(429, "This key calls too often; wait a second.", Retry_After="1")
        await self._note(key.id, int(time.time()))
        return who

    async def _note(self, key_id: int, now: int) -> None:
        if now - self._used.get(key_id, 0) >= 60:
            if len(self._used) > 10_000:
                self._used.clear()
            self._used[key_id] = now
            await self._store.run(api_keys.used, key_id, now)


def _owner(store: Store, plain: str) -> tuple[ApiKey | None, Who | None]:
    """A key of a personal scope is worth what its person is now: their site, their company, and nothing once they
    are gone."""
    key = api_keys.find(store, plain)
    if key is None:
        return None, None
    shown = f"key {key.id} ({key.name})"
    if key.user_id is None:
        return key, None if key.scope in PERSONAL else Who(shown, key.scope, key.domain_id)
    user = users.by_id(store, key.user_id)
    if user is None or user.domain_id != key.domain_id or (key.scope == "reseller" != user.scope):
        return key, None
    return key, who_is(store, user, name=shown, scope=key.scope)


def who_is(store: Store, user: User, *, name: str = "", scope: str = "") -> Who:
    """The caller that a person is: their company and site as they are now, a reseller's companies. `name` (as the
    trail has it) is the login, and `scope` the person's, unless given."""
    own = scope or user.scope
    given = resellers.companies(store, user.id) if own == "reseller" else None
    return Who(name or user.login_name, own, user.domain_id, user.site_id, user.id, given)


async def off_the_loop(function: Any, *arguments: Any) -> Any:
    """Work that takes long on purpose or by nature (hashes, renders, differences), in a thread."""
    return await asyncio.to_thread(function, *arguments)
