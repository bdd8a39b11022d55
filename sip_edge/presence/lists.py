"""The list every phone has without anybody making it: its own keys (`sip:keys@company`), read from its configuration.

One subscription to it lights all BLF keys of a phone (Yealink, Poly and Snom call it BLF list), and the list follows
the keys at every refresh and whenever somebody saves them.
"""

from __future__ import annotations

from provd.configure import Configurator
from provd.errors import NotFound
from provd.phone.config import PhoneConfig
from sip_edge.presence.rlmi import Member
from sip_edge.presence.service import KEYS
from sip_edge.presence.subscription import Watcher
from sip_edge.registrar.accounts import Accounts

MOST = 250


class KeyLists:
    """Lists made from the keys of the phone that carries the watching device."""

    def __init__(self, configurator: Configurator, accounts: Accounts) -> None:
        self._configurator = configurator
        self._accounts = accounts

    def has(self, watcher: Watcher, name: str) -> bool:
        """Whether there is a list of that name."""
        return name == KEYS

    async def members(self, watcher: Watcher, name: str) -> tuple[Member, ...]:
        """What the lamps of the phone show, in the order of its keys; nothing when no phone carries the device."""
        account = self._accounts.get(watcher.domain, watcher.device)
        for phone_id in self._accounts.phones(account.device_id) if account else ():
            try:
                taken = await self._configurator.snapshot(phone_id)
            except NotFound:
                continue
            return of_keys(await self._configurator.config(taken))
        return ()


def of_keys(config: PhoneConfig) -> tuple[Member, ...]:
    """The members of the list of one phone: every key with a lamp and something to watch, each once, at most MOST."""
    found: dict[str, Member] = {}
    for key in config.keys:
        if key.lamp and key.value and key.kind not in ("line", "shared_line"):
            found.setdefault(key.value, Member(key.value, key.label))
    return tuple(found.values())[:MOST]
