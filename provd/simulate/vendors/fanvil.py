"""Fanvil: the model's common file, then the phone's own.  (pure)

Source: auto provision description (names, `$mac`, DownloadCommonConf, Version as the mark of what was applied,
AutoServerDigest, the firmware text file of the upgrade server).
"""

from __future__ import annotations

import re

from provd.simulate.address import join
from provd.simulate.contacts import browse, search_here
from provd.simulate.makes import Unit
from provd.simulate.reading import Reading
from provd.simulate.start import Script, Start
from provd.simulate.wire import Ask


def agent(unit: Unit) -> str:
    """`Fanvil X6U 2.12.16.17 0c383e000109`"""
    return f"Fanvil {unit.make.agent} {unit.make.firmware} {unit.mac}"


def configuration(start: Start) -> Script:
    """The file the address names, or the common file (until it is told not to) and `<mac>.cfg`."""
    if start.file:
        own: Reading | None = yield from start.take(re.sub(r"\$mac", start.mac, start.file, flags=re.IGNORECASE))
    else:
        common = start.memory.parameters.get("ap/DownloadCommonConf", "1") != "0"
        if start.unit.make.code and common:
            yield from start.take(start.unit.make.code, optional=True)
        own = yield from start.take(f"{start.mac}.cfg")
    if own is None:
        start.parts.clear()
        return
    _compare_versions(start)


def _compare_versions(start: Start) -> None:
    """A phone passes over a file whose Version it has applied, unless it compares digests (AutoServerDigest)."""
    merged = start.reading()
    before, now = start.memory.parameters, merged.parameters if merged else {}
    changed = before and before != dict(now)
    digests = before.get("mt/AutoServerDigest") == "1"
    if changed and not digests and before.get("Version") == now.get("Version"):
        start.problems.append(f"{start.mac}.cfg has changed but not its Version: the phone passes over it.")
    start.memory.parameters = dict(now)


def firmware(start: Start) -> Script:
    """The image of Auto_Image_URL, or the text file about it on the upgrade server."""
    image = start.parameter("AUTOUPDATE_CONFIG_MODULE/Auto_Image_URL")
    server = start.parameter("fwCheck/UpgradeServer1")
    if image:
        yield from start.look_at_firmware(image)
    elif server and start.parameter("fwCheck/EnableAutoUpgrade") == "1":
        model = re.sub(r"[ -]", "_", start.unit.make.name.lower())
        url = join(f"{server.rstrip('/')}/", f"fanvil_{model}_hwv1_0.txt")
        reply = yield from start.ask(Ask(url, optional=True))
        named = re.search(rb"(?m)^Firmware=(\S+)", reply.body) if reply.ok else None
        if named:
            yield from start.look_at_firmware(named[1].decode("utf-8", "replace"))


def directory(start: Start) -> Script:
    """The XML phone books, each with its own user and password; the phone searches in them."""
    reading = start.reading()
    for number, url in enumerate(reading.directory_urls if reading else (), 1):
        entry = f"phone/xmlContact[{number}]"
        user, password = start.parameter(f"{entry}/UserName"), start.parameter(f"{entry}/PassWd")
        yield from browse(start, url, (user, password) if user else None)
    search_here(start)
