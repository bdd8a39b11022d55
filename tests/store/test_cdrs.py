"""The history of calls at rest: made from the log once, found by every filter, page by page."""

from __future__ import annotations

import pytest

from provd.cdr import Cdr
from provd.errors import NotFound
from provd.store import call_events, cdrs
from provd.store.cdrs import Filter
from provd.store.database import Store
from sip_edge.call.event import CallEvent
from tests.store.conftest import NOW, Company

ALL = Filter(0, NOW + 10_000)


def talk(
    store: Store, acme: Company, call: str, at: float, extension: str = "101", number: str = "+12145550199"
) -> None:
    """A call of a minute."""
    call_events.add(
        store,
        [
            CallEvent(call, at, acme.id, "began", 1, number=number, name="Bob", called="2145550100"),
            CallEvent(call, at + 1, acme.id, "ringing", 2, extension=extension),
            CallEvent(call, at + 5, acme.id, "answered", 2, extension=extension),
            CallEvent(call, at + 65, acme.id, "ended", status=200),
        ],
    )


def test_records_are_made_once_from_the_log(store: Store, acme: Company) -> None:
    talk(store, acme, "c1", NOW)
    assert cdrs.behind(store)
    assert [record.call for _, record in cdrs.follow(store)] == ["c1"]
    assert not cdrs.behind(store) and cdrs.follow(store) == []
    store.sql("DELETE FROM facts WHERE name = 'cdr_position'")
    assert cdrs.follow(store) == [], "read again, the same events make no further rows"
    (one,) = cdrs.find(store, acme.id, ALL).items
    assert (one.from_name, one.to_number, one.disposition, one.answered) == ("Bob", "101", "answered", NOW + 5)


def test_a_call_that_ends_between_two_looks_is_whole(store: Store, acme: Company) -> None:
    talk(store, acme, "c1", NOW)
    while cdrs.behind(store):
        cdrs.follow(store, limit=1)
    (one,) = cdrs.find(store, acme.id, ALL).items
    assert one.answered == NOW + 5


def test_every_filter_and_page(store: Store, acme: Company, other: Company) -> None:
    for turn in range(6):
        talk(store, acme, f"c{turn}", NOW + turn // 2, "101" if turn % 2 else "102", f"+1214555010{turn}")
    talk(store, other, "theirs", NOW)
    cdrs.follow(store)
    first = cdrs.find(store, acme.id, ALL, limit=4)
    rest = cdrs.find(store, acme.id, ALL, limit=4, cursor=first.next or "")
    assert [one.call for one in (*first.items, *rest.items)] == ["c5", "c4", "c3", "c2", "c1", "c0"]
    assert rest.next is None

    def calls(**wanted: object) -> list[str]:
        found = cdrs.find(store, acme.id, Filter(**{"since": 0, "until": NOW + 9, **wanted}))  # type: ignore[arg-type]
        return [one.call for one in found.items]

    assert calls(extension="102") == ["c4", "c2", "c0"]
    assert calls(extension="102", caller="55501") == ["c4", "c2", "c0"]
    assert calls(caller="50103") == ["c3"]
    assert calls(dialed="999") == []
    assert calls(kind="inbound", since=NOW + 1, until=NOW + 2) == ["c3", "c2"]
    assert calls(kind="missed") == []
    page = cdrs.find(store, acme.id, Filter(0, NOW + 9, "101"), limit=2)
    more = cdrs.find(store, acme.id, Filter(0, NOW + 9, "101"), limit=2, cursor=page.next or "")
    assert [one.call for one in (*page.items, *more.items)] == ["c5", "c3", "c1"]


def test_a_note_stays_with_its_call(store: Store, acme: Company, other: Company) -> None:
    talk(store, acme, "c1", NOW)
    cdrs.follow(store)
    (one,) = cdrs.find(store, acme.id, ALL).items
    assert cdrs.annotate(store, acme.id, one.id, "Call back", "Sale", "Price", "ada").note == "Call back"
    with pytest.raises(NotFound):
        cdrs.annotate(store, other.id, one.id, "x", "", "", "eve")
    assert cdrs.concerns(store, acme.id, one.id, "101") and not cdrs.concerns(store, acme.id, one.id, "102")


def test_a_record_without_people_is_kept(store: Store, acme: Company) -> None:
    record = Cdr("x", 1, NOW, None, NOW, "inbound", "", "", "", "", "", "", "failed", 503, False, False, ())
    assert cdrs.add(store, acme.id, [record]) == [record]
