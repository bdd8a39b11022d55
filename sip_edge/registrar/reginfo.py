"""The reg event package: who is registered, as an XML document (RFC 3680).  (pure)"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from sip_edge.registrar.binding import Binding
from sip_edge.registrar.location import Change

CONTENT_TYPE = "application/reginfo+xml"
EVENT = "reg"

# RFC 3680 section 5.3.2: what the contact went through. `rejected` never happens here; nobody bans a binding by hand.
_EVENTS = {
    "registered": "registered",
    "refreshed": "refreshed",
    "replaced": "deactivated",
    "unregistered": "unregistered",
    "expired": "expired",
}
_GONE = frozenset(("replaced", "unregistered", "expired"))


def full(aor: str, bindings: Sequence[Binding], version: int, now: float) -> bytes:
    """Every binding of `aor` (a SIP URI); `version` counts from 0 in each subscription (RFC 3680 section 5.1)."""
    contacts = [_contact(one, "active", "registered" if not one.restored else "created", now) for one in bindings]
    return _document(aor, "active" if bindings else "init", contacts, "full", version)


def partial(aor: str, changes: Sequence[Change], left: Sequence[Binding], version: int, now: float) -> bytes:
    """What changed; `left`: the bindings there are now."""
    contacts = [
        _contact(one.binding, "terminated" if one.kind in _GONE else "active", _EVENTS[one.kind], now)
        for one in changes
    ]
    return _document(aor, "active" if left else "terminated", contacts, "partial", version)


def _document(aor: str, state: str, contacts: Sequence[str], kind: str, version: int) -> bytes:
    inner, name = "".join(contacts), _attribute(aor)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" xmlns:gr="urn:ietf:params:xml:ns:gruuinfo" '
        f'version="{version}" state="{kind}">\n'
        f'<registration aor={name} id={name} state="{state}">\n{inner}</registration>\n</reginfo>\n'
    )
    return text.encode("utf-8", "replace")


def _contact(one: Binding, state: str, event: str, now: float) -> str:
    expires = max(0, round(one.expires - now)) if state == "active" else 0
    q = "" if one.q == 1.0 else f' q="{one.q:g}"'
    gruu = one.pub_gruu()
    public = f"<gr:pub-gruu uri={_attribute(gruu)}/>" if gruu else ""
    agent = f'<unknown-param name="user-agent">{_text(one.user_agent)}</unknown-param>' if one.user_agent else ""
    return (
        f'<contact id="{one.id}" state="{state}" event="{event}" expires="{expires}" '
        f'duration-registered="{max(0, int(now - one.registered))}" callid={_attribute(one.call_id)} '
        f'cseq="{one.cseq}"{q}><uri>{_text(one.contact)}</uri>{agent}{public}</contact>\n'
    )


def _clean(text: str) -> str:
    """XML 1.0 has no control characters, whatever a phone sends."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "\ufffd" for one in text)


def _text(text: str) -> str:
    return escape(_clean(text))


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))
