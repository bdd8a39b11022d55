"""SIP messages for people's eyes: secrets cut out, one line each, drawn as a ladder.  (pure)

Rules of this file: what is cut never comes back, so messages are cut before they are kept; whatever a stranger sends
comes out printable; every pattern takes time linear in its input.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

CUT = "••••••••"
LONGEST = 8_192
"""Characters of a message that are kept."""
IN, OUT = "in", "out"

_LABEL = 50
"""Characters of a label in a ladder."""
_FOLD = re.compile(r"\r?\n[ \t]+")
_CREDENTIALS = re.compile(r"(authorization[ \t]*:[ \t]*+)(?!digest\b)[^\r\n]*+", re.I)
# A digest response, and the server's rspauth (RFC 7616 section 3.5), are all that a guesser needs to try passwords
# at home; they are cut wherever they stand, in broken lines too. The URI's own password (RFC 3261 section 19.1.1) too.
_PROOF = re.compile(r'\b(response|rspauth)([ \t]*=[ \t]*)("[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*"?|[^\s,;]*+)', re.I)
_URI_PASSWORD = re.compile(r'\b(sips?:[^\s:@<>"]{1,200}):[^\s@<>"]{1,200}@', re.I)
# SDP: SDES keys (RFC 4568 section 6.1), k= (RFC 4566 section 5.12), ICE passwords (RFC 8839), MIKEY (RFC 4567).
_KEYS = re.compile(r"(?im)(\binline:)\S*+")
_KEY_LINES = re.compile(r"(?im)(^k=|^a=ice-pwd:|^a=key-mgmt:)[^\r\n]*+")
# Bodies that say how things are. What people write (MESSAGE), dial (INFO) or may open (URLs) is none of a trace.
_SHOWN = frozenset((
    "application/sdp", "application/dialog-info+xml", "application/pidf+xml", "application/rlmi+xml",
    "application/simple-message-summary", "application/reginfo+xml", "application/x-as-feature-event+xml",
    "message/sipfrag",
))  # fmt: skip
_TYPE = re.compile(r"(?im)^(?:content-type|c)[ \t]*:[ \t]*+([^\s;]*+)")
_PARTY = {
    "from": re.compile(rb"(?i)\n(?:from|f)[ \t]*:[^\r\n]{0,300}?sips?:([^@\s:;<>\"]{1,100})@([^\s:;?<>\"]{1,253})"),
    "to": re.compile(rb"(?i)\n(?:to|t)[ \t]*:[^\r\n]{0,300}?sips?:([^@\s:;<>\"]{1,100})@([^\s:;?<>\"]{1,253})"),
}
_CSEQ = re.compile(r"(?im)^cseq[ \t]*:[ \t]*+(\d{1,10})[ \t]++(\S{1,32})")
_TELLING = re.compile(r"(?im)^(event|o|expires|subscription-state|retry-after|warning)[ \t]*:[ \t]*+([^\r\n]*+)")


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a phone: `way` is in (from the phone) or out, `at` epoch seconds, `text` as `cut` gives it and
    `label` as `summary` does."""

    number: int
    at: float
    way: str
    protocol: str
    address: str
    port: int
    label: str
    text: str


def cut(data: bytes) -> str:
    """A message as text without what opens anything: digest responses, other credentials, passwords in URIs, media
    keys, and bodies that are not about state. Lines end in `\\n`; what cannot be printed is U+FFFD. At most LONGEST
    characters; the rest is counted."""
    head, _, body = data.partition(b"\r\n\r\n")
    text = _FOLD.sub(" ", head[:LONGEST].decode("utf-8", "replace"))
    text = _clean(_without_secrets(text))
    if len(head) > LONGEST:
        text += f"\n[{len(head) - LONGEST} more octets of headers]"
    return f"{text}\n\n{_body(text, body)}" if body else f"{text}\n"


def _without_secrets(text: str) -> str:
    text = _PROOF.sub(rf"\1\2{CUT}", _CREDENTIALS.sub(rf"\1{CUT}", text))
    text = _URI_PASSWORD.sub(rf"\1:{CUT}@", text)
    return _KEY_LINES.sub(rf"\1{CUT}", _KEYS.sub(rf"\1{CUT}", text))


def _body(head: str, body: bytes) -> str:
    found = _TYPE.search(head)
    kind = found[1].lower() if found else ""
    if kind not in _SHOWN:
        return f"[{len(body)} octets of {kind or 'no type'}]\n"
    shown = _clean(_without_secrets(body[:LONGEST].decode("utf-8", "replace")))
    more = f"\n[{len(body) - LONGEST} more octets]" if len(body) > LONGEST else ""
    return f"{shown.rstrip(chr(10))}{more}\n"


def _clean(text: str) -> str:
    """A technician's terminal obeys escape sequences; a phone must not be able to send it any."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(one if one == "\n" or one.isprintable() else "\ufffd" for one in text)


def party(data: bytes, way: str) -> tuple[str, str]:
    """(domain, name) of the phone's side of a message: From where it asks, To where it is asked; ("", "") when that
    cannot be read. `way` as in Step."""
    answer = data[:4].upper() == b"SIP/"
    found = _PARTY["to" if answer == (way == IN) else "from"].search(data)
    if found is None:
        return "", ""
    return found[2].decode("utf-8", "replace").lower(), found[1].decode("utf-8", "replace")


def summary(text: str) -> str:
    """What a cut message is about: `REGISTER sip:acme.example, expires 60, with credentials`, `200 OK (REGISTER 2)`."""
    first = text.partition("\n")[0].strip()
    head = text.partition("\n\n")[0]
    sequence = _CSEQ.search(head)
    if first[:4].upper() == "SIP/":
        status = first.partition(" ")[2]
        return f"{status} ({sequence[2]} {sequence[1]})" if sequence else status
    said = {name.lower(): value for name, value in reversed(_TELLING.findall(head))}
    words = [first.rpartition(" ")[0] or first]
    event = said.get("event") or said.get("o")
    words += [event] if event else []
    if "subscription-state" in said:
        words.append(said["subscription-state"].partition(";")[0])
    elif "expires" in said:
        words.append(f"expires {said['expires']}")
    if re.search(r"(?im)^(?:proxy-)?authorization[ \t]*:", head):
        words.append("with credentials")
    return ", ".join(words)


def draw(steps: Sequence[Step]) -> list[str]:
    """One line a message: time (UTC), seconds since the one before, an arrow from or to the phone, and the address
    where it changes. A message that is the same as one before is marked as repeated."""
    lines: list[str] = []
    before: Step | None = None
    seen: set[tuple[str, str]] = set()
    for step in steps:
        gap = f"+{max(0.0, step.at - before.at):.3f}" if before is not None else ""
        label = step.label
        if (step.way, step.text) in seen:
            label += ", again"
        seen.add((step.way, step.text))
        where = f"  {peer(step)}" if before is None or peer(before) != peer(step) else ""
        moment = datetime.fromtimestamp(step.at, UTC).strftime("%H:%M:%S.%f")[:-3]
        lines.append(f"{moment} {gap:>9}  {_arrow(label, step.way)}{where}")
        before = step
    return lines


def head(mac: str) -> str:
    """The line above a ladder."""
    return f"{'time (UTC)':<12} {'after':>9}  {mac:<{_LABEL + 3}}server  over"


def peer(step: Step) -> str:
    """`UDP 192.0.2.1:5060`."""
    host = f"[{step.address}]" if ":" in step.address else step.address
    return f"{step.protocol} {host}:{step.port}"


def _arrow(label: str, way: str) -> str:
    short = label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
    rest = "─" * (_LABEL - len(short))
    return f"│── {short} {rest}─▶│" if way == IN else f"│◀─ {short} {rest}──│"
