"""Messages: new, saved, in the trash until the day of their owner is over, and what lamps are told of them."""

from __future__ import annotations

import pytest

from provd.errors import NotFound
from provd.mailbox import day_began, order, reminder_due
from provd.store import mailboxes, users, voicemails
from provd.store.database import Store
from provd.store.voicemails import Waiting
from tests.store.conftest import NOW, Company


def leave(store: Store, acme: Company, at: int = NOW, **more: object) -> int:
    return voicemails.add(store, acme.id, acme.ada.id, f"{at}.wav", 4.0, 64_000, at, **more).id  # type: ignore[arg-type]


def test_a_message_is_new_until_it_is_moved(store: Store, acme: Company) -> None:
    one = leave(store, acme, number="+12145550199", name="Bob")
    assert voicemails.counts(store, acme.ada.id) == {"new": 1, "saved": 0, "trash": 0}
    assert voicemails.move(store, acme.id, acme.ada.id, one, "saved", NOW + 5).moved == NOW + 5
    assert voicemails.counts(store, acme.ada.id) == {"new": 0, "saved": 1, "trash": 0}


def test_a_folder_is_paged_from_either_end(store: Store, acme: Company) -> None:
    ids = [leave(store, acme, NOW + turn // 2) for turn in range(5)]
    first = voicemails.find(store, acme.ada.id, "new", limit=3)
    rest = voicemails.find(store, acme.ada.id, "new", limit=3, cursor=first.next or "")
    assert [one.id for one in (*first.items, *rest.items)] == ids[::-1]
    assert rest.next is None
    assert [one.id for one in voicemails.find(store, acme.ada.id, latest_first=False).items] == ids


def test_lamps_are_told_of_whose_messages_changed(store: Store, acme: Company) -> None:
    begun = voicemails.latest_change(store)
    one = leave(store, acme, urgent=True)
    assert [user for _, user in voicemails.changed(store, begun)] == [acme.ada.id]
    assert voicemails.waiting(store, [acme.ada.id]) == [Waiting("acme.example", "101", 1, 0, 1, 0)]
    assert voicemails.waiting(store) == [Waiting("acme.example", "101", 1, 0, 1, 0)]
    voicemails.delete(store, acme.id, acme.ada.id, [one])
    assert voicemails.waiting(store, [acme.ada.id]) == [Waiting("acme.example", "101", 0, 0, 0, 0)]


def test_nobody_reaches_the_message_of_another(store: Store, acme: Company) -> None:
    one = leave(store, acme)
    with pytest.raises(NotFound):
        voicemails.get(store, acme.grace.id, one)
    assert voicemails.delete(store, acme.id, acme.grace.id, [one]) == []


def test_the_trash_stays_until_the_end_of_the_day_of_its_owner(store: Store, acme: Company) -> None:
    users.update(store, acme.id, acme.ada.id, NOW, time_zone="Europe/Berlin")
    midnight = day_began(NOW, "Europe/Berlin") + 86_400
    one = leave(store, acme)
    voicemails.move(store, acme.id, acme.ada.id, one, "trash", NOW)
    assert voicemails.empty_trash(store, midnight - 1) == []
    assert voicemails.empty_trash(store, midnight + 1) == [(acme.id, acme.ada.id, f"{NOW}.wav")]
    assert voicemails.find(store, acme.ada.id).items == ()


def test_everything_is_deleted_at_once(store: Store, acme: Company) -> None:
    files = {f"{NOW + turn}.wav" for turn in range(3)}
    for turn in range(3):
        leave(store, acme, NOW + turn)
    assert set(voicemails.delete(store, acme.id, acme.ada.id)) == files
    assert mailboxes.used(store, acme.ada.id) == 0


def test_messages_are_spoken_in_the_chosen_order() -> None:
    left = [(3, 100), (1, 100), (2, 50)]
    assert order(left, latest_first=False) == [2, 1, 3]
    assert order(left, latest_first=True) == [3, 1, 2]


def test_a_reminder_comes_again_every_interval_until_nothing_is_new(store: Store, acme: Company) -> None:
    chosen = {"reminder_minutes": 15, "reminder_mails": ["ada@acme.example"]}
    settings = mailboxes.save(store, acme.id, acme.ada.id, chosen).settings
    assert voicemails.reminders(store) == []
    leave(store, acme)
    assert voicemails.reminders(store) == [(acme.id, acme.ada.id, NOW)]
    assert not reminder_due(settings, NOW, 0, NOW + 899)
    assert reminder_due(settings, NOW, 0, NOW + 900)
    assert not reminder_due(settings, NOW, NOW + 900, NOW + 1000)
    assert not reminder_due(settings, None, 0, NOW + 900)
