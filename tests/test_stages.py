"""Stages of long work: whatever phones do, no more change than the open stage has room for, and it comes to an end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.stages import (
    APPLIED,
    FAILED,
    NOTIFIED,
    UNAFFECTED,
    WAITING,
    WRITTEN,
    End,
    Halt,
    Open,
    Stage,
    Tally,
    Wait,
    Write,
    canary,
    decide,
    from_json,
    rollout,
    to_json,
)


@dataclass
class Fleet:
    """Phones with the fate that each has when its turn comes: applied, lost once told, failed before it was told,
    unaffected or unable."""

    fates: list[str]
    stages: tuple[Stage, ...]
    stage: int = 0
    excused: int = 0
    states: list[str] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    halts: int = 0

    def __post_init__(self) -> None:
        self.states = [WAITING] * len(self.fates)

    def tally(self) -> Tally:
        failed = {place for place, state in enumerate(self.states) if state == FAILED}
        return Tally(
            Counter(self.states), len(self.changed), len(self.told), len(failed & self.changed),
            len(failed & self.told), self.excused,
        )  # fmt: skip

    def room(self) -> int:
        upto = self.stages[self.stage].upto
        return len(self.fates) if upto is None else upto

    def write(self, count: int) -> None:
        waiting = [place for place, state in enumerate(self.states) if state == WAITING]
        for place in waiting[:count]:
            fate = self.fates[place]
            if fate in (UNAFFECTED, "unable"):
                self.states[place] = UNAFFECTED if fate == UNAFFECTED else FAILED
            else:
                self.changed.add(place)
                self.states[place] = WRITTEN

    def move_on(self) -> None:
        """One phone that is under way comes a step further."""
        for place, state in enumerate(self.states):
            if state == WRITTEN:
                self.states[place] = FAILED if self.fates[place] == "untold" else NOTIFIED
                self.told |= {place} if self.fates[place] != "untold" else set()
                return
            if state == NOTIFIED:
                self.states[place] = APPLIED if self.fates[place] == APPLIED else FAILED
                return
        raise AssertionError("it waits, and nothing is under way")

    def bad(self) -> int:
        tally = self.tally()
        return tally.lost if self.stages[self.stage].upto is None else tally.unproven


FATES = st.lists(
    st.sampled_from([APPLIED, APPLIED, APPLIED, "lost", "untold", UNAFFECTED, "unable"]), min_size=0, max_size=120
)
STAGES = st.one_of(
    st.integers(0, 6).map(lambda first: lambda total: canary(total, first, told=True)),
    st.sets(st.integers(1, 60), max_size=3).map(lambda sizes: lambda total: rollout(total, sorted(sizes))),
)


@settings(max_examples=300, deadline=None)
@given(FATES, STAGES)
def test_whatever_phones_do_it_never_goes_beyond_the_open_stage_and_ends(fates: list[str], made: object) -> None:
    fleet = Fleet(fates, made(len(fates)))  # type: ignore[operator]
    for _ in range(10 * len(fates) + 50):
        step = decide(fleet.stages, fleet.stage, fleet.tally(), told=True)
        match step:
            case Write(count):
                assert count > 0
                fleet.write(count)
            case Open(stage):
                assert stage == fleet.stage + 1 and fleet.bad() <= fleet.excused
                assert not {WRITTEN, NOTIFIED} & set(fleet.states), "the stage before is over"
                fleet.stage = stage
            case Halt(text):
                assert text.startswith("Halted: ") and fleet.bad() > fleet.excused
                fleet.halts += 1
                fleet.excused = fleet.bad()
            case Wait():
                fleet.move_on()
            case End(state):
                assert not {WAITING, WRITTEN, NOTIFIED} & set(fleet.states)
                assert (state == "failed") == bool(fates and all(one == FAILED for one in fleet.states))
                return
        assert len(fleet.changed) <= fleet.room() and fleet.told <= fleet.changed
    raise AssertionError("it does not come to an end")


def test_three_go_first_where_more_than_fifty_are_told() -> None:
    rest = Stage(None, 2, 0.2)
    assert canary(51, None, told=True) == (Stage(3), rest)
    assert canary(50, None, told=True) == canary(5_000, None, told=False) == (rest,)
    assert canary(10, 4, told=True) == (Stage(4), rest) and canary(10_000, 0, told=True) == (rest,)


def test_a_rollout_is_one_then_five_percent_then_the_rest() -> None:
    assert rollout(1_000, [1, "5%"]) == (Stage(1), Stage(50), Stage(None))
    assert rollout(10, [1, "5%"]) == (Stage(1), Stage(None)), "5 % of ten are one"
    assert rollout(1, [1, "5 %"]) == (Stage(None),)
    for wrong in ([0], ["0%"], ["100%"], ["many"], [5, 5], [5, 2]):
        with pytest.raises(ValueError, match=r"\.$"):
            rollout(1_000, wrong)


def test_one_canary_that_is_lost_halts_and_one_in_a_thousand_later_does_not() -> None:
    stages = canary(1_000, None, told=True)
    lost = Tally({APPLIED: 2, FAILED: 1, WAITING: 997}, changed=3, told=3, unproven=1, lost=1)
    halted = decide(stages, 0, lost, told=True)
    assert halted == Halt("Halted: 1 phone of the first 3 did not come back; look why, then continue or roll back."), (
        halted
    )
    later = Tally({NOTIFIED: 10, APPLIED: 40, FAILED: 3, WAITING: 0}, changed=53, told=53, unproven=3, lost=3)
    assert decide(stages, 1, later, told=True) == Wait()
    many = Tally({NOTIFIED: 2, FAILED: 3, WAITING: 995}, changed=5, told=5, unproven=3, lost=3)
    assert isinstance(decide(stages, 1, many, told=True), Halt)
    two = Tally({FAILED: 2, WAITING: 998}, changed=2, told=2, unproven=2, lost=2)
    assert decide(stages, 1, two, told=True) == Write(998), "two lost phones are no trend yet"


def test_without_telling_a_written_phone_is_done() -> None:
    tally = Tally({WRITTEN: 5}, changed=5, told=0, unproven=0, lost=0)
    assert decide(canary(5, None, told=False), 0, tally, told=False) == End("done")
    assert decide(canary(5, None, told=True), 0, tally, told=True) == Wait()
    assert decide((Stage(None),), 0, Tally({}, 0, 0, 0, 0), told=True) == End("done")


def test_stages_are_data() -> None:
    stages = rollout(1_000, [1, "5%"])
    assert from_json(to_json(stages)) == stages
    assert from_json([]) == (Stage(None, 2, 0.2),)
