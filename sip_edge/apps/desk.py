"""What applications do besides audio: recordings kept, mailboxes opened, messages moved, in store and files."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

from provd.errors import NotFound, ProvdError
from provd.mailbox import LONGEST_MESSAGE, QUOTA, order
from provd.postbox import Left, Postbox
from provd.recording import keep_own
from provd.sounds import Sound
from provd.store import audit, domains, mailboxes, rules, users, voicemails
from provd.store.database import Store
from provd.store.rows import User
from sip_edge.apps.guessing import Guesses
from sip_edge.apps.handed import Handed
from sip_edge.apps.machine import Event, Message, Opened, Refused
from sip_edge.apps.voicemail import Box
from sip_edge.media.prompts import Prompts

log = logging.getLogger(__name__)

LEAST_ROOM = 160_000
"""Octets: ten seconds. With less room a mailbox is full."""
MOST_TOLD = 200


class MailboxDesk:
    """One for a leg; `extension` is whose mailbox it is about, empty while that is not known."""

    def __init__(
        self, store: Store, postbox: Postbox, voices: Prompts, handed: Handed, extension: str, guesses: Guesses
    ) -> None:
        """`guesses` counts wrong PINs over all calls."""
        self._store = store
        self._postbox = postbox
        self._voices = voices
        self._handed = handed
        self._guesses = guesses
        self.extension = extension
        self.zone = "UTC"
        self._language = "en"
        self._user: User | None = None

    async def prepare(self, *, leaves: bool) -> Box | None:
        """What a caller meets at the mailbox; None where there is none, or it is switched off. Of a full one its owner
        is told, if who calls `leaves` a message."""
        return await self._store.run(self._prepared, leaves)

    def _prepared(self, store: Store, leaves: bool) -> Box | None:
        handed = self._handed
        domain = domains.get(store, handed.domain_id)
        self.zone, self._language = domain.time_zone, domain.language
        try:
            user = users.by_extension(store, handed.domain_id, self.extension)
        except NotFound:
            return None
        self._user, self.zone = user, user.time_zone or domain.time_zone
        box = mailboxes.get(store, domain.id, user.id)
        if not box.settings["enabled"]:
            return None
        greeting = ""
        if box.greeting_id is not None:
            greeting = self._there(mailboxes.greeting(store, user.id, box.greeting_id).file)
        used = mailboxes.used(store, user.id)
        full = used + LEAST_ROOM > QUOTA or sum(voicemails.counts(store, user.id).values()) >= voicemails.MOST_MESSAGES
        if full and leaves:
            self._postbox.turned_away(store, domain, user, handed.number or handed.extension, handed.name)
        name = self._there(box.name_file) if box.name_file else ""
        return Box(user.extension, greeting, name, box.settings["operator"], not full, LONGEST_MESSAGE)

    def _there(self, file: str) -> str:
        """The path of a recording of this mailbox; empty when the file is gone."""
        assert self._user is not None, "the mailbox is known"
        path = self._postbox.sounds.path(self._handed.domain_id, self._user.id, file)
        return str(path) if path.is_file() else ""

    def prompt(self, name: str) -> Path:
        """The file of a prompt, in the company's language."""
        return self._voices.path(name, domain=self._handed.domain, language=self._language)

    async def draft(self) -> Path:
        """Where a recording is to be written: beside those that are kept."""
        if self._user is None:
            raise ProvdError("Nobody has said whose mailbox it is.")
        return await asyncio.to_thread(self._postbox.sounds.new, self._handed.domain_id, self._user.id)

    async def keep(self, draft: Path, seconds: float, what: str, *, urgent: bool) -> bool:
        """The draft becomes a message, greeting or name; without a file there is nothing to keep."""
        octets, now = await asyncio.to_thread(octets_of, draft), int(time.time())
        if not octets:
            return False
        try:
            if what == "message":
                return await self._left(draft, seconds, octets, now, urgent=urgent)
            assert self._user is not None, "the mailbox is open"
            sound, user_id, domain_id = Sound(draft.name, seconds, octets), self._user.id, self._handed.domain_id
            gone = await self._store.run(keep_own, domain_id, user_id, sound, what, "", now)
        except ProvdError as error:
            log.info("What was recorded by phone for %s is not kept: %s", self.extension, error)
            await self.discard(draft)
            return False
        if gone:
            await asyncio.to_thread(self._postbox.sounds.delete, domain_id, user_id, [gone])
        return True

    async def _left(self, draft: Path, seconds: float, octets: int, now: int, *, urgent: bool) -> bool:
        handed = self._handed
        number = handed.number or handed.extension
        left = Left(handed.domain_id, self.extension, draft.name, seconds, octets, number, handed.name, urgent)
        return await self._store.run_apart(self._postbox.leave, left, now)  # with the mail, megabytes

    async def discard(self, draft: Path) -> None:
        """The draft is thrown away."""
        await asyncio.to_thread(draft.unlink, missing_ok=True)

    async def open(self, extension: str, pin: str) -> Event:
        """Opened or Refused; several wrong PINs close a mailbox for some minutes to who tried them."""
        handed, now = self._handed, time.monotonic()
        guess = (handed.domain_id, extension, handed.extension, handed.number, now)
        if self._guesses.closed(*guess):
            return Refused()
        found = await self._store.run(self._opened, extension, pin)
        if found is None:
            self._guesses.wrong(*guess)
            return Refused()
        return found

    async def change_pin(self, pin: str) -> bool:
        """The open mailbox has this PIN from now on; False for one that a page would warn of."""
        return await self._store.run(self._pin_changed, pin)

    def _pin_changed(self, store: Store, pin: str) -> bool:
        assert self._user is not None, "the mailbox is open"
        user, domain_id = self._user, self._handed.domain_id
        if rules.voicemail_pin("pin", pin):
            return False
        with store.transaction():
            users.set_voicemail_pin(store, domain_id, user.id, pin)
            audit.record(
                store, int(time.time()), who=f"{user.extension} by phone", domain_id=domain_id, action="update",
                noun="voicemail PIN", ref=user.extension,
            )  # fmt: skip
        return True

    def _opened(self, store: Store, extension: str, pin: str) -> Opened | None:
        domain_id = self._handed.domain_id
        try:
            user = users.by_extension(store, domain_id, extension)
        except NotFound:
            return None
        if not users.voicemail_pin_is(store, domain_id, user.id, pin):
            return None
        self.extension, self._user = extension, user
        self.zone = user.time_zone or domains.get(store, domain_id).time_zone
        settings = mailboxes.get(store, domain_id, user.id).settings
        latest = settings["latest_first"]
        new, saved = (self._told(store, user, folder, latest=latest) for folder in ("new", "saved"))
        return Opened(new, saved, settings["announce_time"], settings["announce_caller"])

    def _told(self, store: Store, user: User, folder: str, *, latest: bool) -> tuple[Message, ...]:
        found = voicemails.find(store, user.id, folder, limit=MOST_TOLD).items
        messages = {one.id: one for one in found}
        ids = order([(one.id, one.at) for one in found], latest_first=latest)
        sounds, domain_id = self._postbox.sounds, self._handed.domain_id
        return tuple(
            Message(one, str(sounds.path(domain_id, user.id, messages[one].file)), messages[one].at,
                    messages[one].number, messages[one].urgent)
            for one in ids
        )  # fmt: skip

    async def move(self, message: int, folder: str) -> None:
        """A message goes to another folder; one that is gone meanwhile is no error."""
        assert self._user is not None, "the mailbox is open"
        try:
            await self._store.run(
                voicemails.move, self._handed.domain_id, self._user.id, message, folder, int(time.time())
            )
        except NotFound:
            return


def octets_of(path: Path) -> int:
    """The size of a file; 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
