"""Start virtual phones: they ask for their files as the vendors' phones do, read them, and say what they got.

Exit status 1 when a phone did not come up.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from provd.app import open_store
from provd.errors import ProvdError
from provd.settings import Settings
from provd.simulate import inventory, report
from provd.simulate.drive import Wire, start_all
from provd.simulate.inventory import Choice, Listed
from provd.simulate.outcome import VirtualPhone
from provd.simulate.sip import session, summary
from provd.simulate.web import trust

PROTOCOLS = ("http", "https", "tftp")
MOST_AT_ONCE = 2000
LONGEST = 7 * 86_400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--phones", type=int, default=10, metavar="N", help="how many, in turn over the vendors (10)")
    parser.add_argument("--vendor", default="", help="only phones of this vendor, or of this family")
    parser.add_argument("--model", default="", help="only phones of this model")
    parser.add_argument("--url", default="", help="where they look for their files (default: their company's URL)")
    parser.add_argument("--protocol", choices=PROTOCOLS, help="protocol of the company's URL (http)")
    parser.add_argument("--concurrency", type=int, default=20, metavar="C", help="how many start at once (20)")
    parser.add_argument("--search", default="", metavar="TERM", help="search the directory for this")
    parser.add_argument("--again", action="store_true", help="start each a second time; what is unchanged is counted")
    parser.add_argument("--mac-file", type=Path, metavar="FILE", help="a list of MAC and model instead of the database")
    parser.add_argument(
        "--ca", default="", metavar="FILE", help="the CA they trust (default: the server's own); none trusts everybody"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--register", action="store_true", help="they register, watch their lamps and obey a resync, until Ctrl-C"
    )
    parser.add_argument("--seconds", type=float, metavar="S", help="with --register: leave so long after all are up")
    parser.add_argument(
        "--boot-storm", action="store_true", help="power on all of them within a few seconds, register, report times"
    )
    parser.add_argument("--calls", action="store_true", help=argparse.SUPPRESS)


def run(settings: Settings, given: argparse.Namespace) -> int:
    _check(given)
    choice = Choice(given.phones, given.vendor, given.model)
    choice.check()
    units = _units(settings, given, choice)
    if not units:
        raise ProvdError(
            "No phone of that kind is set up; `provd demo` loads some; else leave --vendor and --model out."
        )
    if len(units) < given.phones:
        print(f"Only {len(units)} of {given.phones} phones are set up; all of them start.", file=sys.stderr)
    begun = time.perf_counter()
    ca = "" if given.ca == "none" else given.ca or _own_ca(settings)
    if given.register or given.boot_storm:
        return _register(units, given, ca)
    phones = asyncio.run(_start(units, given, ca))
    seconds = time.perf_counter() - begun
    if given.json:
        print(json.dumps(report.as_json(phones, seconds), ensure_ascii=False, indent=1))
    else:
        print(report.summary(phones, seconds))
    return 0 if all(phone.up for phone in phones) else 1


def _register(units: Sequence[Listed], given: argparse.Namespace, ca: str) -> int:
    # Thousands of phones are millions of objects that stay: looking through all of them for garbage every other second
    # stops every phone for half a second, which would then count as the server's.
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    plan = session.Plan(given.concurrency, ca, given.seconds, given.boot_storm, given.json)
    states, figures = asyncio.run(session.run(units, plan))
    if given.json:
        print(json.dumps(summary.as_json(states, figures), ensure_ascii=False, indent=1))
    else:
        print(summary.summary(figures))
    return 1 if figures["failed"] else 0


def _check(given: argparse.Namespace) -> None:
    if given.calls:
        raise ProvdError("Virtual phones register but do not call yet; leave --calls out.")
    registers = given.register or given.boot_storm
    if registers and (given.again or given.search):
        raise ProvdError("Phones that stay on are not started again and search nothing; leave --again, --search out.")
    if given.seconds is not None and not (registers and 0 <= given.seconds <= LONGEST):
        raise ProvdError(f"--seconds goes with --register or --boot-storm and is a number from 0 to {LONGEST}.")
    if not 1 <= given.concurrency <= MOST_AT_ONCE:
        raise ProvdError(f"Give --concurrency a number from 1 to {MOST_AT_ONCE}.")
    scheme = given.url.partition("://")[0].lower() if "://" in given.url else "tftp"
    if given.url and scheme not in PROTOCOLS:
        raise ProvdError(f"Virtual phones do not speak {scheme}; give --url an address with http, https or tftp.")
    if given.url and given.protocol and scheme != given.protocol:
        raise ProvdError(f"--url is an address for {scheme}, --protocol says {given.protocol}; leave one of them out.")
    if given.mac_file and not given.url:
        raise ProvdError("A list of phones does not say where they look for their files: give --url too.")


def _units(settings: Settings, given: argparse.Namespace, choice: Choice) -> list[Listed]:
    if given.mac_file:
        return inventory.listed(given.mac_file, choice, given.url)
    addresses = None if given.url else inventory.running_at(settings)
    store = open_store(settings)
    try:
        return inventory.set_up(store, choice, given.url, addresses, given.protocol or "http")
    finally:
        store.close()


def _own_ca(settings: Settings) -> str:
    """The server's own CA where it made one: its phones trust it, and check."""
    path = settings.data_dir / "tls" / "ca.pem"
    return str(path) if path.exists() and not settings.tls_certificate else ""


async def _start(units: Sequence[Listed], given: argparse.Namespace, ca: str) -> list[VirtualPhone]:
    wire = Wire(trust(ca), connections=given.concurrency)
    phones = []
    bar = tqdm(total=len(units), unit="phone", leave=False, disable=not sys.stderr.isatty())
    try:
        async for phone in start_all(
            units, wire, concurrency=given.concurrency, search=given.search, again=given.again
        ):
            phones.append(phone if given.json else phone.tally())
            if not given.json:
                with tqdm.external_write_mode(file=sys.stdout):
                    print("\n".join(report.lines_of(phone)), flush=True)
            bar.update()
    finally:
        bar.close()
        wire.close()
    return phones
