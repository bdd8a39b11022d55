"""Shared call appearances (BroadSoft SIP access side extensions): what the packages call-info and line-seize say.

(pure)
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sip_edge.presence.document import Document
from sip_edge.presence.situation import Call, Lamp, Party, Situation

_STATES = {
    Lamp.TRYING: "progressing",
    Lamp.RINGING: "alerting",
    Lamp.BUSY: "active",
    Lamp.HELD: "held",
    Lamp.PARKED: "held",
    Lamp.ON: "active",
}


_INDEX = re.compile(r";\s*appearance-index\s*=\s*([0-9]{1,3})\s*(?:[;,]|$)", re.IGNORECASE)


def document(domain: str, now: Situation) -> Document:
    """The appearances in use, one Call-Info value each, and `*` as idle for all the others. No body."""
    values = [*_used(domain, now).values(), f"<sip:{domain}>;appearance-index=*;appearance-state=idle"]
    return Document("", headers=(("Call-Info", ",".join(values)),))


def of_one(domain: str, now: Situation, appearance: int) -> Document:
    """The same of one appearance only: what somebody is told who seized it."""
    idle = f"<sip:{domain}>;appearance-index={appearance};appearance-state=idle"
    return Document("", headers=(("Call-Info", _used(domain, now).get(appearance, idle)),))


def wanted(values: Iterable[str]) -> int | None:
    """The appearance that the Call-Info of a request names, 0 for “any”; None when it names none."""
    found = next((match for match in map(_INDEX.search, values) if match), None)
    return int(found[1]) if found else None


def _used(domain: str, now: Situation) -> dict[int, str]:
    values = {
        held.appearance: f"<sip:{domain}>;appearance-index={held.appearance};appearance-state=seized"
        for held in now.seized
    }
    values |= {call.appearance: _value(domain, call) for call in now.calls if call.appearance}
    return dict(sorted(values.items()))


def _value(domain: str, call: Call) -> str:
    shown = f';appearance-uri="{_quoted(call.remote)}"' if call.remote.uri else ""
    return f"<sip:{domain}>;appearance-index={call.appearance};appearance-state={_STATES[call.lamp]}{shown}"


def _quoted(party: Party) -> str:
    """A name-addr inside a quoted string: its own quotes escaped, and nothing that could end it."""
    name = "".join(letter for letter in party.name if letter >= " " and letter not in '"\\\x7f')
    uri = "".join(letter for letter in party.uri if letter > " " and letter not in '"\\<>\x7f')
    return f'\\"{name}\\" <{uri}>' if name else f"<{uri}>"
