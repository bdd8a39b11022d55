"""Resyncs of many phones: asked for, paced, sent, followed to their end.

Rules of this file: what happens next is decided in `steps`, which is pure; here it is carried out. The API and the
pages call `start`, `start_many`, `status` and `cancel`; the SIP edge is `Reach`; what phones do comes in by `observe`
and `registered`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from provd import schedule
from provd.configure import Configurator
from provd.errors import Invalid, NotFound, Problem
from provd.events import Recorder
from provd.fleet import Fleet
from provd.phone import restart as restarting
from provd.resync import steps
from provd.resync.batches import Batch, Batches
from provd.resync.reach import Line, Reach
from provd.resync.shelf import Shelf
from provd.resync.steps import TIMES, Answered, Due, Fetched, Happened, Note, Phase, Registered, Resync
from provd.store import resyncs
from provd.store.database import Store
from provd.store.rows import PhoneEvent, PhoneSnapshot

TICK = 0.25
PER_SECOND = 10.0
"""NOTIFYs a second; every phone then fetches its files."""
DEFAULT_WINDOW = (120, 240)
"""Minutes after midnight, for phones without a nightly update of their own."""

log = logging.getLogger(__name__)


class Resyncs:
    """Every resync of one process."""

    def __init__(
        self,
        store: Store,
        configurator: Configurator,
        fleet: Fleet,
        recorder: Recorder,
        reach: Reach,
        *,
        per_second: float = PER_SECOND,
        clock: Callable[[], float] = time.time,
        mine: Callable[[str], bool] = lambda _mac: True,
    ) -> None:
        """`mine`: is it for this process, where there are several, to tell the phone with this MAC?"""
        self._store = store
        self._configurator = configurator
        self._fleet = fleet
        self._recorder = recorder
        self._reach = reach
        self._clock = clock
        self._pace = schedule.Pace(per_second)
        self._shelf = Shelf(store, mine)
        self._batches = Batches()
        self._files: dict[str, frozenset[str]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None

    # For the API and the pages

    async def start(
        self, mac: str, when: str = "now", *, restart: bool | None = None, changed: Collection[str] = ()
    ) -> str:
        """Have a phone fetch its configuration: `now`, when `idle`, or `tonight` in its window; → the resync's id.

        `restart`: make it restart, or not; None restarts it when one of the `changed` settings needs that, or any that
        is another than when the phone last took its configuration. Asking again while a phone has not fetched yet joins
        what is under way. Raises NotFound for an unknown MAC, Invalid for a `when`.
        """
        if when not in TIMES:
            raise Invalid([Problem("when", f"Choose one of {', '.join(TIMES)}.")])
        if self._fleet.stale():
            await self._fleet.catch_up()
        phone_id = self._fleet.phone_id(mac)
        if phone_id is None:
            raise NotFound("There is no phone with this MAC.")
        wanted = steps.needs_restart(changed) if restart is None else restart
        joined = self._joined(mac, when, wanted, decides=restart is None)
        if joined is not None:
            return joined.id
        now = self._clock()
        due = await self._tonight(phone_id, mac, now) if when == "tonight" else self._pace.slot(now)
        made = Resync(secrets.token_hex(8), mac, phone_id, when, wanted, now, due, decides=restart is None)
        self._shelf.put(made)
        return made.id

    def _joined(self, mac: str, when: str, restarts: bool, *, decides: bool) -> Resync | None:
        """What is under way already and will do."""
        before = self._shelf.live(mac)
        if before is None or before.phase is Phase.FETCHED or before.time != when:
            return None
        if before.phase is Phase.WAITING:
            before = replace(before, restarts=before.restarts or restarts, decides=before.decides or decides)
            self._shelf.put(before)
        return before if before.restarts >= restarts else None

    async def start_many(
        self, macs: Iterable[str], when: str = "now", *, restart: bool | None = None, changed: Collection[str] = ()
    ) -> str:
        """Have many phones fetch their configuration, paced; returns the id of the batch. Unknown MACs are left out."""
        begun: list[tuple[str, str]] = []
        for mac in macs:
            with suppress(NotFound):
                begun.append((mac, await self.start(mac, when, restart=restart, changed=changed)))
            if len(begun) % 10 == 0:
                await asyncio.sleep(0)
        batch = secrets.token_hex(8)
        self._batches.add(batch, begun)
        return batch

    def status(self, mac: str) -> Resync | None:
        """The resync of a phone that is under way, or the last one; None when there was none since the start."""
        return self._shelf.last(mac)

    def batch(self, batch: str) -> Batch:
        """How far a batch is. Raises NotFound when there was none of that id, or long ago."""
        return self._batches.count(batch, self.status)

    async def reachable(self, mac: str) -> bool:
        """Is the phone registered at this moment, so that it could be told? False for an unknown MAC."""
        phone_id = self._fleet.phone_id(mac)
        if phone_id is None:
            return False
        taken = await self._configurator.snapshot(phone_id)
        return self._reach.registered(_lines(taken), mac, taken.phone.last_address)

    def cancel(self, mac: str) -> bool:
        """Give up a resync that has not been sent yet; False when there is none."""
        found = self._shelf.live(mac)
        if found is None or found.phase is not Phase.WAITING:
            return False
        self._shelf.forget(found)
        return True

    # What phones do

    def observe(self, event: PhoneEvent) -> None:
        """Hear of an event of a phone: those of fetching tell whether it obeys."""
        live = self._shelf.live(event.mac)
        if event.kind not in ("fetched", "unchanged") or live is None or event.at < live.asked:
            return
        known = self._fleet.get(event.mac)
        if known is not None:
            self._fetched(event, known.model)
            return
        # Another process answered the phone, so that this one has not seen it.
        task = asyncio.create_task(self._fetched_elsewhere(event, live.phone_id))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _fetched_elsewhere(self, event: PhoneEvent, phone_id: int) -> None:
        with suppress(NotFound):
            taken = await self._configurator.snapshot(phone_id)
            self._fetched(event, taken.phone.model)

    def _fetched(self, event: PhoneEvent, model: str) -> None:
        live = self._shelf.live(event.mac)
        if live is None or event.at < live.asked:
            return
        if event.file.lower().rpartition("/")[2] in self._config_files(event.mac, model):
            self._happened(event.mac, Fetched())

    def registered(self, mac: str) -> None:
        """A line of this phone has registered, or registered anew."""
        if self._shelf.live(mac) is not None:
            self._happened(mac, Registered())

    def _config_files(self, mac: str, model: str) -> frozenset[str]:
        """The names of the files with the phone's own settings, lower case."""
        known = self._files.get(model)
        if known is None:
            catalogue = self._configurator.catalogue
            rules = [rule for rule in catalogue.family_of(model).files if rule.role == "config"]
            patterns = (rule.file_name("{mac}", catalogue.models[model]) for rule in rules)
            known = self._files[model] = frozenset(name.lower() for name in patterns if name)
        return frozenset(name.replace("{mac}", mac) for name in known)

    # Carrying out

    async def run(self) -> None:
        """Take up what waited before a restart, and work from now on; returns at once. `stop` ends it."""
        for one, note in await self._shelf.load(self._clock()):
            self._note(one, note)
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Send nothing more; save what waits."""
        tasks = [task for task in (self._task, *self._sending) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._shelf.save()

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                await self.work()
            except Exception:
                log.exception("The resyncs stumbled; they go on.")

    async def work(self) -> None:
        """Do everything that is due, and save what changed."""
        for found in self._shelf.due(self._clock()):
            await self._due(found)
            await asyncio.sleep(0)
        await self._shelf.save()

    async def _due(self, found: Resync) -> None:
        try:
            taken = await self._configurator.snapshot(found.phone_id)
        except NotFound:
            self._shelf.forget(found)
            return
        if self._shelf.live(found.mac) is not found:
            return
        lines, address = _lines(taken), taken.phone.last_address
        registered = self._reach.registered(lines, found.mac, address)
        changed = await self._changed(found, taken) if registered else ()
        if self._shelf.live(found.mac) is found:
            self._happened(found.mac, Due(self._reach.busy(lines), registered, changed), taken)

    async def _changed(self, found: Resync, taken: PhoneSnapshot) -> tuple[str, ...]:
        """The settings that the phone would restart for: those that differ from what it took last."""
        if not found.decides or found.restarts or found.phase is not Phase.WAITING:
            return ()
        before = await self._store.run(resyncs.taken, found.phone_id)
        now = restarting.restart_settings((await self._configurator.config(taken)).values)
        return tuple(restarting.changed(before, now))

    def _happened(self, mac: str, happened: Happened, taken: PhoneSnapshot | None = None) -> None:
        before = self._shelf.live(mac)
        assert before is not None
        after, commands = steps.step(before, happened, self._clock())
        if after is not before:
            self._shelf.put(after)
        for command in commands:
            if isinstance(command, Note):
                self._note(after, command)
            elif taken is not None:
                task = asyncio.create_task(self._send(after, taken))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)

    async def _send(self, sent: Resync, taken: PhoneSnapshot) -> None:
        family = self._configurator.catalogue.family_of(taken.phone.model)
        event = steps.event_of(family.resync, restart=sent.restarts)
        try:
            status = await self._reach.notify(_lines(taken), sent.mac, taken.phone.last_address, event)
        except Exception:
            log.exception("A resync could not be sent.")
            status = 503
        found = self._shelf.live(sent.mac)
        if found is not None and (found.id, found.attempts) == (sent.id, sent.attempts):
            self._happened(sent.mac, Answered(status))

    def _note(self, one: Resync, note: Note) -> None:
        at, domain_id = self._clock(), self._fleet.domain_id(one.mac)
        event = PhoneEvent(one.mac, at, note.kind, one.phone_id, domain_id, protocol="SIP", reason=note.reason)
        self._recorder.add(event)

    async def _tonight(self, phone_id: int, mac: str, now: float) -> float:
        config = await self._configurator.config(await self._configurator.snapshot(phone_id))
        start, end = (config.update.start, config.update.end) if config.update else DEFAULT_WINDOW
        try:
            zone = ZoneInfo(str(config.values["time.zone"]))
        except (ZoneInfoNotFoundError, ValueError):
            zone = ZoneInfo("UTC")
        return schedule.tonight(now, zone, start, end, mac)


def _lines(taken: PhoneSnapshot) -> tuple[Line, ...]:
    return tuple(Line(taken.domain.name, one.device.name, one.user.extension, one.password) for one in taken.lines)
