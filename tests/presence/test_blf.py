"""A colleague's lamp: subscribed, told, refreshed, ended."""

from __future__ import annotations

import asyncio

from tests.presence.edge import edge
from tests.presence.phone import Message, Phone


def lamp(message: Message) -> str:
    """The state of the first dialog in a dialog-info body."""
    return message.body.partition("<state>")[2].partition("</state>")[0]


def version(message: Message) -> int:
    """The version of a dialog-info body."""
    return int(message.body.partition('dialog-info" version="')[2].partition('"')[0])


def test_a_lamp_follows_its_colleague() -> None:
    async def scenario() -> None:
        async with edge() as here, Phone(here.address) as phone:
            answer = await phone.subscribe("102")
            assert answer.status == 200
            assert 540 <= int(answer.headers["expires"]) <= 600
            shown = [await phone.notified()]
            for state in ("ringing", "busy", "held", "idle"):
                here.state.set_state("acme.example", "102", state)
                shown.append(await phone.notified())
            lamps = ["terminated", "early", "confirmed", "confirmed", "terminated"]
            assert [lamp(message) for message in shown] == lamps
            assert [version(message) for message in shown] == [0, 1, 2, 3, 4]
            assert [message.headers["cseq"] for message in shown] == [f"{n} NOTIFY" for n in range(1, 6)]
            assert all(message.headers["event"] == "dialog" for message in shown)
            left = [message.headers["subscription-state"].removeprefix("active;expires=") for message in shown]
            assert all(530 < int(seconds) <= 600 for seconds in left)
            assert "+sip.rendering" in shown[3].body

    asyncio.run(scenario())
