"""A phone's day as strips and ticks."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from provd.phone.timeline import KINDS, MOST_TICKS, TICKS, timeline
from provd.store.rows import PhoneEvent

START, END = 1_760_000_000.0, 1_760_086_400.0
ADA = "101@acme.example"


def event(at: float, kind: str, number: int = 0, *, firmware: str = "", device: str = ADA) -> PhoneEvent:
    return PhoneEvent("m", START + at, kind, file=device, firmware=firmware, reason=f"{kind}.", id=number)


def strips(*events: PhoneEvent, now: float = END, **registered: float) -> list[tuple[float, float, bool]]:
    names = {ADA: START + at for at in registered.values()}
    drawn = timeline(events, START, END, now, names)
    return [(one.start - START, one.end - START, one.open) for one in drawn.strips]


def test_from_registering_to_expiring_is_a_strip() -> None:
    assert strips(event(100, "registered"), event(900, "refreshed"), event(2000, "expired")) == [(100, 2000, False)]
    assert strips(event(100, "registered"), event(200, "replaced"), event(2000, "unregistered")) == [(100, 2000, False)]


def test_what_had_begun_before_begins_at_the_edge() -> None:
    assert strips(event(-500, "registered"), event(2000, "expired")) == [(0, 2000, False)]
    assert strips(event(2000, "expired")) == [(0, 2000, False)], "even when the beginning is not kept any more"
    assert strips(event(-500, "registered"), event(-20, "expired")) == []


def test_who_is_registered_now_has_an_open_end() -> None:
    assert strips(event(100, "registered"), since=100) == [(100, 86_400, True)]
    assert strips(since=-9000) == [(0, 86_400, True)]
    assert strips(event(100, "registered"), since=100, now=END + 50) == [(100, 86_400, False)]
    assert strips(event(100, "registered"), event(500, "refreshed")) == [(100, 500, False)], "its end was never heard"


def test_the_share_counts_time_once_for_two_lines() -> None:
    day = [event(0, "registered"), event(21_600, "registered", device="102@acme.example"), event(43_200, "expired")]
    drawn = timeline([*day, event(64_800, "expired", device="102@acme.example")], START, END, END, {})
    assert drawn.share == 0.75 and len(drawn.strips) == 2


def test_ticks_say_what_it_was_and_open_the_event() -> None:
    drawn = timeline(
        [
            event(-5, "fetched", 1, firmware="1.0"), event(10, "fetched", 2, firmware="1.0"),
            event(500, "refused", 3), event(900, "resync_sent", 4), event(3000, "config_changed", 5),
            event(4000, "unchanged", 6, firmware="1.1"),
        ], START, END, END, {},
    )  # fmt: skip
    assert [(tick.kind, tick.event) for tick in drawn.ticks] == [
        ("fetch", 2), ("refused", 3), ("notify", 4), ("change", 5), ("firmware", 6), ("unchanged", 6),
    ]  # fmt: skip
    assert drawn.ticks[4].text == "Firmware 1.0 → 1.1."


def test_a_storm_is_as_many_ticks_as_the_picture_has_room_for() -> None:
    storm = [event(second, "refused", second) for second in range(20_000)]
    drawn = timeline(storm, START, END, END, {})
    assert len(drawn.ticks) <= MOST_TICKS + 1 and sum(tick.count for tick in drawn.ticks) == 20_000


EVENTS = st.lists(
    st.tuples(
        st.floats(-5000, 95_000),
        st.sampled_from(sorted({*TICKS, "registered", "refreshed", "unregistered", "expired", "replaced", "new kind"})),
        st.sampled_from([ADA, "102@acme.example"]),
    ),
    max_size=40,
)


@given(EVENTS, st.dictionaries(st.sampled_from([ADA, "102@acme.example"]), st.floats(START - 9000, END)))
def test_whatever_happened_the_picture_can_be_drawn(
    happened: list[tuple[float, str, str]], registered: dict[str, float]
) -> None:
    events = [event(at, kind, device=device) for at, kind, device in sorted(happened)]
    drawn = timeline(events, START, END, END, registered)
    assert all(START <= one.start <= one.end <= END for one in drawn.strips)
    assert all(START <= tick.at <= END and tick.kind in KINDS for tick in drawn.ticks)
    assert 0 <= drawn.share <= 1
    for device in (ADA, "102@acme.example"):
        mine = [one for one in drawn.strips if one.device == device]
        assert all(left.end <= right.start for left, right in pairwise(mine)), mine
