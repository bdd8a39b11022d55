"""Bindings run out: one heap, however often they are refreshed; connections that close; counts that stay true."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sip_edge.message import SipError
from sip_edge.registrar.binding import Source
from sip_edge.registrar.location import Location, Rules
from tests.registrar.test_location import NAME, NOW, PLAIN, asked, kinds, location, register

INSTANCE = '+sip.instance="<urn:uuid:1>"'


def test_what_is_not_refreshed_runs_out() -> None:
    place = location()
    register(place, asked("<sip:a@192.0.2.1>", expires=100))
    assert not place.due(NOW + 99) and place.expire(NOW + 99) == []
    assert place.due(NOW + 100)
    assert kinds(place.expire(NOW + 100)) == ["expired"]
    assert len(place) == 0 and not place.due(NOW + 10_000)


def test_a_refresh_that_is_a_little_late_still_finds_its_binding() -> None:
    place = location(Rules(jitter=0, grace=5))
    register(place, asked("<sip:a@192.0.2.1>", expires=100))
    assert place.expire(NOW + 104) == []
    assert register(place, asked("<sip:a@192.0.2.1>", cseq=2, expires=100), NOW + 104) == ["refreshed"]
    assert place.expire(NOW + 106) == []
    assert kinds(place.expire(NOW + 210)) == ["expired"]


def test_a_binding_that_shortens_itself_runs_out_in_time() -> None:
    place = location()
    register(place, asked("<sip:a@192.0.2.1>", expires=7200))
    register(place, asked("<sip:a@192.0.2.1>", expires=60, cseq=2), NOW + 1)
    assert kinds(place.expire(NOW + 61)) == ["expired"]


def test_a_million_refreshes_need_no_more_room_than_one() -> None:
    place = location()
    for turn in range(2_000):
        register(place, asked("<sip:a@192.0.2.1>", cseq=turn + 1, expires=600), NOW + turn)
        place.expire(NOW + turn)
    assert len(place._heap) <= 2


def test_expiry_is_done_in_slices() -> None:
    place = location()
    for number in range(30):
        place.register(("acme.example", str(number)), number, asked("<sip:a@192.0.2.1>", expires=60), _source(), NOW)
    assert len(place.expire(NOW + 60, 10)) == 10
    assert place.due(NOW + 60)
    assert len(place.expire(NOW + 60, 100)) == 20


def _source(address: str = "192.0.2.1", flow: object = None) -> Source:
    return Source("TCP", address, 5060, flow)


def test_a_closed_connection_ends_an_outbound_binding_and_leaves_another_its_contact() -> None:
    place, wire = location(), object()
    register(place, asked(f"<sip:a@192.0.2.1;ob>;reg-id=1;{INSTANCE}", "<sip:b@192.0.2.1>"), source=_source(flow=wire))
    outbound, plain = sorted(place.of(*NAME), key=lambda one: not one.outbound)
    assert kinds(place.lost(outbound)) == ["unregistered"]
    assert place.lost(plain) == []
    (left,) = place.of(*NAME)
    assert left == plain and left.flow is None
    assert place.remove(plain) == [], "it is another one by now"
    assert kinds(place.remove(left)) == ["unregistered"]


def test_bindings_of_before_a_restart_are_told_apart_until_they_are_refreshed() -> None:
    before = location()
    register(before, asked("<sip:a@192.0.2.1>"))
    after = location()
    after.restore(replace(before.of(*NAME)[0], restored=True))
    (change,) = after.register(NAME, 1, asked("<sip:a@192.0.2.1>", cseq=2), _source(), NOW + 10)
    assert (change.kind, change.before and change.before.restored, change.binding.restored) == (
        "refreshed",
        True,
        False,
    )
    assert change.binding.id == before.of(*NAME)[0].id


_steps = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 5), st.sampled_from((0, 60, 61, 300, 9999)), st.integers(0, 2),
        st.integers(0, 200),
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(_steps)
def test_counts_addresses_and_heap_agree_whatever_happens(steps: list[tuple[int, int, int, int, int]]) -> None:
    place, now = Location(replace(PLAIN, most=3), iter(range(10_000)).__next__), NOW
    for cseq, (device, contact, expires, address, wait) in enumerate(steps):
        now += wait
        place.expire(now, 1)
        wanted = asked(f"<sip:{contact}@192.0.2.1>", expires=expires, cseq=cseq + 1)
        try:
            place.register(("acme.example", str(device)), device, wanted, _source(f"192.0.2.{address}"), now)
        except SipError:
            continue
    everything = list(place)
    assert len(everything) == len(place)
    assert {one.address for one in everything} == {
        f"192.0.2.{n}" for n in range(3) if place.known_address(f"192.0.2.{n}")
    }
    assert all(len(place.of("acme.example", str(device))) <= 3 for device in range(4))
    ended = place.expire(now + 20_000, 1_000)
    assert len(ended) == len(everything) and len(place) == 0
