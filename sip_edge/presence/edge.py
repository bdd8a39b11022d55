"""Presence as a role of the server: put together, started after the registrar, stopped before it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from provd.configure import Configurator
from provd.store import changes, subscriptions
from provd.store.database import Store
from sip_edge.presence.check_sync import CheckSync
from sip_edge.presence.frame_lamps import FrameLamps
from sip_edge.presence.keeper import Keeper
from sip_edge.presence.lists import KeyLists
from sip_edge.presence.message_lamps import MessageLamps
from sip_edge.presence.person_lamps import PersonLamps
from sip_edge.presence.registrations import Registrations
from sip_edge.presence.service import Hooks, Presence
from sip_edge.presence.state import State
from sip_edge.presence.subscription import Subscription, Watcher, user_of
from sip_edge.registrar.location import Change
from sip_edge.registrar.service import Registrar
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners
from sip_edge.stack_request import ServerRequest

log = logging.getLogger(__name__)

TICK = 0.5
RESTORED_A_TICK = 200
"""Restored subscriptions told within one tick: after a restart the lamps come back without a storm."""

REREAD_A_TICK = 20
"""Lists whose phone's configuration is made anew within one tick."""


class PresenceEdge:
    """`state` is the one place of state, `presence` the subscriptions."""

    def __init__(
        self,
        stack: Stack,
        listeners: Listeners,
        store: Store,
        registrar: Registrar,
        configurator: Configurator,
        *,
        profile_url: Callable[[str], str | None] | None = None,
        mine: Callable[[str], bool] = lambda _domain: True,
    ) -> None:
        """`profile_url`: MAC → provisioning URL for phones that ask by multicast; None switches plug and play off.
        `mine`: does a company live in this process, where there are several?"""
        self._mine = mine
        self.state = State()
        self._store = store
        self._registrar = registrar
        self._listeners = listeners
        self._keeper = Keeper(store, self._device_id)
        self._frame_lamps = FrameLamps(store, self.state)
        self._message_lamps = MessageLamps(store, self.state, mine)
        self._person_lamps = PersonLamps(store, self.state)
        lists = KeyLists(configurator, registrar.accounts)
        hooks = Hooks(self._authenticate, lists, profile_url, kept=[self._keeper.kept], gone=[self._keeper.gone])
        hooks.on_feature = self._person_lamps.feature
        self.presence = Presence(stack, self.state, hooks)
        self._registrations = Registrations(self.state, self.presence.book, registrar.bindings)
        hooks.begins.append(self._registrations.begins)
        self.reach = CheckSync(stack, listeners, registrar, self.presence)
        """How provd.resync reaches phones."""
        self.on_registered: list[Callable[[str], None]] = []
        """Hear the MAC of every phone that registers or refreshes."""
        self._unnoticed: frozenset[int] = frozenset()
        self._seen = 0
        self._lists: dict[str, Subscription] = {}
        self._task: asyncio.Task[None] | None = None
        self._unwatch: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Take up what was there before a restart; the registrar has been started, and the sockets are open."""
        await self._notice_devices()
        await self._frame_lamps.follow()
        await self._person_lamps.follow()
        self._unwatch = self._registrar.watch(self._registered)
        for binding in self._registrar.location:
            self._count(binding.domain, binding.name)
        saved = self._keeper.restore(self.presence.clock(), self._listeners.udp_flow)
        restored = [one for one in saved if self._mine(one.watcher.domain)]
        self._task = asyncio.create_task(self._tick(restored))

    async def stop(self) -> None:
        """Say goodbye where that is needed and write what waits."""
        self._unwatch()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self.presence.stop()
        await self._person_lamps.settled()
        await self._keeper.flush()

    def _authenticate(self, asked: ServerRequest) -> Watcher | None:
        account = self._registrar.authenticate(asked)
        if account is None:
            return None
        return Watcher(account.domain, account.name, user_of(account.name), account.domain_id)

    def _device_id(self, watcher: Watcher) -> int | None:
        account = self._registrar.accounts.get(watcher.domain, watcher.device)
        return account.device_id if account else None

    def _registered(self, change: Change) -> None:
        binding = change.binding
        self._count(binding.domain, binding.name)
        self._registrations.changed(change)
        if change.kind in ("registered", "refreshed"):
            for mac in self._registrar.accounts.phones(binding.device_id).values():
                for hear in self.on_registered:
                    hear(mac)

    def _count(self, domain: str, device: str) -> None:
        account = self._registrar.accounts.get(domain, device)
        noticed = account is not None and account.device_id not in self._unnoticed
        reached = noticed and bool(self._registrar.location.of(domain, device))
        self.state.set_registered(domain, user_of(device), device, reached)

    async def _tick(self, restored: list[Subscription]) -> None:
        while True:
            try:
                await self._restore(restored[:RESTORED_A_TICK])
                del restored[:RESTORED_A_TICK]
                await self._follow()
                await self._message_lamps.follow()
                await self._reread()
                self._registrations.sweep()
                await self._keeper.flush()
            except Exception:
                log.exception("The housekeeping of presence failed; it goes on.")
            await asyncio.sleep(TICK)

    async def _restore(self, some: list[Subscription]) -> None:
        lists = self.presence.hooks.lists
        for one in some:
            if one.members is not None and lists is not None:
                one.watch(await lists.members(one.watcher, one.name))
            self.presence.adopt(one)

    async def _follow(self) -> None:
        """End the subscriptions of devices that are gone; keep lists and the devices that do not count true."""
        latest = await self._store.run(changes.latest_id)
        if latest == self._seen:
            return
        self._seen = latest
        await self._notice_devices()
        await self._frame_lamps.follow()
        await self._person_lamps.follow()
        accounts = self._registrar.accounts
        for one in self.presence.book:
            if accounts.get(one.watcher.domain, one.watcher.device) is None:
                self.presence.finish(one, "rejected")
            elif one.members is not None:
                self._lists[one.id] = one

    async def _reread(self) -> None:
        for one in [self._lists.pop(key) for key in list(self._lists)[:REREAD_A_TICK]]:
            await self.presence.reread(one)
            await asyncio.sleep(0)

    async def _notice_devices(self) -> None:
        before, self._unnoticed = self._unnoticed, await self._store.run(subscriptions.unnoticed_devices)
        for device_id in before ^ self._unnoticed:
            account = self._registrar.accounts.by_id(device_id)
            if account is not None:
                self._count(account.domain, account.name)
