"""Whoever has the database has no secret: none is readable in its bytes, and all are under the key file."""

from __future__ import annotations

from pathlib import Path

import pytest

from provd import seal
from provd.errors import ProvdError
from provd.seal import Seal
from provd.store import api_keys, audit, devices, layers, phones, tokens, users
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from provd.store.resealing import reseal
from tests.store.conftest import KEY, NOW, Company

PIN = "73918264"


def every_secret(store: Store, acme: Company) -> dict[str, str]:
    """Sets one of every kind and returns what must not be found."""
    for password, raw in (("0ld-hunter2", {}), ("hunter2-hunter2", {"P2": "sw0rdfish"})):
        values, names = {"admin.password": password}, {"admin.password", "P2"}
        layers.save(
            store, acme.id, "phone", acme.ada_phone.id, NOW, who="x", values=values, raw=raw, secret_names=names
        )
    users.set_voicemail_pin(store, acme.id, acme.ada.id, PIN)
    users.set_password_hash(store, acme.ada.id, seal.hash_password("difference engine"))
    _, plain = api_keys.create(store, "key", "office_manager", NOW, domain_id=acme.id)
    changed = audit.difference({"admin.password": "hunter2-hunter2", "ntp": "a"}, {"ntp": "b"}, {"admin.password"})
    audit.record(store, NOW, who="ada", domain_id=acme.id, action="update", noun="layer", ref="1", changed=changed)
    return {
        "SIP password": devices.password(store, acme.id, acme.ada_device.id),
        "new SIP password": devices.set_password(store, acme.id, acme.grace_device.id, NOW),
        "digest password": phones.digest_password(store, acme.id, acme.ada_phone.id),
        "phone token": tokens.newest(store, acme.id, acme.ada_phone.id),
        "company token": tokens.rotate(store, acme.id, None, NOW),
        "old setting": "0ld-hunter2",
        "setting": "hunter2-hunter2",
        "raw parameter": "sw0rdfish",
        "PIN": PIN,
        "portal password": "difference engine",
        "API key": plain,
    }


def raw_bytes(store: Store, url: str) -> bytes:
    if store.sqlite:
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))
    cells = []
    for table in store.database.get_tables():
        cells += [str(row) for row in store.sql(f"SELECT * FROM {table}").fetchall()]
    return "\n".join(cells).encode()


def test_no_secret_is_readable_in_the_database(store: Store, acme: Company, url: str) -> None:
    secrets = every_secret(store, acme)
    everything = raw_bytes(store, url)
    assert b"acme.example" in everything and acme.ada_phone.mac.encode() in everything
    for name, secret in secrets.items():
        assert secret.encode() not in everything, name


def test_the_file_of_the_database_is_for_its_owner_only(store: Store, acme: Company, url: str) -> None:
    if not store.sqlite:
        pytest.skip("PostgreSQL has its own rights.")
    path = Path(url.removeprefix("sqlite:///"))
    for one in path.parent.glob(path.name + "*"):
        assert one.stat().st_mode & 0o077 == 0, one.name


def test_after_a_new_key_everything_is_sealed_with_it_and_the_old_one_can_go(
    store: Store, acme: Company, url: str
) -> None:
    secrets = every_secret(store, acme)
    new_key = bytes(reversed(range(32)))
    both = open_database(url, Seal([new_key, KEY]))
    migrate(both)
    assert reseal(both) > 0
    assert reseal(both) == 0
    both.close()

    only_new = open_database(url, Seal([new_key]))
    migrate(only_new)
    assert devices.password(only_new, acme.id, acme.ada_device.id) == secrets["SIP password"]
    assert tokens.newest(only_new, acme.id) == secrets["company token"]
    assert users.voicemail_pin_is(only_new, acme.id, acme.ada.id, PIN)
    assert layers.get(only_new, acme.id, "phone", acme.ada_phone.id).raw == {"P2": "sw0rdfish"}
    old = layers.version(only_new, acme.id, "phone", acme.ada_phone.id, 1)
    assert old.values == {"admin.password": "0ld-hunter2"}
    only_new.close()
    with pytest.raises(ProvdError, match="key file"):
        devices.password(store, acme.id, acme.ada_device.id)


def test_an_api_key_is_shown_once_and_found_by_what_the_caller_shows(store: Store, acme: Company) -> None:
    key, plain = api_keys.create(store, "Portal", "office_manager", NOW, domain_id=acme.id, created_by="admin")
    assert plain.startswith("pk_") and plain not in repr(key)
    assert api_keys.find(store, plain) == key
    api_keys.used(store, key.id, NOW + 5)
    assert api_keys.of(store, acme.id)[0].last_used == NOW + 5
    for wrong in ("", "pk_", plain[:-1], plain.lower() + "x", "pk_" + "x" * 5000):
        assert api_keys.find(store, wrong) is None
    api_keys.delete(store, acme.id, key.id)
    assert api_keys.find(store, plain) is None


def test_the_trail_masks_secrets_and_pages_newest_first(store: Store, acme: Company, other: Company) -> None:
    every_secret(store, acme)
    (row,) = audit.find(store, acme.id).items
    assert row.changed == {"admin.password": [seal.MASK, ""], "ntp": ["a", "b"]}
    for number in range(3):
        audit.record(store, NOW + number, who="x", domain_id=other.id, action="delete", noun="user", ref=number)
    page = audit.find(store, None, limit=3)
    assert [one.ref for one in page.items] == ["2", "1", "0"]
    assert audit.find(store, None, before=page.next or "").items == (row,)
    assert audit.trim(store, NOW + 1) == 2
