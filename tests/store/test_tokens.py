"""Provisioning tokens: found by what the phone shows, rotated without locking anybody out, never stored readable."""

from __future__ import annotations

from provd.store import changes, phones, tokens
from provd.store.database import Store
from tests.store.conftest import NOW, Company


def test_every_company_and_every_phone_has_its_own_token(store: Store, acme: Company, other: Company) -> None:
    plain = [
        tokens.newest(store, company.id, phone_id)
        for company in (acme, other)
        for phone_id in (None, company.ada_phone.id, company.grace_phone.id)
    ]
    assert len(set(plain)) == 6 and all(len(token) >= 22 for token in plain)
    found = tokens.find(store, plain[1])
    assert found is not None and (found.domain_id, found.phone_id) == (acme.id, acme.ada_phone.id)


def test_what_is_no_token_finds_nothing(store: Store, acme: Company) -> None:
    plain = tokens.newest(store, acme.id)
    for wrong in ("", plain[:-1], plain.swapcase(), plain + "x", "x" * 100_000, "' OR 1=1 --", "\x00"):
        assert tokens.find(store, wrong) is None


def test_the_first_use_of_a_phones_next_token_retires_the_one_before(store: Store, acme: Company) -> None:
    phone = acme.ada_phone.id
    old = tokens.newest(store, acme.id, phone)
    new = tokens.rotate(store, acme.id, phone, NOW + 1)
    assert tokens.newest(store, acme.id, phone) == new != old
    # The phone still holds the old one: both open the door.
    found = tokens.find(store, old)
    assert found is not None
    assert tokens.use(store, found, NOW + 2).first_used == NOW + 2
    assert tokens.find(store, new) is not None

    found = tokens.find(store, new)
    assert found is not None and found.state == "next"
    seen = changes.latest_id(store)
    used = tokens.use(store, found, NOW + 3)
    assert (used.state, used.first_used) == ("current", NOW + 3)
    assert tokens.find(store, old) is None
    assert {change.noun for change in changes.since(store, seen)} == {"token"}
    # Further uses write nothing.
    seen = changes.latest_id(store)
    assert tokens.use(store, used, NOW + 4) == used
    assert changes.latest_id(store) == seen


def test_a_companys_old_token_opens_until_the_next_one_is_promoted(store: Store, acme: Company) -> None:
    old, new = tokens.newest(store, acme.id), tokens.rotate(store, acme.id, None, NOW + 1)
    found = tokens.find(store, new)
    assert found is not None
    tokens.use(store, found, NOW + 2)
    assert tokens.find(store, old) is not None, "the other phones of the company still hold it"
    tokens.promote(store, acme.id, None, NOW + 3)
    assert tokens.find(store, old) is None
    assert [token.state for token in tokens.of(store, acme.id)] == ["current"]
    tokens.promote(store, acme.id, None, NOW + 4)
    assert tokens.newest(store, acme.id) == new


def test_a_second_rotation_drops_the_unused_next_token(store: Store, acme: Company) -> None:
    current = tokens.newest(store, acme.id)
    lost = tokens.rotate(store, acme.id, None, NOW + 1)
    kept = tokens.rotate(store, acme.id, None, NOW + 2)
    assert tokens.find(store, lost) is None
    assert [tokens.find(store, token) is not None for token in (current, kept)] == [True, True]


def test_swapped_hardware_leaves_its_token_and_password_behind(store: Store, acme: Company) -> None:
    phone = acme.ada_phone
    token, password = tokens.newest(store, acme.id, phone.id), phones.digest_password(store, acme.id, phone.id)
    swapped = phones.swap(store, acme.id, phone.id, "001565aabbff", NOW + 1)
    assert (swapped.id, swapped.mac, swapped.swapped_from) == (phone.id, "001565aabbff", phone.mac)
    assert swapped.revision > phone.revision
    assert tokens.find(store, token) is None
    assert tokens.newest(store, acme.id, phone.id) not in ("", token)
    assert phones.digest_password(store, acme.id, phone.id) != password
    assert phones.anywhere(store, phone.mac) is None


def test_a_deleted_phones_token_opens_nothing(store: Store, acme: Company) -> None:
    token = tokens.newest(store, acme.id, acme.ada_phone.id)
    phones.delete(store, acme.id, acme.ada_phone.id, NOW)
    assert tokens.find(store, token) is None
