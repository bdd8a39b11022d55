"""A line that several phones share: the appearance that a call is on, for phones that watch it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sip_edge.call.lamps import Lamps
from sip_edge.presence.book import Book
from sip_edge.presence.situation import Subject
from tests.call.scenes import Desk, House, connected, play
from tests.registrar.scenes import DOMAIN


class Watched(Book):
    """A book in which the line 102 is watched by phones that share it."""

    def watchers(self, subject: Subject) -> dict[str, dict[str, object]]:  # type: ignore[override]
        return {"call-info": {}} if subject.name == "102" else {}


@pytest.mark.parametrize(("asked", "given"), [("", 3), ("5", 5)])
def test_calls_of_a_shared_line_have_an_appearance_each(tmp_path: Path, asked: str, given: int) -> None:
    async def scene(house: House) -> None:
        house.controller.lamps = Lamps(house.state, Watched())
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        first, into = connected(ann, bob)
        assert into.invite.headers.first("call-info") == f"<sip:{DOMAIN}>;appearance-index=1"
        Desk(house, "103").register().call("102")
        second = bob.rung()
        assert second.invite.headers.first("call-info") == f"<sip:{DOMAIN}>;appearance-index=2"
        seized = [("Call-Info", f"<sip:{DOMAIN}>;appearance-index={asked}")] if asked else []
        bob.call("103", None, *seized)
        appearances = [call.appearance for call in house.state.look(DOMAIN, "102").calls]
        assert set(appearances) == {1, 2, given}
        first.bye()
        house.clock.advance(60)
        assert house.quiet()

    play(tmp_path, scene)


def test_other_lines_have_none(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        _, into = connected(ann, bob)
        assert "call-info" not in into.invite.headers
        into.bye()
        assert house.quiet()

    play(tmp_path, scene)
