"""The applications of one process: which leg has which, and what the media engine tells them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from provd.postbox import Postbox
from provd.store.database import Store
from sip_edge.apps.desk import MailboxDesk
from sip_edge.apps.guessing import Guesses
from sip_edge.apps.handed import ANNOUNCE, APPLICATIONS, MAILBOX, VOICEMAIL, Handed
from sip_edge.apps.listening import Listening
from sip_edge.apps.machine import Machine, Say
from sip_edge.apps.session import Desk, Session
from sip_edge.apps.voicemail import Announcement, Deposit
from sip_edge.media.engine import MediaEngine
from sip_edge.media.event import CallLost, MediaEvent
from sip_edge.media.prompts import Prompts

log = logging.getLogger(__name__)

MOST = 1_000
"""Legs with an application at a time."""
Made = Coroutine[Any, Any, tuple[Machine, Desk]]
"""A machine and what it works with, as soon as what they need is read."""


class Service:
    """See sip_edge.apps.handed for what it promises the call controller."""

    def __init__(self, store: Store, media: MediaEngine, postbox: Postbox, voices: Prompts) -> None:
        self.store = store
        self._media = media
        self._postbox = postbox
        self.voices = voices
        self._guesses = Guesses()
        self._sessions: dict[str, Session] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._leaving: set[str] = set()
        media.subscribe(self._heard)

    def __len__(self) -> int:
        return len(self._tasks)

    def take(self, handed: Handed, application: str, argument: str = "") -> bool:
        """Run an application on an answered leg; see Applications.take."""
        if application not in APPLICATIONS:
            return False
        return self._begin(handed, self._made(handed, application, argument))

    def host(self, handed: Handed, made: Made) -> bool:
        """Run a machine that somebody else makes, on an answered leg; False when it cannot be."""
        return self._begin(handed, made)

    def _begin(self, handed: Handed, made: Made) -> bool:
        if handed.call in self._tasks or len(self._tasks) >= MOST:
            made.close()
            return False
        task = asyncio.get_running_loop().create_task(self._run(handed, made))
        self._tasks[handed.call] = task
        task.add_done_callback(lambda _done: self._over(handed.call))
        return True

    def _over(self, call: str) -> None:
        self._tasks.pop(call, None)
        self._sessions.pop(call, None)
        self._leaving.discard(call)

    def desk(self, handed: Handed, extension: str) -> MailboxDesk:
        """What an application at the mailbox of `extension` works with."""
        return MailboxDesk(self.store, self._postbox, self.voices, handed, extension, self._guesses)

    async def _made(self, handed: Handed, application: str, argument: str) -> tuple[Machine, Desk]:
        desk = self.desk(handed, "" if application == ANNOUNCE else argument)
        box = await desk.prepare(leaves=application == VOICEMAIL)
        if application == ANNOUNCE:
            return Announcement((Say(argument or "unavailable"),)), desk
        if application == MAILBOX:
            return Listening(argument), desk
        return (Announcement((Say("unavailable"),)) if box is None else Deposit(box)), desk

    async def _run(self, handed: Handed, made: Made) -> None:
        try:
            machine, desk = await made
            session = self._sessions[handed.call] = Session(handed, machine, self._media, desk)
            if handed.call in self._leaving:
                session.gone()
            await session.run()
        except Exception:
            log.exception("An application on a call of %s failed; the call is ended.", handed.domain)
            await self._media.delete(handed.call)
            handed.hang_up()

    def gone(self, call: str, leg: str) -> None:
        """The leg has ended; unknown ones are no error."""
        session = self._sessions.get(call)
        if session is not None and session.handed.leg == leg:
            session.gone()
        elif call in self._tasks:
            self._leaving.add(call)

    def _heard(self, event: MediaEvent) -> None:
        session = self._sessions.get(event.call)
        if session is None:
            return
        leg = getattr(event, "leg", "")
        if isinstance(event, CallLost) or not leg or leg == session.handed.leg:
            session.hear(event)

    async def stop(self) -> None:
        """The server stops: everybody counts as gone, and what was said is kept."""
        for session in list(self._sessions.values()):
            session.gone()
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=6)
