"""Phones as a spreadsheet: written out, tried, brought in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from provd.api import reads
from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.schema import choice, define, listing, number, obj, switch, table, text
from provd.importing.columns import COLUMNS, joined, safe_cell
from provd.importing.phones import import_phones
from provd.importing.report import CREATED, UNCHANGED, UPDATED, WRONG
from provd.phone.mac import with_colons
from provd.store import phones, sites, templates
from provd.store.database import Store
from provd.store.rows import Domain

group = Group("sheets", "The phones of a company as a spreadsheet (docs/import.md).")

LONGEST = 900_000  # characters: with its escapes it stays within a body of 1 MB; `provd import-phones` takes 10 MB
SHEET = obj(
    {
        "csv": text("The sheet saved as CSV; its first line names the columns", LONGEST),
        "dry_run": switch("Only say what would be done"),
    },
    required=("csv",),
)
SHEET_LINE = obj(
    {
        "line": number("Where it begins in the file"), "mac": text(),
        "outcome": choice((CREATED, UPDATED, UNCHANGED, WRONG)), "text": text("What became of it", 2000),
    }
)  # fmt: skip
REPORT = define(
    "SheetReport",
    obj(
        {
            "saved": switch(), "dry_run": switch(), "summary": text("All of it in one sentence", 1000),
            "counts": table(number(), "How many lines had each outcome"),
            "notes": listing(text(longest=1000), "What was ignored"), "lines": listing(SHEET_LINE),
        }
    ),
)  # fmt: skip


@group.get("/domains/{domain}/phones/export", "phones.write", None, produces="text/csv; charset=utf-8")
async def export_phones(call: Call) -> Any:
    """Export the phones of a company as CSV

    MAC, model, devices on its lines, template, site, description: what the import reads."""
    return await call.services.store.run_apart(_written, call)


def _written(store: Store, call: Call) -> bytes:
    assert call.domain is not None
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    with store.reading():
        writer.writerows(rows(store, call.domain))
    return out.getvalue().encode()


def rows(store: Store, domain: Domain) -> Iterator[tuple[str, ...]]:
    """Every phone of a company as the cells of COLUMNS, by MAC."""
    places = {site.id: site.name for site in sites.find(store, domain.id)}
    layouts = {template.id: template.name for template in templates.find(store, domain.id)}
    after = ""
    while True:
        page = phones.find(store, domain.id, limit=500, after=after)
        lines = reads.lines_of(store, [phone.id for phone in page.items])
        for phone in page.items:
            named = {line["line"]: line["device"] for line in lines[phone.id]}
            cell = joined(named.get(number, "") for number in range(1, max(named, default=0) + 1))
            template, site = layouts.get(phone.template_id or 0, ""), places.get(phone.site_id or 0, "")
            yield with_colons(phone.mac), phone.model, cell, *map(safe_cell, (template, site, phone.description))
        if page.next is None:
            return
        after = page.next


@group.post("/domains/{domain}/phones/import", "phones.write", REPORT, body=SHEET, status=200)
async def import_sheet(call: Call) -> Any:
    """Import phones from CSV

    Every line is reported on; one wrong line, and nothing is saved. New MACs become phones, known ones get what their
    line says; an empty cell leaves a value as it is, `-` takes it away."""
    report = await import_phones(
        call.services, call.domain_id, call.body["csv"].encode(), call.who.name, call.body.get("dry_run", False)
    )
    return report.as_json()
