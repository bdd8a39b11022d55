"""Digest challenges with nonces that carry their own proof, and what an answer to one is worth.  (pure)

Rules of this file:
- Nothing is remembered of a challenge, so a flood of requests without credentials costs no memory.
- A nonce is signed for one realm and one source address: who uses it has received our answer there, so nobody
  can have a stranger's address punished for wrong passwords.
- The nonce is looked at before the password. With one that is not good the password is not even tried: the phone is
  told `stale` and comes again, and who guesses passwords learns nothing.
- What is remembered is how far a nonce has been used, and only once the right password came with it: a request
  that was overheard is good for nothing (RFC 7616 sections 5.4 and 5.5). The memory is bounded; a nonce that had to
  be forgotten is stale, which costs its phone one more round trip.
"""

from __future__ import annotations

import hashlib
from collections import deque
from enum import Enum
from functools import lru_cache
from hmac import compare_digest

from sip_edge.message.digest import ALGORITHMS, Credentials
from sip_edge.message.grammar import quote

WINDOW = 64
"""How far behind the highest count of a nonce a request may come: datagrams overtake each other."""
_ALL = (1 << WINDOW) - 1
_ONCE = (0xFFFFFFFF, _ALL)
_STAMP, _SERIAL, _SIGNATURE = 11, 12, 20  # hexadecimal digits: milliseconds, number, signature
_BODY = _STAMP + _SERIAL


class Verdict(Enum):
    """What credentials are worth."""

    GOOD = "good"
    STALE = "stale"
    """The nonce is not good, or not any more: challenge with stale=true, so that the phone asks nobody."""
    WRONG = "wrong"


class Nonces:
    """Makes and checks nonces: time in milliseconds, serial number, signature over both, the realm and the address."""

    def __init__(
        self, key: bytes, *, started: float = 0.0, serial: int = 0, lifetime: float = 300.0, most: int = 50_000
    ) -> None:
        """`key`: 16 to 32 secret bytes, the same after a restart and in every process. `started`: nonces from before
        that second are stale, for how far they were used is forgotten. `serial`: where to count from, another in every
        process. `lifetime` in seconds. `most`: how many used nonces are remembered."""
        self._key = key
        self._serial = serial
        self._lifetime = lifetime
        self._most = most
        self._used: dict[int, tuple[int, int]] = {}
        self._order: deque[tuple[int, float]] = deque()
        self._forgotten = started - 0.002  # stamps are whole milliseconds

    def __len__(self) -> int:
        return len(self._used)

    def make(self, realm: str, address: str, now: float) -> str:
        """A new nonce for `realm` and the source `address`; `now` in seconds."""
        self._serial = (self._serial + 1) & 0xFFFFFFFFFFFF
        body = f"{int(now * 1000):011x}{self._serial:012x}"
        return body + self._sign(body, realm, address)

    def age(self, nonce: str, realm: str, address: str, now: float) -> float | None:
        """Seconds since we made `nonce` for `realm` and `address`; None when we did not."""
        body = nonce[:_BODY]
        if not compare_digest(nonce[_BODY:].encode("utf-8", "replace"), self._sign(body, realm, address).encode()):
            return None
        return now - int(nonce[:_STAMP], 16) / 1000

    def in_time(self, age: float | None) -> bool:
        """Is a nonce of that age ours, and still good?"""
        return age is not None and -1.0 < age <= self._lifetime

    def spend(self, nonce: str, count: int | None, now: float) -> bool:
        """Use a nonce of ours, proven and in time, for the `count`-th time; False when that was used before.

        Without a count (RFC 2069, phones without qop) a nonce is good once.
        """
        self._prune(now)
        made, serial = int(nonce[:_STAMP], 16) / 1000, int(nonce[_STAMP:_BODY], 16)
        used = self._used.get(serial)
        if used is None:
            if made <= self._forgotten:
                return False
            self._order.append((serial, made))
            self._used[serial] = _ONCE if count is None else (count, 1)
            return True
        after = None if count is None else _counted(*used, count)
        if after is None:
            return False
        self._used[serial] = after
        return True

    def _sign(self, body: str, realm: str, address: str) -> str:
        text = f"{body}{realm} {address}".encode("utf-8", "replace")
        return hashlib.blake2s(text, key=self._key, digest_size=_SIGNATURE // 2).hexdigest()

    def _prune(self, now: float) -> None:
        """Drop what has run out; over the limit the ones used first too."""
        order = self._order
        while order and (order[0][1] < now - self._lifetime or len(order) >= self._most):
            serial, made = order.popleft()
            del self._used[serial]
            # One made before that, and not in the table, may have been used; who comes with it gets a new one.
            self._forgotten = max(self._forgotten, made)


def _counted(highest: int, seen: int, count: int) -> tuple[int, int] | None:
    """The window of used counts with `count` in it; None when it is in there, or too old to tell."""
    ahead = count - highest
    if ahead > 0:
        return count, (((seen << ahead) | 1) & _ALL) if ahead < WINDOW else 1
    if -ahead >= WINDOW or (seen >> -ahead) & 1:
        return None
    return highest, seen | (1 << -ahead)


def judge(credentials: Credentials, method: str, ha1: str, nonces: Nonces, address: str, now: float) -> Verdict:
    """What `credentials` that came from `address` with `method` are worth against `ha1` (of their realm and
    algorithm, hexadecimal). Good ones use up their count."""
    if not nonces.in_time(nonces.age(credentials.nonce, credentials.realm, address, now)):
        return Verdict.STALE
    if not credentials.proves(method, ha1):
        return Verdict.WRONG
    return Verdict.GOOD if nonces.spend(credentials.nonce, credentials.nc, now) else Verdict.STALE


def challenges(realm: str, nonce: str, *, stale: bool = False, algorithms: tuple[str, ...] = ALGORITHMS) -> list[str]:
    """WWW-Authenticate values, one an algorithm, the first preferred (RFC 8760 section 2.4)."""
    ending = '", stale=true' if stale else '"'
    return [f"{opening}{nonce}{ending}" for opening in _openings(realm, algorithms)]


@lru_cache(4096)
def _openings(realm: str, algorithms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f'Digest realm={quote(realm)}, qop="auth", algorithm={name}, nonce="' for name in algorithms)
