"""Scheduled exports, their files and archives at rest, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from provd.errors import Conflict, Invalid, NotFound, ProvdError
from provd.store import archives, call_events, cdrs, domains, export_files, exports, number_filters
from provd.store.cdrs import Filter
from provd.store.database import Store
from provd.store.exports import Schedule
from tests.store.conftest import NOW, Company
from tests.store.test_cdrs import talk

DAY = 86_400


def order(store: Store, acme: Company, name: str = "Calls", **more: Any) -> Schedule:
    return exports.create(store, acme.id, name, {"kind": "daily"}, NOW + 60, NOW, "ada", **more)


def file(store: Store, one: Schedule, at: int, state: str = export_files.WAITING) -> bool:
    with store.batch():
        return export_files.add(store, one.domain_id, one.id, "c.csv", f"{at}.csv", at, (0, at), 3, 99, state, NOW)


def test_an_export_is_claimed_by_one_and_free_again_after_its_lease(store: Store, acme: Company) -> None:
    made = order(store, acme)
    assert exports.claim(store, NOW, 100) is None
    claimed = exports.claim(store, NOW + 60, 100)
    assert claimed and claimed.id == made.id and claimed.due == NOW + 60
    assert exports.claim(store, NOW + 61, 100) is None
    assert exports.claim(store, NOW + 161, 100), "whoever had it died"
    exports.release(store, made.id)
    again = exports.claim(store, NOW + 162, 100)
    assert again
    exports.again(store, again, NOW + 500, "The disk is full.")
    assert exports.claim(store, NOW + 499, 100) is None
    last = exports.claim(store, NOW + 500, 100)
    assert last and (last.tries, last.text) == (1, "The disk is full.")
    with store.batch():
        exports.ran(store, last, NOW + DAY, NOW + 501)
    done = exports.get(store, acme.id, made.id)
    assert (done.next_at, done.ran_at, done.tries, done.text) == (NOW + DAY, NOW + 501, 0, "")


def test_a_change_during_a_run_is_not_overruled(store: Store, acme: Company) -> None:
    made = order(store, acme)
    claimed = exports.claim(store, NOW + 60, 100)
    assert claimed
    exports.update(store, made, name="Other", settings={}, paused=True, next_at=None)
    with store.batch():
        exports.ran(store, claimed, NOW + DAY, NOW + 61)
    assert exports.get(store, acme.id, made.id).next_at is None
    asked = exports.ask(store, exports.get(store, acme.id, made.id), NOW + 70)
    with pytest.raises(Conflict):
        exports.ask(store, asked, NOW + 71)
    out = exports.claim(store, NOW + 72, 10)
    assert out and out.due == NOW + 70, "paused exports run when they are asked to"


def test_names_secrets_and_companies(store: Store, acme: Company, other: Company) -> None:
    made = order(store, acme, "Calls-1 of_all", password="secret", private_key="key")
    assert exports.secrets(store, acme.id, made.id) == ("secret", "key") and made.has_password
    for wrong in ("", " ", "a" * 65, "a/b", "é"):
        with pytest.raises(Invalid):
            order(store, acme, wrong)
    with pytest.raises(Conflict):
        order(store, acme, "Calls-1 of_all")
    for look in (exports.get, exports.secrets):
        with pytest.raises(NotFound):
            look(store, other.id, made.id)
    changed = exports.update(store, made, name=made.name, settings={}, paused=False, next_at=1, password="")
    assert not changed.has_password and exports.secrets(store, acme.id, made.id) == ("", "key")
    exports.delete(store, changed)
    assert exports.find(store, acme.id) == []


def test_a_file_is_noted_once_sent_and_forgotten(store: Store, acme: Company) -> None:
    made = order(store, acme)
    assert file(store, made, NOW) and not file(store, made, NOW) and file(store, made, NOW + 1, export_files.READY)
    assert export_files.there(store, made.id, NOW) and not export_files.there(store, made.id, NOW + 2)
    claimed = export_files.claim(store, NOW, 100)
    assert claimed and export_files.claim(store, NOW, 100) is None
    with store.batch():
        export_files.settled(store, claimed.id, export_files.WAITING, "away", NOW + 60)
    assert export_files.claim(store, NOW + 59, 100) is None
    assert export_files.trim(store, NOW + DAY) == [(acme.id, f"{NOW + 1}.csv")], "what waits to be sent stays"
    with store.batch():
        export_files.settled(store, claimed.id, export_files.FAILED, "gave up")
    assert export_files.send_again(store, claimed, NOW + 70).tries == 0
    exports.delete(store, made)
    left = export_files.get(store, acme.id, claimed.id)
    assert left.schedule_id is None and export_files.names(store, acme.id) == {left.file}
    first = export_files.find(store, acme.id, limit=1)
    assert [one.id for one in first.items] == [claimed.id] and first.next is None


def test_calls_are_in_the_span_in_which_they_ended(store: Store, acme: Company) -> None:
    talk(store, acme, "over the border", NOW - 30)  # ends at NOW + 35
    cdrs.follow(store)
    before, after = Filter(NOW - 100, NOW, by_end=True), Filter(NOW, NOW + 100, by_end=True)
    assert [len(cdrs.find(store, acme.id, one).items) for one in (before, after)] == [0, 1]
    mine = Filter(NOW, NOW + 100, "101", by_end=True)
    assert [one.call for one in cdrs.find(store, acme.id, mine).items] == ["over the border"]


def test_records_leave_all_at_once_or_not(store: Store, acme: Company) -> None:
    for number in range(3):
        talk(store, acme, f"c{number}", NOW + number)
    cdrs.follow(store)
    some = archives.oldest(store, acme.id, NOW + 2)
    assert [one.call for one in some] == ["c0", "c1"] and archives.waiting(store, NOW + 2) == acme.id
    archives.moved(store, acme.id, "2025-10", "a.csv.gz", some, 2, 100, NOW)
    rest = archives.oldest(store, acme.id, NOW + 9)
    with pytest.raises(ProvdError, match="another process"):
        archives.moved(store, acme.id, "2025-10", "a.csv.gz", [*some, *rest], 5, 200, NOW)
    assert [one.call for one in archives.oldest(store, acme.id, NOW + 9)] == ["c2"]
    (kept,) = archives.find(store, acme.id)
    assert (kept.calls, kept.octets) == (2, 100) and archives.get(store, acme.id, kept.id) == kept
    assert store.sql("SELECT COUNT(*) FROM cdr_people").fetchone()[0] == 1
    domains.delete(store, acme.id, NOW)
    assert archives.find(store, acme.id) == []


def test_only_events_that_records_were_made_from_are_trimmed(store: Store, acme: Company) -> None:
    talk(store, acme, "old", NOW - DAY)
    assert call_events.trim(store, NOW, cdrs.position(store)) == 0
    cdrs.follow(store)
    talk(store, acme, "new", NOW)
    cdrs.follow(store)
    assert call_events.trim(store, NOW, cdrs.position(store), limit=3) == 3
    assert call_events.trim(store, NOW, cdrs.position(store)) == 1
    assert len(call_events.of_call(store, acme.id, "new")) == 4 and not cdrs.behind(store)


def test_whose_list_a_number_is_on(store: Store, acme: Company) -> None:
    domain = domains.get(store, acme.id)
    person = acme.ada.id
    number_filters.add(store, domain, None, "+12145550199", NOW)
    number_filters.add(store, domain, person, "+12145550198", NOW)
    number_filters.add(store, domain, person, "+12145550197", NOW, allowed=True)
    asked = ["+12145550199", "+12145550198", "+12145550197", ""]
    assert cdrs.listed(store, acme.id, person, asked) == {"+12145550199": "company", "+12145550198": "own"}
    assert cdrs.listed(store, acme.id, None, asked) == {"+12145550199": "company"}
