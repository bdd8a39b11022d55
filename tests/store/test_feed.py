"""Several processes share a database: each learns what the others changed, in order, and none is missed."""

from __future__ import annotations

import threading

from provd.seal import Seal
from provd.store import changes, events, users
from provd.store.database import Store, open_database
from provd.store.rows import PhoneEvent
from tests.store.conftest import KEY, NOW, Company


def test_another_process_notices_a_change_and_reads_what_it_was(store: Store, acme: Company, url: str) -> None:
    reader = open_database(url, Seal([KEY]))
    version, seen = changes.data_version(reader), changes.latest_id(reader)
    assert changes.data_version(reader) == version

    users.update(store, acme.id, acme.ada.id, NOW, last_name="King")

    assert changes.data_version(reader) != version
    found = changes.since(reader, seen)
    assert ("user", str(acme.ada.id)) in [(change.noun, change.ref) for change in found]
    assert {change.domain_id for change in found} == {acme.id}
    reader.close()


def test_own_changes_are_noticed_too_and_events_are_none(store: Store, acme: Company) -> None:
    version = changes.data_version(store)
    events.add(store, [PhoneEvent(acme.ada_phone.mac, float(NOW), "fetched")])
    assert changes.data_version(store) == version
    users.update(store, acme.id, acme.ada.id, NOW, last_name="King")
    assert changes.data_version(store) != version


def test_a_change_is_never_committed_behind_one_with_a_higher_id(store: Store, acme: Company, url: str) -> None:
    """The first writer has its id and waits; the second must not get a higher one through before it."""
    second, reader = open_database(url, Seal([KEY])), open_database(url, Seal([KEY]))
    seen = changes.latest_id(reader)
    has_id, may_commit, started = threading.Event(), threading.Event(), threading.Event()

    def first_writer() -> None:
        with store.transaction():
            users.update(store, acme.id, acme.ada.id, NOW, last_name="King")
            has_id.set()
            may_commit.wait(10)
        store.database.close()

    def second_writer() -> None:
        has_id.wait(10)
        started.set()
        users.update(second, acme.id, acme.grace.id, NOW, last_name="Murray")
        second.database.close()

    writers = [threading.Thread(target=work) for work in (first_writer, second_writer)]
    for writer in writers:
        writer.start()
    started.wait(10)
    writers[1].join(0.2)
    assert writers[1].is_alive(), "the second writer must wait for the first"
    assert changes.since(reader, seen) == []
    may_commit.set()
    for writer in writers:
        writer.join(10)
    refs = [change.ref for change in changes.since(reader, seen) if change.noun == "user"]
    assert refs == [str(acme.ada.id), str(acme.grace.id)]
    second.close()
    reader.close()


def test_old_changes_go_and_ids_go_on(store: Store, acme: Company) -> None:
    newest = changes.latest_id(store)
    assert changes.trim(store, NOW + 1) == newest - 1
    assert (changes.oldest_id(store), changes.latest_id(store)) == (newest, newest)
    users.update(store, acme.id, acme.ada.id, NOW + 5, last_name="King")
    assert changes.since(store, newest)[0].id == newest + 1


def test_the_feed_is_read_in_pieces(store: Store, acme: Company) -> None:
    everything = changes.since(store, 0)
    pieces, seen = [], 0
    while piece := changes.since(store, seen, limit=4):
        pieces += piece
        seen = piece[-1].id
    assert pieces == everything
