"""Grandstream phones and adapters: the first file there is wins.  (pure)

Source: SIP device provisioning guide: `cfg<mac>.xml`, `cfg<mac>`, `cfg<model>.xml`, `cfg.xml`, `dev<mac>.cfg`; all of
them where processAll (P8467) is on. The phone appends the name of phone book and firmware to a path itself.
"""

from __future__ import annotations

from provd.simulate.address import folder, join
from provd.simulate.contacts import browse, search_here
from provd.simulate.makes import Unit
from provd.simulate.reading import Reading
from provd.simulate.reading.values import switch
from provd.simulate.start import Script, Start


def agent(unit: Unit) -> str:
    """`Grandstream Model HW GXP2170 SW 1.0.11.85 DevId 000b82000107`"""
    return f"Grandstream Model HW {unit.make.agent} SW {unit.make.firmware} DevId {unit.mac}"


def configuration(start: Start) -> Script:
    """Ask until a file is there, or for all of them when that file says so."""
    for name in (f"cfg{start.mac}.xml", f"cfg{start.mac}", f"cfg{start.unit.make.code}.xml", "cfg.xml"):
        yield from start.take(name, optional=True, base=folder(start.url))
        if start.parts and not _every(start.parts):
            return
    yield from start.take(f"dev{start.mac}.cfg", optional=True, base=folder(start.url))


def _every(parts: list[Reading]) -> bool:
    said = {name.lower(): value for reading in parts for name, value in reading.parameters.items()}
    return bool(switch(said.get("p8467") or said.get("provisioning.config.processall.enable")))


def firmware(start: Start) -> Script:
    """`<model>fw.bin` in the folder of the firmware server."""
    reading = start.reading()
    skipped = start.parameter("P238", "provisioning.firmware.checkCondition") in ("2", "SkipCheck")
    if reading is not None and reading.firmware_url and not skipped:
        yield from start.look_at_firmware(join(folder(reading.firmware_url), f"{start.unit.make.code}fw.bin"))


def directory(start: Start) -> Script:
    """The phone book that is downloaded as a whole; the phone searches in it."""
    reading = start.reading()
    user = start.parameter("P6713", "phonebook.download.username")
    password = start.parameter("P6714", "phonebook.download.password")
    for url in reading.directory_urls if reading else ():
        yield from browse(start, url, (user, password) if user else None)
    search_here(start)
