"""The reg event package: who is registered, as an XML document (RFC 3680).  (pure)"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from sip_edge.presence.document import Document
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


def full(aor: str, bindings: Sequence[Binding], now: float) -> Document:
    """Every binding of `aor` (a SIP URI), with the hole for the version, which counts from 0 in each subscription
    (RFC 3680 section 5.1); `now` in epoch seconds, as the times of bindings are."""
    contacts = [_contact(one, "active", "registered" if not one.restored else "created", now) for one in bindings]
    return _document(aor, "active" if bindings else "init", contacts, "full")


def partial(aor: str, changes: Sequence[Change], left: Sequence[Binding], now: float) -> Document:
    """What changed; `left`: the bindings there are now."""
    contacts = [
        _contact(one.binding, "terminated" if one.kind in _GONE else "active", _event(one), now) for one in changes
    ]
    return _document(aor, "active" if left else "terminated", contacts, "partial")


def changes(before: Sequence[Binding], now: Sequence[Binding], parted: Sequence[tuple[int, str]]) -> list[Change]:
    """What happened between two looks at a device; `parted` is (id, kind) of those that ended."""
    known, left, how = {one.id: one for one in before}, {one.id for one in now}, dict(parted)
    found = [Change(how.get(one.id, "expired"), one, one) for one in before if one.id not in left]
    for one in now:
        old = known.get(one.id)
        if old is None or old.registered != one.registered:
            found.append(Change("registered", one, old))
        elif old != one:
            found.append(Change("refreshed", one, old))
    return found


def _event(one: Change) -> str:
    if one.kind == "refreshed" and one.before is not None and one.binding.expires < one.before.expires:
        return "shortened"
    return _EVENTS[one.kind]


def _document(aor: str, state: str, contacts: Sequence[str], kind: str) -> Document:
    inner, name = "".join(contacts), _attribute(aor)
    before = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" xmlns:gr="urn:ietf:params:xml:ns:gruuinfo" version="'
    )
    after = (
        f'" state="{kind}">\n<registration aor={name} id={name} state="{state}">\n{inner}</registration>\n</reginfo>\n'
    )
    return Document(CONTENT_TYPE, before.encode(), after.encode("utf-8", "replace"), versioned=True)


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
