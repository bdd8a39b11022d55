"""Second factors: the sealed secret of a person's authenticator app, and recovery codes for when it is lost.

Rules of this file: a code opens once, and after MOST_FAILURES wrong ones no code is looked at for PAUSE seconds,
whichever process was asked.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass

from provd import seal, totp
from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.store.database import Store
from provd.store.rows import User

MOST_FAILURES = 10
PAUSE = 900
CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that people mix up
_CODE = re.compile(r"[a-z0-9]{16}")


@dataclass(frozen=True, slots=True)
class Factor:
    """`confirmed` None: begun, and not in use before its first code; `codes_left` recovery codes are unused."""

    created: int
    confirmed: int | None
    codes_left: int


def status(store: Store, user_id: int) -> Factor | None:
    """What a person has; None without a second factor."""
    found = store.sql("SELECT created, confirmed FROM second_factors WHERE user_id = ?", (user_id,)).fetchone()
    if found is None:
        return None
    left = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = ? AND used IS NULL"
    return Factor(found[0], found[1], int(store.sql(left, (user_id,)).fetchone()[0]))


def allowed(store: Store, user: User) -> bool:
    """Whether the person may have one: the provider's own always, a company's where the provider lets it (SF-007)."""
    if user.domain_id is None:
        return True
    found = store.sql("SELECT second_factor FROM domains WHERE id = ?", (user.domain_id,)).fetchone()
    return bool(found and found[0])


def needed(store: Store, user: User) -> bool:
    """Whether a code is asked at the sign-in: it is in use, and the company still has it switched on."""
    found = status(store, user.id)
    return found is not None and found.confirmed is not None and allowed(store, user)


def begin(store: Store, user: User, now: int) -> bytes:
    """Makes a secret, which counts from its first right code on; raises Conflict while one is in use."""
    if not allowed(store, user):
        raise Conflict("One-time codes are not switched on for this company; ask the provider.")
    made = secrets.token_bytes(totp.SECRET_BYTES)
    with store.transaction():
        present = status(store, user.id)
        if present is not None and present.confirmed is not None:
            raise Conflict("There is a second factor already; switch it off first.")
        _drop(store, user.id)
        sealed = store.seal.seal(base64.b64encode(made).decode())
        store.sql(
            "INSERT INTO second_factors (user_id, sealed_secret, created, last_step, failures, failed) "
            "VALUES (?, ?, ?, 0, 0, 0)",
            (user.id, sealed, now),
        )
    return made


def confirm(store: Store, user_id: int, said: str, now: int) -> list[str]:
    """Puts it in use with its first code; returns the recovery codes, shown only now. Raises Invalid for a wrong
    code."""
    with store.transaction():
        present = status(store, user_id)
        if present is None:
            raise NotFound("No second factor was begun; scan a new QR code first.")
        if present.confirmed is not None:
            raise Conflict("The second factor is in use already.")
        if _takes(store, user_id, said, now):
            store.sql("UPDATE second_factors SET confirmed = ? WHERE user_id = ?", (now, user_id))
            return renew_codes(store, user_id)
    raise wrong_code()  # outside the transaction: a wrong code is counted


def wrong_code() -> Invalid:
    """What to raise for a code that does not open."""
    return Invalid([Problem("code", "This code is wrong, or was used already; wait for the next one of the app.")])


def check(store: Store, user_id: int, said: str, now: int) -> bool:
    """Whether this code, of the app or a recovery code, opens now; it will not again."""
    with store.transaction():
        present = status(store, user_id)
        if present is None or present.confirmed is None:
            return False
        return _takes(store, user_id, said, now)


def _takes(store: Store, user_id: int, said: str, now: int) -> bool:
    query = "SELECT sealed_secret, last_step, failures, failed FROM second_factors WHERE user_id = ?"
    sealed, last, failures, failed = store.sql(query, (user_id,)).fetchone()
    failures = 0 if now - failed >= PAUSE else failures
    if failures >= MOST_FAILURES:
        return False
    step = totp.matching_step(base64.b64decode(store.seal.open(sealed)), said, now, last)
    if step is not None:
        store.sql("UPDATE second_factors SET last_step = ?, failures = 0 WHERE user_id = ?", (step, user_id))
        return True
    if _recovers(store, user_id, said, now):
        store.sql("UPDATE second_factors SET failures = 0 WHERE user_id = ?", (user_id,))
        return True
    store.sql("UPDATE second_factors SET failures = ?, failed = ? WHERE user_id = ?", (failures + 1, now, user_id))
    return False


def _recovers(store: Store, user_id: int, said: str, now: int) -> bool:
    plain = re.sub(r"[\s-]", "", said[:40].lower())
    if not _CODE.fullmatch(plain):
        return False
    query = "UPDATE recovery_codes SET used = ? WHERE user_id = ? AND digest = ? AND used IS NULL"
    return bool(store.sql(query, (now, user_id, seal.token_digest(plain))).rowcount)


def renew_codes(store: Store, user_id: int) -> list[str]:
    """Ten new recovery codes of 79 random bits each; the old ones open nothing any more."""
    made = ["".join(secrets.choice(_ALPHABET) for _ in range(16)) for _ in range(CODES)]
    with store.transaction():
        store.sql("DELETE FROM recovery_codes WHERE user_id = ?", (user_id,))
        rows = [(user_id, seal.token_digest(one)) for one in made]
        store.many("INSERT INTO recovery_codes (user_id, digest) VALUES (?, ?)", rows)
    return ["-".join(one[start : start + 4] for start in range(0, 16, 4)) for one in made]


def remove(store: Store, user_id: int) -> bool:
    """Switches it off; False when there was none."""
    with store.transaction():
        return _drop(store, user_id)


def _drop(store: Store, user_id: int) -> bool:
    store.sql("DELETE FROM recovery_codes WHERE user_id = ?", (user_id,))
    return bool(store.sql("DELETE FROM second_factors WHERE user_id = ?", (user_id,)).rowcount)
