"""Settings of phones as a form: what one layer says, what it leaves to the layers below, and back again.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phone_manager.views.keys_settings import typed as value_of
from phone_manager.views.setting_groups import grouped
from provd.phone.config import MASK

BELOW, ON, OFF = "", "1", "0"


@dataclass(frozen=True, slots=True)
class Row:
    """One setting of the form. `kind` is how it is asked for: select, text, number, lines, secret. `value` is what the
    layer says, as text; empty when it says nothing. `below` is what holds then."""

    name: str
    title: str
    kind: str
    value: str
    below: str
    options: tuple[tuple[str, str], ...] = ()
    restarts: bool = False

    @property
    def said(self) -> bool:
        """Whether the layer says something."""
        return bool(self.value)


def rows(parameters: Iterable[Mapping[str, Any]], values: Mapping[str, Any]) -> list[tuple[str, list[Row]]]:
    """(heading, rows) of every setting; `values`: what the layer says, secrets masked."""
    return grouped((one["name"], _row(one, values.get(one["name"]))) for one in parameters)


def _row(parameter: Mapping[str, Any], value: Any) -> Row:
    kind, choices = parameter["kind"], parameter["choices"]
    below = words(parameter["default"])
    options: tuple[tuple[str, str], ...] = ()
    asked = {"number": "number", "list": "lines", "secret": "secret"}.get(kind, "text")
    if kind == "switch":
        asked, options = "select", ((BELOW, f"Not set here ({below})"), (ON, "on"), (OFF, "off"))
    elif kind == "choice":
        asked = "select"
        options = ((BELOW, f"Not set here ({below})"), *((choice, choice) for choice in choices))
    shown = "" if value is None else (ON if value else OFF) if kind == "switch" else text(value)
    return Row(parameter["name"], parameter["title"], asked, shown, below, options, bool(parameter["reboot"]))


def text(value: Any) -> str:
    """A value as its field shows it: a list has one entry a line."""
    return "\n".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


def words(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


def values(
    parameters: Iterable[Mapping[str, Any]], sent: Mapping[str, Sequence[str]], before: Mapping[str, Any]
) -> dict[str, Any]:
    """What the layer would say by this form. An empty field leaves a setting to the layers below; an empty secret
    keeps what there is, unless it was marked to be removed."""
    found: dict[str, Any] = {}
    for parameter in parameters:
        name, kind = parameter["name"], parameter["kind"]
        typed = sent.get(f"values.{name}", [""])[-1].strip()
        if kind == "secret":
            kept = before.get(name) and not sent.get(f"remove.{name}")
            if typed or kept:
                found[name] = typed or MASK
        elif typed:
            found[name] = value_of(name, [typed])
    return found


def raw_lines(raw: Mapping[str, str]) -> str:
    """Vendor parameters as text, `name = value` a line."""
    return "\n".join(f"{name} = {value}" for name, value in sorted(raw.items()))


def raw_values(typed: str) -> dict[str, str]:
    """Vendor parameters from such text; blank lines and lines that begin with # count for nothing."""
    found = {}
    for line in typed.splitlines():
        name, _, value = line.partition("=")
        if line.strip() and not line.lstrip().startswith("#"):
            found[name.strip()] = value.strip()
    return found
