"""Accounts follow the store: passwords, names, companies, phones. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio

from provd.store import changes, devices, domains, phones, users
from provd.store.database import Store
from provd.store.rows import Device, Line
from sip_edge.message.digest import ha1
from sip_edge.registrar.accounts import Accounts, Altered
from tests.registrar.scenes import DOMAIN, MAC, NOW, make_company


def known(store: Store) -> Accounts:
    make_company(store)
    accounts = Accounts(store)
    accounts.load()
    return accounts


def follow(accounts: Accounts) -> list[Altered]:
    """What the accounts say changed, slice by slice."""

    async def run() -> list[Altered]:
        found = []
        more = accounts.stale()
        while more:
            altered, more = await accounts.catch_up()
            found.append(altered)
        return found

    return asyncio.run(run())


def device(store: Store, name: str) -> Device:
    return devices.by_name(store, domains.by_name(store, DOMAIN).id, name)


def names(accounts: Accounts) -> list[str]:
    return sorted(one.name for one in accounts)


def test_every_device_is_known_by_its_hashes(store: Store) -> None:
    accounts = known(store)
    found = accounts.get(DOMAIN, "101a")
    assert names(accounts) == ["101", "101a", "102", "102a"]
    assert found is not None and accounts.by_id(found.device_id) is found
    for algorithm in ("MD5", "SHA-256"):
        assert found.ha1[algorithm] == ha1(algorithm, "101a", DOMAIN, "s3cr3t-Of-The-101a")
    assert found.ha1["MD5"] not in repr(found)
    assert accounts.get("other.example", "101") is None and accounts.get(DOMAIN, "999") is None
    assert [one.name for one in accounts.of_user(found.user_id)] == ["101", "101a"]


def test_nothing_changed_is_nothing_read(store: Store) -> None:
    accounts = known(store)
    follow(accounts)
    assert follow(accounts) in ([], [Altered()])  # PostgreSQL asks, SQLite knows


def test_a_new_password_counts_at_once(store: Store) -> None:
    accounts = known(store)
    one = device(store, "101")
    devices.set_password(store, one.domain_id, one.id, NOW, "another-One-Entirely")
    (altered,) = follow(accounts)
    assert [account.name for account in altered.secret] == ["101"] and not altered.gone
    found = accounts.get(DOMAIN, "101")
    assert found is not None and found.ha1["MD5"] == ha1("MD5", "101", DOMAIN, "another-One-Entirely")


def test_a_new_device_may_register_and_a_renamed_one_under_its_new_name_only(store: Store) -> None:
    accounts = known(store)
    one = device(store, "101a")
    devices.create(store, one.domain_id, one.user_id, "101wp", NOW)
    devices.update(store, one.domain_id, one.id, NOW, name="101b")
    (altered,) = follow(accounts)
    assert [account.name for account in altered.gone] == ["101a"]
    assert names(accounts) == ["101", "101b", "101wp", "102", "102a"]


def test_a_user_that_goes_takes_its_devices_along(store: Store) -> None:
    accounts = known(store)
    one = device(store, "102")
    users.delete(store, one.domain_id, one.user_id, NOW)
    (altered,) = follow(accounts)
    assert sorted(account.name for account in altered.gone) == ["102", "102a"]
    assert accounts.of_user(one.user_id) == [] and names(accounts) == ["101", "101a"]


def test_a_company_with_another_name_is_another_realm(store: Store) -> None:
    accounts = known(store)
    company = domains.by_name(store, DOMAIN)
    domains.update(store, company.id, NOW, name="acme.test")
    (altered,) = follow(accounts)
    assert len(altered.gone) == 4 and accounts.access(DOMAIN) is None
    found = accounts.get("acme.test", "101")
    assert found is not None and found.ha1["MD5"] == ha1("MD5", "101", "acme.test", "s3cr3t-Of-The-101")


def test_a_company_that_goes_is_unknown(store: Store) -> None:
    accounts = known(store)
    make_company(store, "other.example")
    follow(accounts)
    domains.delete(store, domains.by_name(store, "other.example").id, NOW)
    altered = follow(accounts)
    assert {account.domain for one in altered for account in one.gone} == {"other.example"}
    assert len(accounts) == 4 and accounts.access("other.example") is None


def test_networks_of_a_company_follow(store: Store) -> None:
    accounts = known(store)
    domains.update(store, domains.by_name(store, DOMAIN).id, NOW, admission={"sip_deny": ["192.0.2.0/24"]})
    (altered,) = follow(accounts)
    access = accounts.access(DOMAIN)
    assert access is not None and not access.permits("192.0.2.1") and altered == Altered()


def test_which_phones_carry_a_device(store: Store) -> None:
    accounts = known(store)
    first, second = device(store, "101"), device(store, "102")
    (phone_id,) = accounts.phones(first.id)
    assert accounts.phones(first.id) == {phone_id: MAC}
    lines = [Line(1, second.id, False, ""), Line(2, second.id, True, "")]
    phones.set_lines(store, first.domain_id, phone_id, lines, NOW)
    follow(accounts)
    assert (accounts.phones(first.id), accounts.phones(second.id)) == ({}, {phone_id: MAC})
    phones.delete(store, first.domain_id, phone_id, NOW)
    follow(accounts)
    assert accounts.phones(second.id) == {}


def test_who_was_away_for_too_long_reads_everything_again(store: Store) -> None:
    accounts = known(store)
    follow(accounts)
    one = device(store, "101")
    devices.delete(store, one.domain_id, one.id, NOW)
    while changes.trim(store, NOW + 1):
        pass
    make_company(store, "other.example")
    gone = [account.name for altered in follow(accounts) for account in altered.gone]
    assert gone == ["101"]
    assert names(accounts) == ["101", "101a", "101a", "102", "102", "102a", "102a"]


def test_many_changes_are_followed_in_slices(store: Store) -> None:
    accounts = known(store)
    one = device(store, "101")
    for turn in range(120):
        devices.update(store, one.domain_id, one.id, NOW, description=str(turn))
    with store.transaction():
        for turn in range(600):
            changes.record(store, "device", one.id, one.domain_id, NOW)
    assert len(follow(accounts)) >= 2
