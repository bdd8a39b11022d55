"""Requests of ours that wait for their answer, found by transaction and by flow."""

from __future__ import annotations

from sip_edge.message import Response
from sip_edge.stack_handlers import guarded
from sip_edge.stack_request import ClientRequest
from sip_edge.timers import Timers
from sip_edge.transaction.effect import Key
from sip_edge.transport.flow import Flow


class Clients:
    """Who is told of which response."""

    def __init__(self, timers: Timers, lifetime: float) -> None:
        self._timers = timers
        self._lifetime = lifetime
        """How long after a 2xx to an INVITE another fork may answer (RFC 6026 timer M)."""
        self._by_key: dict[Key, ClientRequest] = {}
        self._by_flow: dict[Flow, set[Key]] = {}

    def add(self, key: Key, client: ClientRequest) -> None:
        """A request is about to be sent in transaction `key`."""
        client.key = key
        self._by_key[key] = client
        self._by_flow.setdefault(client.flow, set()).add(key)

    def over(self, flow: Flow) -> list[Key]:
        """The transactions that wait for a final response over `flow`."""
        return list(self._by_flow.get(flow, ()))

    def answered(self, key: Key, response: Response) -> None:
        """A response has come."""
        client = self._by_key.get(key)
        if client is None:
            return
        if response.status >= 200:
            self._settled(client, forked=response.status < 300 and client.request.method == "INVITE")
        guarded(client.answered, response)

    def failed(self, key: Key, reason: str) -> None:
        """No final response will come: 408 for `timeout`, 503 for `transport`, made by ourselves."""
        client = self._by_key.get(key)
        if client is not None and client.response is None:
            self._settled(client)
            guarded(client.answered, client.request.reply(408 if reason == "timeout" else 503), reason)

    def _settled(self, client: ClientRequest, *, forked: bool = False) -> None:
        keys = self._by_flow.get(client.flow)
        if keys is not None:
            keys.discard(client.key)
            if not keys:
                del self._by_flow[client.flow]
        if not forked:
            self._by_key.pop(client.key, None)
        elif client.response is None:
            self._timers.after(self._lifetime, self._by_key.pop, client.key, None)
