"""Users: names that must be free, the profile fields, the PIN, logins, and finding somebody."""

from __future__ import annotations

import pytest

from provd import seal
from provd.errors import Conflict, Invalid, NotFound
from provd.store import devices, domains, users
from provd.store.database import Store
from tests.store.conftest import NOW, Company


def test_an_extension_is_taken_once_in_a_company_and_free_in_the_next(
    store: Store, acme: Company, other: Company
) -> None:
    with pytest.raises(Conflict, match="101 is taken"):
        users.create(store, acme.id, "101", NOW)
    with pytest.raises(Conflict, match="102 is taken"):
        users.update(store, acme.id, acme.ada.id, NOW, extension="102")
    assert users.by_extension(store, other.id, "101").id != acme.ada.id


def test_a_login_name_is_the_extension_at_the_company_unless_it_is_given(store: Store, acme: Company) -> None:
    assert acme.ada.login_name == "101@acme.example"
    alan = users.create(store, acme.id, "103", NOW, login_name="alan")
    assert users.by_login(store, "Alan") == alan
    with pytest.raises(Conflict, match="login name alan is taken"):
        users.create(store, acme.id, "104", NOW, login_name="alan")
    assert users.by_login(store, "alan\x00") is None


def test_every_problem_of_a_user_is_told_at_once(store: Store, acme: Company) -> None:
    with pytest.raises(Invalid) as refused:
        users.create(
            store, acme.id, "10x", NOW, first_name="Line\nbreak", time_zone="Mars/Phobos", scope="king",
            emails=["no mail address"], record_calls="maybe", service_code="queue", nickname="x",
        )  # fmt: skip
    assert {problem.field for problem in refused.value.problems} == {
        "extension", "first_name", "time_zone", "scope", "emails", "record_calls", "service_code", "nickname",
    }  # fmt: skip
    assert all(problem.text.endswith(".") for problem in refused.value.problems)
    with pytest.raises(NotFound):
        users.by_extension(store, acme.id, "10x")


def test_a_user_of_a_company_never_gets_a_scope_of_the_provider(store: Store, acme: Company) -> None:
    with pytest.raises(Invalid, match="scope of the provider"):
        users.create(store, acme.id, "103", NOW, scope="super_user")
    with pytest.raises(Invalid, match="scope of the provider"):
        users.update(store, acme.id, acme.ada.id, NOW, scope="reseller")
    admin = users.create_provider(store, "admin", NOW)
    assert (admin.domain_id, admin.scope) == (None, "super_user")
    with pytest.raises(NotFound):
        users.get(store, acme.id, admin.id)


def test_a_voicemail_pin_has_four_digits_and_the_obvious_ones_are_warned_of(store: Store, acme: Company) -> None:
    for bad in ("", "123", "12a4", "٣٤٥٦", "1234567890123"):
        with pytest.raises(Invalid, match="4 to 12 digits"):
            users.set_voicemail_pin(store, acme.id, acme.ada.id, bad)
    for obvious in ("1234", "0000"):
        (warning,) = users.set_voicemail_pin(store, acme.id, acme.ada.id, obvious)
        assert warning.severity == "warning"
    assert users.set_voicemail_pin(store, acme.id, acme.ada.id, "2468") == []
    assert users.voicemail_pin_is(store, acme.id, acme.ada.id, "2468")
    assert not users.voicemail_pin_is(store, acme.id, acme.ada.id, "1234")
    assert not users.voicemail_pin_is(store, acme.id, acme.grace.id, "")


def test_a_password_is_kept_as_a_hash(store: Store, acme: Company) -> None:
    assert users.password_hash(store, acme.ada.id) == ""
    users.set_password_hash(store, acme.ada.id, seal.hash_password("difference engine"))
    assert seal.verify_password(users.password_hash(store, acme.ada.id), "difference engine")
    assert not seal.verify_password(users.password_hash(store, acme.ada.id), "analytical engine")
    with pytest.raises(NotFound):
        users.set_password_hash(store, 10**9, "x")


def test_devices_follow_their_user_to_another_extension(store: Store, acme: Company) -> None:
    devices.create(store, acme.id, acme.ada.id, "101wp", NOW)
    password = devices.password(store, acme.id, acme.ada_device.id)
    users.update(store, acme.id, acme.ada.id, NOW, extension="150")
    assert [device.name for device in devices.of_user(store, acme.id, acme.ada.id)] == ["150", "150wp"]
    assert devices.password(store, acme.id, acme.ada_device.id) == password


def test_device_names_are_the_extension_and_letters(store: Store, acme: Company, other: Company) -> None:
    for wrong in ("102b", "101A", "a101", "101-a", "1011", "101abcdefghi"):
        with pytest.raises(Invalid):
            devices.create(store, acme.id, acme.ada.id, wrong, NOW)
    devices.create(store, acme.id, acme.ada.id, "101a", NOW)
    with pytest.raises(Conflict, match="101a"):
        devices.create(store, acme.id, acme.ada.id, "101a", NOW)
    assert devices.create(store, other.id, other.ada.id, "101a", NOW).name == "101a"


def test_a_device_gets_24_random_characters_and_its_digests_are_those_of_the_rfc(store: Store, acme: Company) -> None:
    passwords = {devices.password(store, acme.id, one.id) for one in (acme.ada_device, acme.grace_device)}
    assert [len(password) for password in passwords] == [24, 24]
    # RFC 7616, 3.9.1, gives the responses; these are their H(A1).
    digests = devices.ha1("Mufasa", "http-auth@example.org", "Circle of Life")
    assert digests["MD5"] == "3d78807defe7de2157e2b0b6573a855f"
    assert digests["SHA-256"] == "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"


def test_people_are_found_by_any_part_and_listed_by_number(store: Store, acme: Company) -> None:
    for extension in ("1000", "99", "110"):
        users.create(store, acme.id, extension, NOW, first_name="Émile", last_name="100% O'Brien_")
    users.create(store, acme.id, "8900", NOW, service_code="system-routing")
    first = users.find(store, acme.id, limit=3)
    assert [user.extension for user in first.items] == ["99", "101", "102"]
    rest = users.find(store, acme.id, limit=3, after=first.next or "")
    assert ([user.extension for user in rest.items], rest.next) == (["110", "1000"], None)
    assert [user.extension for user in users.find(store, acme.id, search="lace ADA").items] == ["101"]
    assert len(users.find(store, acme.id, search="émile").items) == 3
    assert len(users.find(store, acme.id, search="100% o'brien_").items) == 3
    assert users.find(store, acme.id, search="1%1").items == ()
    assert [user.extension for user in users.find(store, acme.id, services=True).items][-1] == "8900"


def test_a_company_name_is_a_dns_name_and_free(store: Store, acme: Company) -> None:
    for wrong in (
        "Acme.example",
        "acme",
        "-a.example",
        "a..example",
        "acme.example\n",
        "é.example",
        "a" * 64 + ".example",
    ):
        with pytest.raises(Invalid):
            domains.create(store, wrong, NOW)
    with pytest.raises(Conflict):
        domains.create(store, "acme.example", NOW)
    with pytest.raises(Invalid, match="network"):
        domains.update(store, acme.id, NOW, admission={"networks": ["10.0.0.0/99"]})
    saved = domains.update(store, acme.id, NOW, admission={"networks": ["10.0.0.0/8"], "unproven": "refuse"})
    assert saved.admission == {"networks": ["10.0.0.0/8"], "unproven": "refuse"}


def test_a_deleted_company_takes_everything_along_and_nothing_else(store: Store, acme: Company, other: Company) -> None:
    domains.delete(store, acme.id, NOW)
    kept = ("domains", "sites", "departments", "templates", "users", "devices", "phones", "phone_lines", "tokens")
    counts = {table: store.sql(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in kept}
    assert counts == {
        "domains": 1, "sites": 1, "departments": 1, "templates": 1, "users": 2, "devices": 2, "phones": 2,
        "phone_lines": 2, "tokens": 3,
    }  # fmt: skip
