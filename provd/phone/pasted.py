"""MACs as people paste and scan them: one phone a line, in any notation, with an extension behind it or not.  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass

from provd.phone.mac import parse_mac

_SAID = re.compile(r"\s*mac(?:\s+address)?\s*[:=]?\s*(?=[0-9a-f])", re.IGNORECASE)
_BEHIND = re.compile(r"(.*?)[\s,;\"']+(?:ext\.?\s*)?([0-9]{1,10})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pasted:
    """A line understood: its MAC, and the extension behind it, empty for none."""

    mac: str
    extension: str = ""


def read_line(line: str) -> Pasted:
    """Read `00:15:65:AA:BB:CC`, `001565aabbcc 101`, `MAC: 0015.65aa.bbcc; 101`.

    Raises ValueError with a sentence when there is no MAC at its beginning.
    """
    bare = _SAID.sub("", line.strip(" \t\r\n,;\"'"), count=1)[:200]
    try:
        return Pasted(parse_mac(bare))
    except ValueError as error:
        behind = _BEHIND.fullmatch(bare)
        if behind is None:
            raise
        try:
            return Pasted(parse_mac(behind[1].strip(" \t,;\"'")), behind[2])
        except ValueError:
            raise error from None
