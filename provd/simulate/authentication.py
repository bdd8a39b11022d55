"""How a phone answers a challenge: Digest (RFC 7616) with what its firmware knows, else Basic (RFC 7617).  (pure)"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_FIELD = re.compile(r'([A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))')


@dataclass(frozen=True, slots=True)
class Challenge:
    """A WWW-Authenticate header that the phone can answer; `algorithm` is "" for Basic."""

    realm: str
    nonce: str = ""
    algorithm: str = ""
    qop: bool = False
    opaque: str = ""
    stale: bool = False


def choose(headers: Sequence[str], known: Sequence[str]) -> Challenge | None:
    """The first challenge, in the server's order of preference (RFC 7616 §3.7), whose algorithm is `known`."""
    basic = None
    for header in headers[:8]:
        scheme, _, rest = header.strip()[:2048].partition(" ")
        said = {name.lower(): quoted or plain for name, quoted, plain in _FIELD.findall(rest)}
        if scheme.lower() == "basic":
            basic = basic or Challenge(said.get("realm", ""))
            continue
        algorithm = said.get("algorithm", "MD5").upper()
        qops = [word.strip() for word in said.get("qop", "").lower().split(",")]
        if scheme.lower() != "digest" or algorithm not in known or algorithm not in _HASHES or not said.get("nonce"):
            continue
        stale = said.get("stale", "").lower() == "true"
        realm, opaque = said.get("realm", ""), said.get("opaque", "")
        return Challenge(realm, said["nonce"], algorithm, "auth" in qops, opaque, stale)
    return basic


def authorization(
    challenge: Challenge, user: str, password: str, method: str, target: str, count: int, seed: str
) -> str:
    """The Authorization header for `target`, the path and query of the request; `count` is how often the nonce has
    been used, this time included, and `seed` makes the client's nonce."""
    if not challenge.algorithm:
        return "Basic " + b64encode(f"{user}:{password}".encode()).decode()

    def hashed(text: str) -> str:
        return _HASHES[challenge.algorithm](text.encode()).hexdigest()

    secret = hashed(f"{user}:{challenge.realm}:{password}")
    about = hashed(f"{method}:{target}")
    fields = [("username", user), ("realm", challenge.realm), ("nonce", challenge.nonce), ("uri", target)]
    if challenge.opaque:
        fields.append(("opaque", challenge.opaque))
    bare = [("algorithm", challenge.algorithm)]
    middle = challenge.nonce
    if challenge.qop:
        own = hashlib.sha256(f"{seed}:{challenge.nonce}:{count}".encode()).hexdigest()[:16]
        middle = f"{challenge.nonce}:{count:08x}:{own}:auth"
        bare += [("qop", "auth"), ("nc", f"{count:08x}")]
        fields.append(("cnonce", own))
    fields.append(("response", hashed(f"{secret}:{middle}:{about}")))
    said = [f'{name}="{_escaped(value)}"' for name, value in fields] + [f"{name}={value}" for name, value in bare]
    return "Digest " + ", ".join(said)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
