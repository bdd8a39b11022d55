"""Provisioning tokens: the secret part of a phone's URL, of a company or of one phone.

Found by digest, so that a copied database opens no door; sealed too, because the phone's own file has to name the
token. A rotation makes a `next` token beside the `current` one; both open the door until the next one is promoted.
"""

from __future__ import annotations

from provd import seal
from provd.errors import NotFound
from provd.store import changes
from provd.store.database import Store
from provd.store.reading import fetch, first, select
from provd.store.rows import Token
from provd.store.tables import Domains, Phones, Tokens

TOKEN_LIMIT = 200


def create(store: Store, domain_id: int, phone_id: int | None, now: int, state: str = "current") -> Token:
    """Makes a token; part of making a company or a phone. Inside a transaction of the caller's."""
    plain = seal.new_token()
    digest, sealed = seal.token_digest(plain), store.seal.seal(plain)
    token_id = store.execute(
        Tokens.insert(
            domain_id=domain_id,
            phone_id=phone_id,
            digest=digest,
            sealed=sealed,
            state=state,
            created=now,
            first_used=None,
        )
    )
    changes.record(store, "token", token_id, domain_id, now)
    return Token(token_id, domain_id, phone_id, state, now, None)


def find(store: Store, plain: str) -> Token | None:
    """The token that a phone showed, or None. Looked up by its digest: nothing to learn from the time it takes."""
    if not plain or len(plain) > TOKEN_LIMIT:
        return None
    return first(store, Token, select(Token, Tokens).where(Tokens.digest == seal.token_digest(plain)))


def of(store: Store, domain_id: int, phone_id: int | None = None) -> list[Token]:
    """The tokens of a company, or of one of its phones: the current one and perhaps a next one."""
    owner = Tokens.phone_id.is_null() if phone_id is None else Tokens.phone_id == phone_id
    query = select(Token, Tokens).where((Tokens.domain_id == domain_id) & owner).order_by(Tokens.id)
    return fetch(store, Token, query)


def newest(store: Store, domain_id: int, phone_id: int | None = None) -> str:
    """The token in plain text that files name now: the next one while there is one, else the current one; empty when
    the company or phone has none."""
    owner = Tokens.phone_id.is_null() if phone_id is None else Tokens.phone_id == phone_id
    query = Tokens.select(Tokens.sealed).where((Tokens.domain_id == domain_id) & owner).order_by(Tokens.id.desc())
    found = store.tuples(query.limit(1))
    return store.seal.open(found[0][0]) if found else ""


def rotate(store: Store, domain_id: int, phone_id: int | None, now: int) -> str:
    """Makes the next token and returns it in plain text. One that was next and never used is dropped for it."""
    with store.transaction():
        _owned(store, domain_id, phone_id)
        owner = Tokens.phone_id.is_null() if phone_id is None else Tokens.phone_id == phone_id
        mine = (Tokens.domain_id == domain_id) & owner
        store.execute(Tokens.delete().where(mine & (Tokens.state == "next")))
        create(store, domain_id, phone_id, now, "next" if of(store, domain_id, phone_id) else "current")
        _touch(store, domain_id, phone_id, now)
    return newest(store, domain_id, phone_id)


def use(store: Store, token: Token, now: int) -> Token:
    """A phone showed this token. The first use of a phone's next token retires the one before it.

    A company's next token is only marked as used: the other phones still hold the one before, until promote().
    """
    if token.first_used is not None:
        return token
    with store.transaction():
        store.execute(Tokens.update(first_used=now).where((Tokens.id == token.id) & Tokens.first_used.is_null()))
        changes.record(store, "token", token.id, token.domain_id, now)
        if token.state == "next" and token.phone_id is not None:
            promote(store, token.domain_id, token.phone_id, now)
    found = first(store, Token, select(Token, Tokens).where(Tokens.id == token.id))
    return found or token


def promote(store: Store, domain_id: int, phone_id: int | None, now: int) -> None:
    """Makes the next token the current one; the one before opens nothing any more."""
    with store.transaction():
        tokens = {token.state: token for token in of(store, domain_id, phone_id)}
        if "next" not in tokens:
            return
        if "current" in tokens:
            store.execute(Tokens.delete().where(Tokens.id == tokens["current"].id))
            changes.record(store, "token", tokens["current"].id, domain_id, now)
        store.execute(Tokens.update(state="current").where(Tokens.id == tokens["next"].id))
        changes.record(store, "token", tokens["next"].id, domain_id, now)


def revoke(store: Store, domain_id: int, phone_id: int | None, now: int) -> None:
    """Deletes all tokens of a company or phone at once: none opens anything any more."""
    with store.transaction():
        for token in of(store, domain_id, phone_id):
            store.execute(Tokens.delete().where(Tokens.id == token.id))
            changes.record(store, "token", token.id, domain_id, now)
        _touch(store, domain_id, phone_id, now)


def _owned(store: Store, domain_id: int, phone_id: int | None) -> None:
    domain = Domains.select(Domains.id).where(Domains.id == domain_id)
    phone = Phones.select(Phones.id).where((Phones.id == phone_id) & (Phones.domain_id == domain_id))
    if not store.tuples(domain):
        raise NotFound("There is no such company.")
    if phone_id is not None and not store.tuples(phone):
        raise NotFound("There is no such phone in this company.")


def _touch(store: Store, domain_id: int, phone_id: int | None, now: int) -> None:
    """The files name the newest token: they are stale."""
    if phone_id is None:
        changes.domain(store, domain_id, now)
    else:
        changes.phone(store, phone_id, domain_id, now)
