"""Two phones call each other: ringing, talking, hanging up from either side, and nothing is left."""

from __future__ import annotations

from pathlib import Path

from sip_edge.message import Response
from tests.call.scenes import Desk, House, connected, play, port_of
from tests.registrar.scenes import DOMAIN


def test_a_call_from_ringing_to_its_end(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out = ann.call("102")
        into = bob.rung()
        assert into.invite.uri.host == bob.flow.remote[0]
        assert str(into.invite.from_).startswith(f'"Ann" <sip:101@{DOMAIN}>')
        assert "<sip:101@" in (into.invite.headers.first("p-asserted-identity") or "")
        assert port_of(into.invite.body) == ann.media, "the audio goes straight from phone to phone"
        into.ring()
        assert ann.statuses() == [180]
        assert (house.lamp("101"), house.lamp("102")) == ("busy", "ringing")
        into.answer()
        assert port_of(out.answered().body) == bob.media
        assert (house.lamp("101"), house.lamp("102")) == ("busy", "busy")
        (heard,) = out.bye()
        assert isinstance(heard, Response) and heard.status == 200
        (bye,) = bob.requests("BYE")
        into.reply(bye, 200)
        assert house.quiet()
        assert house.kinds() == [
            "began", "decided", "ringing", "alerting", "answered", "answered", "left", "left", "ended"
        ]  # fmt: skip

    play(tmp_path, scene)


def test_the_called_hangs_up(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        _, into = connected(ann, bob)
        into.bye()
        assert [one.method for one in ann.requests()] == ["BYE"]
        assert house.quiet()

    play(tmp_path, scene)


def test_both_hang_up_at_once(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, into = connected(ann, bob)
        out.send("BYE")
        into.send("BYE")
        assert 200 in ann.statuses()
        assert [one.status for one in bob.hear() if isinstance(one, Response)] == [481], "it is over already"
        assert house.quiet()

    play(tmp_path, scene)


def test_nobody_answers(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        ann.call("102")
        bob.rung().ring()
        ann.hear()
        house.clock.advance(26)
        assert ann.statuses()[-1] == 480
        assert next(one.method for one in bob.requests()) == "CANCEL"
        assert house.quiet()

    play(tmp_path, scene)


def test_busy_and_nobody_there(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        ann.call("102")
        into = bob.rung()
        into.reply(into.invite, 486)
        assert ann.statuses() == [486]
        ann.call("103")
        assert ann.statuses() == [480], "no phone of 103 is registered"
        ann.call("555")
        assert ann.statuses()[-1] in (404, 484)
        assert house.quiet()

    play(tmp_path, scene)


def test_a_caller_who_offers_nothing_answers_in_the_ack(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out = ann.call("102", b"")
        into = bob.rung()
        assert into.invite.body == b""
        into.reply(into.invite, 200, bob.sdp)
        assert bob.requests() == [], "the ACK waits for the answer"
        assert port_of(out.answered(ack=False).body) == bob.media
        out.ack(ann.sdp, cseq=out.invite.cseq.number)
        (ack,) = bob.requests("ACK")
        assert port_of(ack.body) == ann.media
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)
