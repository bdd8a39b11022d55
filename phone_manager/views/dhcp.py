"""The DHCP lines that point phones of each vendor here, to be copied into the server that a site has.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

STYLES = ("dnsmasq", "ISC dhcpd", "Kea", "MikroTik", "Windows Server")


@dataclass(frozen=True, slots=True)
class DhcpOption:
    """One option of one vendor's phones; `lines` has how each DHCP server is told, by STYLES."""

    number: str
    value: str
    note: str
    lines: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vendor:
    """The options that phones of one family read."""

    title: str
    options: tuple[DhcpOption, ...]


def vendors(families: Iterable[Mapping[str, Any]], url: str) -> list[Vendor]:
    """Every family with its options for the provisioning address `url`."""
    return [
        Vendor(
            family["title"],
            tuple(option(one["option"], one["value"].replace("{url}", url), one["note"]) for one in family["dhcp"]),
        )
        for family in families
        if family["dhcp"]
    ]


def option(number: str, value: str, note: str = "") -> DhcpOption:
    """One option in the words of every DHCP server."""
    name = "tftp-server-name" if number == "66" else f"provd-{number}"
    declared = "" if number == "66" else f"option {name} code {number} = text;\n"
    lines = {
        "dnsmasq": f"dhcp-option-force={number},{_quoted(value)}",
        "ISC dhcpd": f"{declared}option {name} {_quoted(value)};",
        "Kea": f'{{ "code": {number}, "data": {_quoted(value)}, "csv-format": true, "always-send": true }}',
        "MikroTik": f"/ip dhcp-server option add name={name} code={number} value=\"'{value}'\"",
        "Windows Server": f"netsh dhcp server set optionvalue {number} STRING {_quoted(value)}",
    }
    return DhcpOption(number, value, note, lines)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
