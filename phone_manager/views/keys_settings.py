"""Settings as the dialog shows them: grouped, searched, and a form's text as their type.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provd.phone.parameter import PARAMETERS, Parameter

GROUPS = (
    ("Calls and audio", ("calls.", "audio.", "voicemail.", "pickup.", "codes.")),
    ("Screen and clock", ("time.", "language", "directory.")),
    ("SIP", ("sip.",)),
    ("Network", ("network.", "syslog.")),
    ("Access", ("admin.", "user.", "web.")),
    ("Updates", ("update.", "provisioning.", "firmware.")),
)
Told = Mapping[str, Any]


def grouped(values: Sequence[Told], search: str) -> list[tuple[str, list[tuple[Parameter, Told]]]]:
    """The settings that `search` finds in their title, name or value, by group; a setting of no group comes last."""
    wanted = search.strip().casefold()
    found: dict[str, list[tuple[Parameter, Told]]] = {title: [] for title in (*dict(GROUPS), "More")}
    for one in values:
        parameter = PARAMETERS[one["name"]]
        if wanted in f"{parameter.title} {parameter.name} {one['value']} {one['origin']}".casefold():
            title = next((title for title, starts in GROUPS if parameter.name.startswith(starts)), "More")
            found[title].append((parameter, one))
    return [(title, rows) for title, rows in found.items() if rows]


def typed(name: str, sent: Sequence[str]) -> Any:
    """What a form sent for a setting, typed; what cannot be typed stays text, for the API to refuse in its words."""
    parameter = PARAMETERS.get(name)
    text = sent[-1].strip() if sent else ""
    if parameter is None:
        return text
    if parameter.kind == "switch":
        return text in ("1", "on", "true")
    if parameter.kind == "number" and text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 12:
        return int(text)
    if parameter.kind == "list":
        return [word.strip() for one in sent for word in one.replace(",", "\n").splitlines() if word.strip()]
    return text
