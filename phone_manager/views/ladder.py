"""SIP messages as the rungs of a ladder between the phone and the server.  (pure)"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Rung:
    """One message. `clock` in the reader's zone; `after`: seconds since the one before; `bad` for a refusal."""

    number: int
    clock: str
    after: str
    way: str
    label: str
    over: str
    text: str
    bad: bool


def rows(messages: Sequence[Mapping[str, Any]], zone: str) -> list[Rung]:
    """The messages of the API's trace, as they are drawn."""
    found, before = [], None
    for one in messages:
        at = datetime.datetime.fromtimestamp(one["at"], ZoneInfo(zone))
        after = "" if before is None else f"+{one['at'] - before:.3f} s"
        before = one["at"]
        over = f"{one['transport']} {one['address']}:{one['port']}"
        clock = at.strftime("%H:%M:%S.") + f"{at.microsecond // 1000:03d}"
        found.append(Rung(one["number"], clock, after, one["way"], one["label"], over, one.get("text", ""), bad(one)))
    return found


def bad(message: Mapping[str, Any]) -> bool:
    """Whether it is a response of 400 and above; a challenge (401, 407) belongs to every sign-in and is not bad."""
    code = str(message["label"]).split(" ", 1)[0]
    return code.isdecimal() and len(code) == 3 and int(code) >= 400 and code not in ("401", "407")


def text(trace: Mapping[str, Any]) -> str:
    """The ladder as text to copy into a mail."""
    return "\n".join([trace["head"], *(one["line"] for one in trace["messages"])])
