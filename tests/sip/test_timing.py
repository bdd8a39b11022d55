from __future__ import annotations

import pytest

from sip_edge.transaction.table import Timer
from sip_edge.transaction.timers import Timers
from sip_edge.transaction.timing import Timing

# RFC 3261 table 4: timer → (first over UDP, second over UDP, first over TCP); None: not armed
TABLE_4 = {
    Timer.A: (0.5, 1.0, None),
    Timer.B: (32, 32, 32),
    Timer.D: (32, 32, 0),
    Timer.E: (0.5, 1.0, None),
    Timer.F: (32, 32, 32),
    Timer.G: (0.5, 1.0, None),
    Timer.H: (32, 32, 32),
    Timer.I: (5, 5, 0),
    Timer.J: (32, 32, 0),
    Timer.K: (5, 5, 0),
    Timer.L: (32, 32, 32),
    Timer.M: (32, 32, 32),
    Timer.TRYING: (0.2, 0.2, 0.2),
    Timer.CANCEL: (32, 32, 32),
    Timer.REPEAT: (0.5, 1.0, 0.5),
    Timer.UNHEARD: (32, 32, 32),
}


@pytest.mark.parametrize("timer", Timer)
def test_table_4(timer: Timer) -> None:
    timing = Timing()
    assert (
        timing.delay(timer, 0, False),
        timing.delay(timer, 1, False),
        timing.delay(timer, 0, True),
    ) == TABLE_4[timer]


def test_repetitions_slow_down_to_t2_and_timer_a_does_not_stop_there() -> None:
    timing = Timing()
    assert [timing.delay(Timer.G, n, False) for n in range(6)] == [0.5, 1, 2, 4, 4, 4]
    assert [timing.delay(Timer.A, n, False) for n in range(6)] == [0.5, 1, 2, 4, 8, 16]
    assert timing.delay(Timer.E, 0, False, slow=True) == 4
    assert timing.delay(Timer.A, 10**6, False) is not None


def test_a_slow_network_has_longer_times() -> None:
    assert Timing(t1=1.0).lifetime == 64
    assert Timing(t1=1.0).delay(Timer.D, 0, False) == 64
    assert Timing(t1=0.1).delay(Timer.D, 0, False) == 32


def drain(timers: Timers[str], now: float) -> list[str]:
    names = []
    while (name := timers.due(now)) is not None:
        names.append(name)
    return names


def test_timers_come_due_in_order() -> None:
    timers: Timers[str] = Timers()
    for name, when in (("c", 3.0), ("a", 1.0), ("b", 2.0), ("d", 2.0)):
        timers.arm(name, when)
    assert timers.next() == 1.0
    assert drain(timers, 2.5) == ["a", "b", "d"]
    assert (drain(timers, 2.5), timers.next(), len(timers)) == ([], 3.0, 1)


def test_stopped_and_rearmed_timers() -> None:
    timers: Timers[str] = Timers()
    timers.arm("a", 1.0)
    timers.arm("a", 5.0)
    timers.arm("b", 2.0)
    timers.stop("b")
    timers.stop("never armed")
    assert (drain(timers, 4.0), drain(timers, 5.0), timers.next()) == ([], ["a"], None)


def test_a_clock_that_jumps_makes_everything_due_at_once() -> None:
    timers: Timers[str] = Timers()
    for number in range(50):
        timers.arm(str(number), float(number))
    assert len(drain(timers, 1e9)) == 50


def test_the_heap_follows_what_is_armed() -> None:
    timers: Timers[str] = Timers()
    for number in range(10_000):
        timers.arm("again and again", float(number))
        timers.arm(f"stopped {number}", 1e9)
        timers.stop(f"stopped {number}")
    assert timers.held < 200
    assert len(timers) == 1
