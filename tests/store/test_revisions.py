"""A change makes exactly those phones' files stale that it touches, and is in the feed in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from provd.store import (
    changes,
    departments,
    devices,
    directory,
    domains,
    layers,
    phones,
    sites,
    templates,
    tokens,
    users,
)
from provd.store.database import Store
from provd.store.rows import Line
from tests.store.conftest import NOW, Company

LATER = NOW + 60


def stale(store: Store, company: Company, act: Callable[[], Any]) -> set[str]:
    """What `act` bumped, as `noun` or `noun:name`, taken from the revisions; and the feed must say the same."""

    def phone(phone_id: int) -> int:
        return phones.get(store, company.id, phone_id).revision

    def template(template_id: int) -> int:
        return templates.get(store, company.id, template_id).revision

    rows: dict[str, tuple[Callable[[], int], str, int]] = {
        "ada's phone": (lambda: phone(company.ada_phone.id), "phone", company.ada_phone.id),
        "grace's phone": (lambda: phone(company.grace_phone.id), "phone", company.grace_phone.id),
        "company": (lambda: domains.get(store, company.id).revision, "domain", company.id),
        "directory": (lambda: domains.get(store, company.id).directory_revision, "directory", company.id),
        "site": (lambda: sites.get(store, company.id, company.site.id).revision, "site", company.site.id),
        "template": (lambda: template(company.template.id), "template", company.template.id),
    }
    before = {name: read() for name, (read, _, _) in rows.items()}
    seen = changes.latest_id(store)
    act()
    bumped = {name for name, (read, _, _) in rows.items() if read() != before[name]}
    feed = {(change.noun, change.ref) for change in changes.since(store, seen)}
    for name, (_, noun, ref) in rows.items():
        assert name not in bumped or (noun, str(ref)) in feed, f"{name} was bumped and the feed does not say so"
    return bumped


ACTS: dict[str, tuple[Callable[[Store, Company], Any], set[str]]] = {
    "a company setting": (
        lambda s, c: layers.save(s, c.id, "company", c.id, LATER, who="x", values={"ntp": "a"}),
        {"company"},
    ),
    "a site setting": (
        lambda s, c: layers.save(s, c.id, "site", c.site.id, LATER, who="x", values={"ntp": "a"}),
        {"site"},
    ),
    "a template's keys": (
        lambda s, c: layers.save(s, c.id, "template", c.template.id, LATER, who="x", values={}, keys={"1": {}}),
        {"template"},
    ),
    "a phone's keys": (
        lambda s, c: layers.save(s, c.id, "phone", c.ada_phone.id, LATER, who="x", values={}, keys={"1": {}}),
        {"ada's phone"},
    ),
    "the server's settings": (
        lambda s, c: layers.save(s, None, "server", "", LATER, who="x", values={"ntp": "a"}),
        set(),
    ),
    "a user's name": (
        lambda s, c: users.update(s, c.id, c.ada.id, LATER, last_name="King"),
        {"ada's phone", "directory"},
    ),
    "a user's mail": (lambda s, c: users.update(s, c.id, c.ada.id, LATER, emails=["ada@acme.example"]), set()),
    "the same name": (lambda s, c: users.update(s, c.id, c.ada.id, LATER, last_name="Lovelace", emails=[]), set()),
    "a user out of the directory": (
        lambda s, c: users.update(s, c.id, c.ada.id, LATER, list_in_directory=False),
        {"directory"},
    ),
    "a department's name": (lambda s, c: departments.rename(s, c.id, c.department.id, "Sale", LATER), {"directory"}),
    "a site's name": (lambda s, c: sites.update(s, c.id, c.site.id, LATER, name="Austin"), {"directory", "site"}),
    "a site's defaults": (
        lambda s, c: sites.update(s, c.id, c.site.id, LATER, defaults={"time.zone": "America/Denver"}),
        {"site"},
    ),
    "a SIP password": (lambda s, c: devices.set_password(s, c.id, c.grace_device.id, LATER), {"grace's phone"}),
    "a transport": (lambda s, c: devices.update(s, c.id, c.ada_device.id, LATER, transport="tls"), {"ada's phone"}),
    "a device's note": (lambda s, c: devices.update(s, c.id, c.ada_device.id, LATER, description="desk"), set()),
    "a contact": (
        lambda s, c: directory.create_contact(s, c.id, LATER, first_name="Fire", numbers=["911"]),
        {"directory"},
    ),
    "a user less": (lambda s, c: users.delete(s, c.id, c.grace.id, LATER), {"grace's phone", "directory"}),
    "a device less": (lambda s, c: devices.delete(s, c.id, c.grace_device.id, LATER), {"grace's phone"}),
    "new lines": (
        lambda s, c: phones.set_lines(s, c.id, c.ada_phone.id, [Line(2, c.grace_device.id, True, "")], LATER),
        {"ada's phone"},
    ),
    "the same lines": (
        lambda s, c: phones.set_lines(s, c.id, c.ada_phone.id, [Line(1, c.ada_device.id, False, "")], LATER),
        set(),
    ),
    "a company's time zone": (lambda s, c: domains.update(s, c.id, LATER, time_zone="America/Denver"), {"company"}),
    "a phone's time zone": (
        lambda s, c: phones.update(s, c.id, c.ada_phone.id, LATER, time_zone="America/Denver"),
        {"ada's phone"},
    ),
    "a phone's template": (
        lambda s, c: phones.update(s, c.id, c.ada_phone.id, LATER, template_id=None),
        {"ada's phone"},
    ),
    "a company's token": (lambda s, c: tokens.rotate(s, c.id, None, LATER), {"company"}),
    "a phone's token": (lambda s, c: tokens.rotate(s, c.id, c.ada_phone.id, LATER), {"ada's phone"}),
    "a last contact": (lambda s, c: phones.contacted(s, [(c.ada_phone.id, LATER, "10.0.0.1", "1.2", "a.cfg")]), set()),
    "a voicemail PIN": (lambda s, c: users.set_voicemail_pin(s, c.id, c.ada.id, "2468"), set()),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_change_touches_exactly_what_it_should(store: Store, acme: Company, other: Company, act: str) -> None:
    change, expected = ACTS[act]
    elsewhere = (domains.get(store, other.id), phones.find(store, other.id), sites.find(store, other.id))
    assert stale(store, acme, lambda: change(store, acme)) == expected
    assert (domains.get(store, other.id), phones.find(store, other.id), sites.find(store, other.id)) == elsewhere


def test_a_deleted_site_makes_the_files_of_its_phones_stale(store: Store, acme: Company) -> None:
    before = phones.get(store, acme.id, acme.ada_phone.id)
    seen = changes.latest_id(store)
    sites.delete(store, acme.id, acme.site.id, LATER)
    after = phones.get(store, acme.id, acme.ada_phone.id)
    assert (after.site_id, after.revision) == (None, before.revision + 1)
    assert phones.get(store, acme.id, acme.grace_phone.id) == acme.grace_phone
    feed = [(change.noun, change.ref) for change in changes.since(store, seen)]
    assert ("phone", str(acme.ada_phone.id)) in feed
    assert ("phone", str(acme.grace_phone.id)) not in feed


def test_a_change_taken_back_is_not_in_the_feed(store: Store, acme: Company) -> None:
    seen = changes.latest_id(store)
    try:
        with store.transaction():
            users.update(store, acme.id, acme.ada.id, LATER, last_name="King")
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert changes.since(store, seen) == []
    assert users.get(store, acme.id, acme.ada.id) == acme.ada
