"""Anything in any order at any time: the layer raises nothing of its own, and comes to rest."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sip_edge.message import Response, SipError
from sip_edge.transaction.effect import Arrived, Effect, Key, Send
from sip_edge.transaction.table import State
from tests.sip import wire
from tests.sip.clockwork import Clockwork, ack_for, request

METHODS = ["INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "SUBSCRIBE", "NOTIFY", "PRACK", "DANCE"]
CODES = [100, 180, 183, 200, 202, 302, 401, 486, 487, 500, 603]
BRANCHES = ["z9hG4bKa", "z9hG4bKb", "old", "z9hG4bK"]
STEP = st.tuples(
    st.sampled_from(["receive", "answer", "respond", "send", "cancel", "ack", "break", "wind", "repeat"]),
    st.sampled_from(METHODS),
    st.sampled_from(BRANCHES),
    st.sampled_from(CODES),
    st.floats(0, 40),
)


class Play:
    """Carries random steps out and remembers what there is to answer."""

    def __init__(self, *, reliable: bool) -> None:
        self.clock = Clockwork(reliable=reliable)
        self.open: list[Arrived] = []
        self.sent: list[Key] = []

    def take(self, effects: list[Effect]) -> None:
        self.open += [effect for effect in effects if isinstance(effect, Arrived)]

    def step(self, kind: str, method: str, branch: str, code: int, pause: float) -> None:
        clock, layer = self.clock, self.clock.layer
        rows = (f"Via: SIP/2.0/UDP h;branch={branch}", f"CSeq: 1 {method}", "RAck: 1 1 INVITE")
        if kind == "receive":
            self.take(clock.receive(wire.request(method, *rows)))
        elif kind == "answer":
            clock.receive(request(method, *rows).reply(code, to_tag="t"))
        elif kind == "respond" and self.open:
            one = self.open[-1]
            clock.respond(one.key, one.request.reply(code, to_tag="t"))
        elif kind == "repeat" and self.open:
            one = self.open[-1]
            response = one.request.reply(183, to_tag="t", headers=[("RSeq", "1")])
            clock.take(layer.repeat_provisional(one.key, response, clock.now))
        elif kind == "send" and method not in ("ACK", "CANCEL"):
            self.sent.append(clock.send(request(method, *rows)))
        elif kind in ("cancel", "break") and self.sent:
            act = layer.cancel if kind == "cancel" else layer.transport_error
            clock.take(act(self.sent[-1], clock.now))
        elif kind == "ack" and (answers := [data for _, data in clock.sent() if data.startswith(b"SIP/2.0")]):
            clock.receive(ack_for(answers[-1], branch=branch))
        elif kind == "wind":
            clock.wind(clock.now + pause)

    def finish(self) -> None:
        """Answer what is open, as a user must, and let every timer run out."""
        for one in self.open:
            self.clock.respond(one.key, one.request.reply(486, to_tag="t"))
        for key in self.sent:
            if self.clock.layer.state(key) is State.PROCEEDING:
                self.clock.take(self.clock.layer.cancel(key, self.clock.now))
        self.clock.wind(self.clock.now + 200)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, max_size=30), st.booleans())
def test_any_order_comes_to_rest(steps: list[tuple[str, str, str, int, float]], reliable: bool) -> None:
    play = Play(reliable=reliable)
    for one in steps:
        try:
            play.step(*one)
        except SipError:
            continue
        except ValueError as error:  # a branch used twice, which is the user's mistake
            assert "branch" in str(error)
    play.finish()
    assert play.clock.at_rest()
    assert play.clock.layer._merged == {}
    moments = [when for when, effect in play.clock.seen if isinstance(effect, Send)]
    assert moments == sorted(moments)


def test_responses_nobody_asked_for_leave_nothing() -> None:
    clock = Clockwork()
    for number in range(200):
        answer = request("NOTIFY", f"Via: SIP/2.0/UDP h;branch=z9hG4bK{number}").reply(200, to_tag="t")
        assert isinstance(answer, Response)
        clock.receive(answer)
    assert clock.at_rest()
