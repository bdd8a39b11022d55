"""Keys of persons used to begin with the login name; a database of that time knows its owners after the migration."""

from __future__ import annotations

from collections.abc import Callable

from provd.seal import Seal
from provd.store import api_keys, migrations, user_finding, users
from provd.store.database import Store, open_database
from tests.store.conftest import KEY, NOW, Company

BEFORE = [name for name in migrations.available() if name < "0006"]


def test_old_names_become_owners(new_url: Callable[..., str]) -> None:
    store = open_database(new_url(), Seal([KEY]))
    migrations.apply(store, BEFORE)
    text = "'', '', 'UTC'"
    store.sql(
        "INSERT INTO domains (id, name, description, area_code, time_zone, language, admission, sip_host, revision, "
        f"directory_revision, created) VALUES (1, 'acme.example', {text}, 'en', '{{}}', '', 1, 1, 1)"
    )
    for number, login in ((1, "101@acme.example"), (2, "o_1@acme.example")):
        store.sql(
            "INSERT INTO users (id, domain_id, extension, first_name, last_name, login_name, time_zone, scope, "
            "record_calls, announce_in_audio_directory, list_in_directory, area_code, caller_id_name, "
            "caller_id_number, emergency_caller_id, emails, sealed_voicemail_pin, password_hash, service_code, "
            "created) "
            "VALUES (?, 1, ?, '', '', ?, '', 'basic_user', 'no', ?, ?, '', '', '', '', '[]', '', '', '', 1)",
            (number, f"10{number}", login, True, True),
        )
    for name, scope in (
        ("101@acme.example: tablet: new", "basic_user"), ("o_1@acme.example: x", "site_manager"),
        ("oo1@acme.example: like another", "basic_user"), ("101@acme.example: not personal", "office_manager"),
    ):  # fmt: skip
        row = (name, scope, name)
        store.sql(
            "INSERT INTO api_keys (domain_id, name, scope, digest, created, created_by) VALUES (1, ?, ?, ?, 1, '')", row
        )
    assert "0006_people" in migrations.migrate(store)
    found = {(key.name, key.scope, key.user_id) for key in api_keys.of(store, 1)}
    assert found == {
        ("tablet: new", "basic_user", 1), ("x", "site_manager", 2),
        ("oo1@acme.example: like another", "basic_user", None),
        ("101@acme.example: not personal", "office_manager", None),
    }  # fmt: skip
    store.close()


def test_a_key_follows_its_person_to_another_login_and_goes_with_them(store: Store, acme: Company) -> None:
    key, plain = api_keys.create(store, "tablet", "basic_user", NOW, domain_id=acme.id, user_id=acme.ada.id)
    users.update(store, acme.id, acme.ada.id, NOW, login_name="countess@acme.example")
    assert api_keys.find(store, plain) == key and user_finding.logins(store, [acme.ada.id]) == {
        acme.ada.id: "countess@acme.example"
    }
    assert api_keys.drop_of_user(store, acme.grace.id) == 0
    users.delete(store, acme.id, acme.ada.id, NOW)
    assert api_keys.find(store, plain) is None
