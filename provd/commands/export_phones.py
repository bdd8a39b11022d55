"""Write all phones as CSV to standard output: mac, model, extension, template, site, description.

The lines of a phone stand in one cell as its devices in their order, `101 110a`; `provd import-phones` reads it back.
With several companies and no --domain, a column `domain` is added.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterator

from provd.api import reads
from provd.app import open_store
from provd.importing.columns import COLUMNS, joined, safe_cell
from provd.phone.mac import with_colons
from provd.settings import Settings
from provd.store import domains, phones, sites, templates
from provd.store.database import Store
from provd.store.rows import Domain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--domain", default="", metavar="D", help="only this company; without it, all of them")


def run(settings: Settings, given: argparse.Namespace) -> int:
    store = open_store(settings)
    try:
        chosen = [domains.by_name(store, given.domain)] if given.domain else domains.find(store)
        several = len(chosen) > 1
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow((*COLUMNS, "domain") if several else COLUMNS)
        for domain in chosen:
            writer.writerows((*row, domain.name) if several else row for row in rows(store, domain))
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has read enough; Python would complain once more when it closes the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        store.close()
    return 0


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
