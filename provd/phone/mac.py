"""MAC addresses as phones, labels and spreadsheets write them.  (pure)"""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s:.\-]")
_TWELVE = re.compile(r"[0-9a-f]{12}")


def parse_mac(text: str) -> str:
    """Read a MAC in any notation (`00:15:65:AA:BB:CC`, `0015.65aa.bbcc`, `001565AABBCC`) as 12 lower-case digits.

    Raises ValueError with a sentence when it is not six bytes, a group address or all zeros.
    """
    shown = text.strip()[:40]
    digits = _SEPARATORS.sub("", text.strip().lower()) if len(text) <= 40 else ""
    if not _TWELVE.fullmatch(digits):
        raise ValueError(f"“{shown}” is not a MAC address; it has 12 hexadecimal digits, like 00:15:65:AA:BB:CC.")
    if digits == "000000000000" or int(digits[:2], 16) & 1:
        raise ValueError(f"“{shown}” is not the address of one device; read the MAC on the phone's label again.")
    return digits


def with_colons(mac: str) -> str:
    """Write `001565aabbcc` as people read it, `00:15:65:aa:bb:cc`."""
    return ":".join(mac[i : i + 2] for i in range(0, 12, 2))
