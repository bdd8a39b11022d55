"""Write all phones as CSV to standard output: mac, model, extension, template, site, description.

The lines of a phone stand in one cell as its devices in their order, `101 110a`; `provd import-phones` reads it back.
With several companies and no --domain, a column `domain` is added.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys

from provd.api.sheets import rows
from provd.app import open_store
from provd.importing.columns import COLUMNS
from provd.settings import Settings
from provd.store import domains


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
