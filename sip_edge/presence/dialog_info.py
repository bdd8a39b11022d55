"""dialog-info documents (RFC 4235): what BLF lamps are made of.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable

from sip_edge.presence.document import Document, markup
from sip_edge.presence.situation import NOTHING, Call, Lamp, Party, Situation

CONTENT_TYPE = "application/dialog-info+xml"
_SPACE = "urn:ietf:params:xml:ns:dialog-info"


def full(entity: str, name: str, now: Situation, before: Situation = NOTHING, *, parties: bool = True) -> Document:
    """Every dialog of `entity` (a SIP URI), and as terminated those that have ended since `before`.

    With no call at all one terminated dialog is named. Both are for phones that take a dialog they are told nothing
    of for one that goes on. `parties` False leaves out who is talking to whom.
    """
    return _document(entity, "full", _changes(before, now, now.calls, parties) or [_over(name)])


def partial(entity: str, before: Situation, now: Situation, *, parties: bool = True) -> Document:
    """Only the dialogs that changed between two situations, ended ones as terminated (RFC 4235 section 4.3)."""
    known = {call.id: call for call in before.calls}
    changed = tuple(call for call in now.calls if known.get(call.id) != call)
    return _document(entity, "partial", _changes(before, now, changed, parties))


def ended(before: Situation, now: Situation) -> tuple[Call, ...]:
    """The calls there were and are no more."""
    left = {call.id for call in now.calls}
    return tuple(call for call in before.calls if call.id not in left)


def _changes(before: Situation, now: Situation, calls: Iterable[Call], parties: bool) -> list[str]:
    dialogs = [_dialog(call, call.phase, parties) for call in calls]
    return dialogs + [_dialog(call, "terminated", parties) for call in ended(before, now)]


def _document(entity: str, state: str, dialogs: Iterable[str]) -> Document:
    before = f'<?xml version="1.0" encoding="UTF-8"?>\n<dialog-info xmlns="{_SPACE}" version="'
    after = f'" state="{state}" entity="{markup(entity)}">\n{"".join(dialogs)}</dialog-info>\n'
    return Document(CONTENT_TYPE, before.encode(), after.encode(), versioned=True)


def _over(name: str) -> str:
    return f'<dialog id="{markup(name)}"><state>terminated</state></dialog>\n'


def _dialog(call: Call, phase: str, parties: bool) -> str:
    named = (("call-id", call.call_id), ("local-tag", call.local_tag), ("remote-tag", call.remote_tag))
    given = "".join(f' {name}="{markup(value)}"' for name, value in named if value and parties)
    direction = "recipient" if call.incoming else "initiator"
    local = _party("local", call.local if parties else Party(), call.lamp is Lamp.HELD)
    remote = _party("remote", call.remote if parties else Party(), False)
    head = f'<dialog id="{markup(call.id)}"{given} direction="{direction}">'
    return f"{head}<state>{phase}</state>{local}{remote}</dialog>\n"


def _party(element: str, party: Party, held: bool) -> str:
    """`+sip.rendering` no: on hold (RFC 4235 section 4.1.6.2, RFC 3840 for the feature's form)."""
    if not party.uri and not held:
        return ""
    shown = f' display="{markup(party.name)}"' if party.name else ""
    identity = f"<identity{shown}>{markup(party.uri)}</identity>" if party.uri else ""
    rendering = '<param pname="+sip.rendering" pvalue="no"/>' if held else ""
    return f'<{element}>{identity}<target uri="{markup(party.uri)}">{rendering}</target></{element}>'
