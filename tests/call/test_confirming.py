"""An outside number that is to confirm the answer: only who presses 1 has the call (SF-107)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provd.answering.rule import Destination, Rule, SimRing
from sip_edge.call.call import CONFIRM
from sip_edge.media.engine import File
from sip_edge.media.event import CallLost, Dtmf, PlayEnded
from sip_edge.message import Request, Response, SipError
from sip_edge.routing.facts import Company
from tests.call.scenes import ACME, TRUNK, Desk, House, Incoming, Outgoing, connected, play, port_of
from tests.fakes import FakeMedia
from tests.registrar.scenes import DOMAIN

OURS = replace(TRUNK, domain=DOMAIN)
CELL = "+13035550100"


def everywhere(*cells: str) -> Company:
    """Acme, where Bob's phone and these cells ring together."""
    others = tuple(SimRing(Destination("external", cell), 0, True) for cell in cells)
    rule = Rule(ring="several", own_all=True, others=others, seconds=25)
    return replace(ACME, people={**ACME.people, "102": replace(ACME.people["102"], rules=(rule,))})


class Rung:
    """Ann calls Bob; his desk phone and his cell ring, and the cell is answered."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.media = house.controller.audio.engine = FakeMedia()
        self.ann, self.bob = Desk(house, "101"), Desk(house, "102").register()
        self.cell = Desk(house, "carrier", trunk=True)

    async def ring(self, body: bytes | None = None) -> Rung:
        """The cell is answered, and asked."""
        self.out: Outgoing = self.ann.call("102", body)
        await self.house.settle()
        self.desk: Incoming = self.bob.rung()
        self.into: Incoming = self.cell.rung()
        self.desk.ring()
        self.into.reply(self.into.invite, 183, self.cell.sdp)
        self.into.reply(self.into.invite, 200, self.cell.sdp)
        await self.house.settle()
        (self.ack,) = self.cell.requests("ACK")
        return self

    @property
    def place(self) -> tuple[str, str]:
        """The call and the cell's leg, as the engine knows them."""
        asked = [one for one in self.media.told if one[0] == "play"][-1]
        return asked[1], asked[2]

    async def hears_that_it_is_gone(self) -> None:
        """The cell hears that the call is not its own any more, to the end."""
        said = [one for one in self.media.told if one[0] == "play"][-1]
        assert [Path(clip.path).stem for clip in said[3]] == ["confirm-gone"]
        assert self.cell.requests("BYE") == [], "the sentence first"
        self.media.tell(PlayEnded(said[1], said[2], said[5], "done"))
        await self.house.settle()

    async def press(self, digit: str) -> None:
        """The cell presses a key."""
        self.media.tell(Dtmf(*self.place, digit, 100))
        await self.house.settle()


def test_who_presses_1_has_the_call(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Rung(house).ring()
        assert set(one.ann.statuses()) <= {100, 180}, "an answer is none yet, nor is what the cell plays before it"
        assert one.bob.requests() == [], "the desk phone rings on"
        (played,) = [told for told in one.media.told if told[0] == "play"]
        files = [clip for clip in played[3] if isinstance(clip, File)]
        assert [Path(clip.path).stem for clip in files] == ["confirm-call", "confirm-menu"]
        assert all(Path(clip.path).is_file() for clip in files)
        assert not one.media.bridged, "who is asked is not heard by the caller"
        await one.press("1")
        told = one.out.answered()
        assert port_of(told.body) not in (one.cell.media, 0)
        assert [request.method for request in one.bob.requests()] == ["CANCEL"]
        assert len(one.media.bridged) == 1 and ("listen", *one.place, False) in one.media.told
        one.desk.reply(one.desk.invite, 487)
        one.out.bye()
        assert [request.method for request in one.cell.requests()] == ["BYE"]
        await house.settle()
        assert house.quiet() and not one.media.legs

    play(tmp_path, scene, everywhere(CELL), trunks=(OURS,))


@pytest.mark.parametrize("how", ["2", "silence", "hangs up", "lost"])
def test_who_does_not_has_not_answered(tmp_path: Path, how: str) -> None:
    async def scene(house: House) -> None:
        one = await Rung(house).ring()
        if how == "silence":
            house.clock.advance(CONFIRM)
        elif how == "hangs up":
            one.into.bye()
        elif how == "lost":
            one.media.tell(CallLost(one.place[0]))
        else:
            await one.press(how)
        await house.settle()
        byes = [request.method for request in one.cell.requests()]
        assert byes == ([] if how == "hangs up" else ["BYE"])
        assert one.bob.requests() == [] and 200 not in one.ann.statuses(), "the desk phone rings on"
        why = {"silence": "no_key", "lost": "failed"}.get(how, "declined")
        assert [event.reason for event in house.events if event.kind == "not_answered"] == [why]
        one.desk.answer()
        one.out.answered()
        one.out.bye()
        await house.settle()
        assert house.quiet() and not one.media.legs

    play(tmp_path, scene, everywhere(CELL), trunks=(OURS,))


def test_the_desk_phone_takes_it_while_the_cell_is_asked(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Rung(house).ring()
        place = one.place
        one.desk.answer()
        one.out.answered()
        await house.settle()
        await one.hears_that_it_is_gone()
        (bye,) = one.cell.requests("BYE")
        assert "Call completed elsewhere" in (bye.headers.first("reason") or "")
        one.media.tell(Dtmf(*place, "1", 100))
        await house.settle()
        assert one.ann.hear() == [], "a key that comes too late means nothing"
        one.out.bye()
        await house.settle()
        assert house.quiet() and not one.media.legs

    play(tmp_path, scene, everywhere(CELL), trunks=(OURS,))


def test_a_caller_who_gives_up_while_the_cell_is_asked(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Rung(house).ring()
        one.out.cancel()
        await house.settle()
        assert 487 in one.ann.statuses()
        await one.hears_that_it_is_gone()
        assert [request.method for request in one.cell.requests()] == ["BYE"]
        one.desk.reply(one.desk.invite, 487)
        await house.settle()
        assert house.quiet() and not one.media.legs

    play(tmp_path, scene, everywhere(CELL), trunks=(OURS,))


def test_an_engine_that_cannot_ask(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = Rung(house)
        one.media.refuse = SipError(503, "No ports are left.")
        out = one.ann.call("102")
        await house.settle()
        assert one.cell.requests() == []
        one.bob.rung().answer()
        out.answered()
        out.bye()
        assert house.quiet()

    play(tmp_path, scene, everywhere(CELL), trunks=(OURS,))


def test_a_caller_who_was_transferred_there(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = Rung(house)
        cid = Desk(house, "103").register()
        out, _ = connected(one.ann, cid)
        out.send("REFER", b"", ("Refer-To", f"<sip:102@{DOMAIN}>"))
        await house.settle()
        into = one.cell.rung()
        assert port_of(into.body), "the engine offers, for the caller makes none"
        into.reply(into.invite, 200, one.cell.sdp)
        await house.settle()
        assert len(one.cell.requests("ACK")) == 1 and cid.requests("INVITE") == []
        await one.press("1")
        (again,) = cid.requests("INVITE")
        talk = Incoming(cid, again)
        talk.reply(again, 200, cid.sdp)
        await house.settle()
        assert [heard for heard in one.cell.hear() if isinstance(heard, Request | Response)] == []
        assert [told[0] for told in one.media.told][-2:] == ["answer", "bridge"]
        assert len(one.media.bridged) == 1

    play(tmp_path, scene, everywhere(CELL), trunks=(OURS,))
