"""INVITEs of ours on their way, first ones and those inside a call; and everything else that a leg is sent."""

from __future__ import annotations

from collections.abc import Callable

from sip_edge import stack_route
from sip_edge.call.description import CONTENT_TYPE
from sip_edge.call.leg import Leg, Pairs, Stage
from sip_edge.message import Request, Response, SipError
from sip_edge.stack import Stack
from sip_edge.stack_request import ClientRequest, ServerRequest
from sip_edge.transport.flow import Flow

Hear = Callable[[Response], None]
OnAck = Callable[[Request | None], None]
ALLOW = "INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, REFER, INFO, OPTIONS"
SUPPORTED = "replaces, timer"


class Invitation:
    """One INVITE of ours. Its 2xx is acknowledged by `acknowledge`, when whoever sent it says so; each repetition of
    the 2xx is answered with that ACK again (RFC 3261 section 13.2.2.4)."""

    __slots__ = ("_begun", "_hear", "_wire", "ack", "client", "leg", "request")

    def __init__(self, wire: Wire, leg: Leg, request: Request, flow: Flow, hear: Hear) -> None:
        self._wire = wire
        self._hear = hear
        self.leg = leg
        self.request = request
        self.ack: Request | None = None
        self._begun = False
        self.client: ClientRequest = wire.stack.request(request, flow, on_response=self._heard)
        self._begun = True

    def acknowledge(self, body: bytes = b"") -> None:
        """The ACK; `body` answers the offer of the 2xx, where that was one."""
        if self.ack is None:
            rows = [("Content-Type", CONTENT_TYPE)] if body else []
            self.ack = self.leg.ack(self.request.cseq.number, rows, body)
            self._wire.send(self.leg, self.ack)

    def forsake(self, hear: Hear) -> None:
        """Nobody waits for it any more: it is cancelled, and `hear` gets what comes all the same."""
        self._hear = hear
        self.client.cancel()

    def _heard(self, response: Response) -> None:
        if not self._begun:  # it could not even be sent: nobody knows of this object yet
            self._wire.stack.timers.after(0, self._hear, response)
        elif self.ack is not None and 200 <= response.status < 300 and self._ours(response):
            self._wire.send(self.leg, self.ack)
        else:
            self._hear(response)

    def _ours(self, response: Response) -> bool:
        return self.leg.key is not None and self.leg.key[2] == (response.to.tag or "")


class Wire:
    """Sends what legs have to say, over the way by which they are reached."""

    def __init__(
        self,
        stack: Stack,
        udp_flow: Callable[[str, int], Flow | None],
        come_back: Callable[[Leg], Flow | None] = lambda _leg: None,
    ) -> None:
        """`come_back`: the new connection of a phone whose old one is gone."""
        self.stack = stack
        self._come_back = come_back
        self._udp_flow = udp_flow
        self._unacknowledged: dict[int, bool] = {}
        """Legs whose 2xx of ours has no ACK yet: a BYE waits for it (RFC 3261 section 15); True: one does."""

    def way(self, leg: Leg) -> Flow:
        """The flow to a leg. A carrier may have named another machine for what follows than it called from."""
        flow = leg.flow
        assert isinstance(flow, Flow)
        if not flow.open:
            flow = leg.flow = self._come_back(leg) or flow
        if not leg.end.trunk or leg.dialog is None or flow.reliable:
            return flow
        try:
            there = stack_route.destination(leg.dialog.next_hop)
        except SipError:
            return flow
        if there.protocol != "UDP" or not stack_route.is_address(there.host):
            return flow
        return self._udp_flow(there.host, there.port) or flow

    def contact(self, leg: Leg) -> tuple[str, str]:
        """Our Contact towards a leg."""
        assert isinstance(leg.flow, Flow)
        return "Contact", f"<{self.stack.uri(leg.flow, leg.end.device or None)}>"

    def send(self, leg: Leg, request: Request) -> None:
        """Send an ACK."""
        self.stack.send(request, self.way(leg))

    def ask(self, leg: Leg, method: str, headers: Pairs = (), body: bytes = b"", hear: Hear | None = None) -> None:
        """Send a request in a leg's dialog; `hear` gets its final response, after the leg has."""
        request = leg.request(method, headers, body)

        def heard(response: Response) -> None:
            if response.status >= 200:
                if method != "NOTIFY":  # a subscription ends by itself, and its call goes on (RFC 5057 section 5.1)
                    leg.answered(response)
                if hear is not None:
                    hear(response)

        self.stack.request(request, self.way(leg), on_response=heard)

    def invite_again(self, leg: Leg, body: bytes, headers: Pairs, hear: Callable[[Invitation, Response], None]) -> None:
        """Send a re-INVITE with `body`, or one that asks for an offer; `hear` gets its first final response, after the
        leg has, and acknowledges a 2xx. Raises ValueError when the leg's exchange does not allow it."""
        leg.exchange = leg.exchange.inviting(offer=bool(body))
        rows = [self.contact(leg), ("Allow", ALLOW), ("Supported", SUPPORTED), *headers]
        request = leg.request("INVITE", [*rows, *([("Content-Type", CONTENT_TYPE)] if body else [])], body)
        done: list[bool] = []

        def heard(response: Response) -> None:
            if response.status < 200 or done:
                return
            done.append(True)
            leg.exchange = leg.exchange.invite_over(ours=True)
            leg.answered(response)
            hear(invitation, response)

        invitation = Invitation(self, leg, request, self.way(leg), heard)

    def accept(self, leg: Leg, asked: ServerRequest, headers: Pairs, body: bytes, on_ack: OnAck | None = None) -> None:
        """Answer an INVITE of a leg with 200, and hear of its ACK."""
        asked.on_ack = lambda ack: self._acknowledged(leg, ack, on_ack)
        self._unacknowledged[leg.number] = False
        rows = [self.contact(leg), ("Allow", ALLOW), ("Supported", SUPPORTED), *headers]
        response = asked.reply(200, None, rows, body, CONTENT_TYPE if body else None)
        if response is None:
            self._unacknowledged.pop(leg.number, None)
        elif leg.stage in (Stage.CALLING, Stage.EARLY):
            leg.replied(asked.request, response, over_tls=asked.flow.secure)
        else:
            leg.accepted(asked.request, response)

    def _acknowledged(self, leg: Leg, ack: Request | None, on_ack: OnAck | None) -> None:
        waits = self._unacknowledged.pop(leg.number, False)
        if on_ack is not None:
            on_ack(ack)
        if waits:
            self._bye(leg, "")

    def never_acknowledged(self, leg: Leg) -> None:
        """Nobody has acknowledged our 2xx in 32 seconds; a BYE may go out now (RFC 3261 section 13.3.1.4)."""
        if self._unacknowledged.pop(leg.number, False):
            self._bye(leg, "")

    def bye(self, leg: Leg, reason: str = "") -> None:
        """End a leg's dialog, once; `reason` is a Reason value. A caller who was refused gets no BYE: that is for
        callers only, before an answer (RFC 3261 section 15)."""
        if leg.over or leg.dialog is None or (leg.incoming and not leg.talking):
            leg.ended()
            return
        if leg.number in self._unacknowledged:
            self._unacknowledged[leg.number] = True
            leg.was_talking, leg.stage = True, Stage.ENDED
            return
        self._bye(leg, reason)

    def _bye(self, leg: Leg, reason: str) -> None:
        request = leg.request("BYE", [("Reason", reason)] if reason else [])
        self.stack.request(request, self.way(leg))
        leg.ended()
