"""What the name of a file in a provisioning folder says: whose it is and what it is for.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from provd.phone.mac import parse_mac

OWN, OVERRIDE, DIRECTORY, COMMON, IGNORED = "own", "override", "directory", "common", "ignored"

# `spa0002fda1b2c3.xml` has a letter before its MAC that could be a digit of one.
_MAC = re.compile(r"(?:(?<![0-9A-Fa-f])|(?<=spa)|(?<=SPA))([0-9A-Fa-f]{2}(?:[:_-]?[0-9A-Fa-f]{2}){5})(?![0-9A-Fa-f])")
# Yealink's y000000000108.cfg and the files of every Poly phone look like a MAC and are none.
_SHARED = re.compile(r"(?:y0{6,}\d{2,6}|0{12})(?:[-.].*)?\Z", re.IGNORECASE)
_OVERRIDES = ("-phone.cfg", "-web.cfg", "-local.cfg")
# Images, sounds, logs, call lists, licences, vendor certificates, encrypted boot files: nothing of them is settings.
_OTHERS = re.compile(
    r".*(?:\.(?:rom|ld|sbn|loads|sgn|bin|fw|img|z|gz|tgz|tar|zip|7z|rar|wav|mp3|ogg|jpe?g|png|bmp|gif|ico|ttf|pem|crt|"
    r"key|der|tlv|log|txt|md|html|js|css|py|pyc|sh|pl|rb|j2|tpl|tmpl|bak|swp|csv|xlsx?|pdf|db|sqlite)"
    r"|-calls\.xml|-license\.cfg|~)\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FileName:
    """A name understood: `role` is own, override, directory, common or ignored; `mac` is empty for shared files."""

    mac: str
    role: str


def understand_name(name: str, common: Collection[str] = ()) -> FileName:
    """The MAC in a file's name and the role the name gives it. `common`: names in lower case that models share."""
    if _OTHERS.match(name) or name.startswith("."):
        return FileName("", IGNORED)
    if name.lower() in common or _SHARED.match(name):
        return FileName("", DIRECTORY if "directory" in name.lower() else COMMON)
    mac = mac_in(name)
    if not mac:
        return FileName("", COMMON)
    if name.lower().endswith(_OVERRIDES):
        return FileName(mac, OVERRIDE)
    if re.search(r"directory|phone_?book|contacts", name, re.IGNORECASE):
        return FileName(mac, DIRECTORY)
    return FileName(mac, OWN)


def mac_in(name: str) -> str:
    """The first MAC in a name as 12 lower-case digits, or ""."""
    for found in _MAC.finditer(name):
        try:
            return parse_mac(found[1].replace("_", ":"))
        except ValueError:
            continue
    return ""
