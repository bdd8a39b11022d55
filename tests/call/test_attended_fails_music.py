"""An attended transfer that fails at its last step, where who is on hold hears music: they hear it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.call.holds import SONG, answer, holds, obeys, offers, plays, talking, with_music
from tests.call.scenes import Desk, House, play, port_of
from tests.call.test_transfers import replaces, told


@pytest.mark.parametrize("who", ["target", "transferred"])
def test_one_refuses(tmp_path: Path, who: str) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103").register()
        first, into = await talking(house, ann, bob)
        await holds(house, first, into)
        second, third = await talking(house, ann, cid)
        await holds(house, second, third)
        assert list(plays(media).values()) == [SONG, SONG]
        first.send("REFER", b"", ("Refer-To", replaces(second)))
        asked = await obeys(house, into, 200 if who == "target" else 488)
        assert asked.body == b""
        if who == "target":
            await obeys(house, third, 488)
            (again,) = bob.requests("INVITE")
            assert b"192.0.2.9" in again.body, "Bob is asked to hear the engine once more"
            into.reply(again, 200, bob.sdp)
            await house.settle()
        assert told(ann, first)[-1].startswith(b"SIP/2.0 488")
        assert list(plays(media).values()) == [SONG, SONG]
        house.clock.advance(5)
        ann.hear(), bob.hear(), cid.hear()
        for call, far in ((first, into), (second, third)):
            await offers(house, call, "sendrecv")
            assert port_of((await obeys(house, far)).body) == ann.media
            assert port_of(answer(call).body) == far.desk.media
            far.desk.hear()
        first.bye()
        second.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)
