"""Phone events and knocks: quick in batches, newest first, and nothing that a stranger sends breaks them."""

from __future__ import annotations

import threading
import time

import pytest

from provd.seal import Seal
from provd.store import events, phones
from provd.store.database import Store, open_database
from provd.store.rows import Knock, PhoneEvent
from tests.store.conftest import KEY, NOW, Company


def event(acme: Company, number: int, kind: str = "fetched", event_id: int = 0) -> PhoneEvent:
    mac = acme.ada_phone.mac
    return PhoneEvent(
        mac, NOW + number / 1000, kind, acme.ada_phone.id, acme.id, "10.0.0.7", "https", f"{mac}.cfg", "108.86.0.20",
        "Yealink SIP-T46U 108.86.0.20", 850, 200, "", event_id,
    )  # fmt: skip


def test_events_of_a_phone_come_newest_first_page_by_page(store: Store, acme: Company) -> None:
    events.add(store, [event(acme, number, "unchanged" if number % 2 else "fetched") for number in range(25)])
    events.add(store, [PhoneEvent("ffffffffffff", float(NOW), "not_found")])
    seen: list[float] = []
    cursor: str | None = ""
    while cursor is not None:
        page = events.of_phone(store, acme.ada_phone.id, limit=10, before=cursor)
        seen += [one.at for one in page.items]
        cursor = page.next
    assert seen == [NOW + number / 1000 for number in reversed(range(25))]
    assert len(events.of_domain(store, acme.id, kind="unchanged").items) == 12
    newest = events.of_phone(store, acme.ada_phone.id, limit=1).items[0]
    assert newest == event(acme, 24, event_id=newest.id)


def test_what_was_written_late_stands_where_it_happened(store: Store, acme: Company) -> None:
    """Another process may write a batch of what is older; pages keep the order and lose nothing at their borders."""
    events.add(store, [event(acme, number) for number in (1, 2, 5, 5, 8)])
    events.add(store, [event(acme, number) for number in (0, 3, 5, 7)])
    for read, owner in ((events.of_phone, acme.ada_phone.id), (events.of_domain, acme.id)):
        seen: list[tuple[float, int]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = read(store, owner, limit=2, before=cursor)
            seen += [(one.at, one.id) for one in page.items]
            cursor = page.next
        assert [at for at, _ in seen] == [NOW + number / 1000 for number in (8, 7, 5, 5, 5, 3, 2, 1, 0)]
        assert seen == sorted(seen, reverse=True) and len(set(seen)) == 9


def test_a_batch_is_never_committed_behind_one_with_higher_ids(store: Store, acme: Company, url: str) -> None:
    """Who follows the table by id would miss it: the second process waits for the first."""
    second, first_id = open_database(url, Seal([KEY])), events.latest_id(store)
    has_ids, started = threading.Event(), threading.Event()
    seen: list[list[float]] = []

    def other() -> None:
        has_ids.wait(10)
        started.set()
        events.add(second, [event(acme, 2)])
        seen.append([one.at for one in events.since(second, first_id)])
        second.database.close()

    thread = threading.Thread(target=other)
    thread.start()
    with store.batch():
        events.add(store, [event(acme, 1)])
        has_ids.set()
        started.wait(10)
        thread.join(0.2)
        assert thread.is_alive(), "the second waits"
    thread.join(10)
    assert seen == [[NOW + 0.001, NOW + 0.002]]
    second.close()


def test_what_a_stranger_sends_is_cut_and_cannot_stop_the_others(store: Store, acme: Company) -> None:
    hostile = PhoneEvent(
        "00\x00' --", NOW + 0.0015, "x" * 99, None, acme.id, "::1", "http", "a" * 9999, "\ud800",
        "evil\r\nagent\x1b[31m", 0, 404, "\u202egnp",
    )  # fmt: skip
    events.add(store, [event(acme, 1), hostile, event(acme, 2)])
    _, stored, _ = events.of_domain(store, acme.id).items
    assert (len(stored.kind), len(stored.file), len(stored.user_agent)) == (32, 200, 16)
    for text in (stored.mac, stored.firmware, stored.user_agent, stored.reason):
        assert text.isprintable()


def test_old_events_go_slice_by_slice(store: Store, acme: Company) -> None:
    events.add(store, [event(acme, number) for number in range(30)])
    border = NOW + 20 / 1000
    assert [events.trim(store, border, limit=12) for _ in range(3)] == [12, 8, 0]
    assert [one.at for one in events.of_phone(store, acme.ada_phone.id).items][-1] == border


def test_knocks_of_a_mac_are_counted_together(store: Store) -> None:
    def knock(mac: str, at: int, count: int, reason: str) -> Knock:
        return Knock(mac, at, at, count, "10.0.0.9", "Yealink SIP-T31P 124.86.0.40\x00", "yealink", "", reason)

    events.add_knocks(store, [knock("001565000001", NOW, 3, "unknown"), knock("001565000002", NOW + 1, 1, "unknown")])
    events.add_knocks(store, [knock("001565000001", NOW + 5, 4, "wrong token")])
    first, second = events.knocks(store)
    assert (first.mac, first.first_seen, first.last_seen, first.count) == ("001565000001", NOW, NOW + 5, 7)
    assert (first.reason, second.count, second.user_agent[-1]) == ("wrong token", 1, "\ufffd")
    events.forget_knocks(store, ["001565000001"])
    assert [one.mac for one in events.knocks(store)] == ["001565000002"]


def test_only_so_many_knocks_are_kept(store: Store) -> None:
    macs = [f"{number:012x}" for number in range(50)]
    events.add_knocks(store, [Knock(mac, NOW, NOW + n, 1, "", "", "", "", "") for n, mac in enumerate(macs)])
    assert events.trim_knocks(store, before=NOW + 5, keep=20) == 30
    assert sorted(one.mac for one in events.knocks(store)) == macs[30:]


def test_last_contacts_are_noted_together(store: Store, acme: Company) -> None:
    phones.contacted(store, [(acme.ada_phone.id, NOW + 1, "10.0.0.7", "108.86.0.20", "a.cfg")])
    phones.contacted(store, [(acme.ada_phone.id, NOW + 2, "10.0.0.8", "", "b.xml\x00"), (10**9, NOW, "", "", "")])
    phone = phones.get(store, acme.id, acme.ada_phone.id)
    assert (phone.last_contact, phone.last_address, phone.last_file) == (NOW + 2, "10.0.0.8", "b.xml\ufffd")
    assert phone.last_firmware == "108.86.0.20", "a request that does not say its firmware keeps the last one"
    assert phone.revision == acme.ada_phone.revision


def test_the_speed_of_batches_is_reported(store: Store, acme: Company, record_property: object) -> None:
    batch = [event(acme, number) for number in range(500)]
    begin = time.perf_counter()
    for _ in range(20):
        events.add(store, batch)
    rate = 20 * len(batch) / (time.perf_counter() - begin)
    assert callable(record_property)
    record_property(f"events_per_second_{store.kind}", round(rate))
    assert store.sql("SELECT COUNT(*) FROM phone_events").fetchone()[0] == 10_000


def test_an_empty_batch_is_nothing(store: Store) -> None:
    events.add(store, [])
    events.add_knocks(store, [])
    events.forget_knocks(store, [])
    assert events.knocks(store) == []


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 40, "١", "1.5", "1.5:", "nan:1", "1e9:1", "9999999.5:" + "9" * 18])
def test_a_made_up_cursor_does_no_harm(store: Store, acme: Company, cursor: str) -> None:
    events.add(store, [event(acme, 1)])
    assert len(events.of_phone(store, acme.ada_phone.id, before=cursor).items) <= 1
