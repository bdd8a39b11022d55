"""Words of the drawing: labels that fit, names that are read aloud, a glyph for each kind of key.  (pure)"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from types import MappingProxyType

from phone_manager.views.drawing.view import PlacedKeyView
from provd.phone.key import KINDS, Position

LONGEST = 500
FONT = 12.5
WIDEST = 1.05

# Joiners shape letters and emoji; every other format character, the bidi overrides among them, rearranges the page.
JOINERS = "\u200c\u200d"
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
NARROW = frozenset("iIjlrtf.,:;'’|!()[]{}- \u00a0")
WIDE = frozenset("mwMW@%&")

SPOKEN = MappingProxyType(
    {"blf": "busy lamp", "line": "line", "shared_line": "shared line", "none": "empty", "dtmf": "DTMF", "url": "URL"}
)

# Strokes of 1.6 in a square of 16, drawn by us.
GLYPHS = MappingProxyType(
    {
        "line": "M3 3.5c0 5 4.5 9.5 9.5 9.5l1-3-3-1.2-1.4 1.4C7.3 9.4 6.6 8.7 5.8 6.9l1.4-1.4L6 2.5z",
        "shared_line": "M2 4.5c0 4 3.5 7.5 7.5 7.5l.8-2.3-2.3-1-1.1 1.1M2 4.5 4.3 3.7l1 2.3M11 6.5h4M11 9.5h4M11 3.5h4",
        "blf": "M8 7.2a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM2.8 14c0-2.9 2.3-4.6 5.2-4.6s5.2 1.7 5.2 4.6",
        "speed_dial": "M9.2 1.5 3.5 9.2h4l-.7 5.3 5.7-7.7h-4z",
        "park": "M2.5 2.5h11v11h-11zM6.2 12V4.5h2.5a2.2 2.2 0 0 1 0 4.5H6.2",
        "dtmf": "M3 3h.1M8 3h.1M13 3h.1M3 8h.1M8 8h.1M13 8h.1M3 13h.1M8 13h.1M13 13h.1",
        "queue_toggle": "M2 4h7M2 8h7M2 12h7M12.5 2.5v11M10.5 11.5l2 2 2-2M10.5 4.5l2-2 2 2",
        "queue_login": "M2 4h6M2 8h4M2 12h6M15 8H9M11.5 5.5 9 8l2.5 2.5",
        "queue_logout": "M2 4h6M2 8h4M2 12h6M9 8h6M12.5 5.5 15 8l-2.5 2.5",
        "timeframe_toggle": "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 2",
        "hot_desk": "M2 6h12M3.5 6v8M12.5 6v8M8 6V2.5M5.5 2.5h5",
        "move_call": "M2 5.5h11M10 2.5l3 3-3 3M14 11.5H3M6 8.5l-3 3 3 3",
        "url": "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM1.5 8h13M8 1.5c-4 4-4 9 0 13 4-4 4-9 0-13",
        "cascade": "M2.5 3h7M4.5 8h7M6.5 13h7M2.5 3v5h2M4.5 8v5h2",
        "none": "M8 4v8M4 8h8",
    }
)


def clean(text: str) -> str:
    """`text` on one line without control characters, bidi overrides and lone surrogates, 500 characters at most."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:LONGEST]
    joined = " ".join(text[: LONGEST * 4].encode("utf-8", "ignore").decode().split())
    seen = "".join(char for char in joined if char in JOINERS or unicodedata.category(char) not in UNSEEN)
    return unicodedata.normalize("NFC", " ".join(seen.split())[:LONGEST])[:LONGEST].rstrip()


def rightward(text: str) -> bool:
    """Whether the text is read from right to left: its first letter decides (Unicode UAX #9, rule P2)."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def width(text: str, size: float = FONT) -> float:
    """About how wide `text` is in a sans-serif font of `size`, in the same unit; rather too wide than too narrow."""
    return sum(map(_advance, text)) * size


@lru_cache(4096)
def _advance(char: str) -> float:
    if char in JOINERS or unicodedata.category(char).startswith("M"):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0x1F000:
        return WIDEST
    if char in NARROW:
        return 0.36
    if char in WIDE:
        return 0.95
    return 0.68 if char.isupper() else 0.6


def fit(text: str, room: float, size: float = FONT) -> str:
    """`text` cut to `room` with an ellipsis; an accent or a joined sign is never parted from its letter."""
    if len(text) * size * WIDEST <= room or width(text, size) <= room:
        return text
    room -= size * 0.9
    kept = 0
    for end in range(1, len(text)):
        if width(text[:end], size) > room:
            break
        if not _joined(text, end):
            kept = end
    return text[:kept].rstrip() + "…" if kept else "…"


def _joined(text: str, at: int) -> bool:
    return unicodedata.category(text[at]).startswith("M") or text[at] in JOINERS or text[at - 1] in JOINERS


def glyph(kind: str) -> str:
    """The path of a kind's glyph; of nothing for a kind that is not ours."""
    return GLYPHS.get(kind, GLYPHS["none"])


def spoken(kind: str) -> str:
    """A kind in the words of the drawing: `busy lamp`."""
    known = KINDS.get(kind)
    return SPOKEN.get(kind) or (known.title.lower() if known else clean(kind))


def place(position: Position) -> str:
    """`Key 7`, `Module 1 key 7`."""
    return f"Module {position.module} key {position.number}" if position.module else f"Key {position.number}"


def origin(view: PlacedKeyView, owner: str = "phone") -> str:
    """Where a key comes from: `from template Reception`, `set on this phone`, nothing for an empty key."""
    if view.kind == "none":
        return ""
    if not view.inherited:
        return f"set on this {owner}"
    if view.origin == "default":
        return "given by default"
    return f"from {clean(view.origin)}" if view.origin else "inherited"


def states(view: PlacedKeyView) -> tuple[str, ...]:
    """The states of a key in words; what the picture shows by shape."""
    found = (
        (view.locked, "locked"),
        (view.changed, "not saved yet"),
        (bool(view.problem), f"problem: {clean(view.problem)}"),
        (view.live in ("busy", "ringing", "idle"), view.live),
    )
    return tuple(word for holds, word in found if holds)


def name(position: Position, view: PlacedKeyView, owner: str = "phone") -> str:
    """The key as it is read aloud: `Key 7: busy lamp, Reception (101), from template Reception, locked`."""
    label, target = clean(view.label), clean(view.target)
    kind = f"line {view.line}" if view.kind == "line" else spoken(view.kind)
    said = f"{label} ({target})" if label and target and target != label else label or target
    parts = [kind, said if view.kind != "none" else "", origin(view, owner), *states(view)]
    return f"{place(position)}: {', '.join(part for part in parts if part)}"
