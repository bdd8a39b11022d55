"""as-feature-event (BroadSoft feature key synchronisation): do-not-disturb and forwards, both ways.  (pure)

A phone asks for what is set with an empty SUBSCRIBE, changes it with a body in a SUBSCRIBE, and is told with NOTIFY.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from sip_edge.message.errors import SipError
from sip_edge.presence.document import Document, markup
from sip_edge.presence.situation import Forward, Situation

CONTENT_TYPE = "application/x-as-feature-event+xml"
LARGEST = 4_000
"""Octets a change may have; real ones have 300."""
KINDS = {"forwardImmediate": "always", "forwardBusy": "busy", "forwardNoAns": "no_answer"}
_SPACE = "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
_BOUNDARY = "as-feature-event"


@dataclass(frozen=True, slots=True)
class SetDnd:
    """The phone switches do-not-disturb."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetForward:
    """The phone switches a forward; `target` None keeps the number it had."""

    kind: str
    on: bool
    target: str | None
    rings: int = 0


Change = SetDnd | SetForward


def read(body: bytes) -> Change | None:
    """The change a phone asks for; None for an empty body, which only asks. Raises SipError(400) for anything else."""
    if not body.strip():
        return None
    # No declaration of types or entities: none is needed, and they are how small bodies become large ones.
    if len(body) > LARGEST or b"<!" in body:
        raise SipError(400, "The feature event is too large or declares entities.")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - without entities, and small
    except (ElementTree.ParseError, ValueError, LookupError):
        raise SipError(400, "The feature event is not well-formed XML.") from None
    said = {_name(child): (child.text or "").strip() for child in root}
    match _name(root):
        case "SetDoNotDisturb":
            return SetDnd(_switch(said.get("doNotDisturbOn")))
        case "SetForwarding":
            return _forward(said)
    raise SipError(400, "The feature event is neither SetDoNotDisturb nor SetForwarding.")


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _switch(text: str | None) -> bool:
    if text not in ("true", "false"):
        raise SipError(400, "A switch of a feature event must be true or false.")
    return text == "true"


def _forward(said: dict[str, str]) -> SetForward:
    kind = KINDS.get(said.get("forwardingType", ""))
    if kind is None:
        raise SipError(400, "The feature event names a kind of forward there is none of.")
    target = said.get("forwardDN") or None
    rings = said.get("ringCount", "")
    if target is not None and (len(target) > 64 or not target.isprintable()):
        raise SipError(400, "The target of a forward must be a number of at most 64 characters.")
    count = int(rings) if rings.isascii() and rings.isdigit() and len(rings) < 3 else 0
    return SetForward(kind, _switch(said.get("activateForward")), target, count)


def document(device: str, now: Situation) -> Document:
    """What is set for a person, everything in one body: a part for do-not-disturb and one for each kind of forward."""
    known = {forward.kind: forward for forward in now.forwards}
    parts = [_dnd(device, now.dnd), *(_forwarding(device, wire, known.get(kind)) for wire, kind in KINDS.items())]
    head = f"--{_BOUNDARY}\r\nContent-Type: {CONTENT_TYPE}\r\n\r\n"
    text = "".join(f"{head}{part}\r\n" for part in parts) + f"--{_BOUNDARY}--\r\n"
    return Document(f"multipart/mixed;boundary={_BOUNDARY}", text.encode())


def _element(name: str, device: str, inside: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n<{name} xmlns="{_SPACE}">'
        f"<device>{markup(device)}</device>{inside}</{name}>"
    )


def _dnd(device: str, on: bool) -> str:
    return _element("DoNotDisturbEvent", device, f"<doNotDisturbOn>{str(on).lower()}</doNotDisturbOn>")


def _forwarding(device: str, wire: str, forward: Forward | None) -> str:
    inside = f"<forwardingType>{wire}</forwardingType><forwardStatus>{str(forward is not None).lower()}</forwardStatus>"
    if forward is not None:
        inside += f"<forwardTo>{markup(forward.target)}</forwardTo>"
        inside += f"<ringCount>{forward.rings}</ringCount>" if forward.rings else ""
    return _element("ForwardingEvent", device, inside)


def changed(forwards: tuple[Forward, ...], change: SetForward) -> tuple[Forward, ...]:
    """The forwards after a change; switching one on without a number keeps the one it had, or does nothing."""
    kept = {forward.kind: forward for forward in forwards}
    before = kept.pop(change.kind, None)
    target = change.target or (before.target if before else "")
    if change.on and target:
        kept[change.kind] = Forward(change.kind, target, change.rings or (before.rings if before else 0))
    return tuple(kept.values())
