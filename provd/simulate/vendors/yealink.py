"""Yealink: boot file, common file, own file.  (pure)

Source: auto provisioning guide (V81 and later: `<MAC>.boot`, `y000000000000.boot`, `y0000000000NN.cfg`,
`<MAC>.cfg`; before V81 without the boot files; `<MAC>-local.cfg` when the phone keeps its own changes on the server).
"""

from __future__ import annotations

import re

from provd.simulate.contacts import browse, search_here
from provd.simulate.makes import Unit
from provd.simulate.reading import Reading
from provd.simulate.start import Script, Start, Taking


def agent(unit: Unit) -> str:
    """`Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:01:01`"""
    return f"Yealink {unit.make.agent} {unit.make.firmware} {':'.join(re.findall('..', unit.mac))}"


def configuration(start: Start) -> Script:
    """Ask for the files in the order of the guide."""
    if start.file:
        name = re.sub(r"\$MAC", start.mac, start.file, flags=re.IGNORECASE)
        yield from start.take(name)
        return
    boot = yield from _boot_file(start)
    if boot is not None:
        for name in boot.includes:
            yield from start.take(name)
    else:
        if start.unit.make.code:
            yield from start.take(f"y{int(start.unit.make.code):012d}.cfg", optional=True)
        yield from start.take(f"{start.mac}.cfg")
    if start.parameter("static.auto_provision.custom.sync") == "1":
        yield from start.take(f"{start.mac}-local.cfg", optional=True)


def _boot_file(start: Start) -> Taking:
    """The phone's boot file, or the one for all; none on firmware before V81."""
    version = re.match(r"\d+\.(\d+)\.", start.unit.make.firmware)
    if version is None or int(version[1]) < 81:
        return None
    own: Reading | None = yield from start.take(f"{start.mac}.boot", optional=True)
    if own is None:
        own = yield from start.take("y000000000000.boot", optional=True)
    return own if own is not None and not own.refused else None


def firmware(start: Start) -> Script:
    """The image of `static.firmware.url`: the phone compares the version in its head with its own."""
    reading = start.reading()
    if reading is not None and reading.firmware_url:
        yield from start.look_at_firmware(reading.firmware_url)


def directory(start: Start) -> Script:
    """The remote phone books. `#SEARCH` in an address stands for what the user types, nothing at first."""
    reading = start.reading()
    for number, url in enumerate(reading.directory_urls if reading else (), 1):
        names = (f"remote_phonebook.data.{number}.username", f"remote_phonebook.data.{number}.password")
        user, password = (start.parameter(name) for name in names)
        login = (user, password) if user else None
        yield from browse(start, url.replace("#SEARCH", ""), login)
        if start.search and "#SEARCH" in url:
            yield from browse(start, url.replace("#SEARCH", start.search), login, searching=True)
    search_here(start)
