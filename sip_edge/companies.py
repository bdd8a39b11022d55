"""The companies as decisions know them: in memory, kept true by the store's change feed, some milliseconds behind it.

Rules of this file: it never writes. Reading a company goes to a thread, so that one of thousands of people does not
hold the loop; a call asks get(), which only looks.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from provd.errors import Problem
from provd.store import changes, routing
from provd.store.database import Store
from sip_edge.routing import codes, trying
from sip_edge.routing.building import build
from sip_edge.routing.facts import Company
from sip_edge.routing.rules import in_force, until

log = logging.getLogger(__name__)

TICK = 0.25
SLICE = 500
_NOT_CALLS = frozenset({"phone", "token", "template", "directory", "contact", "brand", "model"})
"""Nouns of the change feed that no decision is made from."""


class Companies:
    """The `most` companies that calls asked for last."""

    def __init__(self, store: Store, most: int = 1000) -> None:
        self._store = store
        self._most = most
        self._kept: OrderedDict[str, Company] = OrderedDict()
        self._names: dict[int, str] = {}
        self._stale: set[str] = set()
        self._begun = 0
        self._made: dict[str, int] = {}
        self._reading = 0
        self._meanwhile: set[int | None] = set()
        """Companies that changed while some company was read: it may be one whose id is not known yet."""
        self._last = -1
        self._seen: object = None
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def get(self, domain: str) -> Company | None:
        """The company as it is remembered, None for one that of() has not read yet; nothing waits."""
        found = self._kept.get(domain)
        if found is not None:
            self._kept.move_to_end(domain)
        return found

    async def of(self, domain: str) -> Company | None:
        """The company with everything that has been saved by now; None when there is none of this name."""
        await self._catch_up()
        if domain not in self._kept or domain in self._stale:
            await self._read(domain)
        return self.get(domain)

    def start(self) -> None:
        """Follow the change feed from now on."""
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Follow it no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self) -> None:
        while True:
            try:
                await self._catch_up()
                for domain in sorted(self._stale):
                    await self._read(domain)
            except Exception:
                log.exception("The companies could not be read anew; it is tried again.")
            await asyncio.sleep(TICK)

    async def _catch_up(self) -> None:
        store = self._store
        async with self._turn:
            seen = changes.data_version(store) if store.sqlite else (store.writes, int(time.monotonic() / TICK))
            if seen == self._seen:
                return
            if self._last < 0:
                self._last = await store.run(changes.latest_id)
            elif await store.run(changes.oldest_id) > self._last + 1:
                self._stale |= self._kept.keys()
                self._last = await store.run(changes.latest_id)
            while found := await store.run(changes.since, self._last, SLICE):
                for change in found:
                    self._note(change.noun, change.domain_id)
                self._last = found[-1].id
            self._seen = seen

    def _note(self, noun: str, domain_id: int | None) -> None:
        if noun == "server":
            self._stale |= self._kept.keys()
        elif noun not in _NOT_CALLS:
            if self._reading:
                self._meanwhile.add(domain_id)
            if domain_id in self._names:
                self._stale.add(self._names[domain_id])

    async def _read(self, domain: str) -> None:
        """Read a company; what changes meanwhile makes it stale again. Of two that read it at once, who began last has
        seen more."""
        self._stale.discard(domain)
        self._begun += 1
        begun, self._reading = self._begun, self._reading + 1
        try:
            found = await self._store.run_apart(_read, domain)
        except BaseException:
            self._stale.add(domain)
            raise
        finally:
            self._reading -= 1
            changed = set(self._meanwhile)
            if not self._reading:
                self._meanwhile.clear()
        if begun >= self._made.get(domain, 0):
            self._forget(domain)
            if found is not None:
                self._keep(domain, found[0], found[1], begun)
                if found[0] in changed:
                    self._stale.add(domain)

    def _keep(self, domain: str, domain_id: int, company: Company, begun: int) -> None:
        self._made[domain] = begun
        self._names[domain_id] = domain
        self._kept[domain] = company
        if len(self._kept) > self._most:
            self._forget(next(iter(self._kept)))

    def _forget(self, domain: str) -> None:
        self._kept.pop(domain, None)
        self._made.pop(domain, None)
        self._stale.discard(domain)
        self._names = {number: name for number, name in self._names.items() if name != domain}

    # -- what the API asks --------------------------------------------------------------------------------------------

    async def active(self, domain: str, extension: str, now: float) -> tuple[int, str]:
        """The number of the time frame whose rule is in force for a person (0: the default rule), and why."""
        company = await self.of(domain)
        person = company.people.get(extension) if company else None
        if company is None or person is None:
            return 0, ""
        found = in_force(person, company, now)
        return found.rule.frame or 0, found.why

    async def until(self, domain: str, extension: str, now: float) -> int | None:
        """When another rule will be in force for a person, epoch seconds; None where that is not known."""
        company = await self.of(domain)
        person = company.people.get(extension) if company else None
        return await asyncio.to_thread(until, person, company, now) if company and person else None

    async def try_calls(self, domain: str, asked: list[Mapping[str, Any]], now: float) -> list[list[dict[str, Any]]]:
        """What would become of each of these calls, stage by stage. Nothing is called."""
        company = await self.of(domain)
        if company is None:
            return [[] for _ in asked]
        return await asyncio.to_thread(lambda: [_tried(company, one, now) for one in asked])

    @staticmethod
    def codes_of(table: str, own: Mapping[str, str]) -> list[dict[str, Any]]:
        """Every function with its codes in a company's table, the usual ones of the table, and what follows them."""
        usual = codes.TABLES[table]
        now = codes.changed(usual, own)
        return [
            {
                "function": one.name, "title": one.title, "codes": list(now.get(one.name, ())),
                "usual": list(usual.get(one.name, ())), "follows": one.follows, "meaning": one.meaning,
            }
            for one in codes.FUNCTIONS.values()
        ]  # fmt: skip

    @staticmethod
    def code_problems(table: str, own: Mapping[str, str]) -> list[Problem]:
        """What would be wrong with a company's codes."""
        return codes.problems(codes.changed(codes.TABLES[table], own))


def _read(store: Store, domain: str) -> tuple[int, Company] | None:
    rows = routing.load(store, domain)
    return (rows.id, build(rows)) if rows is not None else None


def _tried(company: Company, asked: Mapping[str, Any], now: float) -> list[dict[str, Any]]:
    live = trying.everybody(company, asked.get("offline", ()), asked.get("calls"))
    instant = moment(str(asked.get("at", "")), company.zone, now)
    return trying.shown(trying.explore(trying.read_call(asked), company, live, instant))


def moment(text: str, zone: str, now: float) -> float:
    """Epoch seconds of `2027-04-06T08:59` on the clock of a zone; `now` for an empty text."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() if text else now
