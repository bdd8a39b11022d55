"""Calls that the server begins: somebody is rung, and whoever answers speaks with an application."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.call.originating import RINGS
from sip_edge.message import Response, SipError
from tests.call.scenes import ACME, NUMBER, TRUNK, Desk, House, play, port_of
from tests.fakes import FakeMedia
from tests.registrar.scenes import DOMAIN

OURS = replace(TRUNK, domain=DOMAIN)


class Begun:
    """A server that calls for Ann, and what came of it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.media = house.controller.audio.engine = FakeMedia()
        self.taken: list[Leg] = []
        self.ended: list[int] = []
        self.takes = True

    async def call(self, to: str, owner: str = "101") -> Conversation:
        known = await self.house.controller.directory.of(DOMAIN)
        assert known is not None

        def begun(_one: Conversation, leg: Leg) -> bool:
            self.taken.append(leg)
            return self.takes

        made = self.house.controller.originating.call(known, owner, to, "Recording", begun, self.ended.append)
        await self.house.settle()
        return made


def test_who_answers_is_heard_by_the_engine_and_handed_over(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        begun, ann = Begun(house), Desk(house, "101").register()
        one = await begun.call("101")
        into = ann.rung()
        assert "Recording" in str(into.invite.from_) and "sip:*62@" in str(into.invite.from_)
        assert port_of(into.invite.body) >= 20_000
        into.ring()
        into.reply(into.invite, 200, ann.sdp)
        await house.settle()
        assert [leg.end.extension for leg in begun.taken] == ["101"]
        assert ("answer", one.id, str(begun.taken[0].number), "") in begun.media.told
        assert len(ann.requests("ACK")) == 1
        into.bye()
        await house.settle()
        assert house.quiet() and not begun.ended
        assert house.kinds() == ["began", "decided", "ringing", "alerting", "answered", "left", "ended"]

    play(tmp_path, scene, ACME)


def test_all_phones_of_the_person_ring_and_only_one_has_it(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        begun, ann, other = Begun(house), Desk(house, "101").register(), Desk(house, "101a").register()
        await begun.call("101")
        first, second = ann.rung(), other.rung()
        second.ring()
        first.reply(first.invite, 200, ann.sdp)
        await house.settle()
        assert len(other.requests("CANCEL")) == 1
        second.reply(second.invite, 487)
        first.bye()
        await house.settle()
        assert len(begun.taken) == 1 and house.quiet()

    play(tmp_path, scene, ACME)


def test_two_phones_that_answer_at_once_are_one_call(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        begun, ann, other = Begun(house), Desk(house, "101").register(), Desk(house, "101a").register()
        await begun.call("101")
        first, second = ann.rung(), other.rung()
        first.reply(first.invite, 200, ann.sdp)
        second.reply(second.invite, 200, other.sdp)
        await house.settle()
        assert [leg.end.device for leg in begun.taken] == ["101"]
        (bye,) = other.requests("BYE")
        second.reply(bye, 200)
        assert not ann.requests("BYE")
        first.bye()
        await house.settle()
        assert house.quiet()

    play(tmp_path, scene, ACME)


def test_a_number_outside_is_called_through_the_trunk_with_the_company_number(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        begun, cell = Begun(house), Desk(house, "carrier", trunk=True)
        await begun.call("3035550100")
        into = cell.rung()
        assert into.invite.uri.user == "+13035550100" and NUMBER in str(into.invite.from_)
        into.reply(into.invite, 200, cell.sdp)
        await house.settle()
        assert [leg.end.number for leg in begun.taken] == ["+13035550100"]
        into.bye()
        await house.settle()
        assert house.quiet()

    play(tmp_path, scene, ACME, trunks=(OURS,))


def test_nobody_who_answers_is_told_once_and_nothing_follows(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        begun, ann = Begun(house), Desk(house, "101").register()
        await begun.call("101")
        into = ann.rung()
        into.ring()
        house.clock.advance(RINGS)
        await house.settle()
        into.reply(into.invite, 487)
        await house.settle()
        assert begun.ended == [480] and house.quiet()
        await begun.call("101")
        again = ann.rung()
        again.reply(again.invite, 486)
        await house.settle()
        assert begun.ended == [480, 486] and house.quiet() and not begun.media.legs

    play(tmp_path, scene, ACME)


def test_a_phone_whose_answer_the_engine_does_not_take_is_hung_up(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        begun, ann = Begun(house), Desk(house, "101").register()
        await begun.call("101")
        into = ann.rung()
        begun.media.legs.clear()
        into.reply(into.invite, 200, ann.sdp)
        await house.settle()
        (bye,) = ann.requests("BYE")
        into.reply(bye, 200)
        await house.settle()
        assert not begun.taken and len(begun.ended) == 1 and house.quiet()

    play(tmp_path, scene, ACME)


def test_who_hangs_up_before_the_audio_is_ready_is_let_go(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        begun, ann = Begun(house), Desk(house, "101").register()
        await begun.call("101")
        into = ann.rung()
        into.reply(into.invite, 200, ann.sdp)
        heard = into.bye()
        assert [one.status for one in heard if isinstance(one, Response)] == [200]
        await house.settle()
        assert begun.ended == [200] and not begun.taken and house.quiet() and not begun.media.legs

    play(tmp_path, scene, ACME)


def test_a_call_that_no_application_takes_is_over_and_its_audio_freed(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        begun, ann = Begun(house), Desk(house, "101").register()
        begun.takes = False
        await begun.call("101")
        into = ann.rung()
        into.reply(into.invite, 200, ann.sdp)
        await house.settle()
        (bye,) = ann.requests("BYE")
        into.reply(bye, 200)
        await house.settle()
        assert not begun.media.legs and house.quiet()

    play(tmp_path, scene, ACME)


def test_an_engine_without_ports_ends_the_call_before_anybody_rings(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        begun, ann = Begun(house), Desk(house, "101").register()
        begun.media.refuse = SipError(503, "The engine is out of ports.")
        await begun.call("101")
        assert not ann.requests("INVITE") and len(begun.ended) == 1 and house.quiet()

    play(tmp_path, scene, ACME)
