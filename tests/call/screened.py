"""A person who screens calls, for tests of it: the caller is asked, the phones ring, and somebody decides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from provd.answering.rule import Destination, Rule, SimRing
from sip_edge.media.engine import Clip, File
from sip_edge.media.event import Dtmf, PlayEnded, RecordEnded
from sip_edge.routing.facts import Company
from tests.call.scenes import ACME, TRUNK, Desk, House, Incoming, Outgoing
from tests.fakes import FakeMedia
from tests.registrar.scenes import DOMAIN

OURS = replace(TRUNK, domain=DOMAIN)
CELL = "+13035550100"


def screening(rule: Rule | None = None, *, voicemail: bool = False, allowed: frozenset[str] = frozenset()) -> Company:
    """Acme, where Bob screens his calls."""
    found = replace(rule or Rule(), screening=True)
    bob = replace(ACME.people["102"], rules=(found,), voicemail=voicemail, allowed=allowed)
    return replace(ACME, people={**ACME.people, "102": bob})


def with_cell() -> Rule:
    """A rule that rings Bob's phone and his cell."""
    return Rule(ring="several", own_all=True, others=(SimRing(Destination("external", CELL)),))


class Screened:
    """Ann calls Bob, who screens his calls. `mobile` is his cell, over the trunk."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.media = house.controller.audio.engine = FakeMedia()
        self.ann, self.bob = Desk(house, "101"), Desk(house, "102").register()
        self.mobile = Desk(house, "carrier", trunk=True)
        self.out: Outgoing
        self.into: Incoming

    async def call(self, body: bytes | None = None) -> Screened:
        """The caller is answered, and hears the question."""
        self.out = self.ann.call("102", body)
        await self.house.settle()
        return self

    def told(self, what: str) -> tuple[object, ...]:
        """What the engine was asked last, of a kind."""
        return [one for one in self.media.told if one[0] == what][-1]

    def heard(self, leg: int = 0) -> list[str]:
        """What was last played to a leg (0: to anybody), by the names of files and tones."""
        plays = [one for one in self.media.told if one[0] == "play" and (not leg or one[2] == str(leg))]
        return [name for clip in plays[-1][3] if (name := _name(clip))]

    async def asked(self) -> None:
        """The question is over, and what the caller says is recorded."""
        _, call, leg, _, _, play = self.told("play")
        self.media.tell(PlayEnded(str(call), str(leg), str(play), "done"))
        await self.house.settle()

    async def says(self, seconds: float = 1.2) -> Path:
        """The caller says a name."""
        await self.asked()
        _, call, _, path, _, record = self.told("record")
        name = Path(str(path))
        name.write_bytes(b"RIFF")
        self.media.tell(RecordEnded(str(call), str(record), "silence", seconds))
        await self.house.settle()
        return name

    async def answers(self, phone: Desk | None = None) -> Incoming:
        """A phone is answered, and hears who calls."""
        desk = phone or self.bob
        self.into = desk.rung()
        self.into.ring()
        self.into.reply(self.into.invite, 200, desk.sdp)
        await self.house.settle()
        return self.into

    async def press(self, digit: str) -> None:
        """Who was asked last presses a key."""
        _, call, leg, *_ = [one for one in self.media.told if one[0] == "listen" and one[3]][-1]
        self.media.tell(Dtmf(str(call), str(leg), digit, 100))
        await self.house.settle()

    def why(self, kind: str = "not_answered") -> list[str]:
        """The reasons of the events of a kind."""
        return [event.reason for event in self.house.events if event.kind == kind]

    def nothing_left(self) -> bool:
        """Is everybody released, and the name forgotten?"""
        controller = self.house.controller
        folder = controller.screening.naming.folder
        names = list(folder.iterdir()) if folder is not None else []
        return self.house.quiet() and not self.media.legs and not names and not len(controller.confirming)


def _name(clip: Clip) -> str:
    return Path(clip.path).stem if isinstance(clip, File) else getattr(clip, "name", "")
