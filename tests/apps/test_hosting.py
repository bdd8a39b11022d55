"""Calls that reach applications on the wire: missed, transferred, leaving for the operator."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from provd.mail import Outbox
from provd.postbox import Postbox
from provd.sounds import Sounds
from provd.store import domains, mailboxes, users
from sip_edge.apps.hosting import Hosting
from sip_edge.apps.service import Service
from sip_edge.media.event import Dtmf
from sip_edge.media.prompts import Prompts
from sip_edge.message import SipError
from tests.call.scenes import ACME, Desk, House, connected, play, port_of
from tests.fakes import FakeMedia
from tests.registrar.scenes import DOMAIN

WITH_MAILBOXES = replace(ACME, people={name: replace(person, voicemail=True) for name, person in ACME.people.items()})


@contextmanager
def hosted(house: House, folder: Path) -> Iterator[FakeMedia]:
    """The house's calls reach applications on an engine without audio."""
    store, media = house.edge.store, FakeMedia()
    outbox = Outbox.of(store, "", "pbx@acme.example", folder / "outbox", "pbx.test")
    postbox = Postbox(store, outbox, Sounds(folder / "voicemail"), lambda: "https://pbx.test")
    hosting = Hosting(house.controller, media, Service(store, media, postbox, Prompts(folder)))
    house.controller.applications = hosting.take
    yield media


async def asked(media: FakeMedia, what: str) -> Any:
    """What the engine is asked, as soon as it is."""
    async with asyncio.timeout(5):
        while not any(told[0] == what for told in media.told):
            await asyncio.sleep(0)
    return next(told for told in reversed(media.told) if told[0] == what)


async def until(true: Any) -> None:
    """Let the tasks of the applications come to their end."""
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0)


def test_a_call_to_nobody_is_answered_by_the_mailbox_and_all_is_released(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        with hosted(house, tmp_path) as media:
            ann = Desk(house, "101")
            out = ann.call("102")
            await asked(media, "play")
            out.answered()
            assert port_of(out.body) >= 20_000
            assert "application" in house.kinds()
            out.bye()
            await until(lambda: not media.legs)
            assert house.quiet()

    play(tmp_path, scene, WITH_MAILBOXES)


def test_who_gives_up_before_the_answer_leaves_nothing_behind(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        with hosted(house, tmp_path) as media:
            ann = Desk(house, "101")
            out = ann.call("102")
            out.cancel()
            await house.settle()
            await until(lambda: not media.legs)
            assert house.quiet()

    play(tmp_path, scene, WITH_MAILBOXES)


def test_without_audio_the_caller_is_told_so(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        with hosted(house, tmp_path) as media:
            media.refuse = SipError(503, "The engine is out of ports.")
            ann = Desk(house, "101")
            ann.call("102")
            await house.settle()
            assert 503 in ann.statuses()
            assert house.quiet()

    play(tmp_path, scene, WITH_MAILBOXES)


def test_somebody_who_is_transferred_to_a_mailbox_is_asked_for_the_audio(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        with hosted(house, tmp_path) as media:
            ann, bob = Desk(house, "101"), Desk(house, "102").register()
            out, into = connected(ann, bob)
            out.send("REFER", b"", ("Refer-To", f"<sip:103@{DOMAIN}>"))
            await house.settle()
            (again,) = bob.requests("INVITE")
            assert port_of(again.body) >= 20_000
            into.reply(again, 200, bob.sdp)
            await asked(media, "play")
            assert [told[0] for told in media.told][:2] == ["invite", "answer"]
            out.bye()
            into.bye()
            await until(lambda: not media.legs)
            assert house.quiet()

    play(tmp_path, scene, WITH_MAILBOXES)


def test_zero_at_the_greeting_rings_the_operator_who_talks_with_the_caller(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        with hosted(house, tmp_path) as media:
            store = house.edge.store
            acme = domains.by_name(store, DOMAIN)
            mailboxes.save(store, acme.id, users.by_extension(store, acme.id, "102").id, {"operator": "103"})
            ann, cid = Desk(house, "101"), Desk(house, "103").register()
            out = ann.call("102")
            name = (await asked(media, "play"))[1]
            out.answered()
            media.tell(Dtmf(name, "caller", "0", 100))
            await until(lambda: not media.legs)
            third = cid.rung()
            assert "sip:101@" in str(third.invite.from_)
            third.reply(third.invite, 200, cid.sdp)
            (again,) = ann.requests("INVITE")
            assert port_of(again.body) == cid.media
            out.reply(again, 200, ann.sdp)
            third.bye()
            await house.settle()
            assert house.quiet()

    play(tmp_path, scene, WITH_MAILBOXES)
