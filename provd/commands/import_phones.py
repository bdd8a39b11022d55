"""Import phones from a spreadsheet saved as CSV; a report for every line, and nothing saved when one is wrong."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from provd.app import Services, offline
from provd.importing.company import company_named
from provd.importing.phones import import_phones
from provd.importing.reading_files import content_of
from provd.importing.report import UNCHANGED, PhonesReport
from provd.importing.table import SIZE_LIMIT
from provd.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.csv", type=Path, help="columns: MAC, Model, Extension, Template, Site …")
    parser.add_argument("--domain", default="", help="the company; not needed when there is only one")
    parser.add_argument("--dry-run", action="store_true", help="report what would be done and save nothing")


def run(settings: Settings, given: argparse.Namespace) -> int:
    content = content_of(given.file, SIZE_LIMIT)
    with offline(settings) as services:
        domain = company_named(services.store, given.domain)
        report = asyncio.run(_import(services, domain.id, content, dry_run=given.dry_run))
    for text in lines(report):
        print(text)
    return 1 if report.failed else 0


async def _import(services: Services, domain_id: int, content: bytes, *, dry_run: bool) -> PhonesReport:
    report = await import_phones(services, domain_id, content, "command line", dry_run)
    await services.recorder.flush()
    return report


def lines(report: PhonesReport) -> list[str]:
    """The report for a terminal: what changed and what is wrong, then the sum."""
    told = [
        f"line {line.line}: {line.mac or '-'}: {line.outcome}: {line.text}"
        for line in report.lines
        if line.outcome != UNCHANGED
    ]
    return [*told, *report.notes, report.summary]
