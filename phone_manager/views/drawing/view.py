"""What the picture of a phone is made of: keys, panels, tabs, as the templates show them.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass

from provd.phone.key import PhoneKey, Position
from provd.phone.model import Box


@dataclass(frozen=True, slots=True)
class PlacedKeyView:
    """What the picture has to know of one key: the caller's draft, layers and presence, already as words.

    `origin` is the title of the layer it is from (`template Reception`), `inherited` whether that is not this phone
    (or template, where that is what is edited).
    `changed` is true while the key is not saved, `problem` a sentence or empty, `live` one of `busy`, `ringing`,
    `idle` or empty where nobody watches.
    """

    kind: str = "none"
    target: str = ""
    label: str = ""
    line: int = 1
    origin: str = ""
    inherited: bool = False
    locked: bool = False
    changed: bool = False
    problem: str = ""
    live: str = ""

    @classmethod
    def of(cls, key: PhoneKey, *, target: str = "", changed: bool = False, live: str = "") -> PlacedKeyView:
        """A key as the phone gets it. `target` is what a person chose, where it differs from what the phone dials."""
        return cls(
            kind=key.kind,
            target=target or key.value,
            label=key.label,
            line=key.line,
            origin=key.origin,
            inherited=key.origin != "phone",
            locked=key.locked,
            changed=changed,
            live=live,
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """A part of the phone that is no key of ours: `kind` says how it is drawn, `word` what is written on it."""

    kind: str
    box: Box
    word: str = ""

    @property
    def on_screen(self) -> bool:
        """Whether it is drawn over the screens: the time, the button that turns the page."""
        return self.kind in ("clock", "page_key", "page_touch")


@dataclass(frozen=True, slots=True)
class KeyDrawing:
    """One key in the picture. `area` holds everything of it, `button` what is pressed, `label` where its words are.

    `form` is `screen` (words on the screen beside the button), `touch` (the words are the button) or `strip` (paper
    beside the lamp). `text` is `full_label` cut to fit, `rtl` its direction, `mirrored` when the words end at
    the button. `kind_word`, `target`, `origin` and `state_words` are what the list says of it.
    """

    position: Position
    page: int
    href: str
    name: str
    form: str
    area: Box
    button: Box
    label: Box
    text: str
    full_label: str
    target: str
    kind_word: str
    origin: str
    state_words: tuple[str, ...]
    rtl: bool
    mirrored: bool
    glyph: str
    view: PlacedKeyView
    selected: bool

    @property
    def number(self) -> str:
        """What is written on the button: the number within the phone or the module."""
        return str(self.position.number)

    @property
    def empty(self) -> bool:
        """Whether the key does nothing."""
        return self.view.kind == "none"

    @property
    def states(self) -> tuple[str, ...]:
        """Words for the style sheet; each of them has a shape of its own in the picture."""
        view = self.view
        found = {
            "empty": self.empty,
            "inherited": view.inherited and not self.empty,
            "own": not view.inherited and not self.empty,
            "changed": view.changed,
            "problem": bool(view.problem),
            "locked": view.locked,
            "busy": view.live == "busy",
            "ringing": view.live == "ringing",
            "selected": self.selected,
        }
        return tuple(state for state, holds in found.items() if holds)

    @property
    def badges(self) -> tuple[str, ...]:
        """The marks at the free end of the label, outermost first."""
        return tuple(state for state in ("problem", "locked") if state in self.states)


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture: the phone itself, a further page of its keys, or a page of an expansion module."""

    kind: str
    title: str
    caption: str
    width: float
    height: float
    look: str
    colour: bool
    screens: tuple[Box, ...]
    shapes: tuple[Shape, ...]
    keys: tuple[KeyDrawing, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of keys to look at, or all of them at once."""

    title: str
    caption: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class PhoneDrawing:
    """The picture of one phone: `panels` in the order a person looks at them, `rows` every key drawn in order.

    `narrow` shows the keys of the first panel without the phone around them; a style sheet chooses between the two.
    """

    title: str
    summary: str
    note: str
    panels: tuple[Panel, ...]
    narrow: tuple[Panel, ...]
    tabs: tuple[Tab, ...]
    rows: tuple[KeyDrawing, ...]

    @property
    def modular(self) -> bool:
        """Whether an expansion module is part of it."""
        return any(row.position.module for row in self.rows)
