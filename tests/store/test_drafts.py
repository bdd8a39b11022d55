"""Drafts in the database: one for each layer and person, sealed, bounded, gone with what they are of."""

from __future__ import annotations

from provd.store import domains, drafts, phones, templates, users
from provd.store.database import Store
from provd.store.drafts import KEEP, STEPS, Draft
from provd.store.resealing import PLAIN_COLUMNS

NOW = 1_760_000_000
CHANGE = {"keys.7": (None, {"kind": "blf", "target": "102"})}


def begun(store: Store) -> tuple[int, int, int]:
    """A company's phone, template and person."""
    domain = domains.create(store, "acme.example", NOW)
    person = users.create(store, domain.id, "101", NOW, first_name="Ada")
    template = templates.create(store, domain.id, "Reception", "yealink-t46u", NOW)
    phone = phones.create(store, domain.id, "805ec0000101", "yealink-t46u", NOW, template_id=template.id)
    return phone.id, template.id, person.id


def test_a_draft_comes_back_as_it_was_and_nobody_reads_it_in_the_table(store: Store) -> None:
    phone, template, person = begun(store)
    changes = CHANGE | {"values.admin.password": ("old-secret", "new-secret")}
    draft = Draft(3, changes, ({}, CHANGE))
    drafts.put(store, "phone", phone, "user 1", draft, NOW, name="Ada", user_id=person)
    found = drafts.get(store, "phone", phone, "user 1", NOW)
    assert found is not None and (found.revision, found.changes, list(found.undo)) == (3, changes, [{}, CHANGE])
    assert drafts.get(store, "phone", phone, "user 2", NOW) is None
    assert drafts.get(store, "template", template, "user 1", NOW) is None
    assert "secret" not in str(store.sql("SELECT sealed_content FROM drafts").fetchall())
    assert ("drafts", "id", "sealed_content") in PLAIN_COLUMNS, "a new key seals it again"


def test_others_are_known_by_name_and_an_empty_draft_is_none(store: Store) -> None:
    phone, _, person = begun(store)
    drafts.put(store, "phone", phone, "user 1", Draft(0, CHANGE), NOW, name="Ada", user_id=person)
    drafts.put(store, "phone", phone, "key 5 (x)", Draft(0, CHANGE), NOW + 60, name="key 5 (x)", user_id=None)
    (other,) = drafts.others(store, "phone", phone, "key 5 (x)", NOW + 90)
    assert (other.name, other.since, other.updated) == ("Ada", NOW, NOW)
    again = drafts.get(store, "phone", phone, "user 1", NOW)
    assert again is not None
    drafts.put(store, "phone", phone, "user 1", Draft(0, {}, (), again.created), NOW + 99, name="Ada", user_id=person)
    assert drafts.others(store, "phone", phone, "key 5 (x)", NOW + 99) == []


def test_steps_are_bounded_and_two_weeks_are_the_end(store: Store) -> None:
    phone, template, person = begun(store)
    many = tuple({f"keys.{number}": (None, {"kind": "none"})} for number in range(1, 40))
    kept = drafts.put(store, "template", template, "user 1", Draft(0, CHANGE, many), NOW, name="Ada", user_id=person)
    assert len(kept.undo) == STEPS and "keys.39" in kept.undo[-1]
    assert drafts.get(store, "template", template, "user 1", NOW + KEEP) is None
    drafts.put(store, "phone", phone, "user 1", Draft(0, CHANGE), NOW + KEEP, name="Ada", user_id=person)
    assert store.sql("SELECT COUNT(*) FROM drafts").fetchone()[0] == 1


def test_a_draft_goes_with_its_phone_and_its_person(store: Store) -> None:
    phone, template, person = begun(store)
    domain = domains.by_name(store, "acme.example").id
    drafts.put(store, "phone", phone, "user 1", Draft(0, CHANGE), NOW, name="Ada", user_id=person)
    drafts.put(store, "template", template, "user 1", Draft(0, CHANGE), NOW, name="Ada", user_id=person)
    phones.delete(store, domain, phone, NOW)
    assert store.sql("SELECT COUNT(*) FROM drafts").fetchone()[0] == 1
    users.delete(store, domain, person, NOW)
    assert store.sql("SELECT COUNT(*) FROM drafts").fetchone()[0] == 0


def test_the_phone_that_a_template_is_shown_on(store: Store) -> None:
    phone, template, _ = begun(store)
    domain = domains.by_name(store, "acme.example").id
    assert drafts.sample_phone(store, domain, template) == "805ec0000101"
    assert drafts.sample_phone(store, domain, template, "001122334455") is None
    assert drafts.sample_phone(store, domain, phone + template + 9) is None
