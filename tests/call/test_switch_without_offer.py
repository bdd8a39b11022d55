"""A switch that a phone dials without an offer: it gets one in the 200, and shows a call that went well."""

from __future__ import annotations

from pathlib import Path

import pytest

from provd.store import answering, domains
from sip_edge.message import SipError
from sip_edge.switches import Switches
from tests.call.scenes import Desk, House, Outgoing, offer, play
from tests.fakes import FakeMedia
from tests.registrar.scenes import DOMAIN


def switched(house: House) -> bool:
    """Is Ann not to be disturbed?"""
    store = house.edge.store
    _, user = answering.user_id(store, DOMAIN, "101")
    return answering.get(store, domains.by_name(store, DOMAIN).id, user).do_not_disturb


async def dialled(house: House, desk: Desk) -> Outgoing:
    """Do not disturb, without an offer."""
    house.controller.features.switch = Switches(house.edge.store).dial
    out = desk.call("*78", b"")
    await house.settle()
    return out


def test_the_phone_gets_an_offer_and_answers_it_in_the_ack(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media, ann = FakeMedia(), Desk(house, "101")
        house.controller.audio.engine = media
        out = await dialled(house, ann)
        body = out.answered(ack=False).body
        assert b"a=inactive" in body and b"m=audio" in body
        out.ack(offer(ann.media, direction="inactive"), cseq=out.invite.cseq.number)
        assert switched(house)
        house.clock.advance(1.1)
        await house.settle()
        assert [one.method for one in ann.requests()] == ["BYE"]
        assert house.quiet() and not media.legs, "and its port is free"

    play(tmp_path, scene)


def test_it_hangs_up_before_that(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media, ann = FakeMedia(), Desk(house, "101")
        house.controller.audio.engine = media
        out = await dialled(house, ann)
        out.answered()
        out.bye()
        house.clock.advance(1.1)
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


@pytest.mark.parametrize("engine", [True, False], ids=["an engine that cannot", "no engine"])
def test_where_nothing_can_be_offered(tmp_path: Path, engine: bool) -> None:
    async def scene(house: House) -> None:
        ann = Desk(house, "101")
        if engine:
            media = house.controller.audio.engine = FakeMedia()
            media.refuse = SipError(503, "No ports are left.")
        await dialled(house, ann)
        assert ann.statuses()[-1] == 480
        assert switched(house) and house.quiet()

    play(tmp_path, scene)
