"""Cisco SPA and multiplatform phones: profile rules A to D, one after the other.  (pure)

Source: Provisioning Formats (macros, `[--uid $SA --pwd $SB]`, rules in sequence at every resync), provisioning
guides (factory rules `/spa$PSN.cfg` and `/$PSN.xml`), SPA500 guide (what a phone asks that finds no profile).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from provd.simulate.address import file_of, folder, join
from provd.simulate.contacts import browse, search_here, search_there
from provd.simulate.makes import Unit
from provd.simulate.reading.cisco_rules import expand, rule_target
from provd.simulate.start import Script, Start
from provd.simulate.wire import Ask

_RULES = ("Profile_Rule", "Profile_Rule_B", "Profile_Rule_C", "Profile_Rule_D")
_OPTION = re.compile(r"--(uid|pwd)\s+(\"[^\"]*\"|[^\s\]]+)")


def agent(unit: Unit) -> str:
    """`Cisco/SPA504G-7.6.2e (0002FD000104)(CBT14140104)` or `Cisco-CP-8851-3PCC/11.3.7 (00562b000105)`"""
    make = unit.make
    if make.family == "cisco-mpp":
        return f"Cisco-{make.agent}/{make.firmware} ({unit.mac})"
    # The SPA525G has no MAC in it.
    mac = "" if make.name.startswith("SPA525G") else f"({unit.mac.upper()})"
    return f"Cisco/{make.agent}-{make.firmware} {mac}({unit.serial})"


def configuration(start: Start) -> Script:
    """The rules in sequence; each may change those after it."""
    factory = (
        f"spa{start.unit.make.code}.cfg" if start.unit.make.family == "cisco-spa" else f"{start.unit.make.code}.xml"
    )
    rule = start.url if file_of(start.url) or "$" in start.url else f"{folder(start.url)}{factory}"
    for name in _RULES:
        if name != "Profile_Rule":
            rule = start.parameter(name)
        yield from _follow(start, rule)
        if not start.parts:
            break
    if not start.parts and start.unit.make.family == "cisco-spa":
        # Without a profile the phone looks for a Unified Communications Manager.
        for name in (f"SEP{start.mac.upper()}.cnf.xml", "XMLDefault.cnf.xml"):
            yield from start.ask(Ask(join(folder(start.url), name), optional=True))


def _follow(start: Start, rule: str) -> Script:
    merged = start.reading()
    said: Mapping[str, str] = merged.parameters if merged else {}
    target = rule_target(_own_macros(rule, start.unit), start.mac, said)
    if not target:
        return
    url = join(start.url, target)
    if url not in start.asked:
        yield from start.take(url, login=_login(rule, said))


def _own_macros(text: str, unit: Unit) -> str:
    """What only the phone itself knows: product, serial number, versions."""
    made = unit.make
    product = made.agent if made.family == "cisco-mpp" else made.name
    values = {"PN": product, "PSN": made.code, "SN": unit.serial, "SWVER": made.firmware, "HWVER": "1.0.0"}
    values["CCERT"] = "Installed"
    return re.sub(
        r"\$(?:\((PSN|PN|SN|SWVER|HWVER|CCERT)\)|(PSN|PN|SWVER|SN(?![A-Z])|HWVER|CCERT))",
        lambda found: values[found[1] or found[2]],
        text,
    )


def _login(rule: str, parameters: Mapping[str, str]) -> tuple[str, str] | None:
    """User and password of `[--uid $SA --pwd $SB]`; $SA to $SD are GPP_SA to GPP_SD."""
    options = {name: value.strip('"') for name, value in _OPTION.findall(rule)}
    if "uid" not in options:
        return None
    filled = {
        name: re.sub(r"\$S([A-D])", lambda found: parameters.get(f"GPP_S{found[1]}", ""), value)
        for name, value in options.items()
    }
    return filled["uid"], filled.get("pwd", "")


def firmware(start: Start) -> Script:
    """The image of Upgrade_Rule; its condition is taken to hold."""
    reading = start.reading()
    if reading is not None and reading.firmware_url:
        yield from start.look_at_firmware(expand(reading.firmware_url, start.mac, reading.parameters))


def directory(start: Start) -> Script:
    """The directory service: a form to search with, whose soft key leads to everybody, page by page."""
    reading = start.reading()
    user, password = start.parameter("XML_User_Name"), start.parameter("XML_Password")
    login = (user, password) if user else None
    for url in reading.directory_urls if reading else ():
        yield from browse(start, url, login)
        if start.search:
            yield from search_there(start, url, login)
    search_here(start)
