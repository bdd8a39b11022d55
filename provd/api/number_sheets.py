"""Phone numbers from a spreadsheet: as the export writes them, or as a carrier's list of numbers has them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.schema import define, listing, number, obj, text
from provd.errors import Invalid, NotFound, Problem, ProvdError
from provd.importing.columns import plain_cell
from provd.store import phone_numbers
from provd.store.database import Store
from provd.treatment import TREATMENTS

group = Group("numbersheets", "Phone numbers from spreadsheets.")
MOST_LINES = 5_000
_HEADINGS = {
    "number": "number phonenumber did tn telephonenumber e164", "treatment": "treatment application",
    "destination": "destination extension to", "caller_id_prefix": "calleridprefix prefix",
    "notes": "notes note description comment", "enabled": "enabled inservice active",
}  # fmt: skip
_MEANING = {word: column for column, words in _HEADINGS.items() for word in words.split()}
_TREATMENTS = {re.sub(r"[^a-z]", "", word.lower()): one.name for one in TREATMENTS.values()
               for word in (one.name, one.title)}  # fmt: skip
_OFF = frozenset(("no", "off", "false", "0"))
IMPORTED = define(
    "NumbersFromSheet",
    obj(
        {
            "created": number("Numbers that are new to the company"), "changed": number("Numbers that it had"),
            "skipped": number("Lines with something wrong"),
            "wrong": listing(
                obj({"line": number("Line of the file", 1), "text": text("What is wrong", 500)}),
                "The first of them",
                100,
            ),
        }
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet; `fields` has what it says of the number, as the store wants it."""

    place: int
    number: str
    fields: dict[str, Any]


def lines_of(content: str) -> Iterator[Line]:
    """The lines of a CSV file; without a heading the first column has the numbers. Raises Invalid for no CSV, and for
    more than MOST_LINES lines."""
    reader = csv.reader(io.StringIO(content.removeprefix("\ufeff")))
    columns: list[str | None] = []
    try:
        for row in reader:
            cells = [plain_cell(cell) for cell in row]
            if not any(cell.strip() for cell in cells):
                continue
            if reader.line_num > MOST_LINES:
                raise Invalid([Problem("csv", f"The file has more than {MOST_LINES} lines; import it in parts.")])
            if not columns:
                columns = [_MEANING.get(re.sub(r"[^a-z0-9]", "", cell.lower())) for cell in cells]
                if "number" in columns:
                    continue
                columns = ["number"]
            said = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
            yield Line(reader.line_num, said.pop("number", "").strip(), _fields(said))
    except csv.Error as error:
        raise Invalid([Problem("csv", f"The file is no CSV (line {reader.line_num}: {error}).")]) from None


def _fields(said: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: cell.strip() for name, cell in said.items()}
    if "caller_id_prefix" in said:
        found["caller_id_prefix"] = said["caller_id_prefix"]  # the blank behind `Sales ` belongs to it
    if "treatment" in found:
        word = re.sub(r"[^a-z]", "", said["treatment"].lower())
        found["treatment"] = _TREATMENTS.get(word, said["treatment"][:40]) if word else "available"
        if found["treatment"] == "available":
            found["destination"] = ""
    else:
        found.pop("destination", None)
    if "enabled" in found:
        found["enabled"] = found["enabled"].lower() not in _OFF
    return found


@group.post(
    "/domains/{domain}/phonenumbers/import", "phonenumbers.create", IMPORTED, status=200,
    body=obj({"csv": text("A CSV file with a heading as the export has it, or with numbers only", 900_000)}),
)  # fmt: skip
async def import_numbers(call: Call) -> Any:
    """Give numbers of a CSV file to the company

    Those that it has already are changed as the file says. A line with something wrong is told and left out; the
    others are taken."""
    return await call.services.store.run_apart(_imported, call, list(lines_of(call.body["csv"])))


def _imported(store: Store, call: Call, lines: list[Line]) -> dict[str, Any]:
    counts = {"created": 0, "changed": 0}
    wrong: list[dict[str, Any]] = []
    for line in lines:
        try:
            counts["created" if _taken(store, call, line) else "changed"] += 1
        except ProvdError as error:
            told = error.problems[0].text if isinstance(error, Invalid) and error.problems else str(error)
            wrong.append({"line": line.place, "text": f"{line.number[:40]}: {told}"[:500]})
    if any(counts.values()):
        with store.transaction():
            call.audit(store, "import", "phone_number", call.path["domain"], {n: [0, one] for n, one in counts.items()})
    return {**counts, "skipped": len(wrong), "wrong": wrong[:100]}


def _taken(store: Store, call: Call, line: Line) -> bool:
    """Create or change the number of a line; True: it is new."""
    assert call.domain is not None
    known = phone_numbers.normal(call.domain, line.number)
    try:
        phone_numbers.get(store, call.domain_id, known)
    except NotFound:
        phone_numbers.create(store, call.domain_id, known, call.now, **line.fields)
        return True
    if line.fields:
        phone_numbers.update(store, call.domain_id, known, call.now, **line.fields)
    return False
