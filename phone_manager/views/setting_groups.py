"""The headings that settings of phones stand under, on every page that shows them.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")

# The first word of a setting's name → its heading, in the order of the pages.
HEADINGS: Mapping[str, str] = {
    "sip": "Registration and calls",
    "audio": "Registration and calls",
    "calls": "Registration and calls",
    "time": "Time and language",
    "language": "Time and language",
    "directory": "Time and language",
    "update": "Updates",
    "provisioning": "Updates",
    "firmware": "Updates",
    "admin": "Access to the phone",
    "user": "Access to the phone",
    "web": "Access to the phone",
    "network": "Network",
    "syslog": "Network",
    "voicemail": "Feature codes",
    "pickup": "Feature codes",
    "codes": "Feature codes",
}
OTHERS = "Network"


def grouped(named: Iterable[tuple[str, T]]) -> list[tuple[str, list[T]]]:
    """(name of a setting, what is shown of it) → (heading, those under it), in the order of the headings; headings
    that nothing stands under are left out."""
    found: dict[str, list[T]] = {heading: [] for heading in HEADINGS.values()}
    for name, shown in named:
        found[HEADINGS.get(name.split(".")[0], OTHERS)].append(shown)
    return [(heading, some) for heading, some in found.items() if some]
