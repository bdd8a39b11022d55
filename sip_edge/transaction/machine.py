"""One transaction: a table, a state, and the request it is about.  (pure)"""

from __future__ import annotations

from sip_edge.message.message import Request, Response
from sip_edge.transaction import derived
from sip_edge.transaction.effect import Acknowledged, Answered, Armed, Arrived, Effect, Failed, Flow, Key, Send
from sip_edge.transaction.table import Act, Arm, Do, Event, Input, State, Stop, Table, Timer
from sip_edge.transaction.timing import Timing

Told = Effect | Armed


def received(response: Response, *, invite: bool) -> Event:
    """The event a response is to the machine it reaches, from either side."""
    if response.status < 200:
        return Event.PROVISIONAL
    if not invite:
        return Event.FINAL
    return Event.SUCCESS if response.status < 300 else Event.FAILURE


class Machine:
    """Carries the acts of its table out on itself and returns what is left for others to do."""

    __slots__ = (
        "_rounds",
        "_timing",
        "armed",
        "cancelling",
        "flow",
        "key",
        "last",
        "reason",
        "reliable",
        "request",
        "ringing",
        "state",
        "table",
    )

    def __init__(
        self, table: Table, key: Key, request: Request, flow: Flow, *, reliable: bool, timing: Timing, last: bytes = b""
    ) -> None:
        self.table = table
        self.key = key
        self.request = request
        self.flow = flow
        self.reliable = reliable
        self.state = State.START
        self.last = last
        """What is sent again: the last response of a server."""
        self.cancelling = False
        """Is a CANCEL to follow as soon as a provisional response allows it (RFC 3261 section 9.1)?"""
        self.reason = ""
        """The Reason that it carries."""
        self.ringing: Key | None = None
        """Where the reliable provisional response sent last is repeated (RFC 3262)."""
        self.armed: set[Timer] = set()
        """Timers that may still fire."""
        self._timing = timing
        self._rounds: dict[Timer, int] = {}

    def feed(self, given: Input, message: Request | Response | None = None) -> list[Told]:
        """What follows from an input: look the cell up, take its state, do its acts in order."""
        told: list[Told] = []
        waiting: list[Input] = [given]
        while waiting:
            step = self.table.cells.get((self.state, waiting.pop()))
            if step is None:
                continue
            self.state = step.state
            for act in step.acts:
                at_once = self._act(act, message, told)
                if at_once is not None:
                    waiting.append(at_once)
        return told

    def _act(self, act: Act, message: Request | Response | None, told: list[Told]) -> Timer | None:
        """Do one act; a timer that fires at once comes back."""
        if isinstance(act, Arm):
            return self._arm(act, told)
        if isinstance(act, Stop):
            self.armed.discard(act.timer)
            told.append(Armed(self.key, act.timer, None))
        elif act is Do.SEND_REQUEST:
            told.append(Send(self.key, self.flow, bytes(self.request)))
        elif act is Do.RESEND:
            if self.last:
                told.append(Send(self.key, self.flow, self.last))
        elif act is Do.SEND_TRYING:
            self._respond(self.request.reply(100), told)
        elif act is Do.TIMEOUT or act is Do.ERROR:
            told.append(Failed(self.key, "timeout" if act is Do.TIMEOUT else "transport"))
        elif isinstance(message, Response):
            self._with_response(act, message, told)
        elif message is not None:  # TELL of a request
            told.append(
                Acknowledged(self.key, message) if message.method == "ACK" else Arrived(self.key, message, self.flow)
            )
        return None

    def _with_response(self, act: Act, response: Response, told: list[Told]) -> None:
        if act is Do.SEND_RESPONSE:
            self._respond(response, told)
        elif act is Do.SEND_ACK:
            told.append(Send(self.key, self.flow, bytes(derived.ack(self.request, response))))
        else:
            told.append(Answered(self.key, response))

    def _respond(self, response: Response, told: list[Told]) -> None:
        self.last = bytes(response)
        told.append(Send(self.key, self.flow, self.last))

    def _arm(self, act: Arm, told: list[Told]) -> Timer | None:
        rounds = self._rounds.get(act.timer, 0)
        self._rounds[act.timer] = rounds + 1
        delay = self._timing.delay(act.timer, rounds, self.reliable, slow=act.slow)
        if delay == 0:
            return act.timer
        if delay is not None:
            self.armed.add(act.timer)
            told.append(Armed(self.key, act.timer, delay))
        return None
