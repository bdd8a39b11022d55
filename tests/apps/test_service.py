"""Applications on the media engine and the store: a message is left, the lamp is told, the mailbox is heard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provd.mail import Outbox
from provd.postbox import Postbox
from provd.sounds import Sounds
from provd.store import audit, domains, mailboxes, mails, users, voicemails
from provd.store.database import Store
from sip_edge.apps.handed import Handed
from sip_edge.apps.service import Service
from sip_edge.media.event import CallLost, Dtmf, PlayEnded, RecordEnded
from sip_edge.media.prompts import Prompts
from sip_edge.media.wav import head
from sip_edge.presence.message_lamps import MessageLamps
from sip_edge.presence.situation import Mailbox
from sip_edge.presence.state import State
from tests.fakes import FakeMedia
from tests.registrar.scenes import DOMAIN, company

SDP = (
    b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\n"
    b"a=rtpmap:101 telephone-event/8000\r\n"
)
SECOND = 16_000


class Scene:
    """A company, a service, and one caller at it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.media, self.state = store, FakeMedia(), State()
        self.domain_id = domains.by_name(store, DOMAIN).id
        self.outbox = Outbox.of(store, "", "pbx@acme.example", folder / "outbox", "pbx.test")
        self.postbox = Postbox(store, self.outbox, Sounds(folder / "voicemail"), lambda: "https://pbx.test")
        self.service = Service(store, self.media, self.postbox, Prompts(folder))
        self.lamps = MessageLamps(store, self.state)
        self.ended: list[str] = []

    @property
    def user(self) -> Any:
        return users.by_extension(self.store, self.domain_id, "101")

    async def call(self, application: str, argument: str = "", **more: Any) -> None:
        await self.media.accept("c1", "a", SDP)
        ends: dict[str, Callable[..., None]] = {
            "hang_up": lambda: self.ended.append("hung up"),
            "send_on": self.ended.append,
        }
        caller = {"number": "+12145550199", "name": "Bob", **more, **ends}
        handed = Handed("c1", "a", self.domain_id, DOMAIN, **caller)
        assert self.service.take(handed, application, argument)
        await self.asked("play")

    async def asked(self, what: str, count: int = 1) -> Any:
        """The latest that was asked of the engine; waits until it has been asked `count` times."""
        async with asyncio.timeout(5):
            while sum(told[0] == what for told in self.media.told) < count:
                await asyncio.sleep(0)
        return next(told for told in reversed(self.media.told) if told[0] == what)

    async def played(self, count: int) -> None:
        """The count-th play has ended."""
        play = await self.asked("play", count)
        self.media.tell(PlayEnded("c1", "a", play[-1], "done"))

    async def over(self) -> None:
        async with asyncio.timeout(5):
            while len(self.service):
                await asyncio.sleep(0)

    async def spoken(self, seconds: float = 3.0) -> RecordEnded:
        """The recording as the engine leaves it."""
        record = await self.asked("record")
        octets = int(seconds * SECOND)
        Path(record[3]).write_bytes(head(octets) + bytes(octets))
        return RecordEnded("c1", record[-1], "stopped", seconds)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with company(tmp_path) as store:
        yield Scene(store, tmp_path)


def files(play: Any) -> list[str]:
    return [Path(clip.path).stem for clip in play[3] if hasattr(clip, "path")]


def test_whoever_hangs_up_after_the_beep_has_left_a_message_and_the_lamp_is_lit(scene: Scene) -> None:
    async def run() -> None:
        await scene.lamps.follow()
        users.update(scene.store, scene.domain_id, scene.user.id, 0, emails=["ann@acme.example"])
        mailboxes.save(scene.store, scene.domain_id, scene.user.id, {"mail": "attachment"})
        await scene.call("voicemail", "101")
        assert files(await scene.asked("play")) == [
            "the-person-at",
            "n-1",
            "n-0",
            "n-1",
            "is-unavailable",
            "leave-message",
        ]
        await scene.played(1)
        ended = await scene.spoken()
        scene.service.gone("c1", "a")
        await scene.asked("stop_record")
        scene.media.tell(ended)
        await scene.over()
        await scene.lamps.follow()

    asyncio.run(run())
    (message,) = voicemails.find(scene.store, scene.user.id, "new").items
    assert (message.number, message.name, message.seconds) == ("+12145550199", "Bob", 3.0)
    assert scene.state.look(DOMAIN, "101").messages == Mailbox(new=1)
    assert [(mail.kind, mail.recipient) for mail in mails.find(scene.store)] == [("voicemail", "ann@acme.example")]
    assert scene.ended == [] and scene.media.legs == {}


def test_zero_during_the_greeting_leads_to_the_operator(scene: Scene) -> None:
    async def run() -> None:
        mailboxes.save(scene.store, scene.domain_id, scene.user.id, {"operator": "102"})
        await scene.call("voicemail", "101")
        scene.media.tell(Dtmf("c1", "a", "0", 100))
        await scene.over()

    asyncio.run(run())
    assert scene.ended == ["102"]


def test_a_mailbox_that_is_switched_off_says_that_nobody_is_there(scene: Scene) -> None:
    async def run() -> None:
        mailboxes.save(scene.store, scene.domain_id, scene.user.id, {"enabled": False})
        await scene.call("voicemail", "101")
        assert files(await scene.asked("play")) == ["unavailable"]
        await scene.played(1)
        await scene.over()

    asyncio.run(run())
    assert scene.ended == ["hung up"]


def test_a_message_is_heard_with_the_pin_and_is_saved_then(scene: Scene) -> None:
    async def run() -> None:
        users.set_voicemail_pin(scene.store, scene.domain_id, scene.user.id, "7391")
        sounds = scene.postbox.sounds
        kept = sounds.keep(scene.domain_id, scene.user.id, head(SECOND) + bytes(SECOND))
        voicemails.add(scene.store, scene.domain_id, scene.user.id, kept.file, 1.0, kept.octets, int(time.time()))
        await scene.call("mailbox", "101", extension="101")
        for key in "7391#":
            scene.media.tell(Dtmf("c1", "a", key, 100))
        menu = await scene.asked("play", 2)
        assert files(menu)[:3] == ["you-have", "n-1", "new-message"]
        scene.media.tell(Dtmf("c1", "a", "1", 100))
        message = await scene.asked("play", 3)
        assert Path(kept.file).stem in files(message)
        await scene.played(3)
        await scene.asked("stop")
        scene.service.gone("c1", "a")
        await scene.over()

    asyncio.run(run())
    assert voicemails.counts(scene.store, scene.user.id) == {"new": 0, "saved": 1, "trash": 0}


async def typed(scene: Scene, keys: str, plays: int) -> list[str]:
    """What is said once these keys were pressed."""
    for key in keys:
        scene.media.tell(Dtmf("c1", "a", key, 100))
    return files(await scene.asked("play", plays))


async def tried(scene: Scene, pins: str, **caller: str) -> list[str]:
    """A call to the mailbox; → what is said first about each PIN."""
    scene.media.told.clear()
    await scene.call("mailbox", "101", **caller)
    pressed = [f"{pin}#" for pin in pins.split()]
    said = [(await typed(scene, keys, 2 + count))[0] for count, keys in enumerate(pressed)]
    scene.service.gone("c1", "a")
    await scene.over()
    return said


def test_who_guesses_pins_is_shut_out_and_the_own_phones_are_not(scene: Scene) -> None:
    async def run() -> None:
        users.set_voicemail_pin(scene.store, scene.domain_id, scene.user.id, "7391")
        stranger = {"number": "+12145550199"}
        for _ in range(2):
            assert await tried(scene, "1111 2222 3333", **stranger) == ["wrong-pin", "wrong-pin", "too-many-tries"]
        assert await tried(scene, "7391", **stranger) == ["wrong-pin"], "not even the right one now"
        assert await tried(scene, "7391", number="+12145550111") == ["no-messages"], "another caller is no guesser"
        for count in range(40):
            scene.service._guesses.wrong(scene.domain_id, "101", "", f"+1214556{count:04}", time.monotonic())
        assert await tried(scene, "7391", number="+12145550112") == ["wrong-pin"], "nobody from outside by now"
        assert await tried(scene, "7391", extension="102") == ["no-messages"]
        assert await tried(scene, "7391", extension="101") == ["no-messages"]

    asyncio.run(run())


def test_a_pin_is_changed_by_phone_and_one_that_everybody_tries_is_not_taken(scene: Scene) -> None:
    async def run() -> None:
        users.set_voicemail_pin(scene.store, scene.domain_id, scene.user.id, "7391")
        await scene.call("mailbox", "101", extension="101")
        assert "to-change-pin" in await typed(scene, "7391#", 2)
        assert await typed(scene, "5", 3) == ["new-pin"]
        assert await typed(scene, "1234#", 4) == ["new-pin-again"]
        assert await typed(scene, "1234#", 5) == ["pin-too-simple", "new-pin"]
        assert await typed(scene, "8046#", 6) == ["new-pin-again"]
        assert (await typed(scene, "8046#", 7))[0] == "pin-changed"
        scene.service.gone("c1", "a")
        await scene.over()

    asyncio.run(run())
    assert users.voicemail_pin_is(scene.store, scene.domain_id, scene.user.id, "8046")
    (row,) = [one for one in audit.find(scene.store, scene.domain_id).items if one.noun == "voicemail PIN"]
    assert (row.who, row.ref, row.changed) == ("101 by phone", "101", {})


def test_what_was_said_is_kept_when_the_audio_is_lost(scene: Scene) -> None:
    async def run() -> None:
        await scene.call("voicemail", "101")
        await scene.played(1)
        ended = await scene.spoken()
        scene.media.tell(ended)
        await scene.asked("play", 2)
        scene.media.tell(CallLost("c1"))
        await scene.over()

    asyncio.run(run())
    assert voicemails.counts(scene.store, scene.user.id)["new"] == 1
    assert scene.ended == ["hung up"]
