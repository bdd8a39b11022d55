"""What the values of a row may be, one function a noun: fields in, Problems out.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from provd.admission import check_policy
from provd.errors import Invalid, Problem
from provd.numbering import COUNTRIES

SCOPES = (
    "super_user",
    "reseller",
    "office_manager",
    "site_manager",
    "call_center_supervisor",
    "call_center_agent",
    "basic_user",
)
PROVIDER_SCOPES = ("super_user", "reseller")
RECORD_CALLS = ("no", "yes", "yes_with_transcription")
TRANSPORTS = ("udp", "tcp", "tls")
SRTP = ("no", "optional", "required")
LAYER_KINDS = ("server", "brand", "model", "company", "site", "template", "phone")
TEXT_LIMIT = 200

_DNS_NAME = re.compile(r"(?=.{3,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{0,253}")
_MAC = re.compile(r"[0-9a-f]{12}")
_EXTENSION = re.compile(r"[0-9]{1,20}")
_DEVICE = re.compile(r"[0-9]{1,20}[a-z]{0,8}")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._+@-]{0,120}")
_EMAIL = re.compile(r"[^\s@<>\"',;]{1,64}@[^\s@<>\"',;]{1,190}")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")
_MODULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}")
_MODEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PHONE_NUMBER = re.compile(r"[0-9*#+().\- ]{0,40}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Rule = Callable[[str, Any], Iterable[Problem]]


def require(problems: Iterable[Problem]) -> None:
    """Raises Invalid with all the problems when one of them is an error; warnings alone pass."""
    found = tuple(problems)
    if any(problem.severity == "error" for problem in found):
        raise Invalid(found)


def clean(text: str, limit: int) -> str:
    """What a stranger sent, fit to be stored and shown: cut, and without anything that is not printable."""
    text = text[:limit]
    return text if text.isprintable() else "".join(one if one.isprintable() else "\ufffd" for one in text)


def text(name: str, value: Any, limit: int = TEXT_LIMIT) -> list[Problem]:
    """Free text: no control characters (they could end a line of a phone's file), at most `limit` characters."""
    if not isinstance(value, str):
        return [Problem(name, f"{name} must be text.")]
    if len(value) > limit:
        return [Problem(name, f"{name} may have at most {limit} characters.")]
    if _CONTROL.search(value):
        return [Problem(name, f"{name} must not contain line breaks or control characters.")]
    return []


def filled(name: str, value: Any) -> list[Problem]:
    """Free text that must not be blank."""
    problems = text(name, value)
    if not problems and not value.strip():
        problems = [Problem(name, f"{name} must not be empty.")]
    return problems


def like(shape: re.Pattern[str], wanted: str) -> Rule:
    """A rule: the whole value has this shape."""

    def rule(name: str, value: Any) -> list[Problem]:
        if isinstance(value, str) and shape.fullmatch(value):
            return []
        return [Problem(name, f"{name} must be {wanted}.")]

    return rule


def one_of(*allowed: str) -> Rule:
    """A rule: the value is one of these words."""

    def rule(name: str, value: Any) -> list[Problem]:
        return [] if value in allowed else [Problem(name, f"{name} must be one of {', '.join(allowed)}.")]

    return rule


def yes_or_no(name: str, value: Any) -> list[Problem]:
    """A boolean."""
    return [] if isinstance(value, bool) else [Problem(name, f"{name} must be true or false.")]


def time_zone(name: str, value: Any) -> list[Problem]:
    """A name of the IANA time zone database, or empty for the one above."""
    if value == "":
        return []
    if isinstance(value, str) and _ZONE.fullmatch(value):
        with suppress(ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
            ZoneInfo(value)
            return []
    return [Problem(name, f"{name} must be a zone name such as America/Chicago; the zone given is not known.")]


def country(name: str, value: Any) -> list[Problem]:
    """A country by its two letters."""
    if isinstance(value, str) and value in COUNTRIES:
        return []
    return [Problem(name, f"{name} must be a country by its two letters, such as US.")]


def emails(name: str, value: Any) -> list[Problem]:
    """Up to ten mail addresses."""
    if not isinstance(value, (list, tuple)) or len(value) > 10:
        return [Problem(name, f"{name} must be a list of at most ten mail addresses.")]
    bad = [one for one in value if not isinstance(one, str) or not _EMAIL.fullmatch(one)]
    return [Problem(name, f"{name} holds something that is not a mail address; write it as name@example.com.")] * bool(
        bad
    )


def numbers(name: str, value: Any) -> list[Problem]:
    """Up to ten phone numbers, at least one."""
    if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= 10:
        return [Problem(name, f"{name} must be a list of one to ten phone numbers.")]
    bad = [one for one in value if not isinstance(one, str) or not one or not _PHONE_NUMBER.fullmatch(one)]
    return [Problem(name, f"{name} holds something that is not a phone number; use digits, +, * and #.")] * bool(bad)


def voicemail_pin(name: str, value: Any) -> list[Problem]:
    """Four digits or more (SF-040); the two that everybody tries first get a warning."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4,12}", value):
        return [Problem(name, "The voicemail PIN must be 4 to 12 digits.")]
    if value in ("1234", "0000"):
        return [Problem(name, "This voicemail PIN is one of the first that anybody tries; choose another.", "warning")]
    return []


def sip_password(name: str, value: Any) -> list[Problem]:
    """What phones take; a short one (from an older server) is kept with a warning."""
    problems = filled(name, value) or text(name, value, 128)
    if not problems and len(value) < 12:
        problems = [Problem(name, "This SIP password is short and can be guessed; let the server make one.", "warning")]
    return problems


def service_code(name: str, value: Any) -> list[Problem]:
    """Empty, or `system-…` for users that are no person (platform-facts: routing users, queues)."""
    if value == "" or (isinstance(value, str) and re.fullmatch(r"system-[a-z0-9-]{1,40}", value)):
        return []
    return [Problem(name, f"{name} must be empty or start with system-.")]


def whole(low: int, high: int) -> Rule:
    """A rule: a whole number in this range."""

    def rule(name: str, value: Any) -> list[Problem]:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return []
        return [Problem(name, f"{name} must be a whole number from {low} to {high}.")]

    return rule


def row_id(name: str, value: Any) -> list[Problem]:
    """An id or nothing; whether it exists is asked of the database."""
    good = value is None or (isinstance(value, int) and not isinstance(value, bool))
    return [] if good else [Problem(name, f"{name} must be an id or empty.")]


def names(name: str, value: Any) -> list[Problem]:
    """A short list of model names (expansion modules)."""
    good = isinstance(value, (list, tuple)) and len(value) <= 10
    if good and all(isinstance(one, str) and _MODULE.fullmatch(one) for one in value):
        return []
    return [Problem(name, f"{name} must be a list of at most ten names of expansion modules.")]


def mapping(name: str, value: Any) -> list[Problem]:
    """A JSON object."""
    good = isinstance(value, Mapping) and all(isinstance(key, str) for key in value)
    return [] if good else [Problem(name, f"{name} must be an object with names and values.")]


def admission(name: str, value: Any) -> list[Problem]:
    """The rules of provd/admission.py for one company or phone."""
    return mapping(name, value) or check_policy(value)


extension = like(_EXTENSION, "1 to 20 digits")
phone_number = like(_PHONE_NUMBER, "a phone number: digits, +, * and #")
mac_address = like(_MAC, "12 lower-case hexadecimal digits")
model_id = like(_MODEL, "a model id such as yealink-t46u")
login_name = like(_LOGIN, "1 to 121 characters: small letters, digits and . _ + - @")
domain_name = like(_DNS_NAME, "a lower-case DNS name such as acme.example")
host = like(_HOST, "a host name or an address")
device_name = like(_DEVICE, "the extension and up to eight small letters, such as 101, 101a or 101wp")


def check(rules: Mapping[str, Rule], fields: Mapping[str, Any]) -> list[Problem]:
    """Every problem of `fields` by these rules; a name without a rule is a problem."""
    problems: list[Problem] = []
    for name, value in fields.items():
        rule = rules.get(name)
        problems += rule(name, value) if rule else [Problem(name, f"There is no field {name} that can be set.")]
    return problems
