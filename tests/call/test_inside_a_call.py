"""Hold and resume, UPDATE, glare, keys, session timers: what happens inside a call goes through to the other side."""

from __future__ import annotations

from pathlib import Path

from sip_edge.message import Response
from tests.call.scenes import Desk, House, connected, offer, play, port_of
from tests.registrar.scenes import DOMAIN


def version(body: bytes) -> tuple[int, int]:
    """Session and version of the o= line."""
    words = body.partition(b"o=")[2].split()
    return int(words[1]), int(words[2])


def test_hold_and_resume_go_through(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, into = connected(ann, bob)
        before = version(into.body)
        out.send("INVITE", offer(ann.media, direction="sendonly"))
        hold = bob.requests("INVITE")[0]
        assert b"a=sendonly" in hold.body
        assert version(hold.body) == (before[0], before[1] + 1), "the same session to this phone, one version later"
        assert ann.statuses() == []
        into.reply(hold, 200, offer(bob.media, direction="recvonly"))
        answer = ann.hear()[-1]
        assert isinstance(answer, Response) and b"a=recvonly" in answer.body
        out.ack()
        assert house.lamp("101") == "held"
        out.send("INVITE", offer(ann.media))
        into.reply(bob.requests("INVITE")[0], 200, offer(bob.media))
        assert ann.statuses() == [200]
        out.ack()
        assert [kind for kind in house.kinds() if kind in ("held", "resumed")] == ["held", "resumed"]
        assert house.lamp("101") == "busy"
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_two_who_change_it_at_once_are_told_to_wait(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, into = connected(ann, bob)
        out.send("INVITE", offer(ann.media, direction="sendonly"))
        (passed,) = bob.requests("INVITE")
        into.send("INVITE", offer(bob.media, direction="sendonly"))
        assert bob.statuses() == [491]
        out.send("INVITE", offer(ann.media))
        assert ann.statuses() == [500], "one after the other (RFC 3261 section 14.2)"
        into.reply(passed, 488)
        assert ann.statuses() == [488]
        into.send("INVITE", offer(bob.media))
        assert len(ann.requests("INVITE")) == 1, "and then it goes through"
        out.bye()
        assert 487 in bob.statuses()
        assert house.quiet()

    play(tmp_path, scene)


def test_an_offer_that_is_asked_for(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, into = connected(ann, bob)
        out.send("INVITE")
        (asked,) = bob.requests("INVITE")
        assert asked.body == b""
        into.reply(asked, 200, bob.sdp)
        (answer,) = [one for one in ann.hear() if isinstance(one, Response)]
        assert port_of(answer.body) == bob.media
        assert bob.requests() == []
        out.ack(ann.sdp)
        (ack,) = bob.requests("ACK")
        assert port_of(ack.body) == ann.media
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_update_and_info(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, into = connected(ann, bob)
        out.send("UPDATE")
        assert ann.statuses() == [200], "a refresh is this server's own business"
        out.send("UPDATE", offer(ann.media, direction="sendonly"))
        (passed,) = bob.requests("INVITE")
        assert b"a=sendonly" in passed.body, "as a re-INVITE, for this phone has not said that it takes UPDATE"
        into.reply(passed, 200, offer(bob.media, direction="recvonly"))
        assert ann.statuses() == [200]
        bob.hear()
        out.send("INFO", b"Signal=5\r\n")
        (info,) = bob.requests("INFO")
        assert info.body == b"Signal=5\r\n"
        into.reply(info, 200)
        assert ann.statuses() == [200]
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_a_phone_that_died_is_found_by_the_session_timer(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        connected(ann, bob)
        house.clock.advance(900)
        refresh = bob.requests("INVITE")
        assert refresh, "bob said nothing of timers: this server asks, half way through the session"
        house.clock.advance(40)
        methods = {one.method for one in ann.requests()}
        assert "BYE" in methods and house.quiet()

    play(tmp_path, scene)


def test_a_session_that_is_too_short(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, _ = connected(ann, bob)
        out.send("UPDATE", b"", ("Supported", "timer"), ("Session-Expires", "30"))
        (answer,) = ann.hear()
        assert isinstance(answer, Response) and (answer.status, answer.headers.first("min-se")) == (422, "90")
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_reliable_ringing(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out = ann.call("102", None, ("Require", "100rel"))
        into = bob.rung()
        into.ring()
        (ringing,) = [one for one in ann.hear() if isinstance(one, Response)]
        assert ringing.headers.first("require") == "100rel"
        house.clock.advance(0.6)
        assert 180 in ann.statuses(), "said again until it is acknowledged (RFC 3262)"
        out.remote, out.target = str(ringing.to), ringing.contacts[0].target
        rack = f"{ringing.headers.first('rseq')} {out.invite.cseq.number} INVITE"
        out.send("PRACK", b"", ("RAck", rack))
        assert ann.statuses() == [200]
        house.clock.advance(3)
        assert 180 not in ann.statuses()
        into.answer()
        out.answered()
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_a_phone_whose_connection_broke_is_hung_up_over_its_new_one(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102", protocol="TCP").register()
        out, _ = connected(ann, bob)
        bob.flow.close()
        again = Desk(house, "102", protocol="TCP")
        house.edge.registrar.location.remove(house.edge.registrar.location.of(DOMAIN, "102")[0])
        again.register()
        out.bye()
        assert [one.method for one in again.requests()] == ["BYE"]
        assert house.quiet()

    play(tmp_path, scene)
