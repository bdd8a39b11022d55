"""Applications that call somebody: a recording that was asked for on a page, and messages that wait to be heard.

Rules of this file: everything here is of companies that live in this process. How far a call is, is remembered for some
minutes, for whoever looks at the page; what came of it is in the store, and in the history like every call.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from provd.errors import Conflict, NotFound, ProvdError
from provd.limits import Buckets
from provd.recording import BUSY, ENDED, KEPT, RINGING, TALKING, UNANSWERED, Progress, Wanted
from provd.sounds import Sound
from provd.store.database import Store
from sip_edge.apps.desk import octets_of
from sip_edge.apps.dictation import Dictation
from sip_edge.apps.handed import Handed
from sip_edge.apps.listening import Listening
from sip_edge.apps.machine import Counted, Event, Machine, Refused
from sip_edge.apps.service import Made, Service
from sip_edge.apps.session import Desk
from sip_edge.call.controller import Controller
from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.media.prompts import Prompts

log = logging.getLogger(__name__)

CALLS_A_DAY, CALLS_PER_SECOND = 30, 30 / 86_400
"""Of one user; and they come back as the day goes by."""
REMEMBERED = 900.0
"""Seconds."""
MOST_REMEMBERED = 2_000
Told = Callable[[str, str], None]
"""Hears how far a call is: a state, and a reason where there is one."""


class RecordingDesk:
    """What a dictation needs done: see sip_edge.apps.session.Desk."""

    def __init__(
        self, store: Store, voices: Prompts, domain_id: int, domain: str, language: str, wanted: Wanted,
        told: Told,
    ) -> None:  # fmt: skip
        self.zone = "UTC"
        self._store = store
        self._voices = voices
        self._domain_id, self._domain, self._language = domain_id, domain, language
        self._wanted = wanted
        self._told = told

    def prompt(self, name: str) -> Path:
        """The file of a prompt, in the company's language."""
        return self._voices.path(name, domain=self._domain, language=self._language)

    async def draft(self) -> Path:
        """Where a recording is to be written: beside those that are kept."""
        return await asyncio.to_thread(self._wanted.sounds.new, self._domain_id, self._wanted.user_id)

    async def keep(self, draft: Path, seconds: float, what: str, *, urgent: bool) -> bool:
        """The draft becomes what was asked for."""
        octets = await asyncio.to_thread(octets_of, draft)
        if not octets:
            return False
        sound = Sound(draft.name, seconds, octets)
        try:
            gone = await self._store.run(self._saved, sound)
        except ProvdError as error:
            await self.discard(draft)
            self._told(ENDED, str(error))
            return False
        if gone:
            await asyncio.to_thread(self._wanted.sounds.delete, self._domain_id, self._wanted.user_id, [gone])
        self._told(KEPT, "")
        return True

    def _saved(self, store: Store, sound: Sound) -> str:
        with store.transaction():
            return self._wanted.save(store, sound, int(time.time()))

    async def discard(self, draft: Path) -> None:
        """The draft is thrown away."""
        await asyncio.to_thread(draft.unlink, missing_ok=True)

    async def open(self, extension: str, pin: str) -> Event:
        """Nobody's mailbox is opened here."""
        return Refused()

    async def change_pin(self, pin: str) -> bool:
        """Nor does one get another PIN."""
        return False

    async def move(self, message: int, folder: str) -> None:
        """No message is here."""


class Calling:
    """One a controller."""

    def __init__(self, controller: Controller, service: Service, clock: Callable[[], float] = time.monotonic) -> None:
        self._controller = controller
        self._service = service
        self._clock = clock
        self._calls = Buckets(CALLS_A_DAY, CALLS_PER_SECOND)
        self._progress: dict[str, Progress] = {}

    async def record(self, domain: str, language: str, owner: str, to: str, wanted: Wanted) -> Progress:
        """Call `to`, an extension or number as `owner` dials it, for a recording. Raises Conflict for what cannot be
        called, for the next call while one is on, and for too many of one user in a day."""
        service = self._service

        async def made(handed: Handed, told: Told) -> tuple[Machine, Desk]:
            desk = RecordingDesk(service.store, service.voices, handed.domain_id, domain, language, wanted, told)
            return Dictation(wanted.what, wanted.longest), desk

        return await self._call(domain, owner, to, wanted.title, "record", made)

    async def remind(self, domain: str, owner: str, to: str, new: int, saved: int) -> Progress:
        """Call because `owner` has messages that wait (SF-064): who answers hears how many, and with the PIN what they
        say. Raises Conflict as record() does."""
        service = self._service

        async def made(handed: Handed, _told: Told) -> tuple[Machine, Desk]:
            # Who answers elsewhere and guesses the PIN is no phone of the owner's.
            desk = service.desk(replace(handed, extension=owner if to == owner else ""), owner)
            await desk.prepare(leaves=False)
            return Listening(owner, first=(Counted(new, saved),)), desk

        return await self._call(domain, owner, to, "Voicemail", "mailbox", made)

    async def _call(
        self, domain: str, owner: str, to: str, title: str, application: str, make: Callable[[Handed, Told], Made]
    ) -> Progress:
        """Call somebody; who answers speaks with what `make` makes."""
        known = await self._controller.directory.of(domain)
        if known is None:
            raise NotFound("There is no such company.")
        self._forget_old()
        on = [one for one in self._progress.values() if (one.domain, one.owner) == (domain, owner) and not one.over]
        if any(one.application == application and (application == "record" or one.to == to) for one in on):
            raise Conflict("A call for this user is on already; answer it, or let it end.")
        bucket = f"{domain} {owner} {application}"
        if self._calls.empty(bucket, self._clock()):
            raise Conflict(f"This user had {CALLS_A_DAY} such calls within a day; try again in an hour.")
        made = Progress(secrets.token_urlsafe(12), domain, owner, to, application, RINGING, self._clock())

        def told(state: str, reason: str = "") -> None:
            if not made.over:
                made.state, made.reason, made.at = state, reason, self._clock()

        def begun(one: Conversation, leg: Leg) -> bool:
            told(TALKING)
            return self._hand_over(one, leg, application, make, told)

        def over(status: int) -> None:
            told(ENDED if status == 200 else BUSY if status in (486, 600, 603) else UNANSWERED)

        self._controller.originating.call(known, owner, to, title, begun, over)
        self._calls.take(bucket, self._clock())
        self._progress[made.id] = made
        return made

    def _hand_over(
        self, one: Conversation, leg: Leg, application: str, make: Callable[[Handed, Told], Made], told: Told
    ) -> bool:
        controller, service, name = self._controller, self._service, str(leg.number)

        def over() -> None:
            told(ENDED, "")
            service.gone(one.id, name)

        handed = Handed(
            one.id, name, one.known.domain_id, one.domain, leg.end.number or leg.end.extension, leg.end.name,
            one.facts.extension, hang_up=lambda: controller.end(one, None, "ended", 200),
        )  # fmt: skip
        one.on_over = over
        detail = {"application": application, "argument": one.facts.extension}
        controller.note(one, "application", leg, detail=detail)
        return service.host(handed, make(handed, told))

    def progress(self, domain: str, name: str, owner: str) -> Progress:
        """How far a call on behalf of somebody is; NotFound when it is none, or over for long."""
        found = self._progress.get(name)
        if found is None or (found.domain, found.owner) != (domain, owner):
            raise NotFound("There is no such call; it may have ended some minutes ago.")
        return found

    def _forget_old(self) -> None:
        now = self._clock()
        old = [one.id for one in self._progress.values() if one.over and now - one.at > REMEMBERED]
        for each in old or list(self._progress)[: max(0, len(self._progress) - MOST_REMEMBERED)]:
            del self._progress[each]
