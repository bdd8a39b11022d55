"""Snom: the model's file, then the phone's own; either may be an index of further files.  (pure)

Source: Service Hub, "Auto provisioning" (`snom<MODEL>.htm`, `snom<MODEL>-<MAC>.htm`, `{mac}` in addresses expands to
the MAC in upper case, `<setting-files>`, `firmware_status`) and "Snom XML minibrowser".
"""

from __future__ import annotations

import re

from provd.simulate.address import join
from provd.simulate.contacts import browse, search_here, search_there
from provd.simulate.makes import Unit
from provd.simulate.reading import Reading
from provd.simulate.start import Script, Start

_INDEX_DEPTH = 3


def agent(unit: Unit) -> str:
    """`Mozilla/4.0 (compatible; snomD785-SIP 10.1.169.14 2010.12-00004-g9ba52f5 000413000108 SXM:0 UXM:0)`"""
    tail = f"2010.12-00004-g9ba52f5 {unit.mac.upper()} SXM:0 UXM:{unit.modules}"
    return f"Mozilla/4.0 (compatible; snom{unit.make.agent}-SIP {unit.make.firmware} {tail})"


def configuration(start: Start) -> Script:
    """The file the address names and its `-<MAC>` variant, or the names the phone makes itself."""
    name = _expanded(start, start.file or f"{start.unit.make.code}.htm")
    yield from _settings(start, name, optional=True)
    if "{mac}" not in start.file and start.mac.upper() not in name.upper():
        stem, dot, ending = name.rpartition(".")
        yield from _settings(start, f"{stem}-{start.mac.upper()}{dot}{ending}", optional=bool(start.parts))
    elif not start.parts:
        start.problems.append(f"The server has no {name} for it.")
    if start.parts and all(_is_index(reading) for reading in start.parts):
        start.parts.clear()


def _settings(start: Start, name: str, *, optional: bool, depth: int = 0) -> Script:
    """Take one file, once; where it is an index, then the files in it."""
    if join(start.url, name) in start.asked:
        return
    reading: Reading | None = yield from start.take(name, optional=optional)
    if reading is None or not _is_index(reading):
        return
    if depth >= _INDEX_DEPTH:
        start.problems.append(f"{name} is an index in an index in an index: the phone reads no further.")
        return
    for url in reading.includes:
        yield from _settings(start, _expanded(start, url), optional=False, depth=depth + 1)


def _is_index(reading: Reading) -> bool:
    return not reading.parameters and not reading.refused


def _expanded(start: Start, text: str) -> str:
    facts = {
        "mac": start.mac.upper(),
        "phone_type": f"snom{start.unit.make.agent}",
        "firmware_version": start.unit.make.firmware,
    }
    return re.sub(r"\{(\w+)\}", lambda found: facts.get(found[1], found[0]), text)


def firmware(start: Start) -> Script:
    """The document that `firmware_status` names, and the image that stands in it."""
    url = start.parameter("firmware_status")
    if not url or start.parameter("update_policy") in ("never_update_firm", "settings_only"):
        return
    status: Reading | None = yield from start.take(_expanded(start, url), optional=True)
    if status is not None and status.firmware_url:
        yield from start.look_at_firmware(status.firmware_url)


def directory(start: Start) -> Script:
    """The pages behind the directory key: all of them, and the search form behind their F1."""
    reading = start.reading()
    user, password = start.parameter("http_client_user"), start.parameter("http_client_pass")
    login = (user, password) if user else None
    for url in reading.directory_urls if reading else ():
        links = yield from browse(start, _expanded(start, url), login)
        if start.search and links.get("F1"):
            yield from search_there(start, links["F1"], login)
    search_here(start)
