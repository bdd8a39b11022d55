"""From the settings that a phone had to ours, where they differ from what the company says.  (pure)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provd.phone.parameter import DEFAULTS, Value, check_value
from provd.simulate.reading import ReadAccount, Reading

# Zones to think of when none of the company's has the phone's offset: one a place where many phones are.
USUAL_ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu", "America/Halifax", "America/St_Johns", "America/Sao_Paulo", "Europe/London", "Europe/Berlin",
    "Europe/Athens", "Europe/Moscow", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney",
    "Pacific/Auckland",
)  # fmt: skip
_SWITCHES = ("network.lldp", "web.enabled")
_NUMBERS = ("network.vlan.id", "network.pc_vlan.id")
_TEXTS = ("language", "syslog.server")


def settings_of(
    reading: Reading,
    inferred: Mapping[str, Value],
    company: Mapping[str, Any],
    zones: Mapping[str, int],
) -> tuple[dict[str, Any], list[str]]:
    """Values for the phone's own layer, as JSON has them, and sentences about what was left out.

    `inferred`: settings that the file says in our own templates' words; `company`: what the company says; `zones`:
    zone names in the order of preference → minutes east of UTC. What is about the old server (its address and ports,
    passwords of the phone, the voicemail number, the nightly update) is not taken.
    """
    said: dict[str, Any] = dict(inferred)
    said |= {name: value for name, value in _from_file(reading.settings).items() if value is not None}
    account = next((account for account in reading.accounts if account.enabled), None)
    said |= _from_account(account) if account else {}
    values: dict[str, Any] = {}
    sentences: list[str] = []
    for name, value in said.items():
        checked, problem = check_value(name, value)
        if problem is not None:
            sentences.append(f"The setting {name} is left out: {problem.text}")
        elif checked != _normal(company.get(name, DEFAULTS[name])):
            values[name] = list(checked) if isinstance(checked, tuple) else checked
    sentences += _zone(reading.settings, company, zones, values)
    return values, sentences


def _normal(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _from_file(settings: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {name: settings.get(name) for name in _TEXTS}
    said |= {name: settings[name] == "yes" for name in _SWITCHES if name in settings}
    said |= {name: int(settings[name]) for name in _NUMBERS if settings.get(name, "").isdecimal()}
    if "time.ntp" in settings:
        said["time.ntp"] = [settings["time.ntp"]]
    return said


def _from_account(account: ReadAccount) -> dict[str, Any]:
    """What a phone's first account says of how calls are made: here it holds for all its lines."""
    said: dict[str, Any] = {}
    for name, value in (("sip.transport", account.transport), ("sip.dtmf", account.dtmf)):
        if value not in (None, "auto"):
            said[name] = value
    if account.srtp is not None:
        said["sip.srtp"] = account.srtp
    if account.codecs:
        said["audio.codecs"] = list(account.codecs)
    if account.expires is not None and 60 <= account.expires <= 7200:
        said["sip.expires"] = account.expires
    return said


def _zone(
    settings: Mapping[str, str], company: Mapping[str, Any], zones: Mapping[str, int], values: dict[str, Any]
) -> list[str]:
    """A phone's file holds an offset; which zone that is, only a person knows for certain."""
    offset = settings.get("time.utc_offset", "")
    minutes = int(offset) if offset.lstrip("-").isdecimal() else None
    own = str(company.get("time.zone", DEFAULTS["time.zone"]))
    if minutes is None or zones.get(own) == minutes:
        return []
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    shown = f"UTC{sign}{size // 60:02d}:{size % 60:02d}"
    name = next((name for name, other in zones.items() if other == minutes), None)
    if name is None:
        return [f"Its clock was set to {shown}, which is no zone that is thought of here; set the zone by hand."]
    values["time.zone"] = name
    return [f"Its clock was set to {shown}; it gets the zone {name}, which you should check."]


def offsets(names: tuple[str, ...], offset_of: Callable[[str], int]) -> dict[str, int]:
    """Zones in order of preference, the company's first → minutes east of UTC in winter."""
    return {name: offset_of(name) for name in dict.fromkeys((*names, *USUAL_ZONES))}
