"""What comes from broken phones and from those who mean harm: the right answer, and no other call touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provd.answering.rule import Destination, Rule
from sip_edge.message import Response
from tests.call.scenes import ACME, Desk, House, connected, offer, play
from tests.registrar.scenes import DOMAIN

NO_AUDIO = offer(4000).replace(b"m=audio", b"m=video")
FORTY = offer(4000, codecs=" ".join(str(number) for number in range(96, 127)) + " 0 3 4 5 6 7 8 9 18")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (NO_AUDIO, 488),
        (offer(0), 488),
        (b"v=0\r\nthis is no description\r\n", 400),
        (offer(4000) + b"m=video 1 RTP/AVP 99\r\n" * 20, 488),
    ],
    ids=["no audio", "port 0", "no description", "too many sections"],
)
def test_descriptions_that_cannot_be_carried(tmp_path: Path, body: bytes, status: int) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        ann.call("102", body)
        assert ann.statuses() == [status]
        assert bob.requests() == [] and house.quiet()

    play(tmp_path, scene)


@pytest.mark.parametrize("body", [FORTY, offer(4000, "10.0.0.7")], ids=["40 codecs", "a private address"])
def test_descriptions_that_are_odd_but_good_pass(tmp_path: Path, body: bytes) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out = ann.call("102", body)
        into = bob.rung()
        media = body.partition(b"m=audio")[2]
        assert into.invite.body.partition(b"m=audio")[2] == media
        into.answer()
        out.answered()
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


@pytest.mark.parametrize("method", ["BYE", "INVITE", "UPDATE", "INFO", "REFER", "PRACK"])
def test_requests_in_calls_that_nobody_has(tmp_path: Path, method: str) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, _ = connected(ann, bob)
        stranger = Desk(house, "101a")
        rows = [
            ("From", f"<sip:101@{DOMAIN}>;tag=guess"), ("To", out.remote), ("Call-ID", out.call_id),
            ("CSeq", f"9 {method}"), ("Contact", "<sip:1@192.0.2.66>"), ("Refer-To", f"<sip:103@{DOMAIN}>"),
            ("RAck", "1 1 INVITE"),
        ]  # fmt: skip
        stranger.send(stranger.request(method, out.target, rows))
        assert stranger.statuses() == [481]
        assert bob.requests() == [] and ann.requests() == []
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_a_request_that_is_out_of_order(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, _ = connected(ann, bob)
        out.send("BYE", cseq=1)
        assert ann.statuses() == [500], "an old message, or somebody who guesses"
        assert bob.requests() == []
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_rules_that_send_calls_round_in_a_ring(tmp_path: Path) -> None:
    def to(extension: str) -> tuple[Rule, ...]:
        return (Rule(always=Destination("user", extension)),)

    people = {name: replace(ACME.people[name], rules=to(other)) for name, other in (("101", "102"), ("102", "101"))}

    async def scene(house: House) -> None:
        cid = Desk(house, "103")
        cid.call("101")
        assert cid.statuses() == [482]
        assert house.quiet()

    play(tmp_path, scene, replace(ACME, people={**ACME.people, **people}))


def test_a_phone_that_calls_without_end_is_stopped(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        Desk(house, "103").register()
        for number in ("102", "103"):
            for _ in range(10):
                ann.call(number)
        ann.hear()
        ann.call("102")
        heard = ann.hear()[-1]
        assert isinstance(heard, Response) and heard.status == 503
        assert len(bob.requests("INVITE")) == 10
        house.clock.advance(60)
        assert house.quiet()

    play(tmp_path, scene)


def test_a_2xx_that_nobody_acknowledges(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out = ann.call("102")
        bob.rung().answer()
        out.answered(ack=False)
        house.clock.advance(33)
        assert "BYE" in [one.method for one in ann.requests()]
        assert "BYE" in [one.method for one in bob.requests()]
        assert house.quiet()

    play(tmp_path, scene)


def test_a_trunk_and_a_phone_that_cannot_be_reached_any_more(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        bob.flow.alive = False
        ann.call("102")
        await house.settle()
        house.clock.advance(0.1)
        assert ann.statuses()[-1] in (480, 503)
        assert house.quiet()

    play(tmp_path, scene)
