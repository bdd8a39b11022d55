"""Time frames and numbers in both databases: owners, switches, what goes with whom, backups."""

from __future__ import annotations

from pathlib import Path

import pytest

from provd.errors import Conflict, Invalid, NotFound
from provd.seal import Seal
from provd.store import changes, phone_numbers, sites, timeframes, users
from provd.store.backup import backup, restore
from provd.store.database import Store, open_database
from tests.store.conftest import KEY, NOW, Company, acme, new_url, postgres, store, url  # noqa: F401 - fixtures

# ruff: noqa: F811 - the fixtures
WEEK = {"when": "days_of_week", "days": {"mon": [{"start": "09:00", "end": "17:00"}]}}
ALWAYS = {"when": "always"}


def test_names_are_their_owners_and_numbers_the_companys(store: Store, acme: Company) -> None:
    shared = timeframes.create(store, acme.id, "Open", WEEK, NOW)
    own = timeframes.create(store, acme.id, "Open", ALWAYS, NOW, user_id=acme.ada.id)
    assert (shared.number, own.number) == (1, 2) and dict(shared.times) == WEEK
    with pytest.raises(Conflict):
        timeframes.create(store, acme.id, "Open", WEEK, NOW, user_id=acme.ada.id)
    with pytest.raises(Conflict):
        timeframes.update(store, acme.id, timeframes.create(store, acme.id, "B", WEEK, NOW).number, NOW, name="Open")
    assert [frame.number for frame in timeframes.find(store, acme.id, acme.ada.id)] == [2, 3, 1]
    assert [frame.number for frame in timeframes.find(store, acme.id, acme.grace.id)] == [3, 1]
    assert timeframes.numbers(store, acme.id, [acme.ada.id]) == {"1", "2", "3"}
    assert timeframes.numbers(store, acme.id, []) == {"1", "3"}
    timeframes.delete(store, acme.id, 3, NOW)
    assert timeframes.create(store, acme.id, "B", WEEK, NOW).number == 4, "a number is never given twice"
    with pytest.raises(Invalid):
        timeframes.update(store, acme.id, 1, NOW, times={"when": "days_of_week"})
    with pytest.raises(NotFound):
        timeframes.get(store, acme.id + 1, 1)


def test_a_switch_is_one_persons_and_goes_with_the_person(store: Store, acme: Company) -> None:
    frame = timeframes.create(store, acme.id, "Open", WEEK, NOW)
    both = [acme.ada.id, acme.grace.id]
    seen = changes.latest_id(store)
    assert timeframes.toggle(store, acme.id, 1, both, NOW, enabled=False) == dict.fromkeys(both, False)
    assert timeframes.toggle(store, acme.id, 1, both, NOW, enabled=False) == {}
    assert [(one.noun, one.ref) for one in changes.since(store, seen)] == [("timeframe", str(frame.id))]
    assert timeframes.switched_off(store, acme.id) == [(1, "101"), (1, "102")]
    assert timeframes.toggle(store, acme.id, 1, [acme.ada.id], NOW) == {acme.ada.id: True}
    users.delete(store, acme.id, acme.grace.id, NOW)
    assert timeframes.switched_off(store, acme.id) == []
    own = timeframes.create(store, acme.id, "Mine", ALWAYS, NOW, user_id=acme.ada.id)
    with pytest.raises(NotFound):
        timeframes.toggle(store, acme.id, own.number, [acme.grace.id], NOW)
    users.delete(store, acme.id, acme.ada.id, NOW)
    assert [one.name for one in timeframes.find(store, acme.id, acme.ada.id)] == ["Open"]


def test_a_company_and_a_person_have_only_so_many_frames(
    store: Store, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeframes, "MOST", 2)
    for name in ("A", "B"):
        timeframes.create(store, acme.id, name, ALWAYS, NOW)
    with pytest.raises(Conflict, match="2 time frames"):
        timeframes.create(store, acme.id, "C", ALWAYS, NOW)
    timeframes.create(store, acme.id, "C", ALWAYS, NOW, user_id=acme.ada.id)
    monkeypatch.setattr(timeframes, "MOST_OWN", 1)
    with pytest.raises(Conflict, match="1 time frames"):
        timeframes.create(store, acme.id, "D", ALWAYS, NOW, user_id=acme.ada.id)


def test_numbers_are_found_by_what_stands_in_them(store: Store, acme: Company) -> None:
    for number, fields in (
        ("+12145550140", {"treatment": "user", "destination": "101", "notes": "Émile's 100%"}),
        ("+12145550141", {"treatment": "pstn", "destination": "+13035550190", "site_id": acme.site.id}),
        ("+12145550142", {}),
    ):
        phone_numbers.create(store, acme.id, number, NOW, **fields)
    with pytest.raises(Conflict):
        phone_numbers.create(store, acme.id, "214-555-0140", NOW)

    def found(**query: object) -> list[str]:
        return [row.number[-3:] for row in phone_numbers.find(store, acme.id, **query).items]  # type: ignore[arg-type]

    assert found(search="lovelace") == ["140"] and found(search="ÉMILE") == ["140"] and found(search="0%") == ["140"]
    assert found(search="303-555") == ["141"] and found(site_id=acme.site.id) == ["141"]
    assert found(user_id=acme.ada.id) == ["140"] and found(treatment="available") == ["142"]
    page = phone_numbers.find(store, acme.id, limit=2)
    assert page.next == "+12145550141" and found(after=page.next) == ["142"]
    row = phone_numbers.update(store, acme.id, "+12145550140", NOW, treatment="available")
    assert (row.user_id, row.destination, row.person) == (None, "", "")
    sites.delete(store, acme.id, acme.site.id, NOW)
    assert phone_numbers.get(store, acme.id, "+12145550141").site_id is None
    with pytest.raises(NotFound):
        phone_numbers.delete(store, acme.id + 1, "+12145550141", NOW)


def test_a_backup_carries_frames_switches_and_numbers(store: Store, acme: Company, tmp_path: Path) -> None:
    timeframes.create(store, acme.id, "Open", WEEK, NOW, forced="on")
    timeframes.toggle(store, acme.id, 1, [acme.ada.id], NOW, enabled=False)
    phone_numbers.create(store, acme.id, "+12145550140", NOW, treatment="user", destination="101", enabled=False)
    backup(store, tmp_path / "backup.gz", NOW)
    other = open_database(f"sqlite:///{tmp_path}/other.sqlite", Seal([KEY]))
    restore(other, tmp_path / "backup.gz")
    assert timeframes.find(other, acme.id) == timeframes.find(store, acme.id)
    assert timeframes.switched_off(other, acme.id) == [(1, "101")]
    assert phone_numbers.get(other, acme.id, "+12145550140") == phone_numbers.get(store, acme.id, "+12145550140")
    assert timeframes.create(other, acme.id, "New", ALWAYS, NOW).number == 2
    other.close()
