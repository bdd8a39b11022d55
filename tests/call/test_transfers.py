"""Calls change hands: blind and attended transfer, Replaces, and what becomes of them when they fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sip_edge.message import Request, Response
from tests.call.scenes import ACME, Desk, House, Incoming, Outgoing, connected, play, port_of
from tests.registrar.scenes import DOMAIN


def told(desk: Desk, talk: Outgoing | Incoming) -> list[bytes]:
    """What the NOTIFYs say that have come; they are answered."""
    found = desk.requests("NOTIFY")
    for one in found:
        talk.reply(one, 200)
    return [one.body.split(b"\r\n")[0] for one in found]


def test_a_blind_transfer(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103").register()
        out, into = connected(ann, bob)
        out.send("REFER", b"", ("Refer-To", f"<sip:103@{DOMAIN}>"))
        heard = ann.hear()
        assert [one.status for one in heard if isinstance(one, Response)] == [202]
        (trying,) = [one for one in heard if isinstance(one, Request)]
        assert trying.body.startswith(b"SIP/2.0 100") and (trying.headers.first("event") or "").startswith("refer")
        third = cid.rung()
        assert third.invite.body == b"", "the new phone offers; who is transferred answers"
        assert "sip:102@" in str(third.invite.from_), "and sees who is transferred"
        third.ring()
        assert told(ann, out) == [b"SIP/2.0 180 Ringing"]
        third.reply(third.invite, 200, cid.sdp)
        assert told(ann, out) == [b"SIP/2.0 200 OK"]
        (again,) = bob.requests("INVITE")
        assert port_of(again.body) == cid.media
        into.reply(again, 200, bob.sdp)
        acks = cid.requests("ACK")
        assert len(acks) == 1 and port_of(acks[0].body) == bob.media
        out.bye()
        assert not house.quiet(), "bob and cid talk"
        third.bye()
        assert "BYE" in [one.method for one in bob.requests()]
        assert house.quiet()

    play(tmp_path, scene)


def test_a_blind_transfer_that_nobody_takes_comes_back(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103").register()
        out, into = connected(ann, bob)
        out.send("REFER", b"", ("Refer-To", f"<sip:103@{DOMAIN}>"))
        ann.hear()
        third = cid.rung()
        third.reply(third.invite, 486)
        assert told(ann, out) == [b"SIP/2.0 486 Busy Here"]
        out.send("INVITE", ann.sdp)
        (resumed,) = bob.requests("INVITE")
        into.reply(resumed, 200, bob.sdp)
        assert ann.statuses() == [200], "and the two talk again"
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_who_transferred_has_gone_and_nobody_answers(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103").register()
        out, _ = connected(ann, bob)
        out.send("REFER", b"", ("Refer-To", f"<sip:103@{DOMAIN}>"))
        cid.rung().ring()
        out.bye()
        house.clock.advance(26)
        assert "BYE" in [one.method for one in bob.requests()]
        assert "CANCEL" in [one.method for one in cid.requests()]
        assert house.quiet()

    play(tmp_path, scene)


def test_who_is_transferred_hangs_up_meanwhile(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103").register()
        out, into = connected(ann, bob)
        out.send("REFER", b"", ("Refer-To", f"<sip:103@{DOMAIN}>"))
        cid.rung().ring()
        ann.hear()
        into.bye()
        assert "CANCEL" in [one.method for one in cid.requests()]
        assert {one.method for one in ann.requests()} == {"NOTIFY", "BYE"}
        assert house.quiet()

    play(tmp_path, scene)


def replaces(call: Outgoing) -> str:
    """Refer-To with the dialog of `call`, as the phone that made it knows it."""
    tags = (
        f"{call.call_id}%3Bto-tag%3D{call.remote.partition('tag=')[2]}%3Bfrom-tag%3D{call.local.partition('tag=')[2]}"
    )
    return f"<sip:103@{DOMAIN}?Replaces={tags.replace('@', '%40')}>"


def test_an_attended_transfer(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103").register()
        first, into = connected(ann, bob)
        second, third = connected(ann, cid)
        first.send("REFER", b"", ("Refer-To", replaces(second)))
        assert 202 in ann.statuses()
        (asked,) = bob.requests("INVITE")
        assert asked.body == b""
        into.reply(asked, 200, bob.sdp)
        (offered,) = cid.requests("INVITE")
        assert port_of(offered.body) == bob.media
        third.reply(offered, 200, cid.sdp)
        assert port_of(bob.requests("ACK")[0].body) == cid.media
        assert told(ann, first) == [b"SIP/2.0 200 OK"]
        house.clock.advance(3)
        assert {one.method for one in ann.requests()} >= {"BYE"}, "a phone that stays is hung up"
        into.bye()
        assert "BYE" in [one.method for one in cid.requests()]
        assert house.quiet()

    play(tmp_path, scene)


def test_an_invite_with_replaces_takes_a_call_over(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103")
        out, into = connected(ann, bob)
        theirs = into.local.partition("tag=")[2]
        ours = into.remote.partition("tag=")[2]
        taker = cid.call("102", None, ("Replaces", f"{into.call_id};to-tag={ours};from-tag={theirs}"))
        (again,) = ann.requests("INVITE")
        assert port_of(again.body) == cid.media
        out.reply(again, 200, ann.sdp)
        assert port_of(taker.answered().body) == ann.media
        assert "BYE" in [one.method for one in bob.requests()]
        taker.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_nobody_reaches_into_another_company(tmp_path: Path) -> None:
    other = replace(ACME, domain="other.example")

    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, into = connected(ann, bob)
        made = house.controller.book.by_call_id(into.call_id)
        assert made is not None and made.end.domain == DOMAIN
        named = house.controller.taking.named
        field = out.send("OPTIONS", b"", ("Replaces", f"{into.call_id};to-tag=x;from-tag=y")).field("replaces")
        assert field is not None
        assert named(field, DOMAIN) is made
        assert named(field, "other.example") is None
        ann.hear()
        out.bye()
        assert house.quiet()

    play(tmp_path, scene, ACME, other)


def test_refers_that_cannot_be(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, _ = connected(ann, bob)
        for where, status in (
            (f"<sip:101@{DOMAIN}>", 403),
            (f"<sip:102@{DOMAIN}>", 403),
            ("<mailto:ann@example.com>", 400),
            (f"<sip:103@{DOMAIN}?Replaces=nothing%3Bto-tag%3D1%3Bfrom-tag%3D2>", 481),
            (f"<sip:103@{DOMAIN};method=BYE>", 400),
        ):
            out.send("REFER", b"", ("Refer-To", where))
            assert ann.statuses() == [status], where
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)
