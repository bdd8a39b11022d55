"""What a virtual phone is built like: the facts of its model that its own firmware would know.  (pure)

Key counts, hardware numbers and file names come from the vendors' guides, not from device_templates/: a phone does
not read our catalogue either. A new model is one line in its vendor's table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Make:
    """One model. `id` is the name the database has for it, `name` the one on the phone, `agent` the one in its
    User-Agent; `code` is what the vendor puts in its file names. `keys` counts the keys of the phone over all pages,
    `module_keys` those of one expansion module, and `banks` tells how many (keys a page, pages) a bank has."""

    id: str
    vendor: str
    family: str
    name: str
    agent: str
    firmware: str
    code: str = ""
    keys: int = 0
    module_keys: int = 0
    module_page: int = 0
    banks: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of hardware: its MAC (12 lower hex), its make, its expansion modules, and the HTTP user and password
    that a technician has typed in, if one has. `digests` are the algorithms of RFC 7616 its firmware knows."""

    mac: str
    make: Make
    modules: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    digests: tuple[str, ...] = ("SHA-256", "MD5")

    @property
    def serial(self) -> str:
        """A serial number like the ones on the labels: it comes from the MAC, so that it stays the same."""
        return f"CBT1414{self.mac[-4:].upper()}"


# Columns: model, hardware number of the common file, firmware, keys, keys of one expansion module.
_YEALINK = """
T31P 123 124.86.0.75 2 0
T31G 123 124.86.0.75 2 0
T33G 124 124.86.0.75 12 0
T34W 171 124.86.0.75 12 0
T41S 68 66.86.0.15 15 0
T42S 67 66.86.0.15 15 0
T46S 66 66.86.0.15 27 40
T48S 65 66.86.0.15 29 40
T42U 116 108.86.0.90 15 0
T43U 107 108.86.0.90 21 60
T44U 174 108.86.0.90 21 60
T46U 108 108.86.0.90 27 60
T48U 109 108.86.0.90 29 60
T53W 95 96.86.0.45 21 60
T54W 96 96.86.0.45 27 60
T57W 97 96.86.0.45 29 60
T58W 150 150.86.0.11 27 60
T73U 186 185.87.0.10 48 78
T74U 187 185.87.0.10 60 78
T87W 197 185.87.0.10 95 78
W60B 77 77.85.0.20 0 0
W70B 146 146.87.0.15 0 0
"""

# Model, firmware, keys, keys of one module; the colour module of 84 keys shows 28 at a time.
_VVX = """
150 6.4.6.2453 2 0
250 6.4.6.2453 4 0
301 5.9.8.5760 6 84
311 5.9.8.5760 6 84
350 6.4.6.2453 6 0
401 5.9.8.5760 12 84
411 5.9.8.5760 12 84
450 6.4.6.2453 12 90
501 5.9.8.5760 12 84
601 5.9.8.5760 16 84
"""
_EDGE = """
E100 8.2.1.0246 8 0
E220 8.2.1.0246 16 0
E350 8.2.1.0246 32 0
E450 8.2.1.0246 34 30
"""

# Model, series name that $PSN stands for, firmware, keys, keys of one module.
_SPA = """
SPA504G 504G 7.6.2e 4 32
SPA508G 508G 7.6.2e 8 32
SPA509G 509G 7.6.2e 12 32
SPA514G 514G 7.6.2e 4 32
SPA525G2 525G2 7.6.2e 5 32
"""
_MPP = """
6821 2 0
6841 4 0
6851 4 28
6871 6 0
7821 2 0
7841 4 0
7861 16 0
8811 10 0
8841 10 0
8851 10 28
8861 10 28
"""

# Model, firmware, VPKs, MPKs, keys of one extension board.
_GRANDSTREAM = """
GXP2130 1.0.11.85 12 8 0
GXP2135 1.0.11.85 32 0 0
GXP2140 1.0.11.85 16 0 40
GXP2160 1.0.11.85 24 24 0
GXP2170 1.0.11.85 48 0 40
GRP2612 1.0.5.48 16 0 0
GRP2613 1.0.5.48 24 0 0
GRP2614 1.0.5.48 16 24 0
GRP2615 1.0.5.48 40 0 40
GRP2616 1.0.5.48 16 24 0
"""

# Model, firmware, keys; every one takes D7C or D3 modules of 18 keys.
_SNOM = """
D315 10.1.169.14 5
D345 10.1.169.14 48
D385 10.1.169.14 48
D713 10.1.169.14 4
D717 10.1.169.14 3
D735 10.1.169.14 32
D765 10.1.169.14 16
D785 10.1.169.14 24
"""

# Model, common file (- where no guide names one), firmware, side keys x pages, DSS keys x pages.
_FANVIL = """
X3SG f0X3sghw1.100.cfg 2.4.10.1 0x1 2x1
X4U - 2.12.16.17 3x1 6x5
X5U F0V5UV200000.cfg 2.12.16.17 4x1 6x5
X6U - 2.12.16.17 5x1 12x5
X7 F0V00X700000.cfg 2.6.0.1000 11x1 29x4
X7C - 2.6.0.1000 12x5 0x1
X210 F0V00X200000.cfg 2.12.1.1 10x1 32x3
"""


def _rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def _yealink(name: str, code: str, firmware: str, keys: str, module: str) -> Make:
    agent = name if name.startswith("W") else f"SIP-{name}"
    return Make(f"yealink-{name.lower()}", "Yealink", "yealink", name, agent, firmware, code, int(keys), int(module))


def _vvx(number: str, firmware: str, keys: str, module: str) -> Make:
    name, page = f"VVX{number}", 28 if module == "84" else 0
    made = (f"poly-{name.lower()}", "Poly", "poly-ucs", name, f"VVX_{number}", firmware, "")
    return Make(*made, int(keys), int(module), page)


def _edge(name: str, firmware: str, keys: str, module: str) -> Make:
    said = f"Edge_{name}"
    made = (f"poly-edge-{name.lower()}", "Poly", "poly-edge-e", f"Edge {name}", said, firmware, "")
    return Make(*made, int(keys), int(module))


def _spa(name: str, code: str, firmware: str, keys: str, module: str) -> Make:
    return Make(f"cisco-{name.lower()}", "Cisco", "cisco-spa", name, name, firmware, code, int(keys), int(module))


def _mpp(number: str, keys: str, module: str) -> Make:
    name = f"CP-{number}"
    made = (f"cisco-{name.lower()}", "Cisco", "cisco-mpp", name, f"{name}-3PCC", "11.3.7", f"{number}-3PCC")
    return Make(*made, int(keys), int(module))


def _grandstream(name: str, firmware: str, vpk: str, mpk: str, board: str) -> Make:
    banks = {"vpk": (int(vpk), 1)} | ({"mpk": (int(mpk), 1)} if mpk != "0" else {})
    made = (f"grandstream-{name.lower()}", "Grandstream", "grandstream", name, name, firmware, name.lower())
    return Make(*made, int(vpk) + int(mpk), int(board), 0, banks)


def _adapter(name: str) -> Make:
    made = (f"grandstream-{name.lower()}", "Grandstream", "grandstream-ht", name, f"{name} V1.1A", "1.0.43.11")
    return Make(*made, name.lower())


def _snom(name: str, firmware: str, keys: str) -> Make:
    return Make(f"snom-{name.lower()}", "Snom", "snom", name, name, firmware, f"snom{name}", int(keys), 18)


def _fanvil(name: str, common: str, firmware: str, side: str, dss: str) -> Make:
    banks = {bank: _sized(text) for bank, text in (("side", side), ("internal", dss))}
    banks = {bank: size for bank, size in banks.items() if size[0]}
    keys = sum(size * pages for size, pages in banks.values())
    code = "" if common == "-" else common
    return Make(f"fanvil-{name.lower()}", "Fanvil", "fanvil", name, name, firmware, code, keys, 0, 0, banks)


def _sized(text: str) -> tuple[int, int]:
    size, _, pages = text.partition("x")
    return int(size), int(pages)


MAKES: Mapping[str, Make] = {
    make.id: make
    for make in (
        *(_yealink(*row) for row in _rows(_YEALINK)),
        *(_vvx(*row) for row in _rows(_VVX)),
        *(_edge(*row) for row in _rows(_EDGE)),
        *(_spa(*row) for row in _rows(_SPA)),
        *(_mpp(*row) for row in _rows(_MPP)),
        *(_grandstream(*row) for row in _rows(_GRANDSTREAM)),
        _adapter("HT802"),
        _adapter("HT812"),
        *(_snom(*row) for row in _rows(_SNOM)),
        *(_fanvil(*row) for row in _rows(_FANVIL)),
    )
}


def find_make(text: str) -> Make | None:
    """The make with this id (`yealink-t46u`) or name (`T46U`, `vvx 450`); None when no virtual phone is of it."""
    plain = _plain(text)
    return next((make for make in MAKES.values() if plain in (_plain(make.id), _plain(make.name))), None)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
