"""Whatever happens in whatever order: the caller gets one answer, and every phone that was called is released."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sip_edge.call.call import NAME, RING, WHOLE, Call
from sip_edge.call.command import (
    Ask,
    Cancel,
    Command,
    Connect,
    Forget,
    GoOn,
    HangUp,
    Invite,
    Join,
    Name,
    Proceed,
    Refuse,
    Release,
    Wait,
)
from sip_edge.call.stage import OPEN, Phase

LEGS = st.lists(st.sampled_from((0.0, 0.0, 5.0, 12.0)), min_size=0, max_size=4)
HAPPENS = (
    "progress", "answered", "failed", "given_up", "ring", "whole", "delay", "taken",
    "answers", "answers", "asked", "asked", "accepts", "accepts", "confirmed", "declined", "refers", "silence",
    "named", "unnamed", "unasked", "lost",
)  # fmt: skip
STEP = st.tuples(
    st.sampled_from(HAPPENS),
    st.integers(0, 7),
    st.sampled_from((486, 603, 480, 404, 408, 503, 487)),
)


class Model:
    """What the world sees of a call: who was invited and not released, what the caller was answered."""

    def __init__(self, follows: list[list[float]], *, screens: bool = False) -> None:
        self.call = Call()
        self.follows = follows
        self.screens = screens
        """Is the caller asked for a name before anybody rings?"""
        self.waiting: list[float] = []
        self.numbers = 0
        self.invited: set[int] = set()
        self.released: set[int] = set()
        self.answers: list[Command] = []
        self.timers: set[str] = set()
        self.taken = False
        self.asked: set[int] = set()
        self.joined: list[int] = []

    def start(self, delays: list[float]) -> None:
        """Ring phones with these delays, the first time after the caller was asked."""
        if self.screens:
            self.screens, self.waiting = False, delays
            self.carry_out(self.call.ask_name())
        else:
            self.ring(delays)

    def ring(self, delays: list[float]) -> None:
        """Ring them."""
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
                    assert self.call.phase is not Phase.NAMING
                    self.invited.add(leg)
                case Cancel(leg, _) | HangUp(leg):
                    assert leg in self.invited
                    assert leg not in self.asked, "who is asked is in a call, which is released"
                    self.released.add(leg)
                case Ask(leg):
                    assert leg in self.invited and leg not in self.released
                    self.asked.add(leg)
                case Join(leg):
                    assert leg in self.asked and leg not in self.released
                    self.joined.append(leg)
                case Release(leg, _):
                    assert leg in self.asked and leg not in self.released
                    self.released.add(leg)
                case Connect(leg):
                    assert leg not in self.asked or leg in self.joined, "who was asked has pressed 1"
                    self.answers.append(command)
                case Refuse(_):
                    self.answers.append(command)
                case Wait(name, _):
                    self.timers.add(name)
                case Forget(name):
                    self.timers.discard(name)
                case Proceed():
                    self.ring(self.waiting)
                case GoOn(_, status):
                    if self.follows:
                        self.start(self.follows.pop())
                    else:
                        self.carry_out(self.call.refuse(status))
                case Name():
                    assert self.call.phase is Phase.NAMING and not self.answers

    def step(self, what: str, which: int, status: int) -> None:
        """Let something happen, where it can."""
        out = sorted(self.invited)
        leg = out[which % len(out)] if out else 0
        free = leg in self.call.open - self.call.asking and not self.call.joins(leg)
        match what:
            case "progress" if leg:
                self.carry_out(self.call.progress(leg, media=bool(which % 2)))
            case "answers" if free:
                self.carry_out(self.call.answers(leg))
            case "answered" if leg in self.call.open - self.call.asking:
                self.carry_out(self.call.answered(leg))
            case "asked" if free:
                self.carry_out(self.call.asked(leg))
            case "accepts" | "confirmed" | "declined" | "refers":
                self.carry_out(getattr(self.call, what)(leg))
            case "failed" if leg in self.call.open - self.call.asking:
                self.released.add(leg)
                self.carry_out(self.call.failed(leg, status))
            case "given_up" | "named" | "lost":
                self.carry_out(getattr(self.call, what)())
            case "unnamed":
                self.carry_out(self.call.unnamed(480))
            case "taken" if self.call.phase in OPEN:
                self.taken = True
                self.carry_out(self.call.taken())
            case "ring" | "whole" | "unasked" | "delay" | "silence":
                self._due({"ring": RING, "whole": WHOLE, "unasked": NAME, "delay": "leg", "silence": "confirm"}[what])

    def _due(self, kind: str) -> None:
        """The first timer of a kind runs out, where there is one."""
        for name in sorted(name for name in self.timers if name.startswith(kind))[:1]:
            self.timers.discard(name)
            self.carry_out(self.call.due(name))


@given(LEGS, st.lists(LEGS, max_size=3), st.lists(STEP, max_size=40), st.booleans())
def test_one_answer_and_nobody_left(
    first: list[float], later: list[list[float]], steps: list[tuple[str, int, int]], screens: bool
) -> None:
    model = Model([list(delays) for delays in later], screens=screens)
    model.start(first)
    gave_up = False
    for what, which, status in steps:
        gave_up = gave_up or (what == "given_up" and model.call.phase in OPEN)
        model.step(what, which, status)
        assert len(model.answers) <= 1
        assert len([leg for leg in model.call.open if model.call.joins(leg)]) <= 1, "one at a time is connected"
    model.step("unasked", 0, 0)  # the longest that a name is waited for
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
