"""A disk or a mailbox without room: the caller hears it, what cannot be kept is removed, and its owner is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.store import mailboxes, mails, users, voicemails
from sip_edge.media.event import Dtmf, RecordEnded
from tests.apps.test_service import Scene, files
from tests.registrar.scenes import company


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with company(tmp_path) as store:
        yield Scene(store, tmp_path)


def test_a_disk_that_takes_nothing_is_told_to_the_caller_and_nothing_is_left(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "voicemail").write_text("where the folder should be")

    async def run() -> None:
        await scene.call("voicemail", "101")
        await scene.played(1)
        assert files(await scene.asked("play", 2)) == ["not-recorded", "goodbye"]
        await scene.played(2)
        await scene.over()

    asyncio.run(run())
    assert scene.ended == ["hung up"] and voicemails.counts(scene.store, scene.user.id)["new"] == 0


def test_a_disk_that_is_full_in_the_midst_keeps_what_there_is(scene: Scene) -> None:
    async def run() -> None:
        await scene.call("voicemail", "101")
        await scene.played(1)
        ended = await scene.spoken(5.0)
        scene.media.tell(RecordEnded("c1", ended.record, "full", 5.0))
        await scene.asked("play", 2)
        scene.media.tell(Dtmf("c1", "a", "1", 100))
        assert files(await scene.asked("play", 3)) == ["message-sent", "goodbye"]
        await scene.played(3)
        await scene.over()

    asyncio.run(run())
    assert voicemails.counts(scene.store, scene.user.id)["new"] == 1


def test_a_mailbox_that_fills_while_somebody_speaks_says_so_and_removes_the_file(scene: Scene, tmp_path: Path) -> None:
    async def run() -> None:
        await scene.call("voicemail", "101")
        await scene.played(1)
        ended = await scene.spoken(9.0)
        voicemails.add(scene.store, scene.domain_id, scene.user.id, "big.wav", 600.0, 10_400_000, 0)
        scene.media.tell(ended)
        await scene.asked("play", 2)
        scene.media.tell(Dtmf("c1", "a", "1", 100))
        assert files(await scene.asked("play", 3)) == ["not-recorded", "goodbye"]
        await scene.played(3)
        await scene.over()

    asyncio.run(run())
    assert not [one for one in (tmp_path / "voicemail").rglob("*") if one.is_file()]


def test_who_is_told_that_the_mailbox_is_full_makes_a_mail_to_its_owner(scene: Scene) -> None:
    async def run() -> None:
        await scene.call("voicemail", "101")
        assert files(await scene.asked("play")) == ["mailbox-full", "goodbye"]
        await scene.played(1)
        await scene.over()

    users.update(scene.store, scene.domain_id, scene.user.id, 0, emails=["ann@acme.example"])
    mailboxes.save(scene.store, scene.domain_id, scene.user.id, {"mail_when_full": True})
    voicemails.add(scene.store, scene.domain_id, scene.user.id, "big.wav", 600.0, 10_400_000, 0)
    for _ in range(3):
        asyncio.run(run())
        scene.media.told.clear()
    found = [one for one in mails.find(scene.store) if one.kind == "voicemail_full"]
    assert len(found) == 2, "and no more than two an hour"


def test_an_owner_who_hears_messages_of_a_full_mailbox_is_sent_no_mail_of_a_caller(scene: Scene) -> None:
    users.update(scene.store, scene.domain_id, scene.user.id, 0, emails=["ann@acme.example"])
    mailboxes.save(scene.store, scene.domain_id, scene.user.id, {"mail_when_full": True})
    voicemails.add(scene.store, scene.domain_id, scene.user.id, "big.wav", 600.0, 10_400_000, 0)

    async def run() -> None:
        await scene.call("mailbox", "101", extension="101")
        assert files(await scene.asked("play")) == ["enter-pin"]
        scene.service.gone("c1", "a")
        await scene.over()

    asyncio.run(run())
    assert not [one for one in mails.find(scene.store) if one.kind == "voicemail_full"]
