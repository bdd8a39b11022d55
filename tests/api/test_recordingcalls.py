"""Recordings by phone through the API: the server calls, somebody speaks, the greeting is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from sip_edge.apps import composition
from sip_edge.apps.calling import CALLS_A_DAY
from sip_edge.media.event import Dtmf, PlayEnded, RecordEnded
from sip_edge.media.wav import head
from tests.api.conftest import Api
from tests.api.test_active_calls import calling
from tests.call.phones import Desk, Incoming
from tests.fakes import FakeMedia

USER = "/domains/acme.example/users/107"


class Office:
    """User 107's phone, and an engine without audio."""

    def __init__(self, desk: Desk, media: FakeMedia) -> None:
        self.desk = desk
        self.media = media

    async def until(self, true: Any) -> None:
        async with asyncio.timeout(5):
            while not true():
                await asyncio.sleep(0)

    async def rung(self) -> Incoming:
        found: list[Any] = []
        await self.until(lambda: found.extend(self.desk.requests("INVITE")) or found)
        return Incoming(self.desk, found[0])

    async def asked(self, what: str, count: int) -> Any:
        """What the engine was asked for the count-th time."""
        await self.until(lambda: sum(told[0] == what for told in self.media.told) >= count)
        return [told for told in self.media.told if told[0] == what][count - 1]

    async def played(self, count: int) -> None:
        play = await self.asked("play", count)
        self.media.tell(PlayEnded(play[1], play[2], play[-1], "done"))

    async def press(self, digit: str) -> None:
        play = await self.asked("play", 1)
        self.media.tell(Dtmf(play[1], play[2], digit, 100))

    async def speak(self, seconds: float) -> None:
        """Press 1, speak after the tone, press #, and keep it."""
        await self.press("1")
        await self.asked("play", 2)
        await self.played(2)
        record = await self.asked("record", 1)
        octets = int(seconds * 16_000)
        Path(record[3]).write_bytes(head(octets) + bytes(octets))
        await self.press("#")
        await self.asked("stop_record", 1)
        self.media.tell(RecordEnded(record[1], record[-1], "stopped", seconds))
        await self.asked("play", 3)
        await self.press("1")
        await self.played(4)


@asynccontextmanager
async def office(api: Api) -> AsyncIterator[Office]:
    """The company's calls with applications."""
    async with calling(api.services) as house:
        media = FakeMedia()
        api.services.media = cast(Any, media)
        api.services.applications = composition.host(house.edge, api.services)  # type: ignore[arg-type]
        assert api.services.applications is not None
        try:
            yield Office(Desk(house, "107").register(), media)
        finally:
            await api.services.applications.stop()
            api.services.applications = None


@pytest.mark.gen_test(timeout=30)
async def test_a_greeting_is_spoken_into_the_phone_and_callers_hear_it(api: Api) -> None:
    key = api.key("basic_user", user="107")
    async with office(api) as here:
        made = await api(key, "POST", f"{USER}/greetings/call", {"to": "107", "name": "Holiday", "active": True})
        assert (made.status, made.body["state"], made.body["to"]) == (202, "ringing", "107")
        into = await here.rung()
        assert "Your greeting" in str(into.invite.from_)
        into.reply(into.invite, 200, here.desk.sdp)
        await here.asked("play", 1)
        place = f"{USER}/greetings/call/{made.body['id']}"
        assert (await api(key, "GET", place)).body["state"] == "talking"
        await here.speak(4.0)
        assert (await api(key, "GET", place)).body["state"] == "kept"
        await here.until(lambda: not here.media.legs)
    (one,) = (await api(key, "GET", f"{USER}/greetings")).body["items"]
    assert (one["name"], one["source"], one["seconds"], one["active"]) == ("Holiday", "phone", 4.0, True)
    heard = await api(key, "GET", f"{USER}/greetings/{one['id']}/audio")
    assert heard.status == 200 and heard.headers["Content-Type"] == "audio/wav"


@pytest.mark.gen_test(timeout=30)
async def test_a_name_is_spoken_into_the_phone_and_replaces_the_one_before(api: Api) -> None:
    key = api.key("office_manager")
    async with office(api) as here:
        made = await api(key, "POST", f"{USER}/recordedname/call", {"to": "107"})
        into = await here.rung()
        into.reply(into.invite, 200, here.desk.sdp)
        await here.speak(2.0)
        assert (await api(key, "GET", f"{USER}/greetings/call/{made.body['id']}")).body["state"] == "kept"
        await here.until(lambda: not here.media.legs)
    assert (await api(key, "GET", f"{USER}/voicemail")).body["recorded_name"] is True


@pytest.mark.gen_test(timeout=30)
async def test_who_hangs_up_before_keeping_it_has_recorded_nothing(api: Api) -> None:
    key = api.key("basic_user", user="107")
    async with office(api) as here:
        made = await api(key, "POST", f"{USER}/greetings/call", {"to": "107"})
        into = await here.rung()
        into.reply(into.invite, 200, here.desk.sdp)
        await here.asked("play", 1)
        into.bye()
        await here.until(lambda: not here.media.legs)
        assert (await api(key, "GET", f"{USER}/greetings/call/{made.body['id']}")).body["state"] == "ended"
    assert (await api(key, "GET", f"{USER}/greetings")).body["items"] == []


@pytest.mark.gen_test(timeout=30)
async def test_one_call_at_a_time_so_many_a_day_and_nobody_who_cannot_be_called(api: Api) -> None:
    key, path = api.key("basic_user", user="107"), f"{USER}/greetings/call"
    async with office(api) as here:
        for to in ("911", "102", "12145550199"):
            assert (await api(key, "POST", path, {"to": to})).status == 409, "emergency, no phone there, no trunk"
        assert (await api(key, "POST", path, {"to": "*62"})).status == 422
        for count in range(CALLS_A_DAY):
            made = await api(key, "POST", path, {"to": "107"})
            assert made.status == 202
            into = await here.rung()
            if not count:
                assert (await api(key, "POST", path, {"to": "107"})).status == 409, "one is on"
            into.reply(into.invite, 486)
            assert (await api(key, "GET", f"{path}/{made.body['id']}")).body["state"] == "busy"
        refused = await api(key, "POST", path, {"to": "107"})
        assert refused.status == 409 and "within a day" in refused.body["detail"]


@pytest.mark.gen_test
async def test_only_who_may_change_the_mailbox_may_have_it_called(api: Api) -> None:
    async with office(api) as here:
        other = api.key("basic_user", user="102")
        assert (await api(other, "POST", f"{USER}/greetings/call", {"to": "107"})).status == 403
        assert not here.desk.requests("INVITE")
        own = api.key("basic_user", user="107")
        assert (await api(own, "GET", f"{USER}/greetings/call/none")).status == 404


@pytest.mark.gen_test
async def test_a_server_without_calls_says_so(api: Api) -> None:
    key = api.key("basic_user", user="107")
    refused = await api(key, "POST", f"{USER}/greetings/call", {"to": "107"})
    assert refused.status == 409 and "Nobody can be called from here" in refused.body["detail"]
