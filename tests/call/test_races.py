"""Things that cross each other on the wire: answers and CANCELs, two answers, keys and answers, two BYEs."""

from __future__ import annotations

from pathlib import Path

import pytest

from sip_edge.media.event import Dtmf
from tests.call.scenes import Desk, House, Outgoing, connected, play
from tests.call.screened import OURS, Screened, screening, with_cell
from tests.call.test_confirming import CELL, Rung, everywhere
from tests.fakes import FakeMedia


def test_a_second_200_of_another_fork_leaves_the_first_connected(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101").register(), Desk(house, "102")
        out = bob.call("101")
        into = ann.rung()
        into.answer()
        out.answered()
        contact = ("Contact", f"<sip:101@{ann.flow.remote[0]}:{ann.flow.remote[1]}>")
        ann.send(into.invite.reply(200, to_tag="another", headers=[contact], body=ann.sdp))
        assert [(one.method, one.to.tag) for one in ann.requests()] == [("ACK", "another"), ("BYE", "another")]
        assert bob.requests() == []
        out.bye()
        (bye,) = ann.requests()
        assert bye.method == "BYE" and bye.to.tag != "another", "the one that talked is hung up too"
        assert house.quiet()

    play(tmp_path, scene)


def test_a_200_of_a_leg_that_is_to_confirm_crosses_its_cancel(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = Rung(house)
        out = one.ann.call("102")
        await house.settle()
        desk, into = one.bob.rung(), one.cell.rung()
        into.ring()
        desk.answer()
        out.answered()
        assert [request.method for request in one.cell.requests()] == ["CANCEL"]
        into.reply(into.invite, 200, one.cell.sdp)
        await house.settle()
        assert [request.method for request in one.cell.requests()] == ["ACK", "BYE"]
        assert not [told for told in one.media.told if told[0] == "play"], "nobody is asked any more"
        out.bye()
        await house.settle()
        assert house.quiet() and not one.media.legs

    play(tmp_path, scene, everywhere(CELL), trunks=(OURS,))


def test_a_phone_that_answers_milliseconds_after_1_was_pressed_is_too_late(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Rung(house).ring()
        one.media.tell(Dtmf(*one.place, "1", 100))
        one.desk.reply(one.desk.invite, 200, one.bob.sdp)  # before the engine has connected the cell
        await house.settle()
        one.out.answered()
        methods = [request.method for request in one.bob.requests()]
        assert methods == ["ACK", "BYE"] and one.cell.requests("BYE") == []
        (pair,) = one.media.bridged
        assert one.place in pair, "the engine has connected who has the call"
        one.out.bye()
        assert [request.method for request in one.cell.requests()] == ["BYE"]
        await house.settle()
        assert house.quiet() and not one.media.legs

    play(tmp_path, scene, everywhere(CELL), trunks=(OURS,))


def test_of_two_relayed_phones_that_answer_at_once_the_engine_connects_the_one_that_won(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = house.controller.audio.engine = FakeMedia()
        bob = Desk(house, "102")
        bob.inside = "10.0.0.7"
        desks = [Desk(house, name).register() for name in ("101", "101a")]
        out = bob.call("101")
        await house.settle()
        first, second = (desk.rung() for desk in desks)
        first.reply(first.invite, 200, desks[0].sdp)
        second.reply(second.invite, 200, desks[1].sdp)
        await house.settle()
        out.answered()
        assert [request.method for request in desks[1].requests()] == ["ACK", "BYE"]
        assert len([told for told in media.told if told[0] == "answer"]) == 1
        out.bye()
        assert [request.method for request in desks[0].requests()] == ["ACK", "BYE"]
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_a_phone_that_hangs_up_before_its_audio_is_connected(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = house.controller.audio.engine = FakeMedia()
        bob, ann = Desk(house, "102"), Desk(house, "101").register()
        bob.inside = "10.0.0.7"
        bob.call("101")
        await house.settle()
        into = ann.rung()
        into.reply(into.invite, 200, ann.sdp)
        into.send("BYE")
        await house.settle()
        assert 200 in ann.statuses(), "it is in a call, and may leave it"
        assert bob.statuses() == [480]
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


@pytest.mark.parametrize("first", ["caller", "called"])
def test_a_caller_who_hangs_up_while_the_called_answers(tmp_path: Path, first: str) -> None:
    async def scene(house: House) -> None:
        bob, ann = Desk(house, "102"), Desk(house, "101").register()
        out = bob.call("101")
        into = ann.rung()
        into.ring()
        bob.hear()
        if first == "caller":
            out.cancel()
            into.reply(into.invite, 200, ann.sdp)
            assert sorted(bob.statuses()) == [200, 487]
        else:
            into.reply(into.invite, 200, ann.sdp)
            out.cancel()  # answered already: it means nothing any more, and the caller hangs up (RFC 3261 section 9.1)
            out.answered()
            out.bye()
        methods = [request.method for request in ann.requests()]
        assert methods[-2:] == ["ACK", "BYE"]
        house.clock.advance(40)
        assert house.quiet()

    play(tmp_path, scene)


def test_both_hang_up_at_once(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, into = connected(ann, bob)
        out.send("BYE")
        into.send("BYE")
        (bye,) = bob.requests()
        into.reply(bye, 481)
        assert ann.statuses() == [200] and house.quiet()
        assert house.kinds().count("ended") == 1

    play(tmp_path, scene)


def test_a_key_that_comes_twice_by_audio_and_by_info(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call()
        one.out.answered()
        await one.says()
        desk = await one.answers()
        await one.answers(one.mobile)
        desk.send("INFO", b"Signal=1\r\nDuration=160\r\n", ("Content-Type", "application/dtmf-relay"))
        await one.press("1")
        assert len(one.media.bridged) == 1 and one.why() == ["elsewhere"]
        assert 200 in one.bob.statuses()
        one.out.bye()
        await house.settle()
        house.clock.advance(40)
        await house.settle()
        assert one.nothing_left()

    play(tmp_path, scene, screening(with_cell()), trunks=(OURS,))


@pytest.mark.parametrize("body", [b"", b"offer"])
def test_an_update_of_a_phone_that_rings_still(tmp_path: Path, body: bytes) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out: Outgoing = ann.call("102")
        into = bob.rung()
        into.ring()
        into.send("UPDATE", bob.sdp if body else b"")
        assert bob.statuses() == [491 if body else 200]
        assert ann.requests() == []
        into.answer()
        out.answered()
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)
