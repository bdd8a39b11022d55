"""A transaction layer with a clock that tests wind by hand."""

from __future__ import annotations

from sip_edge.message import Request, Response, parse
from sip_edge.transaction.effect import Effect, Key, Send
from sip_edge.transaction.layer import Layer
from tests.sip import wire


class Clockwork:
    """Feeds a layer and keeps what came out with the moment it came: (seconds, effect)."""

    def __init__(self, *, reliable: bool = False, limit: int = 20_000, light: int = 200_000) -> None:
        self.layer = Layer(b"secret", limit=limit, light=light)
        self.reliable = reliable
        self.now = 0.0
        self.seen: list[tuple[float, Effect]] = []

    def take(self, effects: list[Effect]) -> list[Effect]:
        self.seen += [(self.now, effect) for effect in effects]
        return effects

    def receive(self, data: bytes | Response, flow: str = "flow") -> list[Effect]:
        message = parse(data) if isinstance(data, bytes) else data
        return self.take(self.layer.receive(message, flow, self.now, reliable=self.reliable))

    def respond(self, key: Key, response: Response) -> list[Effect]:
        return self.take(self.layer.respond(key, response, self.now))

    def send(self, request: Request) -> Key:
        key, effects = self.layer.send(request, "flow", self.now, reliable=self.reliable)
        self.take(effects)
        return key

    def wind(self, until: float) -> list[Effect]:
        """Let time pass to `until`, waking the layer when it asks to be woken."""
        effects: list[Effect] = []
        while (due := self.layer.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            effects += self.take(self.layer.due(self.now))
        self.now = until
        return effects

    def sent(self) -> list[tuple[float, bytes]]:
        """Everything that went out, with its moment."""
        return [(when, effect.data) for when, effect in self.seen if isinstance(effect, Send)]

    def times(self, start: bytes) -> list[float]:
        """The moments at which messages starting with `start` went out."""
        return [round(when, 3) for when, data in self.sent() if data.startswith(start)]

    def at_rest(self) -> bool:
        """Is nothing left: no transaction, no entry, no timer?"""
        return (self.layer.live, self.layer.kept, self.layer.next_due()) == (0, 0, None)


def request(method: str, *rows: str) -> Request:
    message = parse(wire.request(method, *rows))
    assert isinstance(message, Request)
    return message


def ack_for(response: bytes, *, branch: str = "z9hG4bK74b43") -> bytes:
    """The ACK a caller sends for `response`: with the branch of its INVITE for a refusal, a new one for a 2xx."""
    answer = parse(response)
    via = f"Via: SIP/2.0/UDP 192.0.2.1:5060;branch={branch};rport"
    to = f"To: {answer.headers.first('to')}"
    return wire.request("ACK", via, to, f"CSeq: {answer.cseq.number} ACK")
