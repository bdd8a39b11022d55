"""Who is asking? Challenges, checks and counts, for every service of the edge.

Rules of this file:
- Strangers learn nothing: an unknown user is answered as a wrong password is, in the same time, by the same way; a
  company that is not ours is not answered at all, or with 403 where the policy says so.
- What must not be answered is turned away in `admit_request`, before there is a transaction; whoever gets to
  `authenticate` gets an answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sip_edge.defence.gate import Gate
from sip_edge.message import Request, SipError
from sip_edge.message.digest import Credentials, offers
from sip_edge.registrar.accounts import Account, Accounts, Name
from sip_edge.registrar.challenge import Nonces, Verdict, challenges, judge
from sip_edge.registrar.offer import Offers
from sip_edge.stack_request import ServerRequest
from sip_edge.transport.flow import Flow

Failed = Callable[[Name, str, str, str], None]
"""(domain, name), address, transport, User-Agent of somebody with a wrong password."""

CHALLENGED = frozenset(("REGISTER", "INVITE", "SUBSCRIBE", "PUBLISH", "MESSAGE", "REFER", "NOTIFY", "INFO"))
"""Methods that nobody may use without saying who they are."""


class Authenticator:
    """Hang `admit_request` into the stack; a handler asks `authenticate` first."""

    def __init__(
        self,
        accounts: Accounts,
        gate: Gate,
        nonces: Nonces,
        clock: Callable[[], float],
        own_hosts: Callable[[], frozenset[str]],
        offers: Offers,
    ) -> None:
        """`clock`: epoch seconds that never jump; `own_hosts`: names and addresses of this server."""
        self._accounts = accounts
        self._gate = gate
        self._nonces = nonces
        self._clock = clock
        self._own_hosts = own_hosts
        self._offers = offers
        self._decoy = {name: secrets.token_hex(16 if name == "MD5" else 32) for name in offers.algorithms}
        self.on_failed: Failed = lambda _name, _address, _protocol, _agent: None
        self.challenged = 0
        self.stale = 0

    def admit_request(self, flow: Flow, request: Request) -> bool:
        """Is this request worth an answer? For `Stack.admit_request`."""
        if request.method not in CHALLENGED:
            return True
        try:
            if request.method != "REGISTER" and request.to.tag is not None:
                return True  # inside a dialog, which knows its peers
            domain, name = identity(request)
            known = self._accounts.access(domain)
            if known is None:
                return self._stranger(request)
        except SipError:
            return True  # the stack answers with what is wrong
        if not known.permits(flow.remote[0]):
            self._gate.counters.denied += 1
            return False
        return not self._gate.shut((domain, name), flow.remote[0])

    def _stranger(self, request: Request) -> bool:
        """Somebody who names no company of ours: still welcome when the request is for one, such as a trunk's."""
        if request.method != "REGISTER":
            host = request.uri.host.lower()
            if self._accounts.access(host) is not None or host.strip("[]") in self._own_hosts():
                return True
        self._gate.counters.unknown_domain += 1
        return self._gate.policy.unknown_domain == "refuse"

    def authenticate(self, asked: ServerRequest, *, proxy: bool = False) -> Account | None:
        """The device that `asked` comes from; None when it has been challenged or refused, and so answered.

        `proxy`: with 407 and the Proxy- headers instead of 401. Raises SipError(400) for broken credentials.
        """
        proven = self.prove(asked, proxy=proxy)
        return None if proven is None else proven[0]

    def prove(self, asked: ServerRequest, *, proxy: bool = False) -> tuple[Account, Credentials] | None:
        """The same, with the credentials that proved it."""
        request, address = asked.request, asked.flow.remote[0]
        domain, _ = identity(request)
        access = self._accounts.access(domain)
        if access is None or not access.permits(address):
            asked.reply(403)
            return None
        credentials = self._credentials(request, domain, proxy)
        if credentials is None:
            self._challenge(asked, domain, proxy=proxy)
            return None
        account, verdict = self._judge(credentials, request.method, address)
        good = verdict is Verdict.GOOD
        self._offers.answered(_client(asked), request.user_agent[:200], credentials.algorithm, good=good)
        if account is not None and verdict is Verdict.GOOD:
            self._gate.succeeded(account.key, address)
            return (account, credentials) if self._may(account, asked) else None
        if verdict is Verdict.WRONG:
            name = (domain, credentials.username[:100])
            self._gate.failed(name, address)
            self.on_failed(name, address, asked.flow.protocol, request.user_agent)
        self._challenge(asked, domain, stale=verdict is Verdict.STALE, proxy=proxy)
        return None

    def round_trip(self, credentials: Credentials, address: str) -> float:
        """Seconds from our challenge to the request that answers it first: how far away the phone is, and how slow.
        0.0 for a later one."""
        if credentials.nc != 1:
            return 0.0
        return max(0.0, self._nonces.age(credentials.nonce, credentials.realm, address, self._clock()) or 0.0)

    def _credentials(self, request: Request, realm: str, proxy: bool) -> Credentials | None:
        """The credentials for our realm with an algorithm that we asked for."""
        given = request.headers.all("proxy-authorization" if proxy else "authorization")
        for one in offers(given) if given else ():
            if one.realm == realm and one.algorithm.removesuffix("-sess") in self._offers.algorithms:
                return one
        return None

    def _judge(self, credentials: Credentials, method: str, address: str) -> tuple[Account | None, Verdict]:
        account = self._accounts.get(credentials.realm, credentials.username)
        if self._gate.shut((credentials.realm, credentials.username), address):
            return None, Verdict.GOOD  # challenged again, whatever the password
        hashes = self._decoy if account is None else account.ha1
        ha1 = hashes[credentials.algorithm.removesuffix("-sess")]
        return account, judge(credentials, method, ha1, self._nonces, address, self._clock())

    def _may(self, account: Account, asked: ServerRequest) -> bool:
        wanted = account.allowed_user_agent
        if wanted and wanted.lower() not in asked.request.user_agent.lower():
            asked.reply(403, "This device may be used with another User-Agent only")
            return False
        return True

    def _challenge(self, asked: ServerRequest, realm: str, *, stale: bool = False, proxy: bool = False) -> None:
        self.challenged += 1
        self.stale += stale
        nonce = self._nonces.make(realm, asked.flow.remote[0], self._clock())
        algorithms = self._offers.choose(_client(asked), asked.request.user_agent[:200])
        values = challenges(realm, nonce, stale=stale, algorithms=algorithms)
        header = "Proxy-Authenticate" if proxy else "WWW-Authenticate"
        asked.reply(407 if proxy else 401, None, [(header, value) for value in values])


def _client(asked: ServerRequest) -> tuple[str, str]:
    """Who answers a challenge: an address and what it calls itself."""
    return asked.flow.remote[0], asked.request.from_.target[:200]


def identity(request: Request) -> Name:
    """(domain, name) that a request claims: of its To for REGISTER (RFC 3261 section 10.3), else of its From."""
    uri = (request.to if request.method == "REGISTER" else request.from_).uri
    return uri.host.lower(), uri.username[:100]
