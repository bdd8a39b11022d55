"""Blocked numbers of the company (SF-117, SF-118), and each person's blocked and allowed ones (SF-113, SF-114)."""

from __future__ import annotations

import csv
import io
from typing import Any

from provd.api.call import Call, plain
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.schema import choice, define, listing, moment, number, obj, page, text
from provd.errors import Invalid, Problem
from provd.numbering import national
from provd.store import number_filters
from provd.store.database import Store
from provd.store.routing_rows import Filter

group = Group("number-filters", "Numbers whose calls are refused, or let through whatever else says no.")

BLOCK, ALLOW = "block", "allow"
NUMBER = text("As +12145550100, or as it is written in the company's country", 40, minLength=1)
SHOWN = define(
    "NumberFilter",
    obj(
        {
            "number": text("E.164, or an extension", 20), "national": text("As people read it", 40),
            "kind": choice((BLOCK, ALLOW)), "created": moment(),
        }
    ),
)  # fmt: skip
IMPORTED = define(
    "ImportedNumbers",
    obj(
        {
            "imported": number("Numbers that are new"),
            "duplicates": number("Numbers that were there already"),
            "wrong": listing(
                obj({"line": number("Line of the file", 1), "text": text("What is wrong", 500)}),
                "Lines without a number, the first of them",
                100,
            ),
            "skipped": number("Lines without a number"),
        }
    ),
)
TEMPLATE = "Number\n+12145550100\n(303) 555-0111\n"
COMPANY, USER = "/domains/{domain}/number-filters", "/domains/{domain}/users/{user}/number-filters"


@group.get(COMPANY, "blocked.read", page(SHOWN), query={**PAGING, **SEARCH})
def list_blocked(store: Store, call: Call) -> Any:
    """List the company's blocked numbers

    Calls from them reach nobody of the company."""
    return _listed(store, call, None)


@group.post(COMPANY, "blocked.write", SHOWN, body=obj({"number": NUMBER}))
def block_number(store: Store, call: Call) -> Any:
    """Block a number for the whole company"""
    return _add(store, call, None)


@group.get(f"{COMPANY}/template", "blocked.read", None, produces="text/csv; charset=utf-8")
def get_template(_store: Store, _call: Call) -> bytes:
    """Download a template of the file that can be imported"""
    return TEMPLATE.encode()


@group.post(
    f"{COMPANY}/import", "blocked.write", IMPORTED, status=200,
    body=obj({"csv": text("A CSV file; the numbers are in its first column", 900_000)}),
)  # fmt: skip
def import_blocked(store: Store, call: Call) -> Any:
    """Block the numbers of a CSV file for the whole company

    They stand in the first column; a heading is skipped. What is no number is told and left out."""
    assert call.domain is not None
    found = number_filters.add_all(store, call.domain, numbers_of(call.body["csv"]), call.now)
    if found.imported:
        call.audit(store, "import", "number_filter", call.domain.name, {"numbers": [0, found.imported]})
    wrong = [{"line": line, "text": said[:500]} for line, said in found.wrong[:100]]
    return {
        "imported": found.imported, "duplicates": found.duplicates, "wrong": wrong, "skipped": len(found.wrong),
    }  # fmt: skip


@group.delete(f"{COMPANY}/{{number}}", "blocked.write")
def unblock_number(store: Store, call: Call) -> None:
    """Unblock a number of the company's list"""
    _remove(store, call, None)


@group.get(USER, "answerrules.read", page(SHOWN), query={**PAGING, **SEARCH})
def list_filters(store: Store, call: Call) -> Any:
    """List a user's blocked and allowed numbers"""
    return _listed(store, call, call.the_user.id)


@group.post(
    USER, "answerrules.write", SHOWN, body=obj({"number": NUMBER, "kind": choice((BLOCK, ALLOW))}, required=("number",))
)  # fmt: skip
def add_filter(store: Store, call: Call) -> Any:
    """Block or allow a number for a user

    An extension can be named too. Allowed callers pass screening and do not disturb."""
    return _add(store, call, call.the_user.id)


@group.delete(f"{USER}/{{number}}", "answerrules.write")
def remove_filter(store: Store, call: Call) -> None:
    """Take a number off a user's lists"""
    _remove(store, call, call.the_user.id)


def shown(row: Filter) -> dict[str, Any]:
    """A number as answers show it."""
    said = plain(row, "allowed")
    return {**said, "national": national(row.number), "kind": ALLOW if row.allowed else BLOCK}


def numbers_of(content: str) -> list[tuple[int, str]]:
    """(line, text) of the first column of a CSV file, but for its heading and empty lines; raises Invalid."""
    found: list[tuple[int, str]] = []
    try:
        reader = csv.reader(io.StringIO(content.removeprefix("\ufeff")))
        for row in reader:
            cell = row[0].strip() if row else ""
            if cell and (found or reader.line_num > 1 or any(one.isdigit() for one in cell)):
                found.append((reader.line_num, cell.lstrip("'=").strip('"')))
    except csv.Error as error:
        raise Invalid([Problem("csv", f"This is not a CSV file: {error}.")]) from None
    if not found:
        raise Invalid([Problem("csv", "The file has no numbers in its first column.")])
    return found


def _listed(store: Store, call: Call, user_id: int | None) -> dict[str, Any]:
    query = call.query
    found = number_filters.find(
        store, call.domain_id, user_id, search=query.get("search", ""), limit=query["limit"],
        after=query.get("cursor", ""),
    )  # fmt: skip
    return {"items": [shown(row) for row in found.items], "next": found.next}


def _add(store: Store, call: Call, user_id: int | None) -> dict[str, Any]:
    assert call.domain is not None
    allowed = call.body.get("kind", BLOCK) == ALLOW
    made = number_filters.add(store, call.domain, user_id, call.body["number"], call.now, allowed=allowed)
    call.audit(store, "create", "number_filter", _ref(call, made), {"kind": [None, shown(made)["kind"]]})
    return shown(made)


def _remove(store: Store, call: Call, user_id: int | None) -> None:
    assert call.domain is not None
    gone = number_filters.remove(store, call.domain, user_id, call.path["number"], call.now)
    call.audit(store, "delete", "number_filter", _ref(call, gone), {"kind": [shown(gone)["kind"], None]})


def _ref(call: Call, row: Filter) -> str:
    return f"{call.user.extension} {row.number}" if call.user else row.number
