"""How each vendor's phones start: which files in which order, and what they say of themselves.  (pure)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from provd.simulate.makes import Unit
from provd.simulate.start import Script, Start
from provd.simulate.vendors import cisco, fanvil, grandstream, poly, snom, yealink


@dataclass(frozen=True, slots=True)
class Vendor:
    """The manners of one family. `stays` says that an address from its file outlives the one DHCP gave."""

    agent: Callable[[Unit], str]
    configuration: Callable[[Start], Script]
    firmware: Callable[[Start], Script]
    directory: Callable[[Start], Script]
    headers: Mapping[str, str] = field(default_factory=dict)
    stays: bool = False
    bare_scheme: str = "tftp"


_POLY = Vendor(
    poly.agent, poly.configuration, poly.firmware, poly.directory, {"Accept": "*/*"}, stays=True, bare_scheme="ftp"
)
# Cisco documents gzip for profiles (Provisioning Formats), so its phones ask for it.
_CISCO = Vendor(
    cisco.agent,
    cisco.configuration,
    cisco.firmware,
    cisco.directory,
    {"Accept": "*/*", "Accept-Encoding": "gzip"},
    stays=True,
)
_GRANDSTREAM = Vendor(
    grandstream.agent, grandstream.configuration, grandstream.firmware, grandstream.directory, {"Accept": "*/*"}
)
VENDORS: Mapping[str, Vendor] = {
    "yealink": Vendor(yealink.agent, yealink.configuration, yealink.firmware, yealink.directory, {"Accept": "*/*"}),
    "poly-ucs": _POLY,
    "poly-edge-e": _POLY,
    "cisco-spa": _CISCO,
    "cisco-mpp": _CISCO,
    "grandstream": _GRANDSTREAM,
    "grandstream-ht": _GRANDSTREAM,
    "snom": Vendor(
        snom.agent, snom.configuration, snom.firmware, snom.directory, {"Accept-Language": "en"}, stays=True
    ),
    "fanvil": Vendor(fanvil.agent, fanvil.configuration, fanvil.firmware, fanvil.directory, {"Accept": "*/*"}),
}
