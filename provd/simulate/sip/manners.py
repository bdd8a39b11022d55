"""How each vendor's phone behaves on SIP: its User-Agent, its instance, which NOTIFY it obeys and whom it asks.  (pure)

Facts from the vendors' administration guides, like makes.py; what the phone's own file says goes before them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from provd.simulate.makes import Unit

Parameters = Mapping[str, str]


class Deed(StrEnum):
    """What a phone does on a NOTIFY."""

    FETCH = "fetch"
    RESTART = "restart"
    RESTART_IF_CHANGED = "restart if changed"
    NOTHING = "nothing"


_AGENTS: Mapping[str, Callable[[Unit], str]] = {
    "yealink": lambda unit: f"Yealink {unit.make.agent} {unit.make.firmware}",
    "poly-ucs": lambda unit: f"PolycomVVX-{unit.make.agent}-UA/{unit.make.firmware}",
    "poly-edge-e": lambda unit: f"PolyEdge-{unit.make.agent}-UA/{unit.make.firmware}",
    "cisco-spa": lambda unit: f"Cisco/{unit.make.agent}-{unit.make.firmware}",
    "cisco-mpp": lambda unit: f"Cisco-{unit.make.agent}/{unit.make.firmware} ({unit.mac})",
    "grandstream": lambda unit: f"Grandstream {unit.make.name} {unit.make.firmware}",
    "grandstream-ht": lambda unit: f"Grandstream {unit.make.name} {unit.make.firmware}",
    "snom": lambda unit: f"snom{unit.make.name}/{unit.make.firmware}",
    "fanvil": lambda unit: f"Fanvil {unit.make.name} {unit.make.firmware} {unit.mac}",
}


def agent(unit: Unit) -> str:
    """The User-Agent of its SIP messages."""
    return _AGENTS[unit.make.family](unit)


def instance(unit: Unit) -> str:
    """The URN of the device, made of its MAC (RFC 5626 section 4.1, RFC 4122 for the form)."""
    return f"urn:uuid:00000000-0000-1000-8000-{unit.mac}"


def challenges(family: str, parameters: Parameters, line: int) -> bool:
    """Whether the phone asks who sends a NOTIFY that gives it a command: Grandstream unless P4428 is 1, Cisco unless
    Auth_Resync-Reboot of the line is No."""
    if family in ("grandstream", "grandstream-ht"):
        return parameters.get("P4428", "0") != "1"
    if family in ("cisco-spa", "cisco-mpp"):
        return parameters.get(f"Auth_Resync-Reboot_{line}_", "Yes").lower() != "no"
    return False


def deed(family: str, event: str, reboot: str | None, parameters: Parameters) -> Deed | None:
    """What a phone does on `Event: event;reboot=…`; None for an event that it does not know (489)."""
    return _DEEDS[family](event, reboot == "true", parameters)


def _yealink(event: str, restart: bool, parameters: Parameters) -> Deed | None:
    """sip.notify_reboot_enable: 0 as told, 1 always restarts (what it is without the parameter), 2 never heeds it."""
    if event != "check-sync":
        return None
    way = parameters.get("sip.notify_reboot_enable", "1")
    if way == "2":
        return Deed.NOTHING
    return Deed.RESTART if way == "1" or restart else Deed.FETCH


def _poly(event: str, _restart: bool, parameters: Parameters) -> Deed | None:
    """checkSync.alwaysReboot: 0 restarts only when a file has changed."""
    if event != "check-sync":
        return None
    always = parameters.get("voIpProt.SIP.specialEvent.checkSync.alwaysReboot", "0") == "1"
    return Deed.RESTART if always else Deed.RESTART_IF_CHANGED


def _grandstream(event: str, restart: bool, _parameters: Parameters) -> Deed | None:
    if event not in ("check-sync", "resync"):
        return None
    return Deed.RESTART if restart else Deed.FETCH


def _cisco(event: str, _restart: bool, parameters: Parameters) -> Deed | None:
    if event in ("reboot", "restart", "reboot_now", "restart_now"):
        return Deed.RESTART
    if event not in ("resync", "check-sync"):
        return None
    return Deed.NOTHING if parameters.get("Resync_From_SIP", "Yes").lower() == "no" else Deed.FETCH


def _snom(event: str, restart: bool, _parameters: Parameters) -> Deed | None:
    if event == "reboot":
        return Deed.RESTART
    if event != "check-sync":
        return None
    return Deed.RESTART if restart else Deed.FETCH


def _fanvil(event: str, restart: bool, parameters: Parameters) -> Deed | None:
    if event not in ("check-sync", "resync"):
        return None
    if restart:
        return Deed.RESTART if parameters.get("sip/NotifyReboot", "1") != "0" else Deed.NOTHING
    return Deed.FETCH


_DEEDS: Mapping[str, Callable[[str, bool, Parameters], Deed | None]] = {
    "yealink": _yealink,
    "poly-ucs": _poly,
    "poly-edge-e": _poly,
    "grandstream": _grandstream,
    "grandstream-ht": _grandstream,
    "cisco-spa": _cisco,
    "cisco-mpp": _cisco,
    "snom": _snom,
    "fanvil": _fanvil,
}
