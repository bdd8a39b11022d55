"""The SIP stack: the only clock and the only send between transports and services.

Rules of this file:
- octets → trace → admit → parse → check → transaction → handler, and back. Each decision is made elsewhere, in pure
  code (`message`, `transaction`, `stack_route`), and carried out here.
- What a peer sends never raises out of here, and no answer tells more than the sentence of a SipError.
- A service's handler may be a function or a coroutine; what it leaves unanswered is ended in the end.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sip_edge import stack_route
from sip_edge.message import Address, Request, Response, SipError, Uri, parse
from sip_edge.message.check import Abilities, check_request, check_response
from sip_edge.message.uri import sip
from sip_edge.message.via import MAGIC
from sip_edge.stack_clients import Clients
from sip_edge.stack_counters import StackCounters
from sip_edge.stack_handlers import Handler, Handlers, complaint, guarded
from sip_edge.stack_request import ClientRequest, ServerRequest
from sip_edge.timers import Timer, Timers
from sip_edge.transaction.effect import Acknowledged, Answered, Arrived, Cancelled, Effect, Failed, Key, Send
from sip_edge.transaction.key import acknowledgement_key
from sip_edge.transaction.layer import Layer
from sip_edge.transport.flow import Flow

COARSE = 0.01
"""Transaction timers that run out within these seconds run out together; the shortest is 200 ms."""
LIGHT = 60_000
"""Answers kept for repetitions: with some 2 kB each, what 4,000 REGISTER/s leave behind in 15 s."""


class Stack:
    """Give it to the transports as their receiver, register handlers, and let it send."""

    def __init__(
        self,
        timers: Timers,
        host: str,
        *,
        host6: str = "",
        abilities: Abilities | None = None,
        layer: Layer | None = None,
        server: str = "provd",
        mark: str = "",
    ) -> None:
        """`mark`: what our branches and tags begin with, where several processes share the ports."""
        self.timers = timers
        self.host = host
        """What we call ourselves in Via, Contact and Record-Route: a name or an address, no brackets."""
        self.host6 = host6 or host
        """The same for peers with IPv6 addresses."""
        self.ports = {"UDP": 5060, "TCP": 5060, "TLS": 5061, "WS": 80, "WSS": 443}
        """Where peers reach us; whoever opens the transports keeps it true."""
        self.counters = StackCounters()
        self.layer = layer or Layer(secrets.token_bytes(32), light=LIGHT, mark=mark)
        self.handlers = Handlers(abilities or Abilities(), timers, self.counters, host)
        self.own_headers: tuple[tuple[str, str], ...] = (("Server", server),) if server else ()
        self.admit: Callable[[Flow, bytes], bool] | None = None
        """Asked before a message is parsed; False drops it without a word."""
        self.admit_request: Callable[[Flow, Request], bool] | None = None
        """Asked with every request that could be parsed, repetitions too; False drops it without a word."""
        self.on_message: Callable[[str, Flow, bytes], None] | None = None
        """Hears every message as `in` or `out`, for the trace of a phone."""
        self.on_closed: list[Callable[[Flow], None]] = []
        """Hear of every connection that is gone."""
        self._unacknowledged: dict[Key, ServerRequest] = {}
        self._clients = Clients(timers, self.layer.timing.lifetime)
        self._timer: Timer | None = None
        self._magic = MAGIC + mark
        self.handle("OPTIONS", self.handlers.options)

    # Services

    def handle(self, method: str, handler: Handler) -> None:
        """Let `handler` answer requests of `method`; others are refused with 405 or 501 and Allow."""
        self.handlers.set(method, handler)

    @property
    def methods(self) -> tuple[str, ...]:
        """What Allow says."""
        return self.handlers.served.methods

    @property
    def own(self) -> frozenset[tuple[str, int]]:
        """The (host, port) pairs that name us in a Route."""
        return frozenset((host.lower(), port) for host in (self.host, self.host6) for port in self.ports.values())

    def uri(self, flow: Flow, user: str | None = None) -> Uri:
        """Our URI as the peer of `flow` reaches us: for Contact."""
        plain = sip(user, self._host(flow), self.ports[flow.protocol])
        return plain if flow.protocol == "UDP" else plain.with_parameter("transport", flow.protocol.lower())

    def record_route(self, flow: Flow) -> str:
        """The Record-Route or Path value that keeps this server on the way to and from the peer of `flow`."""
        return str(Address.of(self.uri(flow).with_parameter("lr")))

    def request(
        self, request: Request, flow: Flow, *, on_response: Callable[[Response], None] | None = None
    ) -> ClientRequest:
        """Send a request over `flow` in a transaction of its own; our Via is put on top, Max-Forwards where it lacks.

        Await what comes back for the final response, or have `on_response` called with each.
        """
        sent = self._ready(request, flow)
        client = ClientRequest(self, sent, flow, on_response)
        key, effects = self.layer.send(sent, flow, self.timers.now(), reliable=flow.reliable)
        self._clients.add(key, client)
        self._carry_out(effects)
        return client

    def send(self, request: Request, flow: Flow) -> bool:
        """Send a request that has no transaction: the ACK for a 2xx. False when the flow has failed."""
        return self._send(flow, bytes(self._ready(request, flow)))

    def cancel(self, key: Key, reason: str = "") -> None:
        """Cancel our INVITE `key`; `ClientRequest.cancel` is the way to ask for it."""
        self._carry_out(self.layer.cancel(key, self.timers.now(), reason))

    def respond(self, asked: ServerRequest, key: Key, response: Response, *, reliable: bool = False) -> None:
        """Send an answer in the transaction `key`; `ServerRequest.reply` is the way to ask for it."""
        status = response.status
        self.counters.answers[status] = self.counters.answers.get(status, 0) + 1
        send = self.layer.repeat_provisional if reliable else self.layer.respond
        effects = send(key, response, self.timers.now())
        if status >= 200:
            self.handlers.answered(key)
            if effects and status < 300 and asked.method == "INVITE":
                self._unacknowledged[acknowledgement_key(response)] = asked
        self._carry_out(effects)

    async def stop(self) -> None:
        """Cancel what handlers are at work on and forget every timer."""
        await self.handlers.stop()
        self.timers.close()

    # Transports: the stack is their Receiver

    def received(self, flow: Flow, data: bytes) -> None:
        """One message from a transport."""
        if self.on_message is not None:
            self.on_message("in", flow, data)
        if self.admit is not None and not self.admit(flow, data):
            self.counters.not_admitted += 1
            return
        try:
            message = parse(data)
            if isinstance(message, Request):
                self._request(flow, message)
            else:
                self._response(flow, message)
        except SipError:  # no SIP message, or one that cannot be answered
            self.counters.malformed += 1

    def broken(self, flow: Flow, error: SipError, head: bytes) -> None:
        """A stream lost its framing: answer its last request, when that can be read."""
        if self.on_message is not None:
            self.on_message("in", flow, head)
        self.counters.malformed += 1
        if self.admit is not None and not self.admit(flow, head):
            return
        try:
            message = parse(head)
        except SipError:
            return
        if isinstance(message, Request) and (self.admit_request is None or self.admit_request(flow, message)):
            self._refuse(flow, message, error)

    def closed(self, flow: Flow) -> None:
        """A connection is gone: what waits for an answer over it waits in vain."""
        for key in self._clients.over(flow):
            self._carry_out(self.layer.transport_error(key, self.timers.now()))
        for callback in self.on_closed:
            guarded(callback, flow)

    def _request(self, flow: Flow, request: Request) -> None:
        if self.admit_request is not None and not self.admit_request(flow, request):
            self.counters.not_admitted += 1
            return
        try:
            check_request(request, self.handlers.served)
        except SipError as error:
            self._refuse(flow, request, error)
            return
        way = flow
        if not flow.reliable:
            _, port = stack_route.answer_to(request.via, flow.remote)
            if port != flow.remote[1]:
                way = flow.at_port(port)
        now = self.timers.now()
        effects = self.layer.receive(request.arrived(*flow.remote), way, now, reliable=flow.reliable)
        first = effects[0] if effects else None
        if isinstance(first, Arrived):
            self._arrived(first, flow, now)
            effects = effects[1:]
        elif request.method not in ("ACK", "CANCEL"):
            self.counters.repeated += 1
        self._carry_out(effects)

    def _arrived(self, effect: Arrived, flow: Flow, now: float) -> None:
        counts, request = self.counters.requests, effect.request
        counts[request.method] = counts.get(request.method, 0) + 1
        self.handlers.run(effect.key, ServerRequest(self, effect.key, request, flow, now))

    def _refuse(self, flow: Flow, request: Request, error: SipError) -> None:
        """Answer a request that failed a check, without a transaction: its repetition fails the same check."""
        if request.method == "ACK" or "via" not in request.headers.index:
            return
        self.counters.refused += 1
        way = flow
        try:
            way = flow.at_port(stack_route.answer_to(request.via, flow.remote)[1])
            request = request.arrived(*flow.remote)
        except SipError:
            pass  # the Via is what is broken: the answer goes back to where the request came from
        reason, headers = complaint(error, self.host)
        tag = self.layer.tag(request)
        response = request.reply(error.code, reason, to_tag=tag, headers=(*headers, *self.own_headers))
        self.counters.answers[error.code] = self.counters.answers.get(error.code, 0) + 1
        self._send(way, bytes(response))

    def _response(self, flow: Flow, response: Response) -> None:
        check_response(response)
        self.counters.responses += 1
        self._carry_out(self.layer.receive(response, flow, self.timers.now(), reliable=flow.reliable))

    # Transactions

    def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                assert isinstance(effect.flow, Flow)
                if not self._send(effect.flow, effect.data):
                    self.counters.transport_errors += 1
                    self._carry_out(self.layer.transport_error(effect.key, self.timers.now()))
            elif isinstance(effect, Answered):
                self._clients.answered(effect.key, effect.response)
            elif isinstance(effect, Failed):
                self._failed(effect.key, effect.reason)
            elif isinstance(effect, Cancelled):
                self.handlers.cancelled(effect.key)
            elif isinstance(effect, Acknowledged):
                self._acknowledged(effect)
            else:
                self.counters.unmatched += 1
        self._arm()

    def _failed(self, key: Key, reason: str) -> None:
        if reason == "timeout":
            self.counters.timeouts += 1
        asked = self._unacknowledged.pop(key, None)
        if asked is not None and asked.on_failed is not None:
            guarded(asked.on_failed, reason)
        self._clients.failed(key, reason)

    def _acknowledged(self, effect: Acknowledged) -> None:
        asked = None if effect.key is None else self._unacknowledged.pop(effect.key, None)
        if asked is None:
            self.counters.unmatched += 1
        elif asked.on_ack is not None:
            guarded(asked.on_ack, effect.request)

    def _arm(self) -> None:
        """One timer for all of them."""
        when = self.layer.next_due()
        if when is None or (self._timer is not None and self._timer.waiting and self._timer.when <= when):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.timers.at(max(when, self.timers.now() + COARSE), self._due)

    def _due(self) -> None:
        self._carry_out(self.layer.due(self.timers.now()))

    # Sending

    def _send(self, flow: Flow, data: bytes) -> bool:
        if self.on_message is not None:
            self.on_message("out", flow, data)
        return flow.send(data)

    def _ready(self, request: Request, flow: Flow) -> Request:
        sent_by = stack_route.sent_by(self._host(flow), self.ports[flow.protocol])
        return stack_route.with_via(request, flow.protocol, sent_by, self._magic + secrets.token_hex(8))

    def _host(self, flow: Flow) -> str:
        return self.host6 if ":" in flow.remote[0] else self.host
