"""One leg that waits: what it is to hear, how far asking it has come, and what the engine plays to it now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.call.music import Begin
from sip_edge.media.engine import Clip, File, Silence, Tone
from sip_edge.timers import Timer

LEG = "caller"
MINUTES = 300.0
"""Seconds of a programme that the engine is given at a time,"""
CLIPS = 50
"""and clips at most."""
Then = Callable[[int], None]
"""Gets 0 when a leg hears something, else the SIP status why it does not."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A programme: whose music it is, by extension ("": ringback), and a way to begin it."""

    whose: str
    begin: Begin


RINGBACK = Sound("", lambda: iter((Tone("ringback"),)))


@dataclass(slots=True, eq=False)
class Waiter:
    """`call` names it to the media engine; `one` is the conversation it began to wait in."""

    one: Conversation
    leg: Leg
    call: str
    sound: Sound | None = None
    agreed: bool = False
    """Does the engine know what the leg described, and the leg what the engine did?"""
    asking: bool = False
    sent: bool = False
    """Is the re-INVITE on its way?"""
    gone: bool = False
    """It waits no more: whatever comes now comes too late."""
    turn: int = 0
    """Counts what the engine was asked to play: an answer to an earlier request means nothing any more."""
    timer: Timer | None = None
    thens: list[Then] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)
    """What waits until the leg may be asked something else."""
    _clips: Iterator[Clip] = field(default_factory=lambda: iter(()))
    _play: str = ""
    _over: str = ""
    """What was played to its end before its name was known."""

    def hears(self, sound: Sound | None) -> bool:
        """Is this what it is to hear already?"""
        mine = self.sound
        return mine is sound or (mine is not None and sound is not None and mine.whose == sound.whose)

    def begin(self) -> None:
        """The programme begins."""
        self._clips = (self.sound.begin() if self.sound is not None else None) or iter(())

    def next(self) -> list[Clip]:
        """The next minutes of the programme, [] when it is over."""
        self.turn += 1
        self._play = self._over = ""
        found: list[Clip] = []
        left = MINUTES
        while left > 0 and len(found) < CLIPS and (clip := next(self._clips, None)) is not None:
            found.append(clip)
            left -= _seconds(clip)
        return found

    def hush(self) -> None:
        """Nothing is played any more."""
        self.turn += 1
        self._play = self._over = ""

    def plays(self, name: str) -> bool:
        """The engine plays what it was given last, by this name. True: it has ended already."""
        self._play = name
        return self._over == name

    def played(self, name: str) -> bool:
        """Something has ended. True: it is what plays now."""
        if self._play:
            return name == self._play
        self._over = name
        return False

    def lost(self) -> None:
        """The engine knows nothing of it any more."""
        self.agreed = self.asking = False
        self.hush()

    def tell(self, status: int) -> None:
        """Everybody who waits for it hears what came of asking the leg."""
        thens, self.thens = self.thens, []
        for then in thens:
            then(status)

    def free(self) -> None:
        """The leg may be asked something else."""
        after, self.after = self.after, []
        for again in after:
            again()


def _seconds(clip: Clip) -> float:
    if isinstance(clip, File):
        return clip.seconds if clip.seconds is not None else 60.0
    if isinstance(clip, Silence):
        return clip.seconds
    return clip.seconds if clip.seconds is not None else float("inf")
