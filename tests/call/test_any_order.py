"""Whatever happens in whatever order: the caller gets one answer, and every phone that was called is released."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sip_edge.call.call import (
    CONFIRM,
    RING,
    WHOLE,
    Ask,
    Call,
    Cancel,
    Command,
    Connect,
    Forget,
    GoOn,
    HangUp,
    Invite,
    Phase,
    Refuse,
    Release,
    Wait,
)  # fmt: skip

LEGS = st.lists(st.sampled_from((0.0, 0.0, 5.0, 12.0)), min_size=0, max_size=4)
HAPPENS = (
    "progress", "answered", "failed", "given_up", "ring", "whole", "delay", "taken",
    "asked", "asked", "confirmed", "declined", "silence",
)  # fmt: skip
STEP = st.tuples(
    st.sampled_from(HAPPENS),
    st.integers(0, 7),
    st.sampled_from((486, 603, 480, 404, 408, 503, 487)),
)


class Model:
    """What the world sees of a call: who was invited and not released, what the caller was answered."""

    def __init__(self, follows: list[list[float]]) -> None:
        self.call = Call()
        self.follows = follows
        self.numbers = 0
        self.invited: set[int] = set()
        self.released: set[int] = set()
        self.answers: list[Command] = []
        self.timers: set[str] = set()
        self.taken = False
        self.asked: set[int] = set()

    def start(self, delays: list[float]) -> None:
        """Ring phones with these delays."""
        legs = []
        for delay in delays:
            self.numbers += 1
            legs.append((self.numbers, delay))
        self.carry_out(self.call.ring(legs, 25.0))

    def carry_out(self, commands: list[Command]) -> None:
        """Take what the machine says, as the controller does."""
        for command in commands:
            match command:
                case Invite(leg):
                    assert leg not in self.invited, "nobody is called twice"
                    self.invited.add(leg)
                case Cancel(leg, _) | HangUp(leg):
                    assert leg in self.invited
                    assert leg not in self.asked, "who is asked is in a call, which is released"
                    self.released.add(leg)
                case Ask(leg):
                    assert leg in self.invited and leg not in self.released
                    self.asked.add(leg)
                case Release(leg, _):
                    assert leg in self.asked and leg not in self.released
                    self.released.add(leg)
                case Connect(leg):
                    self.answers.append(command)
                case Refuse(_):
                    self.answers.append(command)
                case Wait(name, _):
                    self.timers.add(name)
                case Forget(name):
                    self.timers.discard(name)
                case GoOn(_, status):
                    if self.follows:
                        self.start(self.follows.pop())
                    else:
                        self.carry_out(self.call.refuse(status))

    def step(self, what: str, which: int, status: int) -> None:
        """Let something happen, where it can."""
        out = sorted(self.invited)
        leg = out[which % len(out)] if out else 0
        match what:
            case "progress" if leg:
                self.carry_out(self.call.progress(leg, media=bool(which % 2)))
            case "answered" if leg in self.call.open:
                self.carry_out(self.call.answered(leg))
            case "asked" if leg in self.call.open - self.call.asking:
                self.carry_out(self.call.asked(leg))
            case "confirmed":
                self.carry_out(self.call.confirmed(leg))
            case "declined":
                self.carry_out(self.call.declined(leg))
            case "silence" if any(name.startswith("confirm") for name in self.timers):
                name = sorted(name for name in self.timers if name.startswith("confirm"))[0]
                self.timers.discard(name)
                self.carry_out(self.call.due(name))
            case "failed" if leg in self.call.open - self.call.asking:
                self.released.add(leg)
                self.carry_out(self.call.failed(leg, status))
            case "given_up":
                self.carry_out(self.call.given_up())
            case "taken" if self.call.phase in (Phase.ROUTING, Phase.RINGING):
                self.taken = True
                self.carry_out(self.call.taken())
            case "ring" if RING in self.timers:
                self.timers.discard(RING)
                self.carry_out(self.call.due(RING))
            case "whole" if WHOLE in self.timers:
                self.timers.discard(WHOLE)
                self.carry_out(self.call.due(WHOLE))
            case "delay" if any(name.startswith("leg") for name in self.timers):
                name = sorted(name for name in self.timers if name.startswith("leg"))[0]
                self.timers.discard(name)
                self.carry_out(self.call.due(name))


@given(LEGS, st.lists(LEGS, max_size=3), st.lists(STEP, max_size=40))
def test_one_answer_and_nobody_left(
    first: list[float], later: list[list[float]], steps: list[tuple[str, int, int]]
) -> None:
    model = Model([list(delays) for delays in later])
    model.start(first)
    gave_up = False
    for what, which, status in steps:
        gave_up = gave_up or (what == "given_up" and model.call.phase in (Phase.ROUTING, Phase.RINGING))
        model.step(what, which, status)
        assert len(model.answers) <= 1
    model.step("whole", 0, 0)  # the longest that a caller may wait
    for leg in sorted(model.call.open):  # what was cancelled answers in the end, one way or the other
        if leg % 2:
            model.carry_out(model.call.failed(leg, 487))
        else:
            model.carry_out(model.call.answered(leg))
    assert model.call.phase in (Phase.ANSWERED, Phase.ENDED)
    assert len(model.answers) == (0 if gave_up or model.taken else 1)
    winner = {model.call.winner} - {0}
    assert model.invited - winner <= model.released, "every phone that was called wins or is released"
    assert not winner & model.released
    assert model.call.open == frozenset()
    assert not model.timers, "no timer is left"


def test_who_is_asked_has_the_call_only_when_it_confirms() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0)], 25)
    assert call.asked(1) == [Ask(1), Wait("confirm 1", CONFIRM)]
    assert call.phase is Phase.RINGING and call.asking == {1}, "the other goes on ringing"
    assert call.answered(2)[:2] == [Connect(2), Forget("confirm 1")]
    assert call.confirmed(1) == [], "too late"


def test_the_first_to_confirm_wins() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0), (3, 0.0)], 25)
    call.asked(1)
    call.asked(2)
    found = call.confirmed(2)
    assert call.winner == 2 and Connect(2) in found
    assert Release(1, True) in found and Cancel(3, True) in found


def test_who_declines_has_not_answered() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0)], 25)
    call.asked(1)
    assert call.declined(1) == [Forget("confirm 1"), Release(1, False)], "the other rings still"
    assert GoOn("no_answer", 480) in call.failed(2, 486)


def test_who_is_asked_may_finish_when_the_time_for_ringing_is_over() -> None:
    call = Call()
    call.ring([(1, 0.0), (2, 0.0)], 25)
    call.asked(1)
    assert call.due(RING) == [Cancel(2, False)]
    assert call.failed(2, 487) == []
    assert GoOn("no_answer", 480) in call.due("confirm 1")


@given(st.lists(st.sampled_from((486, 600, 603)), min_size=1, max_size=4))
def test_busy_is_busy_when_all_are(statuses: list[int]) -> None:
    call = Call()
    call.ring([(number, 0.0) for number, _ in enumerate(statuses, 1)], 25)
    last: list[Command] = []
    for number, status in enumerate(statuses, 1):
        last = call.failed(number, status)
    assert GoOn("busy", 486) in last


@given(
    st.lists(st.sampled_from((486, 480, 404, 503)), min_size=2, max_size=4).filter(lambda found: set(found) != {486})
)
def test_and_is_not_when_one_is_only_unreachable(statuses: list[int]) -> None:
    call = Call()
    call.ring([(number, 0.0) for number, _ in enumerate(statuses, 1)], 25)
    last: list[Command] = []
    for number, status in enumerate(statuses, 1):
        last = call.failed(number, status)
    (onward,) = [one for one in last if isinstance(one, GoOn)]
    assert onward.why == "no_answer" and 400 <= onward.status < 700
