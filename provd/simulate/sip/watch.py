"""One subscription of a virtual phone: it begins, is refreshed, ends, and its NOTIFYs light a lamp (RFC 6665)."""

from __future__ import annotations

import asyncio
import secrets

from provd.simulate.machine import Patience
from provd.simulate.sip.endpoint import Endpoint
from provd.simulate.sip.lamp import Lamp
from provd.simulate.sip.line import TRY_AGAIN, Line, refresh_after
from provd.simulate.sip.wants import EXPIRES, Watched, aor
from sip_edge.message import Request, Response
from sip_edge.message.status import phrase
from sip_edge.timers import Timer
from sip_edge.transport.flow import Flow

ACCEPT = {"dialog": "application/dialog-info+xml", "message-summary": "application/simple-message-summary"}
_PAUSES = {"probation": 30.0, "giveup": 30.0}
_AT_ONCE = ("deactivated", "timeout", "")
"""Reasons of an end after which a subscriber comes back at once (section 4.1.3)."""


class Watch:
    """`answered` is set with the first NOTIFY; `failure` is a sentence when the server refuses for good."""

    def __init__(
        self, endpoint: Endpoint, line: Line, watched: Watched, patience: Patience, book: dict[str, Watch]
    ) -> None:
        """`book` finds it by its Call-ID."""
        self.line = line
        self.watched = watched
        self.lamp = Lamp()
        self.failure = ""
        self.answered = asyncio.Event()
        self._endpoint = endpoint
        self._patience = patience
        self._timer: Timer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving = False
        self._book = book
        self.call_id = ""
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._book.pop(self.call_id, None)
        self.call_id = f"{secrets.token_hex(8)}@{self.watched.line}"
        self._book[self.call_id] = self
        self._tag = secrets.token_hex(5)
        self._cseq = 0
        self._remote = ""
        """To with the server's tag, once there is a dialog."""
        self._target = ""
        self._routes: tuple[str, ...] = ()
        self.lamp.version = -1

    async def subscribe(self) -> None:
        """Begin, or refresh; a server that does not answer is asked again with growing pauses."""
        failures = 0
        while not self._leaving:
            response = await self._ask(EXPIRES)
            status = 0 if response is None else response.status
            if response is not None and 200 <= status < 300:
                self._accepted(response)
                return
            if status == 481 and self._remote:
                self._begin_anew()
                continue
            failures += 1
            if status not in TRY_AGAIN and status:
                self.failure = f"{self.watched.name} cannot be watched: the server says {status} {phrase(status)}."
                self.answered.set()
                return
            if failures >= self._patience.attempts:
                self._again(30.0)
                return
            await asyncio.sleep(self._patience.pause(failures))

    async def leave(self) -> None:
        """End it."""
        self._leaving = True
        self.stop()
        if self._remote:
            await self._ask(0)

    def stop(self) -> None:
        """Refresh no more."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()

    def again_soon(self, seconds: float) -> None:
        """The connection it came over is gone: refresh it over the next one."""
        self._again(seconds)

    def notified(self, request: Request) -> None:
        """Take in a NOTIFY that belongs to it."""
        if not self._remote:
            self._remote = str(request.from_)
            self._target = request.contacts[0].target if request.contacts else ""
        self.lamp.take(self.watched.event, request.body)
        self.failure = ""
        self.answered.set()
        said = request.field("subscription-state")
        if said is None or said.value.lower() != "terminated":
            return
        if self._leaving:
            self._book.pop(self.call_id, None)
        else:
            self._ended(said.parameter("reason") or "", said.parameter("retry-after") or "")

    def _ended(self, reason: str, later: str) -> None:
        self._begin_anew()
        if reason in _AT_ONCE:
            self._again(1.0)
        elif reason in _PAUSES:
            self._again(float(later) if later.isdecimal() and len(later) < 5 else _PAUSES[reason])
        else:
            self.failure = f"The server has ended the watch on {self.watched.name} ({reason[:40]})."

    def _accepted(self, response: Response) -> None:
        if not self._routes:
            self._routes = tuple(str(hop) for hop in reversed(response.addresses("record-route")))
        self._remote = str(response.to)
        if response.contacts:
            self._target = response.contacts[0].target
        self._again(refresh_after(max(1, EXPIRES if response.expires is None else response.expires)))

    async def _ask(self, expires: int) -> Response | None:
        flow = await self.line.way()
        if flow is None:
            return None
        return await self._endpoint.ask(lambda: self._request(flow, expires), self.line.login, flow)

    def _request(self, flow: Flow, expires: int) -> Request:
        self._cseq += 1
        watched, account = self.watched, self.line.account
        headers = self.line.headers(watched.name, f"{self._cseq} SUBSCRIBE", self.call_id, self._tag)
        if self._remote:
            headers = [(name, self._remote if name == "To" else value) for name, value in headers if name != "Route"]
            headers += [("Route", hop) for hop in self._routes]
        headers += [
            ("Contact", f"<{self._endpoint.contact(flow, account.user)}>"),
            ("Event", watched.event),
            ("Expires", str(expires)),
        ]
        if watched.event in ACCEPT:
            headers.append(("Accept", ACCEPT[watched.event]))
        return Request.build("SUBSCRIBE", self._target or aor(account, watched.name), headers)

    def _again(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._endpoint.air.timers.after(seconds, self._due)

    def _due(self) -> None:
        task = asyncio.ensure_future(self.subscribe())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
