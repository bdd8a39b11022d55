"""What a phone makes of the bodies of NOTIFYs: lamps of dialog-info, the light of message-summary.  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from provd.simulate.reading.markup import parse_markup
from provd.simulate.reading.reading import Unreadable

DARK, RINGING, BUSY = "dark", "ringing", "busy"
_PHASES = {"trying": RINGING, "proceeding": RINGING, "early": RINGING, "confirmed": BUSY}
_WAITING = re.compile(rb"^messages-waiting[ \t]*:[ \t]*yes\b", re.I | re.M)
_MOST_DIALOGS = 100


@dataclass(slots=True)
class Lamp:
    """One lamp. `told` counts the documents it understood; `fault` is a sentence about the last one it did not."""

    dialogs: dict[str, str] = field(default_factory=dict)
    version: int = -1
    waiting: bool = False
    told: int = 0
    fault: str = ""

    @property
    def shows(self) -> str:
        """`dark`, `ringing` or `busy`; a call that has been answered counts more than one that rings."""
        phases = {_PHASES.get(phase, DARK) for phase in self.dialogs.values()}
        if self.waiting or BUSY in phases:
            return BUSY
        return RINGING if RINGING in phases else DARK

    @property
    def lit(self) -> bool:
        """Whether it shows anything."""
        return self.shows != DARK

    def take(self, event: str, body: bytes) -> None:
        """Take in the body of a NOTIFY of the package `event`; an empty one changes nothing."""
        if not body.strip():
            self.told += 1
            return
        if event == "message-summary":
            self.waiting = _WAITING.search(body) is not None
            self.told += 1
        elif event == "dialog":
            self._dialogs(body)
        else:
            self.told += 1

    def _dialogs(self, body: bytes) -> None:
        """RFC 4235 section 4.1: full state replaces, partial state adds, and an old version is passed over."""
        try:
            root = parse_markup(body)
        except Unreadable as error:
            self.fault = f"A lamp was sent what is no dialog-info: {error}"
            return
        said = root.attributes.get("version", "")
        version = int(said) if said.isascii() and said.isdigit() and len(said) < 12 else 0
        if root.tag.rpartition(":")[2] != "dialog-info" or version <= self.version:
            self.fault = f"A lamp was sent a document it cannot use: {root.tag[:40]}, version {version}."
            return
        self.version = version
        if root.attributes.get("state") == "full":
            self.dialogs.clear()
        for dialog in root.children:
            phase = dialog.text_of("state")
            if phase == "terminated":
                self.dialogs.pop(dialog.attributes.get("id", ""), None)
            elif phase and len(self.dialogs) < _MOST_DIALOGS:
                self.dialogs[dialog.attributes.get("id", "")] = phase
        self.told += 1
