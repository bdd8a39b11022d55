"""The call-info package of shared call appearances (BroadSoft SIP access side extensions).  (pure)"""

from __future__ import annotations

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


def document(domain: str, now: Situation) -> Document:
    """The appearances in use, one Call-Info value each, and `*` as idle for all the others. No body."""
    values = [_value(domain, call) for call in sorted(now.calls, key=lambda call: call.appearance) if call.appearance]
    values.append(f"<sip:{domain}>;appearance-index=*;appearance-state=idle")
    return Document("", headers=(("Call-Info", ",".join(values)),))


def _value(domain: str, call: Call) -> str:
    shown = f';appearance-uri="{_quoted(call.remote)}"' if call.remote.uri else ""
    return f"<sip:{domain}>;appearance-index={call.appearance};appearance-state={_STATES[call.lamp]}{shown}"


def _quoted(party: Party) -> str:
    """A name-addr inside a quoted string: its own quotes escaped, and nothing that could end it."""
    name = "".join(letter for letter in party.name if letter >= " " and letter not in '"\\\x7f')
    uri = "".join(letter for letter in party.uri if letter > " " and letter not in '"\\<>\x7f')
    return f'\\"{name}\\" <{uri}>' if name else f"<{uri}>"
