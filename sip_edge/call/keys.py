"""Keys that phones tell of by SIP INFO, for those that send neither telephone-event nor tones.  (pure)"""

from __future__ import annotations

import re

KEYS = "0123456789*#ABCD"
_BY_NUMBER = {"10": "*", "11": "#"}
"""How telephone-event numbers them (RFC 4733 section 3.2), which some phones write here too."""
_SIGNAL = re.compile(r"^\s*signal\s*=\s*(\S{1,2})\s*$", re.IGNORECASE | re.MULTILINE)


def digit(kind: str, body: bytes) -> str:
    """The key that an INFO of this Content-Type says was pressed, one of KEYS; empty when it says none.

    `application/dtmf-relay` has a line `Signal=5` among others, `application/dtmf` the key alone.
    """
    text = body[:200].decode("ascii", "replace")
    match kind.partition(";")[0].strip().lower():
        case "application/dtmf-relay":
            found = _SIGNAL.search(text)
            said = found[1] if found is not None else ""
        case "application/dtmf":
            said = text.strip()
        case _:
            return ""
    said = _BY_NUMBER.get(said, said.upper())
    return said if len(said) == 1 and said in KEYS else ""
