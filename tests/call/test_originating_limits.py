"""Calls that the server begins: whom it never calls, and how many there are at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from provd.errors import Conflict
from sip_edge.call.originating import MOST_IN_COMPANY
from tests.call.scenes import ACME, NUMBER, Desk, House, play
from tests.call.test_originating import OURS, Begun


@pytest.mark.parametrize("to", ["911", "*62", "*73", "102", "999", "12", NUMBER])
def test_emergency_codes_and_who_is_not_there_are_never_called(tmp_path: Path, to: str) -> None:
    async def scene(house: House) -> None:
        begun = Begun(house)
        with pytest.raises(Conflict):
            await begun.call(to)
        assert house.quiet() and not house.events

    play(tmp_path, scene, ACME, trunks=(OURS,))


def test_a_company_has_so_many_at_a_time(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        begun, _ = Begun(house), Desk(house, "101").register()
        for _ in range(MOST_IN_COMPANY):
            await begun.call("101")
        with pytest.raises(Conflict):
            await begun.call("101")
        await house.controller.stop()
        await house.settle()
        assert begun.ended.count(480) == MOST_IN_COMPANY
        await begun.call("101")

    play(tmp_path, scene, ACME)
