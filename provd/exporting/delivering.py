"""What becomes of an export's file once it is made (SF-299, SF-300): it waits here, is mailed, or is sent on.

Rules of this file: an attempt ends in a sentence, whatever happens; after TRIES attempts, or one that cannot help, the
file is given up, stays here, and those who wanted it are told.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from provd.errors import NotFound
from provd.exporting import places, sending
from provd.exporting.failing import NotSent
from provd.exporting.files import ExportFolder
from provd.exporting.places import Destination, Network
from provd.mail import Outbox
from provd.mails.letter import Attachment
from provd.store import domains, export_files, exports
from provd.store.database import Store
from provd.store.export_files import ExportFile
from provd.store.exports import Schedule
from provd.store.rows import Domain

log = logging.getLogger(__name__)

PAUSES = (60, 300, 900, 3600)
"""Seconds before the next attempts."""
TRIES = len(PAUSES) + 1
LARGEST_ATTACHMENT = 4_000_000


class Delivery:
    """One a process. `root` is the address of the pages."""

    def __init__(
        self, store: Store, folder: ExportFolder, outbox: Outbox, root: Callable[[], str], also: Sequence[Network]
    ) -> None:
        self._store = store
        self._folder = folder
        self._outbox = outbox
        self._root = root
        self._also = also

    async def deliver(self, one: ExportFile, now: int) -> None:
        """One attempt with a file that was claimed."""
        store = self._store
        try:
            domain, schedule = await store.run(_whose, one)
        except NotFound:
            await store.run(_settle, one, export_files.READY, "", 0)  # the export was deleted meanwhile
            return
        try:
            text = await self._attempt(domain, schedule, one, now)
            await store.run(self._told, domain, schedule, one, now, "")
            state = export_files.READY if schedule.settings["then"] == "keep" else export_files.SENT
            await store.run(_settle, one, state, text, 0)
        except NotSent as error:
            await self._failed(domain, schedule, one, now, error)
        except Exception:  # whatever it was, the next export has its turn
            log.exception("The file %s of an export could not be sent.", one.id)
            reason = "Something went wrong on the server; its log says what."
            await self._failed(domain, schedule, one, now, NotSent(reason))
        self._outbox.wake()

    async def _attempt(self, domain: Domain, schedule: Schedule, one: ExportFile, now: int) -> str:
        """→ What was done, in words; raises NotSent."""
        then = schedule.settings["then"]
        if then == "mail":
            return str(await self._store.run_apart(self._mailed, domain, schedule, one, now))
        if then not in places.PROTOCOLS:
            return ""
        password, private_key = await self._store.run(exports.secrets, one.domain_id, schedule.id)
        to = destination(schedule.settings, password, private_key)
        await sending.send(to, self._folder.path(one.domain_id, one.file), one.name, self._also)
        return f"Sent to {to.host}."

    async def _failed(self, domain: Domain, schedule: Schedule, one: ExportFile, now: int, error: NotSent) -> None:
        given_up = error.for_good or one.tries + 1 >= TRIES
        log.warning(
            "The file %s of an export was not sent%s: %s", one.id, " and is given up" if given_up else "", error
        )
        if given_up:
            await self._store.run(self._told, domain, schedule, one, now, str(error))
            await self._store.run(_settle, one, export_files.FAILED, str(error), 0)
        else:
            await self._store.run(_settle, one, export_files.WAITING, str(error), now + PAUSES[one.tries])

    def _told(self, store: Store, domain: Domain, schedule: Schedule, one: ExportFile, now: int, wrong: str) -> None:
        """Tell by mail that a file is there, or that it was given up; whom it was mailed to needs no notice."""
        if schedule.settings["then"] == "mail" and not wrong:
            return
        values = self._values(domain, schedule, one, wrong)
        with store.transaction():
            for recipient in schedule.settings["mails"]:
                self._outbox.write("call_export", recipient, values, now)

    def _mailed(self, store: Store, domain: Domain, schedule: Schedule, one: ExportFile, now: int) -> str:
        attached = self._attachment(one)
        values = {**self._values(domain, schedule, one, ""), "attached": attached is not None}
        wrong = []
        with store.transaction():
            for recipient in schedule.settings["mails"]:
                why = self._outbox.write("call_export", recipient, values, now, attachment=attached)
                wrong += [f"{recipient} was not written to: {why}."] if why else []
        if len(wrong) == len(schedule.settings["mails"]):
            raise NotSent(" ".join(wrong)[:400] or "Nobody is named whom it could be mailed to.")
        large = "" if attached else "It is too large for a mail: the mail has a link."
        return " ".join([f"Mailed to {len(schedule.settings['mails']) - len(wrong)}.", large, *wrong]).strip()[:500]

    def _attachment(self, one: ExportFile) -> Attachment | None:
        """The file as it is, else compressed; None when it is too large for a mail even so."""
        if one.octets > 12 * LARGEST_ATTACHMENT:
            return None
        content = b"".join(self._folder.pieces(one.domain_id, one.file, one.octets))
        if len(content) <= LARGEST_ATTACHMENT:
            return Attachment(one.name, "text/csv", content)
        packed = gzip.compress(content, 6)
        return Attachment(f"{one.name}.gz", "application/gzip", packed) if len(packed) <= LARGEST_ATTACHMENT else None

    def _values(self, domain: Domain, schedule: Schedule, one: ExportFile, wrong: str) -> dict[str, Any]:
        return {
            "name": schedule.name, "company": domain.description or domain.name, "attached": False, "wrong": wrong,
            "span": span_words(one, ZoneInfo(domain.time_zone)),
            "link": f"{self._root()}/c/{domain.name}/history/exports",
        }  # fmt: skip


def span_words(one: ExportFile, zone: tzinfo) -> str:
    """`12 calls, 4 May 2026, 06:00 to 5 May 2026, 06:00`."""
    ends = [datetime.fromtimestamp(at, zone) for at in (one.since, one.until)]
    words = " to ".join(f"{at.day} {at:%B %Y, %H:%M}" for at in ends)
    return f"{one.calls} {'call' if one.calls == 1 else 'calls'}, {words}"


def destination(settings: Mapping[str, Any], password: str, private_key: str) -> Destination:
    """Where a schedule's files go, not yet looked at."""
    return Destination(
        settings["then"], settings["host"], "", settings["port"], settings["user_name"], settings["folder"],
        settings["identity"], password, private_key,
    )  # fmt: skip


def _whose(store: Store, one: ExportFile) -> tuple[Domain, Schedule]:
    if one.schedule_id is None:
        raise NotFound("The export was deleted.")
    return domains.get(store, one.domain_id), exports.get(store, one.domain_id, one.schedule_id)


def _settle(store: Store, one: ExportFile, state: str, text: str, try_at: int) -> None:
    with store.batch():
        export_files.settled(store, one.id, state, text, try_at)
