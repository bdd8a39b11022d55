"""Digest on a phone's side: it answers challenges, and sets its own to those who send it commands.  (pure)"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from sip_edge.message import Request, Response, SipError
from sip_edge.message.digest import Challenge, answer, ha1, offers, strongest

_HEADERS = {401: ("www-authenticate", "Authorization"), 407: ("proxy-authenticate", "Proxy-Authorization")}
_OPEN_NONCES = 8


@dataclass(slots=True)
class Login:
    """The name and password of one account, and the challenge it was asked last.

    A phone goes on using a nonce it was given, counting its uses, until it hears that it is stale (RFC 7616 section
    3.3): that saves it a round trip for every request but the first.
    """

    user: str
    password: str = field(repr=False)
    _challenge: Challenge | None = None
    _header: str = ""
    _count: int = 0

    def sign(self, request: Request, cnonce: str) -> Request:
        """`request` with credentials, once there is a challenge to answer; as it was before."""
        if self._challenge is None:
            return request
        self._count += 1
        proof = answer(self._challenge, request.method, request.target, self.user, self.password, cnonce, self._count)
        return request.with_headers(request.headers.with_added(self._header, str(proof)))

    def take(self, response: Response) -> Challenge | None:
        """Take over the challenge of a 401 or 407; None when it is none, or none that can be answered."""
        names = _HEADERS.get(response.status)
        challenge = strongest(response.headers.all(names[0])) if names else None
        if names is not None and challenge is not None:
            self._challenge, self._header, self._count = challenge, names[1], 0
        return challenge


@dataclass(slots=True)
class Doorkeeper:
    """A phone that wants to know who sends it a command: it challenges with MD5, as phones do, and takes each nonce
    once."""

    realm: str
    _nonces: deque[str] = field(default_factory=lambda: deque(maxlen=_OPEN_NONCES))

    def challenge(self, nonce: str) -> str:
        """A WWW-Authenticate value with this new nonce."""
        self._nonces.append(nonce)
        return str(Challenge(self.realm, nonce))

    def admits(self, request: Request, user: str, password: str) -> bool:
        """Whether somebody who knows the password of the line sent `request`; uses up the nonce it names."""
        try:
            given = offers(request.headers.all("authorization"))
        except SipError:
            return False
        for one in given:
            if one.realm == self.realm and one.nonce in self._nonces and one.algorithm == "MD5":
                self._nonces.remove(one.nonce)
                right = one.username == user and one.uri == request.target
                return right and one.proves(request.method, ha1("MD5", user, self.realm, password))
        return False
