"""Digest authentication: challenges, credentials and the sums between them (RFC 2617, 7616, 8760).  (pure)

Rules of this file:
- Parameters keep the text they came with, so a header is written back as it was read.
- Passwords and HA1 come in as arguments and never go into an object, a repr or an error sentence.
- Which nonce is good, which user exists and how often one may try is the registrar's business, not ours.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sip_edge.message.errors import SipError
from sip_edge.message.grammar import LWS, QUOTED, TOKEN, is_token, quote, unquote
from sip_edge.message.lazy import lazy

_PARAMETER = re.compile(rf"{LWS}({TOKEN}\*?){LWS}={LWS}({QUOTED}|[^\s,\"]++){LWS}(?:,|\Z)", re.S)
_SCHEME = re.compile(rf"{LWS}({TOKEN})(?:[ \t]++|\Z)")
_COUNT = re.compile(r"[0-9A-Fa-f]{1,8}\Z")
_HASHES: dict[str, Callable[[bytes], hashlib._Hash]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False),
    "SHA-256": hashlib.sha256,
    "SHA-512-256": lambda data: hashlib.new("sha512_256", data),
}

_NEEDED = ("username", "realm", "nonce", "uri", "response")
_CREDENTIALS = frozenset((*_NEEDED, "algorithm", "cnonce", "nc", "qop", "opaque"))
_CHALLENGE = frozenset(("realm", "nonce", "algorithm", "qop", "opaque", "stale"))

ALGORITHMS = ("SHA-256", "MD5")
"""What we offer, best first (RFC 8760 section 2.4 asks for one challenge each, in that order)."""


@dataclass(frozen=True)
class Parameters:
    """The parameters after a scheme, each as written; names in lower case, the first of equal names counts."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Parameters:
        """The comma-separated auth-params in `text`. Raises SipError(400)."""
        pairs, place, match_at = [], 0, _PARAMETER.match
        text = text.rstrip(" \t,")
        while place < len(text):
            match = match_at(text, place)
            if match is None:
                raise SipError(400, "The parameters of an authentication header are not well formed.")
            name, value = match.groups()
            pairs.append((name.lower(), value))
            place = match.end()
        return cls(tuple(pairs))

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.pairs)

    @lazy
    def values(self) -> dict[str, str]:
        """Name → value, unquoted."""
        return {name: unquote(value) for name, value in reversed(self.pairs)}

    def get(self, name: str) -> str | None:
        """The value of parameter `name`, unquoted; None when absent."""
        return self.values.get(name)

    def other_than(self, known: frozenset[str]) -> Parameters:
        """The parameters whose names are not in `known`."""
        return Parameters(tuple(pair for pair in self.pairs if pair[0] not in known))


def scheme_of(text: str) -> str:
    """The scheme an Authorization or WWW-Authenticate value starts with, lower case. Raises SipError(400)."""
    match = _SCHEME.match(text)
    if match is None:
        raise SipError(400, "An authentication header must start with its scheme.")
    return match[1].lower()


def _digest_parameters(text: str) -> Parameters:
    match = _SCHEME.match(text)
    if match is None or match[1].lower() != "digest":
        raise SipError(400, "The authentication header is not of the Digest scheme.")
    return Parameters.parse(text[match.end() :])


@dataclass(frozen=True)
class Challenge:
    """A Digest challenge: WWW-Authenticate or Proxy-Authenticate."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    """As it is written in RFC 7616: MD5, SHA-256, SHA-512-256, each with -sess; MD5 when the header names none."""
    qop: tuple[str, ...] = ("auth",)
    """Lower case; empty for a server that knows RFC 2069 only."""
    opaque: str | None = None
    stale: bool = False
    extra: Parameters = Parameters()
    """Parameters we do not interpret (domain, charset, userhash …), kept."""

    @classmethod
    def parse(cls, text: str) -> Challenge:
        """The challenge in a header value. Raises SipError(400) for another scheme, or without realm or nonce."""
        given = _digest_parameters(text)
        realm, nonce = given.get("realm"), given.get("nonce")
        if realm is None or nonce is None:
            raise SipError(400, "A Digest challenge needs a realm and a nonce.")
        return cls(
            realm,
            nonce,
            _algorithm(given),
            tuple(one.strip().lower() for one in (given.get("qop") or "").split(",") if one.strip()),
            given.get("opaque"),
            (given.get("stale") or "").lower() == "true",
            given.other_than(_CHALLENGE),
        )

    def __str__(self) -> str:
        """The header value; realm, nonce, opaque and qop quoted, algorithm and stale not (RFC 7616 section 3.3)."""
        parts = [f"realm={quote(self.realm)}", f"nonce={quote(self.nonce)}", f"algorithm={self.algorithm}"]
        if self.qop:
            parts.append(f"qop={quote(','.join(self.qop))}")
        if self.opaque is not None:
            parts.append(f"opaque={quote(self.opaque)}")
        if self.stale:
            parts.append("stale=true")
        if self.extra.pairs:
            parts.append(str(self.extra))
        return "Digest " + ", ".join(parts)


@dataclass(frozen=True)
class Credentials:
    """Digest credentials: Authorization or Proxy-Authorization."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str = field(repr=False)
    """Hexadecimal, lower case."""
    algorithm: str = "MD5"
    cnonce: str | None = None
    nc: int | None = None
    """The nonce count, None without qop."""
    qop: str | None = None
    """`auth`, `auth-int`, or None for RFC 2069."""
    opaque: str | None = None
    extra: Parameters = Parameters()

    @classmethod
    def parse(cls, text: str) -> Credentials:
        """The credentials in a header value. Raises SipError(400) for another scheme or a missing parameter.

        Quotes around algorithm, qop and nc, which old phones write, are taken.
        """
        given = _digest_parameters(text)
        values = given.values
        try:
            username, realm, nonce, uri, response = (values[name] for name in _NEEDED)
        except KeyError as missing:
            raise SipError(400, f"Digest credentials need a {missing.args[0]}.") from None
        qop, count = values.get("qop"), values.get("nc")
        return cls(
            username,
            realm,
            nonce,
            uri,
            response.lower(),
            _algorithm(given),
            values.get("cnonce"),
            None if count is None else _count(count),
            None if qop is None else qop.lower(),
            values.get("opaque"),
            given.other_than(_CREDENTIALS),
        )

    def __str__(self) -> str:
        """The header value; algorithm, qop and nc without quotes (RFC 7616 section 3.4)."""
        parts = [f"{name}={quote(getattr(self, name))}" for name in ("username", "realm", "nonce", "uri", "response")]
        parts.append(f"algorithm={self.algorithm}")
        if self.cnonce is not None:
            parts.append(f"cnonce={quote(self.cnonce)}")
        if self.opaque is not None:
            parts.append(f"opaque={quote(self.opaque)}")
        if self.qop is not None:
            parts.append(f"qop={self.qop if is_token(self.qop) else quote(self.qop)}")
        if self.nc is not None:
            parts.append(f"nc={self.nc:08x}")
        if self.extra.pairs:
            parts.append(str(self.extra))
        return "Digest " + ", ".join(parts)

    def proves(self, method: str, ha1: str) -> bool:
        """Was the response made for `method` by somebody who knows `ha1` (of this algorithm, without -sess)?

        Compares in constant time. False for an algorithm or a qop we do not compute.
        """
        if not computable(self.algorithm) or self.qop not in (None, "auth"):
            return False
        if self.qop is not None and (self.cnonce is None or self.nc is None):
            return False
        return hmac.compare_digest(compute(self, method, ha1).encode(), self.response.encode("utf-8", "replace"))


def _count(text: str) -> int:
    if not _COUNT.match(text):
        raise SipError(400, "The nc of Digest credentials must be eight hexadecimal digits.")
    return int(text, 16)


def _algorithm(given: Parameters) -> str:
    text = given.get("algorithm") or "MD5"
    if not is_token(text):
        raise SipError(400, "The algorithm of an authentication header must be a token.")
    return text.upper().replace("-SESS", "-sess")


def computable(algorithm: str) -> bool:
    """Can this machine compute `algorithm`? SHA-512-256 depends on the OpenSSL below Python."""
    name = algorithm.removesuffix("-sess")
    return name in _HASHES and (name != "SHA-512-256" or "sha512_256" in hashlib.algorithms_available)


def hashed(algorithm: str, text: str) -> str:
    """H(text) in lower-case hexadecimal, `algorithm` as in the header; text is taken as UTF-8."""
    return _HASHES[algorithm.removesuffix("-sess")](text.encode("utf-8", "surrogateescape")).hexdigest()


def ha1(algorithm: str, username: str, realm: str, password: str) -> str:
    """H(username:realm:password): what a registrar stores per algorithm in place of the password."""
    return hashed(algorithm, f"{username}:{realm}:{password}")


def compute(credentials: Credentials, method: str, ha1_value: str) -> str:
    """The response these credentials should carry (RFC 7616 section 3.4.1), qop auth or none."""
    algorithm = credentials.algorithm
    if algorithm.endswith("-sess"):
        ha1_value = hashed(algorithm, f"{ha1_value}:{credentials.nonce}:{credentials.cnonce or ''}")
    ha2 = hashed(algorithm, f"{method}:{credentials.uri}")
    if credentials.qop is None:
        return hashed(algorithm, f"{ha1_value}:{credentials.nonce}:{ha2}")
    middle = f"{credentials.nonce}:{credentials.nc or 0:08x}:{credentials.cnonce}:{credentials.qop}"
    return hashed(algorithm, f"{ha1_value}:{middle}:{ha2}")


def answer(
    challenge: Challenge, method: str, uri: str, username: str, password: str, cnonce: str, nc: int = 1
) -> Credentials:
    """Credentials that answer `challenge`, for requests of our own (`nc` counts the uses of this nonce from 1).

    Raises ValueError when the challenge asks for what we do not compute.
    """
    qop = "auth" if "auth" in challenge.qop else None
    if not computable(challenge.algorithm) or (challenge.qop and qop is None):
        raise ValueError("The challenge asks for an algorithm or protection this server does not compute.")
    empty = Credentials(username, challenge.realm, challenge.nonce, uri, "", challenge.algorithm)
    with_cnonce = qop is not None or challenge.algorithm.endswith("-sess")
    filled = replace(
        empty, cnonce=cnonce if with_cnonce else None, nc=nc if qop else None, qop=qop, opaque=challenge.opaque
    )
    secret = ha1(challenge.algorithm, username, challenge.realm, password)
    return replace(filled, response=compute(filled, method, secret))


def strongest(values: list[str]) -> Challenge | None:
    """The challenge to answer among WWW-Authenticate values: the first one we can (RFC 8760 section 2.4).

    Other schemes and broken challenges are passed over; None when nothing is left.
    """
    for value in values:
        try:
            challenge = Challenge.parse(value)
        except SipError:
            continue
        if computable(challenge.algorithm) and (not challenge.qop or "auth" in challenge.qop):
            return challenge
    return None


def offers(values: list[str]) -> list[Credentials]:
    """The Digest credentials among Authorization values; other schemes are passed over (RFC 4475 section 3.3.7).

    Raises SipError(400) for Digest credentials that are broken.
    """
    return [Credentials.parse(value) for value in values if scheme_of(value) == "digest"]
