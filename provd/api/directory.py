"""The directory that a phone, or the phones of a template, show: source, order, who is hidden (SF-281 to SF-283)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from provd.api import board as boards
from provd.api import conflict
from provd.api.board import Board
from provd.api.call import Call, cut
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.layering import etag, save
from provd.api.problems import FINDING, findings
from provd.api.schema import choice, define, listing, nullable, number, obj, switch, table, text
from provd.errors import NotFound
from provd.phone.directory import SORTS, SOURCES, Contact, DirectoryChoice, choice_from
from provd.phone.directory import shown as shown_contacts
from provd.store.database import Store

group = Group(
    "directory",
    "Whose names a phone shows, in which order, and who is left out (SF-281 to SF-283). Cascades follow that order.",
)

CONTACT = obj(
    {
        "id": text("user-<id> or contact-<id>"), "name": text(longest=401), "extension": text(),
        "numbers": listing(text()), "department": text(), "site": text(), "hidden": switch("Left out"),
    }
)  # fmt: skip
DIRECTORY = define(
    "PhoneDirectory",
    obj(
        {
            "source": choice(SOURCES), "sort": choice(SORTS), "hidden": number("How many are left out"),
            "origins": table(text(), "The layer that says each"), "own": switch("Whether anything of it is its own"),
            "contacts": listing(CONTACT, "In the order in which they are shown, with those that are hidden", 1000),
            "next": nullable(text("`cursor` of the contacts after these")),
        }
    ),
)  # fmt: skip
SAVED = define(
    "SavedDirectory",
    obj({"revision": number(), "directory": table({}, "The own choices"), "warnings": listing(FINDING)}),
)
HIDDEN = listing(text(longest=40), "Ids that are left out", 1000)
CHOICE = obj(
    {
        "source": nullable(choice(SOURCES, "null: as the layers below say")), "sort": nullable(choice(SORTS)),
        "hidden": nullable(HIDDEN),
    },
    required=(),
)  # fmt: skip
HIDE = obj({"id": text("user-<id> or contact-<id>", 40), "hidden": switch("false shows it again")})


def get_directory(board: Board, call: Call) -> Any:
    """Get the directory of {what}

    With the contacts as {what} shows them; hidden ones stand where they would be."""
    call.etag = etag(board.layer)
    choice = choice_from(board.merged.directory)
    everybody = _everybody(board, call, choice)
    rows = cut(everybody, call.query, lambda one: f"{one.name} {' '.join(one.telephones)} {one.department}")
    return {
        "source": choice.source, "sort": choice.sort,
        "hidden": sum(contact.id in choice.hidden for contact in everybody),
        "origins": {name: sourced.origin for name, sourced in board.merged.directory.items()},
        "own": bool(board.layer.directory), "next": rows["next"],
        "contacts": [_contact(contact, choice) for contact in rows["items"]],
    }  # fmt: skip


def _everybody(board: Board, call: Call, choice: DirectoryChoice) -> list[Contact]:
    """The contacts of the source in their order, hidden or not."""
    assert call.directory is not None, "the endpoint says that it is about a directory"
    return shown_contacts(call.directory.contacts, replace(choice, hidden=frozenset()), board.site, board.department)


def _contact(contact: Contact, choice: DirectoryChoice) -> dict[str, Any]:
    return {
        "id": contact.id, "name": contact.name, "extension": contact.extension, "numbers": list(contact.numbers),
        "department": contact.department, "site": contact.site, "hidden": contact.id in choice.hidden,
    }  # fmt: skip


def put_directory(board: Board, call: Call) -> Any:
    """Set the directory of {what}

    What is not named stays; null gives it back to the layers below."""
    own = {**board.layer.directory, **call.body}
    return _saved(board, {name: value for name, value in own.items() if value is not None}, "directory set")


def post_hide(board: Board, call: Call) -> Any:
    """Hide a contact from the directory of {what}, or show it again"""
    assert call.directory is not None, "the endpoint says that it is about a directory"
    wanted, hidden = call.body["id"], set(choice_from(board.merged.directory).hidden)
    contact = call.directory.by_id.get(wanted)
    if contact is None and wanted not in hidden:
        raise NotFound(f"There is no contact {wanted} in this company’s directory.")
    (hidden.add if call.body["hidden"] else hidden.discard)(wanted)
    name, what = contact.name if contact else wanted, "hidden" if call.body["hidden"] else "shown again"
    return _saved(board, {**board.layer.directory, "hidden": sorted(hidden)}, f"{name} {what}")


def delete_directory(board: Board, _call: Call) -> Any:
    """Reset the directory of {what}

    All of its own choices are undone: it is again as the layers below say."""
    return _saved(board, {}, "directory reset")


def _saved(board: Board, directory: dict[str, Any], reason: str) -> dict[str, Any]:
    made = replace(board.layer, directory=directory)
    warnings = board.judge(made)
    after = save(board.store, board.call, board.target, board.layer, made, reason)
    return {"revision": after.revision, "directory": dict(after.directory), "warnings": findings(warnings)}


def declare(above: str, what: str, read: str, write: str, board_of: Callable[[Store, Call], Board]) -> None:
    """The endpoints below `above`, which is a phone or a template."""

    def work(function: Callable[[Board, Call], Any]) -> Callable[[Store, Call], Any]:
        def endpoint(store: Store, call: Call) -> Any:
            board = board_of(store, call)
            if call.endpoint.writes:
                conflict.guard(store, call, board.target, board.layer)
            return function(board, call)

        endpoint.__doc__ = (function.__doc__ or "").replace("{what}", what)
        return endpoint

    path, saving = f"{above}/directory", {"versioned": True, "configured": True}
    group.get(path, read, DIRECTORY, query={**PAGING, **SEARCH}, configured=True)(work(get_directory))
    group.put(path, write, SAVED, body=CHOICE, **saving)(work(put_directory))
    group.delete(path, write, answer=SAVED, status=200, **saving)(work(delete_directory))
    group.post(f"{path}/hide", write, SAVED, body=HIDE, status=200, **saving)(work(post_hide))


declare("/phones/{mac}", "a phone", "phones.read", "phones.write", boards.of_phone)
declare(
    "/domains/{domain}/phonetemplates/{template}", "a template", "templates.read", "templates.write",
    boards.of_template,
)  # fmt: skip
