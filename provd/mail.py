"""Mail to people: written into the queue with the change that it tells of, sent from there in the background.

Rules of this file: no text, no link and no recipient of a mail is ever logged; log lines name the row.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from provd.mails.delivery import Courier, FolderCourier, SmtpCourier, Undelivered, mail_server
from provd.mails.letter import Attachment, letter, message, sender_address
from provd.store import mails
from provd.store.database import Store
from provd.store.mails import Mail

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0


class Outbox:
    """The queue and whoever empties it: start() it in one process, the one with the role `jobs`."""

    def __init__(self, store: Store, courier: Courier, sender: str, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._store = store
        self._courier = courier
        self._sender = sender
        self._look = look_seconds
        self._news = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, store: Store, smtp_url: str, mail_from: str, folder: Path, host: str) -> Outbox:
        """The outbox that the settings ask for; raises ProvdError for an smtp_url that is none."""
        sender = sender_address(mail_from, host)
        courier: Courier = FolderCourier(folder)
        if smtp_url:
            courier = SmtpCourier(mail_server(smtp_url), sender.rpartition("@")[2])
        return cls(store, courier, sender)

    def write(
        self, kind: str, recipient: str, values: Mapping[str, Any], now: int, *, most: int = 0,
        attachment: Attachment | None = None,
    ) -> str:  # fmt: skip
        """Puts a mail in the queue, inside the caller's transaction; wake() once that is saved.

        Returns why it was not, in one sentence: too many to this address in this hour (`most` of this kind, where
        given), or an address that cannot be written to. Empty when it was.
        """
        store = self._store
        if not mails.room(store, recipient, now) or (most and not mails.room(store, recipient, now, most, kind)):
            return "too many mails went to this address within the hour"
        at = datetime.datetime.fromtimestamp(now, datetime.UTC)
        message_id = f"<{secrets.token_hex(16)}@{self._sender.rpartition('@')[2].strip('[]')}>"
        try:
            made = message(letter(kind, values), self._sender, recipient, message_id, at, attachment)
        except ValueError:
            return "this mail address cannot be written to"
        mails.add(store, kind, recipient, made, now)
        return ""

    def wake(self) -> None:
        """There is something new in the queue."""
        self._news.set()

    def start(self) -> None:
        """Begin to send, now and whenever something is due."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Finish the mail that is under way; the others wait for the next start."""
        self._stopping = True
        self.wake()
        if self._task is not None:
            await self._task

    async def _work(self) -> None:
        while not self._stopping:
            self._news.clear()
            try:
                await self.send_due()
            except Exception:  # the database may be away: mails wait, and the server goes on
                log.exception("The mail queue could not be worked on; it is tried again.")
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look):
                    await self._news.wait()

    async def send_due(self) -> int:
        """Send what is due, one after the other; returns how many went out."""
        tried = count = 0
        try:
            while not self._stopping and (mail := await self._store.run(mails.claim, int(time.time()))) is not None:
                tried += 1
                count += await self._send(mail)
        finally:
            if tried:
                await asyncio.to_thread(self._courier.close)
        return count

    async def _send(self, mail: Mail) -> bool:
        try:
            await asyncio.to_thread(self._courier.send, mail.id, mail.recipient, mail.message)
        except Undelivered as error:
            now, reason = int(time.time()), str(error)
            over = await self._store.run(mails.failed, mail, reason, now, for_good=error.for_good, doubt=error.doubt)
            log.warning("Mail %s was not sent%s: %s", mail.id, " and is given up" if over else "", reason)
            return False
        await self._store.run(mails.sent, mail.id, int(time.time()))
        return True
