"""API keys: shown once, kept as a digest."""

from __future__ import annotations

from provd import seal
from provd.errors import NotFound
from provd.store import rules
from provd.store.database import Store
from provd.store.reading import fetch, first, select
from provd.store.rows import ApiKey
from provd.store.trace_tables import ApiKeys

PREFIX = "pk_"


def create(
    store: Store, name: str, scope: str, now: int, *, domain_id: int | None = None, created_by: str = "",
    user_id: int | None = None,
) -> tuple[ApiKey, str]:  # fmt: skip
    """Makes a key of the provider (`domain_id` None), of a company or of a person; the second value is the key, shown
    only now."""
    rules.require([*rules.filled("name", name), *rules.one_of(*rules.SCOPES)("scope", scope)])
    plain = seal.new_token(PREFIX)
    row = {"domain_id": domain_id, "name": name, "scope": scope, "created": now, "created_by": created_by}
    row |= {"user_id": user_id}
    with store.transaction():
        key_id = store.execute(ApiKeys.insert(digest=seal.token_digest(plain), last_used=None, **row))
    return ApiKey(key_id, domain_id, name, scope, now, created_by, None, user_id), plain


def find(store: Store, plain: str) -> ApiKey | None:
    """The key that a caller showed, or None."""
    if not plain.startswith(PREFIX) or len(plain) > 100:
        return None
    return first(store, ApiKey, select(ApiKey, ApiKeys).where(ApiKeys.digest == seal.token_digest(plain)))


def of(store: Store, domain_id: int | None) -> list[ApiKey]:
    """The keys of a company, or of the provider (None), by name."""
    owner = ApiKeys.domain_id.is_null() if domain_id is None else ApiKeys.domain_id == domain_id
    return fetch(store, ApiKey, select(ApiKey, ApiKeys).where(owner).order_by(ApiKeys.name, ApiKeys.id))


def used(store: Store, key_id: int, now: int) -> None:
    """Notes the last use; callers do this once a minute a key at most."""
    with store.batch():
        store.sql("UPDATE api_keys SET last_used = ? WHERE id = ?", (now, key_id))


def drop_of_user(store: Store, user_id: int) -> int:
    """Revokes every key that stands for a person; returns how many."""
    with store.transaction():
        return int(store.execute(ApiKeys.delete().where(ApiKeys.user_id == user_id)))


def delete(store: Store, domain_id: int | None, key_id: int) -> None:
    """Revokes a key."""
    owner = ApiKeys.domain_id.is_null() if domain_id is None else ApiKeys.domain_id == domain_id
    with store.transaction():
        if not store.execute(ApiKeys.delete().where(owner & (ApiKeys.id == key_id))):
            raise NotFound("There is no such API key here.")
