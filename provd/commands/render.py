"""Print what a phone gets: the names of its files, or one of them. Secrets are masked."""

from __future__ import annotations

import argparse
import asyncio
import sys

from provd.app import Services, offline
from provd.errors import NotFound, ProvdError
from provd.phone.mac import parse_mac
from provd.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mac", metavar="MAC")
    parser.add_argument("file", metavar="FILE", nargs="?", help="a file's name; without it, all names are listed")
    parser.add_argument("--show-secrets", action="store_true", help="print passwords and tokens too")


def run(settings: Settings, given: argparse.Namespace) -> int:
    try:
        mac = parse_mac(given.mac)
    except ValueError as error:
        raise ProvdError(str(error)) from None
    with offline(settings) as services:
        files = asyncio.run(_files(services, mac, secrets=given.show_secrets))
    if given.file is None:
        print("\n".join(files))
        return 0
    if given.file not in files:
        raise NotFound(f"This phone has no file {given.file}; it has {', '.join(files)}.")
    sys.stdout.buffer.write(files[given.file])
    return 0


async def _files(services: Services, mac: str, *, secrets: bool) -> dict[str, bytes]:
    phone_id = services.fleet.phone_id(mac)
    if phone_id is None:
        raise NotFound(f"No phone with the MAC {mac} is set up; `provd export-phones` lists them all.")
    taken = await services.configurator.snapshot(phone_id)
    return await services.configurator.files(taken, secrets=secrets)
