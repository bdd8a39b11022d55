"""The settings a phone can have, in our words; each vendor's templates say them in theirs.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provd.errors import Problem
from provd.phone.text import has_control

Value = str | int | bool | tuple[str, ...]

_HOST = re.compile(r"(?=.{0,253}\Z)([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:]+)?")
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}")
_CODE = re.compile(r"[0-9*#A-D]{0,12}")

CODECS = ("g722", "pcmu", "pcma", "g729", "opus", "ilbc", "g726")
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting: `kind` is text, host, number, switch, choice, list, zone, window, code or secret.

    `reboot` tells that most phones restart to take it.
    """

    name: str
    title: str
    kind: str
    default: Value
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int = 0
    longest: int = 255
    reboot: bool = False

    @property
    def secret(self) -> bool:
        """Whether the value is sealed at rest and masked wherever it is shown."""
        return self.kind == "secret"


_ALL = (
    Parameter("sip.server", "SIP server", "host", ""),
    Parameter("sip.port", "SIP port", "number", 5060, minimum=1, maximum=65535),
    Parameter("sip.transport", "SIP transport", "choice", "udp", ("udp", "tcp", "tls")),
    Parameter("sip.expires", "Registration time in seconds", "number", 600, minimum=60, maximum=7200),
    Parameter("sip.outbound_proxy", "Outbound proxy", "host", ""),
    Parameter("sip.srtp", "Encrypted audio (SRTP)", "choice", "off", ("off", "optional", "required")),
    Parameter("sip.dtmf", "DTMF", "choice", "rfc2833", ("rfc2833", "info", "inband")),
    Parameter("audio.codecs", "Codecs, best first", "list", ("g722", "pcmu", "pcma"), CODECS),
    Parameter("calls.waiting", "Call waiting", "switch", True),
    Parameter("calls.dial_plan", "Dial plan, in the vendor's notation", "text", "", longest=1000),
    Parameter("time.zone", "Time zone", "zone", "America/Chicago"),
    Parameter("time.format", "Clock", "choice", "12", ("12", "24")),
    Parameter("time.ntp", "Time servers", "list", ("pool.ntp.org",)),
    Parameter("language", "Language", "choice", "en", LANGUAGES),
    Parameter("network.lldp", "LLDP-MED", "switch", True, reboot=True),
    Parameter("network.cdp", "CDP", "switch", False, reboot=True),
    Parameter("network.vlan.id", "VLAN of the phone, 0 = none", "number", 0, maximum=4094, reboot=True),
    Parameter("network.vlan.priority", "VLAN priority", "number", 5, maximum=7, reboot=True),
    Parameter("network.pc_vlan.id", "VLAN of the PC port, 0 = none", "number", 0, maximum=4094, reboot=True),
    Parameter("admin.password", "Administrator password of the phone", "secret", "", longest=32),
    Parameter("user.password", "User password of the phone", "secret", "", longest=32),
    Parameter("web.enabled", "Web page of the phone", "switch", True, reboot=True),
    Parameter("voicemail.number", "Voicemail key dials", "code", "*62"),
    Parameter("pickup.code", "Code that picks up a ringing colleague", "code", "*35"),
    Parameter("codes.queue_login", "Code: log in to all queues", "code", "*51"),
    Parameter("codes.queue_logout", "Code: log out of all queues", "code", "*52"),
    Parameter("codes.queue_toggle", "Code: available or not in all queues", "code", "*53"),
    Parameter("codes.timeframe_toggle", "Code: time frame on or off", "code", "*54"),
    Parameter("codes.move_call", "Code: move my call here", "code", "*38"),
    Parameter("codes.hot_desk", "Code: hot desk", "code", "*44"),
    Parameter("update.nightly", "Nightly update", "switch", True),
    Parameter("update.window", "Nightly update between", "window", "02:00-04:00"),
    Parameter("provisioning.protocol", "Protocol of the provisioning URL", "choice", "http", ("http", "https", "tftp")),
    Parameter("firmware.version", "Firmware version, empty = leave as it is", "text", "", longest=64),
    Parameter("syslog.server", "Syslog server", "host", ""),
    Parameter("directory.title", "Name of the directory on the phone", "text", "Directory", longest=32),
)

PARAMETERS: Mapping[str, Parameter] = MappingProxyType({parameter.name: parameter for parameter in _ALL})
SECRETS = frozenset(parameter.name for parameter in _ALL if parameter.secret)
DEFAULTS: Mapping[str, Value] = MappingProxyType({parameter.name: parameter.default for parameter in _ALL})


def check_value(name: str, value: object) -> tuple[Value | None, Problem | None]:
    """Bring `value` (as JSON, TOML or a form gives it) to the type of setting `name`.

    Returns the value and None, or None and the problem; never both, never an exception.
    """
    parameter = PARAMETERS.get(name)
    if parameter is None:
        return None, Problem(
            name, f"There is no setting “{name[:60]}”; the model list and the documents name them all."
        )
    text = _wrong(parameter, value)
    if text:
        return None, Problem(name, f"{parameter.title}: {text}")
    if isinstance(value, list):
        return tuple(value), None
    return value if isinstance(value, str | int | tuple) else None, None


def _wrong(parameter: Parameter, value: object) -> str:
    match parameter.kind:
        case "switch":
            return "" if isinstance(value, bool) else "write true or false."
        case "number":
            in_range = isinstance(value, int) and not isinstance(value, bool)
            if in_range and parameter.minimum <= int(str(value)) <= parameter.maximum:
                return ""
            return f"write a number from {parameter.minimum} to {parameter.maximum}."
        case "list":
            return _wrong_list(parameter, value)
    if not isinstance(value, str):
        return "write text in quotes."
    if len(value) > parameter.longest:
        return f"at most {parameter.longest} characters, this has {len(value)}."
    if has_control(value):
        return "line breaks and control characters cannot be part of it."
    return _wrong_text(parameter, value)


def _wrong_text(parameter: Parameter, value: str) -> str:
    match parameter.kind:
        case "choice" if value not in parameter.choices:
            return f"choose one of {', '.join(parameter.choices)}."
        case "host" if not _HOST.fullmatch(value):
            return "write a host name or an address without scheme and port, like pbx.example.com."
        case "code" if not _CODE.fullmatch(value):
            return "use up to 12 digits, * and #."
        case "zone" if not _ZONE.fullmatch(value):
            return "write a time zone like America/Denver."
        case "window" if not _WINDOW.fullmatch(value):
            return "write two times of day, like 02:00-04:00."
    return ""


def _wrong_list(parameter: Parameter, value: object) -> str:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        return "write a list of texts."
    if len(value) > 8 or len(set(value)) != len(value):
        return "at most eight entries, each once."
    for item in value:
        if parameter.choices and item not in parameter.choices:
            return f"“{item[:30]}” is not one of {', '.join(parameter.choices)}."
        if not parameter.choices and not (item and _HOST.fullmatch(item)):
            return f"“{item[:30]}” is not a host name or address."
    return ""
