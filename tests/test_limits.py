"""Token buckets: a burst, then a trickle; and a table that no flood makes larger."""

from __future__ import annotations

from provd.limits import Buckets


def test_a_burst_is_allowed_and_then_a_trickle() -> None:
    buckets = Buckets(3, per_second=0.5)
    assert [buckets.take("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert buckets.empty("a", 1.0)
    assert not buckets.empty("a", 2.0)
    assert buckets.take("a", 2.0)
    assert not buckets.take("a", 2.5)


def test_one_address_does_not_pay_for_another() -> None:
    buckets = Buckets(1, per_second=0.01)
    assert buckets.take("a", 0.0)
    assert buckets.empty("a", 0.0)
    assert not buckets.empty("b", 0.0)


def test_a_flood_of_addresses_is_forgotten_in_order() -> None:
    buckets = Buckets(2, per_second=1, most=100)
    for number in range(10_000):
        buckets.take(str(number), 0.0)
    assert len(buckets) == 100
    assert not buckets.empty("0", 0.0)
