"""The lamps of phones after all that changes a mailbox: copies, mails that stand for hearing, the trash at night."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.postbox import Left
from provd.store import mailboxes, users, voicemails
from sip_edge.media.wav import head
from sip_edge.presence.situation import Mailbox
from tests.apps.test_service import Scene
from tests.registrar.scenes import DOMAIN, company

SOUND = head(16_000) + bytes(16_000)
NOW = 1_760_000_000


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with company(tmp_path) as store:
        made = Scene(store, tmp_path)
        asyncio.run(made.lamps.follow())
        yield made


def leave(scene: Scene, extension: str = "101", at: int = NOW) -> None:
    """Somebody leaves a message."""
    user = users.by_extension(scene.store, scene.domain_id, extension)
    kept = scene.postbox.sounds.keep(scene.domain_id, user.id, SOUND)
    left = Left(scene.domain_id, extension, kept.file, kept.seconds, kept.octets, "+12145550199", "Bob")
    assert scene.postbox.leave(scene.store, left, at)


def lamp(scene: Scene, extension: str) -> tuple[int, int]:
    """New and saved messages as the phones of somebody show them, once what changed was followed."""
    asyncio.run(scene.lamps.follow())
    shown = scene.state.look(DOMAIN, extension).messages or Mailbox()
    return shown.new, shown.old


def test_a_copy_lights_the_lamp_of_who_gets_it(scene: Scene) -> None:
    mailboxes.save(scene.store, scene.domain_id, scene.user.id, {"copies": ["102"]})
    leave(scene)
    assert (lamp(scene, "101"), lamp(scene, "102")) == ((1, 0), (1, 0))


@pytest.mark.parametrize(("after", "shown"), [("leave", (1, 0)), ("save", (0, 1)), ("trash", (0, 0))])
def test_a_mail_that_stands_for_hearing_leaves_the_lamp_dark(scene: Scene, after: str, shown: tuple[int, int]) -> None:
    users.update(scene.store, scene.domain_id, scene.user.id, 0, emails=["ann@acme.example"])
    mailboxes.save(scene.store, scene.domain_id, scene.user.id, {"mail": "link", "after_mail": after})
    leave(scene)
    assert lamp(scene, "101") == shown


def test_a_message_from_new_to_the_trash_and_for_good(scene: Scene) -> None:
    store, domain_id, user_id = scene.store, scene.domain_id, scene.user.id
    leave(scene), leave(scene)
    first, second = (one.id for one in voicemails.find(store, user_id).items)
    assert lamp(scene, "101") == (2, 0)
    voicemails.move(store, domain_id, user_id, first, "saved", NOW)
    assert lamp(scene, "101") == (1, 1)
    voicemails.move(store, domain_id, user_id, second, "trash", NOW)
    assert lamp(scene, "101") == (0, 1)
    voicemails.move(store, domain_id, user_id, second, "new", NOW)
    assert lamp(scene, "101") == (1, 1), "taken back"
    voicemails.move(store, domain_id, user_id, second, "trash", NOW)
    assert len(voicemails.empty_trash(store, NOW + 2 * 86_400)) == 1
    assert lamp(scene, "101") == (0, 1), "the night changes nothing that a lamp shows"
    voicemails.delete(store, domain_id, user_id)
    assert lamp(scene, "101") == (0, 0)
