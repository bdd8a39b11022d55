"""Poly: master file, the files it lists, overrides, licence, directory, call lists.  (pure)

The Updater reads the master file first, for the firmware; then the application reads it again and all that follows.
Source: UC Software administrator guide, "Master configuration file", "Parameter substitution"; the same on Edge E.
"""

from __future__ import annotations

from provd.simulate.address import file_of, join
from provd.simulate.contacts import note_book, search_here
from provd.simulate.makes import Unit
from provd.simulate.reading import Reading
from provd.simulate.start import Script, Start, Taking
from provd.simulate.wire import Ask

UPDATER = "5.9.9.2012"


def agent(unit: Unit) -> str:
    """`FileTransport PolycomVVX-VVX_450-UA/6.4.6.2453 Type/Application`"""
    return _agent(unit, unit.make.firmware, "Application")


def _agent(unit: Unit, version: str, kind: str, serial: str = "") -> str:
    series = "PolyEdge" if unit.make.agent.startswith("Edge") else "PolycomVVX"
    return f"FileTransport {series}-{unit.make.agent}-UA/{version}{serial} Type/{kind}"


def configuration(start: Start) -> Script:
    """The order of the guide; a given address may name the master file itself."""
    if start.url.startswith("ftp://"):
        start.problems.append("An address without http:// means FTP to this phone: write the whole URL.")
        return
    updater = _agent(start.unit, UPDATER, "Updater")
    seen: Reading | None = yield from _master(start, updater)
    start.parts.clear()
    master: Reading | None = yield from _master(start, "")
    if master is None:
        return
    if seen is not None and seen.firmware_url != master.firmware_url:
        start.problems.append("The master file names another firmware to the Updater than to the application.")
    for name in master.includes:
        yield from start.take(name)
    tagged = start.parameter("device.prov.tagSerialNo") == "1"
    said = _agent(start.unit, start.unit.make.firmware, "Application", f" (SN:{start.mac})") if tagged else ""
    home = _folder(start, "OVERRIDES_DIRECTORY")
    for ending in ("phone", "web"):
        yield from start.take(f"{home}{start.mac}-{ending}.cfg", optional=True, agent=said)
    licences = _folder(start, "LICENSE_DIRECTORY")
    for name in (f"{start.mac}-license.cfg", "000000000000-license.cfg"):
        reply = yield from start.ask(Ask(join(start.url, licences + name), optional=True, agent=said))
        if reply.ok:
            break
    yield from _book(start, _folder(start, "CONTACTS_DIRECTORY"), said)
    calls = join(start.url, f"{_folder(start, 'CALL_LISTS_DIRECTORY')}{start.mac}-calls.xml")
    yield from start.ask(Ask(calls, optional=True, agent=said))


def _master(start: Start, said: str) -> Taking:
    """`<mac>.cfg`, else the one for all; or the file that the address names."""
    named = file_of(start.url)
    if named.endswith(".cfg") and len(named) >= 9:
        return (yield from start.take(named, agent=said))
    own: Reading | None = yield from start.take(f"{start.mac}.cfg", optional=True, agent=said)
    if own is None:
        own = yield from start.take("000000000000.cfg", agent=said)
    return own


def _folder(start: Start, name: str) -> str:
    value = start.parameter(name)
    return f"{value.rstrip('/')}/" if value else ""


def _book(start: Start, home: str, said: str) -> Script:
    """The local directory; its speed dials are part of the configuration, since keys point at them."""
    for name in (f"{start.mac}-directory.xml", "000000000000-directory.xml"):
        url = join(start.url, home + name)
        reply = yield from start.ask(Ask(url, optional=True, agent=said))
        if reply.ok:
            reading = start.read(name, reply.body)
            if reading is not None:
                start.parts.append(reading)
            note_book(start, name, reply.body)
            return


def firmware(start: Start) -> Script:
    """The image that APP_FILE_PATH names."""
    reading = start.reading()
    if reading is not None and reading.firmware_url:
        yield from start.look_at_firmware(reading.firmware_url)


def directory(start: Start) -> Script:
    """Nothing is left to fetch: the phone searches in what it has."""
    search_here(start)
    yield from ()
