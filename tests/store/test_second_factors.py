"""Second factors at rest and in use: sealed, each code once, bounded guesses, recovery codes as the way back."""

from __future__ import annotations

import base64

import pytest

from provd import totp
from provd.errors import Conflict, Invalid, NotFound
from provd.store import domains, second_factors, users
from provd.store.database import Store
from tests.store.conftest import NOW, Company


@pytest.fixture
def allowed(store: Store, acme: Company) -> Company:
    domains.update(store, acme.id, NOW, second_factor=True)
    return acme


def in_use(store: Store, company: Company) -> tuple[bytes, list[str]]:
    secret = second_factors.begin(store, company.ada, NOW)
    return secret, second_factors.confirm(store, company.ada.id, at(secret, NOW), NOW)


def at(secret: bytes, now: int) -> str:
    return totp.code(secret, now // totp.STEP)


def test_the_provider_switches_it_on_and_off_for_a_company(store: Store, acme: Company) -> None:
    with pytest.raises(Conflict, match="not switched on"):
        second_factors.begin(store, acme.ada, NOW)
    revision = domains.update(store, acme.id, NOW, second_factor=True).revision
    assert revision == acme.domain.revision, "no phone is due for that"
    in_use(store, acme)
    assert second_factors.needed(store, acme.ada)
    domains.update(store, acme.id, NOW, second_factor=False)
    assert not second_factors.needed(store, acme.ada)
    admin = users.create_provider(store, "admin", NOW)
    second_factors.begin(store, admin, NOW)
    assert not second_factors.needed(store, admin), "not before its first code"


def test_it_counts_from_its_first_right_code_on(store: Store, allowed: Company) -> None:
    with pytest.raises(NotFound):
        second_factors.confirm(store, allowed.ada.id, "123456", NOW)
    first = second_factors.begin(store, allowed.ada, NOW)
    second = second_factors.begin(store, allowed.ada, NOW)
    with pytest.raises(Invalid, match="wrong"):
        second_factors.confirm(store, allowed.ada.id, at(first, NOW), NOW)
    assert not second_factors.check(store, allowed.ada.id, at(second, NOW), NOW)
    codes = second_factors.confirm(store, allowed.ada.id, at(second, NOW), NOW)
    assert len(set(codes)) == second_factors.CODES
    with pytest.raises(Conflict):
        second_factors.begin(store, allowed.ada, NOW)


def test_a_code_opens_once(store: Store, allowed: Company) -> None:
    secret, _ = in_use(store, allowed)
    assert not second_factors.check(store, allowed.ada.id, at(secret, NOW), NOW)
    assert second_factors.check(store, allowed.ada.id, at(secret, NOW + 30), NOW + 30)
    assert not second_factors.check(store, allowed.ada.id, at(secret, NOW + 30), NOW + 31)
    assert not second_factors.check(store, allowed.ada.id, at(secret, NOW), NOW + 31)


def test_a_recovery_code_opens_once_however_it_is_typed(store: Store, allowed: Company) -> None:
    _, codes = in_use(store, allowed)
    assert second_factors.check(store, allowed.ada.id, codes[0].upper().replace("-", " "), NOW)
    assert not second_factors.check(store, allowed.ada.id, codes[0], NOW)
    left = second_factors.status(store, allowed.ada.id)
    assert left and left.codes_left == second_factors.CODES - 1
    fresh = second_factors.renew_codes(store, allowed.ada.id)
    assert not second_factors.check(store, allowed.ada.id, codes[1], NOW)
    assert second_factors.check(store, allowed.ada.id, fresh[1], NOW)


def test_ten_wrong_codes_bar_the_right_one_for_a_while(store: Store, allowed: Company) -> None:
    secret, codes = in_use(store, allowed)
    later = NOW + 60
    for _ in range(second_factors.MOST_FAILURES):
        assert not second_factors.check(store, allowed.ada.id, "000000", later)
    assert not second_factors.check(store, allowed.ada.id, at(secret, later), later)
    assert not second_factors.check(store, allowed.ada.id, codes[0], later)
    free = later + second_factors.PAUSE
    assert second_factors.check(store, allowed.ada.id, at(secret, free), free)


def test_nothing_of_it_is_readable_and_it_goes_with_its_person(store: Store, allowed: Company) -> None:
    secret, codes = in_use(store, allowed)
    rows = [tuple(row) for table in ("second_factors", "recovery_codes") for row in store.sql(f"SELECT * FROM {table}")]
    assert not any(one in str(rows) for one in (base64.b64encode(secret).decode(), totp.spelled(secret), *codes))
    assert second_factors.remove(store, allowed.ada.id) and not second_factors.remove(store, allowed.ada.id)
    in_use(store, allowed)
    users.delete(store, allowed.id, allowed.ada.id, NOW)
    assert store.sql("SELECT COUNT(*) FROM recovery_codes").fetchone()[0] == 0
