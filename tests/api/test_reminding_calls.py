"""Messages that wait: the server calls, says how many there are, and tells them to whoever knows the PIN."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provd import reminding
from provd.store import domains, mailboxes, users
from sip_edge.media.event import Dtmf
from tests.api.conftest import NOW, Api
from tests.api.test_recordingcalls import USER, Office, office
from tests.api.test_voicemails import leave

BOX = f"{USER}/voicemail"
LATER = NOW + 6 * 60


def names(play: Any) -> list[str]:
    return [Path(clip.path).stem for clip in play[3] if hasattr(clip, "path")]


async def press(here: Office, keys: str) -> None:
    play = await here.asked("play", 1)
    for key in keys:
        here.media.tell(Dtmf(play[1], play[2], key, 100))


@pytest.mark.gen_test(timeout=30)
async def test_who_has_a_message_for_five_minutes_is_called_and_hears_it_with_the_pin(api: Api) -> None:
    services, store = api.services, api.services.store
    key = api.key("basic_user", user="107")
    sent = {"reminder_minutes": 5, "reminder_numbers": ["107"]}
    assert (await api(key, "PATCH", BOX, sent)).body["reminder_numbers"] == ["107"]
    acme = domains.by_name(store, "acme.example").id
    users.set_voicemail_pin(store, acme, users.by_extension(store, acme, "107").id, "4711")
    async with office(api) as here:
        assert await reminding.remind(services, LATER) == 0, "no message waits"
        leave(services)
        assert await reminding.remind(services, NOW + 4 * 60) == 0, "it waits for four minutes only"
        assert await reminding.remind(services, LATER) == 1
        into = await here.rung()
        assert "Voicemail" in str(into.invite.from_)
        into.reply(into.invite, 200, here.desk.sdp)
        said = names(await here.asked("play", 1))
        assert said[:3] == ["you-have", "n-1", "new-message"] and said[-1] == "enter-pin"
        await press(here, "4711#")
        assert "to-hear-new" in names(await here.asked("play", 2))
        await press(here, "1")
        assert any(len(name) == 24 for name in names(await here.asked("play", 3))), "the message itself"
        into.bye()
        await here.until(lambda: not here.media.legs)
        assert await reminding.remind(services, LATER + 60) == 0, "the next call comes after five minutes more"
        assert await reminding.remind(services, LATER + 300) == 1


@pytest.mark.gen_test(timeout=30)
async def test_who_has_no_phone_is_tried_again_with_the_next_reminder(api: Api) -> None:
    services, store = api.services, api.services.store
    acme = domains.by_name(store, "acme.example").id
    user = users.by_extension(store, acme, "107").id
    mailboxes.save(store, acme, user, {"reminder_minutes": 5, "reminder_numbers": ["102", "911", "107"]})
    leave(services)
    async with office(api) as here:
        assert await reminding.remind(services, LATER) == 1, "107 is called, 102 has no phone, and 911 is nobody's cell"
        assert (await here.rung()).invite.to.uri.user == "107"
    assert mailboxes.get(store, acme, user).called == LATER
    assert await reminding.remind(services, LATER + 300) == 0, "without calls there are none"


@pytest.mark.gen_test
async def test_numbers_are_digits_and_few(api: Api) -> None:
    key = api.key("basic_user", user="107")
    for wrong in (["reception"], ["*62"], ["+"], ["1", "2", "3", "4"]):
        assert (await api(key, "PATCH", BOX, {"reminder_numbers": wrong})).status == 422, wrong
