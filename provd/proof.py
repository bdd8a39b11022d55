"""What a request brings as proof, weighed against the phone's policy; and how often it may fail."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from provd import admission, digest
from provd.admission import BLANK, REFUSED, Evidence, Verdict
from provd.exchange import Answer, PhoneRequest
from provd.fleet import Fleet, Known
from provd.identify import Identity
from provd.limits import Buckets
from provd.store import tokens
from provd.store.database import Store
from provd.store.rows import Token

REALM = "provd"
TOO_MANY = Verdict(REFUSED, "Too many failures came from its address or for its vendor's range; it waits a minute.")


class Doorkeeper:
    """Gathers the evidence of a request and has admission.admit() decide.

    When an address, or a vendor's MAC range, has failed too often, only a proof opens: a known MAC without one is
    then treated as an unknown one, so that guessing MACs ends, while proven phones behind the same address go on.
    """

    def __init__(self, store: Store, fleet: Fleet, failures_per_minute: int, clock: Callable[[], float]) -> None:
        self._store = store
        self._fleet = fleet
        self._clock = clock
        self._nonce_key = secrets.token_bytes(32)
        self._by_address = Buckets(failures_per_minute, failures_per_minute / 60)
        self._by_oui = Buckets(failures_per_minute * 10, failures_per_minute / 6)

    def verdict(self, request: PhoneRequest, identity: Identity, known: Known) -> Verdict:
        """May this request have the secrets of the phone it names?"""
        now = self._clock()
        evidence = Evidence(
            address=request.address,
            token=self._token(identity, known),
            certificate=identity.certificate_mac == known.mac,
            forged=identity.forged,
            credentials=self._credentials(request, known),
            own_token_used=self._fleet.own_token_used(known.phone_id),
        )
        verdict = admission.admit(evidence, known.policy, now)
        if verdict.outcome == BLANK and self._exhausted(request.address, identity.mac, now):
            return TOO_MANY
        return verdict

    def unused_token(self, identity: Identity, known: Known) -> Token | None:
        """The token this request shows, if it is the phone's or its company's and shown for the first time."""
        token = self._fleet.token(identity.token) if identity.token else None
        return token if token is not None and token.first_used is None and _opens(token, known) else None

    async def use(self, token: Token) -> None:
        """Note a token's first use, which retires the phone's token before it; everybody knows it afterwards."""
        await self._store.run(tokens.use, token, int(self._clock()))
        await self._fleet.catch_up()

    def failed(self, request: PhoneRequest, mac: str) -> None:
        """Count a request that named nothing we know, or proved nothing."""
        now = self._clock()
        self._by_address.take(request.address, now)
        if mac:
            self._by_oui.take(mac[:6], now)

    def challenge(self, request: PhoneRequest) -> Answer:
        """A 401 (RFC 7616 §3.3); `stale` when only the nonce was too old."""
        age = self._nonce_age(request)
        stale = age is not None and age > digest.NONCE_SECONDS
        asked = digest.challenge(REALM, self._nonce_key, self._clock(), stale=stale)
        return Answer(401, b"Who is there?\n", content_type="text/plain", challenge=asked)

    def token_is_known(self, token: str) -> bool:
        """Whether any company or phone has this token."""
        return self._fleet.token(token) is not None

    def _token(self, identity: Identity, known: Known) -> str:
        if not identity.token:
            return ""
        token = self._fleet.token(identity.token)
        if token is None or not _opens(token, known):
            return "wrong"
        return "phone" if token.phone_id else "company"

    def _credentials(self, request: PhoneRequest, known: Known) -> str:
        if not request.authorization:
            return ""
        said = digest.parse(request.authorization)
        age = self._nonce_age(request)
        if said is None or said.username != known.digest_user or age is None or not 0 <= age <= digest.NONCE_SECONDS:
            return "wrong"
        right = digest.matches(said, known.digest_password, REALM, request.method, request.uri)
        return "right" if right else "wrong"

    def _nonce_age(self, request: PhoneRequest) -> float | None:
        said = digest.parse(request.authorization) if request.authorization else None
        return digest.nonce_age(said.nonce, self._nonce_key, self._clock()) if said else None

    def _exhausted(self, address: str, mac: str, now: float) -> bool:
        return self._by_address.empty(address, now) or self._by_oui.empty(mac[:6], now)


def _opens(token: Token, known: Known) -> bool:
    return token.domain_id == known.domain_id and token.phone_id in (None, known.phone_id)
