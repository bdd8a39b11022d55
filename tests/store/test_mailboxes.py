"""Mailboxes: what they are set to, the space they have, the greeting that callers hear."""

from __future__ import annotations

import pytest

from provd.errors import Conflict, Invalid, NotFound
from provd.mailbox import QUOTA
from provd.store import mailboxes, routing, voicemails
from provd.store.database import Store
from sip_edge.routing.building import build
from tests.store.conftest import NOW, Company


def test_a_mailbox_nobody_has_changed_is_on_and_says_who_called(store: Store, acme: Company) -> None:
    box = mailboxes.get(store, acme.id, acme.ada.id)
    assert (box.settings["enabled"], box.settings["announce_caller"], box.greeting_id) == (True, True, None)
    assert mailboxes.without(store, acme.id) == frozenset()


def test_what_is_set_stays_and_the_rest_keeps_its_default(store: Store, acme: Company) -> None:
    box = mailboxes.save(store, acme.id, acme.ada.id, {"enabled": False, "copies": ["102"]})
    assert (box.settings["enabled"], box.settings["copies"], box.settings["mail"]) == (False, ["102"], "no")
    assert mailboxes.without(store, acme.id) == {"101"}
    rows = routing.load(store, "acme.example")
    assert rows is not None
    people = build(rows).people
    assert (people["101"].voicemail, people["102"].voicemail) == (False, True)


def test_copies_go_to_other_people_of_the_company_only(store: Store, acme: Company, other: Company) -> None:
    for wrong in (["101"], ["999"]):
        with pytest.raises(Invalid) as caught:
            mailboxes.save(store, acme.id, acme.ada.id, {"copies": wrong})
        assert caught.value.problems[0].field == "copies"
    assert mailboxes.get(store, acme.id, acme.ada.id).settings["copies"] == ()


def test_the_space_is_shared_by_messages_greetings_and_the_name(store: Store, acme: Company) -> None:
    user = acme.ada.id
    mailboxes.add_greeting(store, acme.id, user, "Away", "g1.wav", 3.0, 4_000_000, NOW)
    mailboxes.set_name(store, acme.id, user, "n1.wav", 1.0, 1_000_000)
    voicemails.add(store, acme.id, user, "m1.wav", 9.0, QUOTA - 5_000_000, NOW)
    assert mailboxes.used(store, user) == QUOTA
    with pytest.raises(Conflict, match="full"):
        voicemails.add(store, acme.id, user, "m2.wav", 9.0, 1, NOW)
    assert mailboxes.set_name(store, acme.id, user, "n2.wav", 1.0, 1_000_000) == "n1.wav"


def test_a_deleted_greeting_is_no_longer_the_active_one(store: Store, acme: Company) -> None:
    user = acme.ada.id
    made = mailboxes.add_greeting(store, acme.id, user, "Away", "g1.wav", 3.0, 4_000, NOW, choose=True)
    assert mailboxes.get(store, acme.id, user).greeting_id == made.id
    assert mailboxes.delete_greeting(store, acme.id, user, made.id) == "g1.wav"
    assert mailboxes.get(store, acme.id, user).greeting_id is None


def test_the_greeting_of_somebody_else_cannot_be_chosen(store: Store, acme: Company) -> None:
    made = mailboxes.add_greeting(store, acme.id, acme.grace.id, "Hers", "g1.wav", 3.0, 4_000, NOW)
    with pytest.raises(Invalid):
        mailboxes.choose_greeting(store, acme.id, acme.ada.id, made.id)
    with pytest.raises(NotFound):
        mailboxes.delete_greeting(store, acme.id, acme.ada.id, made.id)
