"""The transaction layer: messages and time in, effects out.  (pure)

Rules of this file:
- No socket, no clock, no randomness: `flow` is opaque, `now` is an argument (monotonic seconds), the secret for tags
  is handed in. The stack sends, and calls `due` when `next_due` says so.
- What a transaction does is in `tables`; this file finds the transaction, and knows what concerns several at once:
  ACK for 2xx, CANCEL, merged requests, the limit.
- Messages are checked before they come here (`message.check`).
"""

from __future__ import annotations

from sip_edge.message.message import Request, Response
from sip_edge.transaction import derived
from sip_edge.transaction.effect import Acknowledged, Armed, Arrived, Cancelled, Effect, Flow, Key, Send, Unmatched
from sip_edge.transaction.key import (
    acknowledgement_key,
    client_key,
    merged_key,
    provisional_key,
    server_key,
    to_tag,
)
from sip_edge.transaction.light import METHODS, Entry, Light
from sip_edge.transaction.machine import Machine, Told, received
from sip_edge.transaction.table import Event, State, Table, Timer
from sip_edge.transaction.tables import CLIENT, INVITE_CLIENT, INVITE_SERVER, REPETITION, SERVER
from sip_edge.transaction.timers import Timers
from sip_edge.transaction.timing import Timing

RETRY_AFTER = "10"
"""Seconds a client is told to wait when the server is full."""


class Layer:
    """Every transaction of one server element."""

    def __init__(
        self, secret: bytes, timing: Timing | None = None, limit: int = 20_000, light: int = 200_000,
        mark: str = "",
    ) -> None:  # fmt: skip
        """`mark`: what every tag of ours begins with."""
        self._mark = mark
        self.timing = timing or Timing()
        self._secret = secret
        self._limit = limit
        self._machines: dict[Key, Machine] = {}
        self._light = Light(self.timing.lifetime, light)
        self._merged: dict[Key, Key] = {}
        self._timers: Timers[tuple[Key, Timer]] = Timers()

    @property
    def live(self) -> int:
        """How many full transactions there are."""
        return len(self._machines)

    @property
    def kept(self) -> int:
        """How many light entries there are."""
        return len(self._light)

    def state(self, key: Key) -> State | None:
        """The state of transaction `key`, None when it is over or light."""
        machine = self._machines.get(key)
        return machine.state if machine else None

    def next_due(self) -> float | None:
        """The moment `due` has something to do, None when nothing waits."""
        return min((when for when in (self._timers.next(), self._light.next()) if when is not None), default=None)

    def tag(self, request: Request) -> str:
        """The To tag for answers to `request`, the same for its repetitions."""
        return self._mark + to_tag(self._secret, request)

    # From the network

    def receive(self, message: Request | Response, flow: Flow, now: float, *, reliable: bool) -> list[Effect]:
        """What a checked message that came in on `flow` leads to. SipError(400) when it has no transaction key."""
        if isinstance(message, Response):
            machine = self._machines.get(client_key(message))
            if machine is None:
                return [Unmatched(message)]
            return self._answered(machine, message, now)
        key = server_key(message)
        if message.method == "ACK":
            return self._ack(key, message, now)
        machine = self._machines.get(key)
        if machine is not None:
            return self._feed(machine, Event.REQUEST, now)
        entry = self._light.get(key)
        if entry is not None:
            return [Send(key, entry.flow, entry.answer)] if entry.answer else []
        return self._new(key, message, flow, now, reliable=reliable)

    def _answered(self, machine: Machine, response: Response, now: float) -> list[Effect]:
        invite = machine.table is INVITE_CLIENT
        effects = self._feed(machine, received(response, invite=invite), now, response)
        if machine.cancelling and machine.state is State.PROCEEDING:
            machine.cancelling = False
            effects += self._send_cancel(machine, now)
        return effects

    def _ack(self, key: Key, request: Request, now: float) -> list[Effect]:
        waiting = acknowledgement_key(request)
        effects: list[Effect] = [Acknowledged(waiting, request)] if self._heard(waiting, now) else []
        machine = self._machines.get(key)
        if machine is not None:  # the ACK for a refusal, or for a 2xx by an element that reuses the branch
            told = self._feed(machine, Event.ACK, now, request)
            return effects or told
        return effects or [Acknowledged(None, request)]

    def _new(self, key: Key, request: Request, flow: Flow, now: float, *, reliable: bool) -> list[Effect]:
        if request.method == "CANCEL":
            return self._cancelled(key, request, flow, now, reliable=reliable)
        merged = merged_key(request)
        if merged is not None and merged in self._merged:  # RFC 3261 section 8.2.2.2
            return self._light_answer(key, request, flow, now, 482, reliable=reliable)
        if request.method in METHODS:
            entry = Entry(0, flow, reliable, request, merged)
            self._remember(merged, key)
            self._forget(self._light.add(key, entry, now))
            return [Arrived(key, request, flow)]
        if len(self._machines) >= self._limit:
            full = request.reply(503, to_tag=self.tag(request), headers=[("Retry-After", RETRY_AFTER)])
            return [Send(key, flow, bytes(full))]
        self._remember(merged, key)
        table = INVITE_SERVER if request.method == "INVITE" else SERVER
        return self._begin(table, key, request, flow, now, reliable=reliable)

    def _cancelled(self, key: Key, request: Request, flow: Flow, now: float, *, reliable: bool) -> list[Effect]:
        """RFC 3261 section 9.2: 481 without a transaction to cancel, else 200, and the user hears when it matters."""
        invite_key = server_key(request, "INVITE")
        invite = self._machines.get(invite_key)
        if invite is None:
            return self._light_answer(key, request, flow, now, 481, reliable=reliable)
        # The same tag as the answers to the INVITE (RFC 3261 section 9.2)
        effects = self._light_answer(key, request, flow, now, 200, reliable=reliable, tag=self.tag(invite.request))
        if invite.state is State.PROCEEDING:
            effects.append(Cancelled(invite_key, request))
        return effects

    def _light_answer(
        self, key: Key, request: Request, flow: Flow, now: float, code: int, *, reliable: bool, tag: str | None = None
    ) -> list[Effect]:
        data = bytes(request.reply(code, to_tag=tag or self.tag(request)))
        if not reliable:
            self._forget(self._light.add(key, Entry(0, flow, reliable, None, None, data), now))
        return [Send(key, flow, data)]

    # From the user

    def respond(self, key: Key, response: Response, now: float) -> list[Effect]:
        """Send `response` to the request of server transaction `key`; nothing when that is over.

        A 2xx for an INVITE is repeated until its ACK comes (RFC 3261 section 13.3.1.4).
        """
        machine = self._machines.get(key)
        if machine is None:
            data = bytes(response)
            entry = self._light.answer(key, data, now, final=response.status >= 200)
            if entry is None:
                return []
            if entry.reliable and response.status >= 200:
                self._forget([entry])
            return [Send(key, entry.flow, data)]
        invite = machine.table is INVITE_SERVER
        effects = self._feed(machine, received(response, invite=invite), now, response)
        if invite and effects and response.status >= 200:
            if machine.ringing is not None:  # RFC 3262 section 3: repeated no longer, PRACKed or not
                self._heard(machine.ringing, now)
            if response.status < 300:
                effects += self._repeat(acknowledgement_key(response), machine, now)
        return effects

    def repeat_provisional(self, key: Key, response: Response, now: float) -> list[Effect]:
        """Send a reliable provisional response and repeat it until `prack` (RFC 3262 section 3)."""
        machine = self._machines.get(key)
        rseq = response.number("rseq")
        effects = self.respond(key, response, now)
        if machine is not None and effects and rseq is not None:
            machine.ringing = provisional_key(response, response.cseq.number, rseq)
            effects += self._repeat(machine.ringing, machine, now)
        return effects

    def prack(self, request: Request, now: float) -> bool:
        """End the repetition of what this PRACK acknowledges; False when there is none any more.

        What the PRACK is answered is the dialog's business (`dialog.reliable`).
        """
        rack = request.rack
        return rack is not None and self._heard(provisional_key(request, rack.cseq, rack.rseq), now)

    def _heard(self, waiting: Key, now: float) -> bool:
        repeated = self._machines.get(waiting)
        if repeated is not None:
            self._feed(repeated, Event.ACK, now)
        return repeated is not None

    def send(self, request: Request, flow: Flow, now: float, *, reliable: bool) -> tuple[Key, list[Effect]]:
        """Send a request of ours as a client transaction; its topmost Via must carry a branch never used before."""
        key = client_key(request)
        if key in self._machines:
            raise ValueError("The branch of this request is in use already; every request needs a new one.")
        table = INVITE_CLIENT if request.method == "INVITE" else CLIENT
        return key, self._begin(table, key, request, flow, now, reliable=reliable)

    def cancel(self, key: Key, now: float, reason: str = "") -> list[Effect]:
        """Cancel our INVITE `key`: now, or when its first provisional response comes (RFC 3261 section 9.1). `reason`
        is the value of a Reason header."""
        machine = self._machines.get(key)
        if machine is None or machine.state not in (State.CALLING, State.PROCEEDING):
            return []
        machine.reason = reason
        if machine.state is State.PROCEEDING:
            return self._send_cancel(machine, now)
        machine.cancelling = True
        return []

    def _send_cancel(self, invite: Machine, now: float) -> list[Effect]:
        request = derived.cancel(invite.request, invite.reason)
        key = client_key(request)
        if key in self._machines:
            return []
        invite.armed.add(Timer.CANCEL)
        self._timers.arm((invite.key, Timer.CANCEL), now + self.timing.lifetime)
        return self._begin(CLIENT, key, request, invite.flow, now, reliable=invite.reliable)

    # From the transport and the clock

    def transport_error(self, key: Key, now: float) -> list[Effect]:
        """What it means that the last Send of `key` could not be sent."""
        machine = self._machines.get(key)
        return [] if machine is None else self._feed(machine, Event.TRANSPORT_ERROR, now)

    def due(self, now: float) -> list[Effect]:
        """What the timers that have run out until `now` lead to."""
        effects: list[Effect] = []
        while (name := self._timers.due(now)) is not None:
            key, timer = name
            effects += self._feed(self._machines[key], timer, now)  # what ends stops its timers
        self._forget(self._light.ended(now))
        return effects

    # Inside

    def _begin(
        self, table: Table, key: Key, request: Request, flow: Flow, now: float, *, reliable: bool, last: bytes = b""
    ) -> list[Effect]:
        machine = Machine(table, key, request, flow, reliable=reliable, timing=self.timing, last=last)
        self._machines[key] = machine
        return self._feed(machine, Event.BEGIN, now, request)

    def _repeat(self, key: Key, machine: Machine, now: float) -> list[Effect]:
        if key in self._machines:
            return []
        flow, last = machine.flow, machine.last
        return self._begin(REPETITION, key, machine.request, flow, now, reliable=machine.reliable, last=last)

    def _feed(
        self, machine: Machine, given: Event | Timer, now: float, message: Request | Response | None = None
    ) -> list[Effect]:
        effects = self._carry_out(machine.feed(given, message), now)
        if machine.state is State.TERMINATED and self._machines.get(machine.key) is machine:
            del self._machines[machine.key]
            for timer in machine.armed:
                self._timers.stop((machine.key, timer))
            self._forget_merged(machine.key, machine.request)
        return effects

    def _carry_out(self, told: list[Told], now: float) -> list[Effect]:
        effects: list[Effect] = []
        for one in told:
            if not isinstance(one, Armed):
                effects.append(one)
            elif one.delay is None:
                self._timers.stop((one.key, one.timer))
            else:
                self._timers.arm((one.key, one.timer), now + one.delay)
        return effects

    def _remember(self, merged: Key | None, key: Key) -> None:
        if merged is not None:
            self._merged[merged] = key

    def _forget(self, entries: list[Entry]) -> None:
        for entry in entries:
            if entry.merged is not None:
                self._merged.pop(entry.merged, None)

    def _forget_merged(self, key: Key, request: Request) -> None:
        merged = merged_key(request)
        if merged is not None and self._merged.get(merged) == key:
            del self._merged[merged]
