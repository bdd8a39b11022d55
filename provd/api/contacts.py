"""Shared contacts of a company, and its whole directory."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, cut, old_and_new, plain
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.schema import define, listing, nullable, number, obj, page, text
from provd.store import directory
from provd.store.database import Store
from provd.store.rows import Contact

group = Group("contacts", "Shared contacts: people and numbers outside the company that every phone's directory shows.")

FIELDS = {
    "first_name": text(),
    "last_name": text(),
    "numbers": listing(text(longest=40), "Phone numbers, best first", 10, minItems=1),
}
CONTACT = define("Contact", obj({"id": number(low=1), **FIELDS}))
ENTRY = define(
    "DirectoryEntry",
    obj(
        {
            "id": text("user-<id> or contact-<id>: what a phone's directory choice hides", 40), "extension": text(),
            "first_name": text(), "last_name": text(), "numbers": listing(text(longest=40)), "department": text(),
            "site": text(), "user_id": nullable(number()), "contact_id": nullable(number()),
        }
    ),
)  # fmt: skip


def _shown(contact: Contact) -> dict[str, Any]:
    return plain(contact, "domain_id")


@group.get("/domains/{domain}/directory", "contacts.read", page(ENTRY), query={**PAGING, **SEARCH})
def list_directory(store: Store, call: Call) -> Any:
    """List everybody in the directory

    Listed users and shared contacts, before a phone's own choice of sorting and hiding."""
    entries = directory.entries(store, call.domain_id)
    found = cut(entries, call.query, lambda one: f"{one.extension} {one.first_name} {one.last_name} {one.numbers}")
    rows = [
        {**plain(one), "id": f"contact-{one.contact_id}" if one.user_id is None else f"user-{one.user_id}"}
        for one in found["items"]
    ]
    return {**found, "items": rows}


@group.get("/domains/{domain}/contacts", "contacts.read", page(CONTACT), query={**PAGING, **SEARCH})
def list_contacts(store: Store, call: Call) -> Any:
    """List shared contacts"""
    found = cut(
        directory.find_contacts(store, call.domain_id), call.query,
        lambda contact: f"{contact.first_name} {contact.last_name} {' '.join(contact.numbers)}",
    )  # fmt: skip
    return {**found, "items": [_shown(contact) for contact in found["items"]]}


@group.post("/domains/{domain}/contacts", "contacts.write", CONTACT, body=obj(FIELDS, required=("numbers",)))
def create_contact(store: Store, call: Call) -> Any:
    """Create a shared contact"""
    made = directory.create_contact(store, call.domain_id, call.now, **call.body)
    call.audit(store, "create", "contact", made.id, {name: [None, value] for name, value in call.body.items()})
    call.location = f"/api/v2/domains/{call.path['domain']}/contacts/{made.id}"
    return _shown(made)


@group.get("/domains/{domain}/contacts/{contact}", "contacts.read", CONTACT)
def get_contact(store: Store, call: Call) -> Any:
    """Get a shared contact"""
    return _shown(directory.get_contact(store, call.domain_id, call.id("contact")))


@group.patch(
    "/domains/{domain}/contacts/{contact}",
    "contacts.write",
    CONTACT,
    body=obj(FIELDS, required=()) | {"minProperties": 1},
)
def patch_contact(store: Store, call: Call) -> Any:
    """Change a shared contact"""
    before = directory.get_contact(store, call.domain_id, call.id("contact"))
    after = directory.update_contact(store, call.domain_id, before.id, call.now, **call.body)
    call.audit(store, "update", "contact", before.id, old_and_new(before, after, call.body))
    return _shown(after)


@group.delete("/domains/{domain}/contacts/{contact}", "contacts.write")
def delete_contact(store: Store, call: Call) -> None:
    """Delete a shared contact"""
    before = directory.get_contact(store, call.domain_id, call.id("contact"))
    directory.delete_contact(store, call.domain_id, before.id, call.now)
    call.audit(store, "delete", "contact", before.id, old_and_new(before, Contact(0, 0, "", "", ()), FIELDS))
