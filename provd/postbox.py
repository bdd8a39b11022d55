"""What comes of a message that was left: it is in the mailbox and in those that get copies, and mails go out.

Rules of this file: everything runs in the store's thread, in one transaction for a message; recordings are moved
before and deleted after, so that a row never names a file that is not there.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from provd.cdr import Cdr
from provd.errors import Conflict, NotFound
from provd.mail import Outbox
from provd.mailbox import folder_after_mail, reminder_due
from provd.mails.letter import Attachment
from provd.sounds import Sound, Sounds
from provd.store import domains, mailboxes, users, voicemails
from provd.store.database import Store
from provd.store.rows import Domain, User

LARGEST_ATTACHMENT = 4_000_000


@dataclass(frozen=True, slots=True)
class Left:
    """A message that somebody left: its file is in the folder of the user it was left for."""

    domain_id: int
    extension: str
    file: str
    seconds: float
    octets: int
    number: str = ""
    name: str = ""
    urgent: bool = False

    @property
    def caller(self) -> str:
        """Who left it, for people."""
        if self.name and self.name != self.number:
            return f"{self.name} ({self.number})" if self.number else self.name
        return self.number or "A caller who hides the number"


class Postbox:
    """One a process. `root` is the address of the pages."""

    def __init__(self, store: Store, outbox: Outbox, sounds: Sounds, root: Callable[[], str]) -> None:
        self._store = store
        self._outbox = outbox
        self.sounds = sounds
        self._root = root

    def leave(self, store: Store, left: Left, now: int) -> bool:
        """Put a message where it belongs; False when the mailbox is full (the file is gone then)."""
        user = users.by_extension(store, left.domain_id, left.extension)
        domain = domains.get(store, left.domain_id)
        sound = Sound(left.file, left.seconds, left.octets)
        try:
            with store.transaction():
                self._put(store, domain, user, left, sound, now, "")
        except Conflict:
            self.sounds.delete(left.domain_id, user.id, [left.file])
            self._full(store, domain, user, left, now)
            return False
        self._copies(store, domain, user, left, now)
        self._outbox.wake()
        return True

    def _put(
        self, store: Store, domain: Domain, user: User, left: Left, sound: Sound, now: int, copied_from: str
    ) -> None:
        settings = mailboxes.get(store, domain.id, user.id).settings
        made = voicemails.add(
            store, domain.id, user.id, sound.file, sound.seconds, sound.octets, now, number=left.number,
            name=left.name, urgent=left.urgent, copied_from=copied_from,
        )  # fmt: skip
        mailed = settings["mail"] != "no" and self._mailed(store, domain, user, left, sound, made.id, now)
        folder = folder_after_mail(settings, mailed=mailed)
        if folder != "new":
            voicemails.move(store, domain.id, user.id, made.id, folder, now)

    def _copies(self, store: Store, domain: Domain, user: User, left: Left, now: int) -> None:
        source = self.sounds.path(domain.id, user.id, left.file)
        for extension in mailboxes.get(store, domain.id, user.id).settings["copies"]:
            try:
                other = users.by_extension(store, domain.id, extension)
                sound = self.sounds.copy(source, domain.id, other.id)
            except (NotFound, OSError):
                continue  # who has gone gets no copy, and what was deleted meanwhile has none
            try:
                with store.transaction():
                    self._put(store, domain, other, left, sound, now, user.extension)
            except Conflict:
                self.sounds.delete(domain.id, other.id, [sound.file])

    def _mailed(
        self, store: Store, domain: Domain, user: User, left: Left, sound: Sound, message_id: int, now: int
    ) -> bool:
        attached = None
        if mailboxes.get(store, domain.id, user.id).settings["mail"] == "attachment":
            content = self.sounds.read(domain.id, user.id, sound.file)
            if content is not None and len(content) <= LARGEST_ATTACHMENT:
                attached = Attachment(f"voicemail-{message_id}.wav", "audio/x-wav", content)
        values = {
            **self._named(domain, user), "caller": left.caller, "seconds": round(left.seconds), "urgent": left.urgent,
            "when": _when(now, user.time_zone or domain.time_zone), "attached": attached is not None,
            "link": self._link(domain, f"voicemail/{user.extension}"),
        }  # fmt: skip
        kind = "voicemail_brief" if mailboxes.get(store, domain.id, user.id).settings["mail_brief"] else "voicemail"
        sent = [self._outbox.write(kind, one, values, now, attachment=attached) == "" for one in user.emails]
        return any(sent)

    def _full(self, store: Store, domain: Domain, user: User, left: Left, now: int) -> None:
        """Say that the mailbox could take no message (SF-050)."""
        if mailboxes.get(store, domain.id, user.id).settings["mail_when_full"]:
            values = {**self._named(domain, user), "caller": left.caller, "link": self._box(domain, user)}
            with store.transaction():
                for one in user.emails:
                    self._outbox.write("voicemail_full", one, values, now, most=2)

    def turned_away(self, store: Store, domain: Domain, user: User, number: str, name: str) -> None:
        """Somebody was told that the mailbox is full, before anything was recorded."""
        self._full(store, domain, user, Left(domain.id, user.extension, "", 0, 0, number, name), int(time.time()))

    def missed(self, store: Store, domain_id: int, record: Cdr, now: int) -> None:
        """Tell those who were called, and want to know, of a call that they missed and that left nothing (SF-051)."""
        if not record.missed or record.disposition == "voicemail" or record.blocked:
            return
        domain, caller = domains.get(store, domain_id), Left(0, "", "", 0, 0, record.from_number, record.from_name)
        for extension in record.people:
            try:
                user = users.by_extension(store, domain_id, extension)
            except NotFound:
                continue
            wanted = mailboxes.get(store, domain_id, user.id).settings["mail_when_missed"]
            if not wanted or extension == record.from_extension:
                continue
            values = {
                **self._named(domain, user), "caller": caller.caller, "link": self._link(domain, "history"),
                "when": _when(int(record.at), user.time_zone or domain.time_zone),
            }  # fmt: skip
            with store.transaction():
                for one in user.emails:
                    self._outbox.write("missed_call", one, values, now)

    def remind(self, store: Store, now: int) -> int:
        """Write the reminders that are due (SF-064); → how many mailboxes."""
        count = 0
        for domain_id, user_id, oldest in voicemails.reminders(store):
            box = mailboxes.get(store, domain_id, user_id)
            if not reminder_due(box.settings, oldest, box.reminded, now):
                continue
            user, domain = users.get(store, domain_id, user_id), domains.get(store, domain_id)
            new, minutes = voicemails.counts(store, user_id)["new"], box.settings["reminder_minutes"]
            values = {**self._named(domain, user), "count": new, "minutes": minutes, "link": self._box(domain, user)}
            with store.transaction():
                for one in box.settings["reminder_mails"]:
                    self._outbox.write("voicemail_reminder", one, values, now)
                mailboxes.set_reminded(store, domain_id, user_id, now)
            count += 1
        return count

    async def look(self) -> None:
        """What the clock brings: reminders, and the end of days for what is in the trash."""
        now = int(time.time())
        for domain_id, user_id, file in await self._store.run(voicemails.empty_trash, now):
            self.sounds.delete(domain_id, user_id, [file])
        if await self._store.run(self.remind, now):
            self._outbox.wake()
        await self._store.run(voicemails.trim_changes)

    def _named(self, domain: Domain, user: User) -> dict[str, Any]:
        return {"name": user.name or user.extension, "extension": user.extension, "company": domain.description}

    def _box(self, domain: Domain, user: User) -> str:
        return self._link(domain, f"voicemail/{user.extension}")

    def _link(self, domain: Domain, path: str) -> str:
        return f"{self._root()}/c/{domain.name}/{path}"


def _when(now: int, zone: str) -> str:
    at = datetime.datetime.fromtimestamp(now, ZoneInfo(zone or "UTC"))
    return f"{at:%A}, {at.day} {at:%B}, {at:%H:%M}"


def postbox(services: Any) -> Postbox:
    """The postbox of the services of provd.app."""
    settings = services.settings
    sounds = Sounds(settings.data_dir / "voicemail")
    return Postbox(
        services.store, services.outbox, sounds, lambda: settings.public_url or services.addresses.root("https")
    )
