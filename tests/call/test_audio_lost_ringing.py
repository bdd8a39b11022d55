"""The process that passes the audio of calls dies while phones ring: who answers is connected all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from sip_edge.message import SipError
from tests.call.scenes import Desk, House, play
from tests.call.test_audio_lost import forget, joined, later, over
from tests.fakes import FakeMedia


@pytest.mark.parametrize("away", [0, 2])
def test_it_dies_while_a_phone_rings(tmp_path: Path, away: int) -> None:
    async def scene(house: House) -> None:
        media = house.controller.audio.engine = FakeMedia()
        house.controller.mending.listen(media)
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        ann.inside = "10.0.0.7"
        out = ann.call("102")
        await house.settle()
        into = bob.rung()
        into.ring()
        forget(house, media)
        for _ in range(away):
            media.refuse = SipError(503, "The audio of calls is not available at the moment.")
            await later(house, 1.1)
        await later(house, 1.1)
        into.reply(into.invite, 200, bob.sdp)
        await house.settle()
        out.answered()
        bob.hear()
        await later(house, 1.1)
        await joined(house, ann, bob, out, into)
        await over(house, out, media)

    play(tmp_path, scene)


def test_it_dies_while_a_phone_rings_and_the_caller_gives_up(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = house.controller.audio.engine = FakeMedia()
        house.controller.mending.listen(media)
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        ann.inside = "10.0.0.7"
        out = ann.call("102")
        await house.settle()
        bob.rung().ring()
        forget(house, media)
        await later(house, 1.1)
        out.cancel()
        await later(house, 5)
        assert house.quiet() and not media.legs and not len(house.controller.mending)

    play(tmp_path, scene)
