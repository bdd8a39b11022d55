"""The heap of timers under a clock of our own."""

from __future__ import annotations

import pytest

from sip_edge.timers import SLICE, Timers
from tests.fakes import FakeClock


def test_timers_run_in_their_order_and_once() -> None:
    clock, heard = FakeClock(), []
    timers = Timers(clock)
    for seconds in (3, 1, 2):
        timers.after(seconds, heard.append, seconds)
    clock.advance(2)
    assert heard == [1, 2]
    clock.advance(10)
    assert heard == [1, 2, 3]
    assert len(timers) == 0


def test_a_cancelled_timer_does_not_run_and_cancelling_again_does_nothing() -> None:
    clock, heard = FakeClock(), []
    timers = Timers(clock)
    timer = timers.after(1, heard.append, "no")
    timer.cancel()
    timer.cancel()
    assert not timer.waiting
    assert len(timers) == 0
    clock.advance(5)
    assert heard == []


def test_a_timer_set_by_a_timer_runs_in_its_time() -> None:
    clock, heard = FakeClock(), []
    timers = Timers(clock)
    timers.after(1, lambda: timers.after(1, lambda: heard.append(clock.time())))
    clock.advance(5)
    assert heard == [1_002.0]


def test_one_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    clock, heard = FakeClock(), []
    timers = Timers(clock)
    timers.after(1, lambda: 1 // 0)
    timers.after(1, heard.append, "yes")
    clock.advance(1)
    assert heard == ["yes"]
    assert "A timer of the SIP edge failed" in caplog.text


def test_timers_of_one_moment_run_in_the_order_they_were_set() -> None:
    clock, heard = FakeClock(), []
    timers = Timers(clock)
    for number in range(50):
        timers.after(1, heard.append, number)
    clock.advance(1)
    assert heard == list(range(50))


def test_after_a_stall_the_sockets_get_their_turn_between_slices() -> None:
    clock, heard = FakeClock(), []
    timers = Timers(clock)
    for number in range(2 * SLICE):
        timers.after(1, heard.append, number)
    between = []
    clock.call_at(clock.time() + 1, lambda: between.append(len(heard)))
    clock.advance(1)
    assert between == [SLICE]
    assert len(heard) == 2 * SLICE


def test_memory_follows_what_waits_not_what_was_cancelled() -> None:
    clock = FakeClock()
    timers = Timers(clock)
    kept = timers.after(50, print)
    for _ in range(10_000):
        timers.after(60, print).cancel()
    assert len(timers) == 1
    assert len(timers._heap) < 200
    assert kept.waiting


def test_close_forgets_all() -> None:
    clock, heard = FakeClock(), []
    timers = Timers(clock)
    timer = timers.after(1, heard.append, 1)
    timers.close()
    timer.cancel()
    clock.advance(2)
    assert heard == []
    assert len(timers) == 0
    timers.after(1, heard.append, 2)
    clock.advance(2)
    assert heard == [2]
