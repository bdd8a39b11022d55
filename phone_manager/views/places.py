"""The settings that a site prescribes to its phones, between the form and the API.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provd.phone.parameter import PARAMETERS

# Secrets are set in the site's layer, which is sealed.
SETTINGS: tuple[tuple[str, str], ...] = tuple(
    sorted(((name, one.title) for name, one in PARAMETERS.items() if not one.secret), key=lambda pair: pair[1])
)


def defaults_shown(defaults: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The rows of the form: (setting, its value as text)."""
    return [(name, _text(value)) for name, value in sorted(defaults.items())]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def defaults_typed(names: Sequence[str], values: Sequence[str]) -> dict[str, Any]:
    """What the rows of the form say, typed as each setting wants it; a row without a value is left out. What cannot be
    typed is handed on as text, for the API to refuse in its own words."""
    found: dict[str, Any] = {}
    for name, text in zip(names, values, strict=False):
        if name and text.strip():
            found[name] = _value(name, text.strip())
    return found


def _value(name: str, text: str) -> Any:
    kind = PARAMETERS[name].kind if name in PARAMETERS else "text"
    if kind == "number" and text.removeprefix("-").isascii() and text.removeprefix("-").isdecimal() and len(text) < 12:
        return int(text)
    if kind == "switch" and text.casefold() in ("yes", "no", "on", "off", "true", "false"):
        return text.casefold() in ("yes", "on", "true")
    if kind == "list":
        return [one.strip() for one in text.split(",") if one.strip()]
    return text
