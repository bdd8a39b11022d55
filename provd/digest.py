"""HTTP digest authentication with stateless nonces (RFC 7616), as phones do it.  (pure)"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

ALGORITHMS = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}
NONCE_SECONDS = 300

_FIELD = re.compile(r'([A-Za-z][A-Za-z0-9_-]{0,20})\s*=\s*(?:"((?:[^"\\]|\\.){0,512})"|([^",\s]{0,256}))')


@dataclass(frozen=True, slots=True)
class Credentials:
    """An Authorization header taken apart; fields it does not have are empty."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str
    qop: str
    nc: str
    cnonce: str


def parse(header: str) -> Credentials | None:
    """Read an Authorization header; None when it is not Digest or breaks RFC 7616 §3.4."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != "digest" or len(header) > 2048:
        return None
    said = {match[1].lower(): match[2] if match[2] is not None else match[3] for match in _FIELD.finditer(rest)}
    if not all(said.get(name) for name in ("username", "nonce", "uri", "response")):
        return None
    names = ("username", "realm", "nonce", "uri", "response", "algorithm", "qop", "nc", "cnonce")
    return Credentials(*(said.get(name, "") for name in names))


def challenge(realm: str, key: bytes, now: float, *, stale: bool = False) -> tuple[str, ...]:
    """The WWW-Authenticate values of a 401, the strongest algorithm first (RFC 7616 §3.7)."""
    nonce = make_nonce(key, now)
    ending = ", stale=true" if stale else ""
    return tuple(
        f'Digest realm="{realm}", qop="auth", algorithm={name}, nonce="{nonce}", opaque="provd"{ending}'
        for name in ALGORITHMS
    )


def make_nonce(key: bytes, now: float) -> str:
    """A nonce that carries its own time and our signature, so that nothing has to be remembered."""
    stamp = f"{int(now):x}"
    return f"{stamp}.{hmac.new(key, stamp.encode(), hashlib.sha256).hexdigest()[:32]}"


def nonce_age(nonce: str, key: bytes, now: float) -> float | None:
    """Seconds since we made `nonce`; None when we did not make it."""
    stamp, _, signature = nonce.partition(".")
    expected = hmac.new(key, stamp.encode(), hashlib.sha256).hexdigest()[:32]
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        return None
    return now - int(stamp, 16)


def matches(credentials: Credentials, password: str, realm: str, method: str, uri: str) -> bool:
    """Say whether the response proves `password` for this method and URI (RFC 7616 §3.4.1)."""
    name = credentials.algorithm.upper() or "MD5"
    make = ALGORITHMS.get(name)
    if make is None or credentials.realm != realm or credentials.uri != uri:
        return False

    def digest(text: str) -> str:
        return make(text.encode()).hexdigest()

    ha1 = digest(f"{credentials.username}:{realm}:{password}")
    ha2 = digest(f"{method}:{uri}")
    if credentials.qop == "auth":
        middle = f"{credentials.nonce}:{credentials.nc}:{credentials.cnonce}:auth"
    elif not credentials.qop:
        middle = credentials.nonce
    else:
        return False
    return hmac.compare_digest(digest(f"{ha1}:{middle}:{ha2}").encode(), credentials.response.lower().encode())
