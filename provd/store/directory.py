"""The directory of a company: its listed users and its shared contacts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from provd.errors import Problem
from provd.store import changes, rules
from provd.store.database import Store
from provd.store.reading import different, fetch, one, select
from provd.store.rows import Contact, DirectoryEntry
from provd.store.tables import Contacts

RULES: dict[str, rules.Rule] = {"first_name": rules.text, "last_name": rules.text, "numbers": rules.numbers}
_USERS = """
SELECT u.extension, u.first_name, u.last_name, COALESCE(d.name, ''), COALESCE(s.name, ''), u.id
FROM users u LEFT JOIN departments d ON d.id = u.department_id LEFT JOIN sites s ON s.id = u.site_id
WHERE u.domain_id = ? AND u.list_in_directory AND u.service_code = '' ORDER BY LENGTH(u.extension), u.extension
"""
_CONTACTS = "SELECT id, first_name, last_name, numbers FROM contacts WHERE domain_id = ? ORDER BY id"


def entries(store: Store, domain_id: int) -> list[DirectoryEntry]:
    """Everybody in the directory of the company: users by extension, then contacts in the order they were made.

    Sorting by name and leaving out hidden ones is the phone's layer's business (provd/phone/).
    """
    with store.reading():
        users = store.sql(_USERS, (domain_id,)).fetchall()
        contacts = store.sql(_CONTACTS, (domain_id,)).fetchall()
    listed = [
        DirectoryEntry(extension, first, last, (extension,), department, site, user_id, None)
        for extension, first, last, department, site, user_id in users
    ]
    shared = [
        DirectoryEntry("", first, last, tuple(json.loads(numbers)), "", "", None, contact_id)
        for contact_id, first, last, numbers in contacts
    ]
    return listed + shared


def create_contact(
    store: Store, domain_id: int, now: int, *, numbers: Sequence[str], first_name: str = "", last_name: str = ""
) -> Contact:
    """Adds a shared contact."""
    values = {"first_name": first_name, "last_name": last_name, "numbers": tuple(numbers)}
    rules.require([*rules.check(RULES, values), *_nameless(values)])
    with store.transaction():
        contact_id = store.execute(Contacts.insert(domain_id=domain_id, **values))
        changes.record(store, "contact", contact_id, domain_id, now)
        changes.directory(store, domain_id, now)
    return get_contact(store, domain_id, contact_id)


def get_contact(store: Store, domain_id: int, contact_id: int) -> Contact:
    """The shared contact of this company with this id."""
    query = select(Contact, Contacts).where((Contacts.domain_id == domain_id) & (Contacts.id == contact_id))
    return one(store, Contact, query, "There is no such contact in this company.")


def find_contacts(store: Store, domain_id: int) -> list[Contact]:
    """The shared contacts of a company by last and first name."""
    query = select(Contact, Contacts).where(Contacts.domain_id == domain_id)
    return fetch(store, Contact, query.order_by(Contacts.last_name, Contacts.first_name, Contacts.id))


def update_contact(store: Store, domain_id: int, contact_id: int, now: int, **fields: Any) -> Contact:
    """Saves those of `fields` that differ."""
    if "numbers" in fields:
        fields["numbers"] = tuple(fields["numbers"])
    rules.require(rules.check(RULES, fields))
    with store.transaction():
        contact = get_contact(store, domain_id, contact_id)
        changed = different(contact, fields)
        rules.require(_nameless({"first_name": contact.first_name, "last_name": contact.last_name, **changed}))
        if changed:
            store.execute(Contacts.update(changed).where(Contacts.id == contact_id))
            changes.record(store, "contact", contact_id, domain_id, now)
            changes.directory(store, domain_id, now)
    return get_contact(store, domain_id, contact_id)


def delete_contact(store: Store, domain_id: int, contact_id: int, now: int) -> None:
    """Deletes a shared contact."""
    with store.transaction():
        get_contact(store, domain_id, contact_id)
        store.execute(Contacts.delete().where(Contacts.id == contact_id))
        changes.record(store, "contact", contact_id, domain_id, now)
        changes.directory(store, domain_id, now)


def _nameless(values: dict[str, Any]) -> list[Problem]:
    if f"{values['first_name']}{values['last_name']}".strip():
        return []
    return [Problem("last_name", "A contact needs a first or a last name.")]
