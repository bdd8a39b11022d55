"""A row of another company is not found, whatever is asked of it, and names may be used by every company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from provd.errors import NotFound, ProvdError
from provd.store import (
    api_keys,
    departments,
    devices,
    directory,
    jobs,
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

ATTEMPTS: dict[str, Callable[[Store, int, Company], Any]] = {
    "read a user": lambda s, me, x: users.get(s, me, x.ada.id),
    "change a user": lambda s, me, x: users.update(s, me, x.ada.id, NOW, first_name="Eve"),
    "delete a user": lambda s, me, x: users.delete(s, me, x.ada.id, NOW),
    "set a PIN": lambda s, me, x: users.set_voicemail_pin(s, me, x.ada.id, "2468"),
    "read a SIP password": lambda s, me, x: devices.password(s, me, x.ada_device.id),
    "set a SIP password": lambda s, me, x: devices.set_password(s, me, x.ada_device.id, NOW),
    "add a device": lambda s, me, x: devices.create(s, me, x.ada.id, "101b", NOW),
    "delete a device": lambda s, me, x: devices.delete(s, me, x.ada_device.id, NOW),
    "read a phone": lambda s, me, x: phones.get(s, me, x.ada_phone.id),
    "find a phone by MAC": lambda s, me, x: phones.by_mac(s, me, x.ada_phone.mac),
    "swap a phone": lambda s, me, x: phones.swap(s, me, x.ada_phone.id, "001565ffffff", NOW),
    "move a phone": lambda s, me, x: phones.move(s, me, x.ada_phone.id, me, NOW),
    "read a digest password": lambda s, me, x: phones.digest_password(s, me, x.ada_phone.id),
    "read the lines": lambda s, me, x: phones.lines(s, me, x.ada_phone.id),
    "set the lines": lambda s, me, x: phones.set_lines(s, me, x.ada_phone.id, [], NOW),
    "read a phone's layer": lambda s, me, x: layers.get(s, me, "phone", x.ada_phone.id),
    "read the company's layer": lambda s, me, x: layers.get(s, me, "company", x.id),
    "write a template's layer": lambda s, me, x: layers.save(
        s, me, "template", x.template.id, NOW, who="eve", values={"a": 1}
    ),
    "read the server's layer": lambda s, me, x: layers.get(s, me, "server", ""),
    "copy a template": lambda s, me, x: templates.copy(s, me, x.template.id, "Mine", NOW, who="eve"),
    "change a site": lambda s, me, x: sites.update(s, me, x.site.id, NOW, name="Mine"),
    "rename a department": lambda s, me, x: departments.rename(s, me, x.department.id, "Mine", NOW),
    "rotate a phone's token": lambda s, me, x: tokens.rotate(s, me, x.ada_phone.id, NOW),
    "put a device on a phone": lambda s, me, x: phones.create(
        s, me, "001565ffffff", "yealink-t46u", NOW, lines=[Line(1, x.ada_device.id, False, "")]
    ),
    "use a template": lambda s, me, x: phones.create(
        s, me, "001565ffffff", "yealink-t46u", NOW, template_id=x.template.id
    ),
    "use a site": lambda s, me, x: users.create(s, me, "900", NOW, site_id=x.site.id),
    "use a department": lambda s, me, x: users.create(s, me, "900", NOW, department_id=x.department.id),
}  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nobody_reaches_into_another_company(store: Store, acme: Company, other: Company, attempt: str) -> None:
    before = store.sql("SELECT MAX(id) FROM changes").fetchone()
    with pytest.raises(NotFound) as refused:
        ATTEMPTS[attempt](store, acme.id, other)
    assert str(refused.value).endswith(".")
    assert store.sql("SELECT MAX(id) FROM changes").fetchone() == before


def test_contacts_keys_and_jobs_belong_to_their_company(store: Store, acme: Company, other: Company) -> None:
    contact = directory.create_contact(store, other.id, NOW, first_name="Fire", numbers=["911"])
    key, _ = api_keys.create(store, "Their key", "office_manager", NOW, domain_id=other.id)
    job = jobs.create(store, other.id, "apply", ["a"], NOW, created_by="x")
    for attempt in (
        lambda: directory.delete_contact(store, acme.id, contact.id, NOW),
        lambda: api_keys.delete(store, acme.id, key.id),
        lambda: api_keys.delete(store, None, key.id),
        lambda: jobs.get(store, acme.id, job.id),
        lambda: jobs.items(store, None, job.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert directory.get_contact(store, other.id, contact.id) == contact
    assert api_keys.of(store, other.id) == [key]


def test_lists_show_one_company_only(store: Store, acme: Company, other: Company) -> None:
    assert {user.id for user in users.find(store, acme.id).items} == {acme.ada.id, acme.grace.id}
    assert {phone.id for phone in phones.find(store, acme.id).items} == {acme.ada_phone.id, acme.grace_phone.id}
    assert {device.id for device in devices.find(store, acme.id).items} == {acme.ada_device.id, acme.grace_device.id}
    assert {entry.user_id for entry in directory.entries(store, other.id)} == {other.ada.id, other.grace.id}
    assert phones.find(store, acme.id, user_id=other.ada.id).items == ()
    assert [site.id for site in sites.find(store, other.id)] == [other.site.id]


def test_an_id_that_no_database_can_hold_is_refused_with_a_sentence(store: Store, acme: Company) -> None:
    with pytest.raises(ProvdError, match=r"\.$"):
        users.get(store, acme.id, 10**30)
    assert users.find(store, acme.id, search="\x00").items == ()
