"""PIDF documents (RFC 3863) with the activities of RFC 4480: presence for phones and apps that ask for it.  (pure)"""

from __future__ import annotations

from sip_edge.presence.document import Document, markup
from sip_edge.presence.situation import Situation

CONTENT_TYPE = "application/pidf+xml"
_SPACES = (
    'xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" '
    'xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid"'
)


def document(entity: str, name: str, now: Situation) -> Document:
    """Open when a device of the person can be reached; a call or do-not-disturb as an activity and a note."""
    basic = "open" if now.registered or now.busy else "closed"
    activity, note = _activity(now, basic)
    person = (
        f'<dm:person id="p{markup(name)}"><rpid:activities>{activity}</rpid:activities>'
        f"<dm:note>{note}</dm:note></dm:person>\n"
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<presence {_SPACES} entity="{markup(entity)}">\n'
        f'<tuple id="t{markup(name)}"><status><basic>{basic}</basic></status>'
        f'<contact priority="1">{markup(entity)}</contact><note>{note}</note></tuple>\n{person}</presence>\n'
    )
    return Document(CONTENT_TYPE, text.encode())


def _activity(now: Situation, basic: str) -> tuple[str, str]:
    if now.busy:
        ringing = not any(call.phase == "confirmed" for call in now.calls)
        return "<rpid:on-the-phone/>", "Ringing" if ringing else "On the phone"
    if now.dnd:
        return "<rpid:busy/>", "Do not disturb"
    return ("<rpid:unknown/>", "Ready") if basic == "open" else ("<rpid:away/>", "Not online")
