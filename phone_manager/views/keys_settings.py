"""Settings as the dialog shows them: grouped, searched, and a form's text as their type.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phone_manager.views import setting_groups
from provd.phone.parameter import PARAMETERS, Parameter

Told = Mapping[str, Any]


def grouped(values: Sequence[Told], search: str) -> list[tuple[str, list[tuple[Parameter, Told]]]]:
    """The settings that `search` finds in their title, name or value, by heading."""
    wanted = search.strip().casefold()
    told = ((PARAMETERS[one["name"]], one) for one in values)
    return setting_groups.grouped(
        (parameter.name, (parameter, one))
        for parameter, one in told
        if wanted in f"{parameter.title} {parameter.name} {one['value']} {one['origin']}".casefold()
    )


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
