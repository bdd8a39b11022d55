"""Importing a spreadsheet of phones: read, plan, write."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from provd.catalogue import Catalogue
from provd.errors import Conflict
from provd.importing.company import read_company
from provd.importing.phone_rows import plan_phones
from provd.importing.plan import Plan
from provd.importing.report import PhonesReport
from provd.importing.table import Row, Table, read_table
from provd.importing.writing import write
from provd.phone.mac import parse_mac
from provd.store.database import Store
from provd.store.rows import PhoneEvent

if TYPE_CHECKING:
    from provd.app import Services
    from provd.events import Recorder

ATTEMPTS = 5
BUSY = "Others keep changing this company while it is imported into; try again in a moment."


async def import_phones(
    services: Services, domain_id: int, content: bytes, who: str, dry_run: bool = False
) -> PhonesReport:
    """Imports a spreadsheet of phones into a company, all of it or nothing, and reports on every line.

    Works in a thread, so that the event loop goes on. Raises ProvdError for what is no such file, and NotFound for a
    company that is not there; a line that is wrong is part of the report.
    """
    report, plan = await services.store.run_apart(
        imported, services.catalogue, domain_id, content, who, dry_run=dry_run
    )
    if report.saved:
        note_changes(services.recorder, plan, domain_id, who)
    return report


def imported(
    store: Store, catalogue: Catalogue, domain_id: int, content: bytes, who: str, *, dry_run: bool = False
) -> tuple[PhonesReport, Plan]:
    """The same, here and now: the report, and what was planned."""
    with collector_paused():
        return _imported(store, catalogue, domain_id, content, who, dry_run)


def _imported(
    store: Store, catalogue: Catalogue, domain_id: int, content: bytes, who: str, dry_run: bool
) -> tuple[PhonesReport, Plan]:
    table = read_table(content)
    macs = _macs(table.rows)
    for _ in range(ATTEMPTS):
        facts = read_company(store, domain_id, macs)
        plan, outcomes = plan_phones(table.rows, facts, catalogue.models)
        report = PhonesReport(tuple(outcomes), _notes(table), False, dry_run)
        if dry_run or report.failed:
            return report, plan
        if plan.empty or write(store, plan, facts, int(time.time()), who=who, source="spreadsheet"):
            return PhonesReport(report.lines, report.notes, True, False), plan
    raise Conflict(BUSY)


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection for the length of an import: it makes many objects and no cycles, and a full collection
    over them would hold up the event loop of the same process for tens of milliseconds."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def note_changes(recorder: Recorder, plan: Plan, domain_id: int, who: str) -> None:
    """Events of phones that changed; new ones are strangers no more."""
    at = time.time()
    for phone in plan.phones:
        if phone.phone_id is None:
            recorder.forget(phone.mac)
        else:
            reason = f"{who} imported it again."
            recorder.add(PhoneEvent(phone.mac, at, "config_changed", phone.phone_id, domain_id, reason=reason))


def _macs(rows: Iterable[Row]) -> list[str]:
    found = []
    for row in rows:
        try:
            found.append(parse_mac(row.cells.get("mac", "")))
        except ValueError:
            continue  # the plan says what is wrong with it
    return found


def _notes(table: Table) -> tuple[str, ...]:
    return table.notes if table.rows else (*table.notes, "The file has a first line but no phones below it.")
