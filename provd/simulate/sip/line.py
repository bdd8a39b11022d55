"""One account of a virtual phone at its registrar: registered, refreshed, taken back (RFC 3261 section 10.2)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from provd.simulate.machine import Patience
from provd.simulate.reading import ReadAccount
from provd.simulate.sip.endpoint import Endpoint
from provd.simulate.sip.login import Login
from provd.simulate.sip.wants import EXPIRES, aor
from sip_edge.message import Address, Request, Response, SipError
from sip_edge.message.status import phrase
from sip_edge.message.uri import sip
from sip_edge.timers import Timer
from sip_edge.transport.flow import Flow

TRY_AGAIN = frozenset((408, 480, 500, 502, 503, 504))
_SOON = 30.0
_REFUSED = 120.0
_LONGEST = 86_400


def refresh_after(granted: int) -> float:
    """Seconds after which a phone asks again for what it was granted: half a minute before the end, half-time for
    short ones."""
    return max(granted / 2, granted - _SOON)


class Line:
    """`failure` is a sentence while it is not registered, and "" when it is."""

    def __init__(self, endpoint: Endpoint, account: ReadAccount, agent: str, instance: str, patience: Patience) -> None:
        self.account = account
        self.login = Login(account.auth_user or account.user, account.password)
        self.agent = agent
        self.failure = "It has not registered yet."
        self.registrations = 0
        self._endpoint = endpoint
        self._instance = instance
        self._patience = patience
        self._call_id = f"{secrets.token_hex(8)}@{account.index}"
        self._tag = secrets.token_hex(5)
        self._cseq = 0
        self._expires = account.expires or EXPIRES
        self._timer: Timer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.flow: Flow | None = None
        self.on_refreshed: Callable[[], Awaitable[None]] | None = None
        """Awaited after every registration that nobody asked for."""

    @property
    def registered(self) -> bool:
        """Whether its server has taken it."""
        return not self.failure

    async def register(self) -> None:
        """Register, or refresh; a server that does not answer is asked again with growing pauses."""
        failures = 0
        while True:
            response = await self._ask(self._expires)
            if response is not None and response.status not in TRY_AGAIN:
                break
            failures += 1
            self.failure = _sentence(self.account, response)
            if failures >= self._patience.attempts:
                self._again(_SOON)
                return
            await asyncio.sleep(self._patience.pause(failures, _hint(response)))
        if response.status == 423:
            self._expires = max(self._expires, min(response.number("min-expires") or 0, _LONGEST))
            response = await self._ask(self._expires) or response
        if response.status >= 300:
            self.failure = _sentence(self.account, response)
            self._again(_REFUSED)
            return
        self.failure = ""
        self.registrations += 1
        self._again(refresh_after(_granted(response, self._expires)))

    async def leave(self) -> None:
        """Take the registration back."""
        self.stop()
        if self.registered:
            await self._ask(0)
            self.failure = "It has left."

    def stop(self) -> None:
        """Refresh no more."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()

    def again_soon(self, seconds: float) -> None:
        """Its connection is gone: register anew."""
        self.failure = f"The connection of {self.account.user} to its server is gone."
        self._again(seconds)

    def headers(self, name: str, cseq: str, call_id: str, tag: str) -> list[tuple[str, str]]:
        """The headers of any request of this account that begins a dialog or none, to `name` at its server."""
        account = self.account
        headers = [
            ("Max-Forwards", "70"),
            ("From", str(Address.of(aor(account), account.display_name, tag))),
            ("To", f"<{aor(account, name)}>"),
            ("Call-ID", call_id),
            ("CSeq", cseq),
            ("User-Agent", self.agent),
        ]
        if account.outbound_proxy:
            headers.append(("Route", f"<{self._proxy}>"))
        return headers

    @property
    def _proxy(self) -> str:
        return f"sip:{self.account.outbound_proxy.removeprefix('sip:')};lr"

    async def way(self) -> Flow | None:
        """The flow to its server, opened anew where it is gone; None when there is none."""
        if self.flow is None or not self.flow.open:
            try:
                self.flow = await self._endpoint.flow(self.account)
            except (OSError, SipError):
                return None
        return self.flow

    async def _ask(self, expires: int) -> Response | None:
        """→ the final response, None when there is no way to the server."""
        flow = await self.way()
        if flow is None:
            return None
        return await self._endpoint.ask(lambda: self._request(flow, expires), self.login, flow)

    def _request(self, flow: Flow, expires: int) -> Request:
        self._cseq += 1
        contact = self._endpoint.contact(flow, self.account.user)
        headers = [
            *self.headers("", f"{self._cseq} REGISTER", self._call_id, self._tag),
            ("Contact", f'<{contact}>;+sip.instance="<{self._instance}>"'),
            ("Expires", str(expires)),
            ("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY"),
        ]
        return Request.build("REGISTER", sip(None, self.account.server, self.account.port), headers)

    def _again(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._endpoint.air.timers.after(seconds, self._due)

    async def _refresh(self) -> None:
        await self.register()
        if self.registered and self.on_refreshed is not None:
            await self.on_refreshed()

    def _due(self) -> None:
        task = asyncio.ensure_future(self._refresh())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _granted(response: Response, asked: int) -> int:
    """The least that a contact of the answer is granted; the Expires header counts where they are silent."""
    said = [one.expires for one in response.contacts if one.expires is not None]
    return max(1, min(said) if said else response.expires if response.expires is not None else asked)


def _hint(response: Response | None) -> str:
    return (response.headers.first("retry-after") or "") if response is not None else ""


def _sentence(account: ReadAccount, response: Response | None) -> str:
    where = account.outbound_proxy or account.server
    if response is None:
        return f"{account.user} finds no way to {where}."
    if response.status in (401, 407):
        return f"{account.user} cannot register: the server does not take its password."
    if response.status == 408:
        return f"{account.user} cannot register: {where} does not answer."
    return f"{account.user} cannot register: the server says {response.status} {phrase(response.status)}."
