"""The demo company's server with phones in front of it, and what the model says they should show."""

from __future__ import annotations

from typing import Any

from provd import demo
from provd.phone.config import PhoneConfig
from provd.simulate.drive import boot
from provd.simulate.outcome import VirtualPhone
from provd.simulate.reading import ReadKey
from tests.live import LiveServer

PHONES = {mac: (model, len(modules)) for mac, model, _, modules in demo.PHONES}
# What a key of ours is to the phone that has it.
AS_SEEN = {"park": "blf", "queue_toggle": "blf", "timeframe_toggle": "blf", "move_call": "blf"}
AS_SEEN |= {"hot_desk": "speed_dial", "queue_login": "speed_dial", "queue_logout": "speed_dial"}


class Office(LiveServer):
    """A whole server; `boot` starts one of its phones."""

    def __enter__(self) -> Office:
        super().__enter__()
        return self

    def url(self, protocol: str = "http", token: str | None = None) -> str:
        """The company's provisioning URL, or one with another token ("" for none)."""
        return self.services.addresses.base(protocol, self.token if token is None else token)

    def boot(self, mac: str, url: str = "", **how: Any) -> VirtualPhone:
        model, modules = PHONES[mac]
        phone: VirtualPhone = self.call(boot(mac, model, url or self.url(), modules=modules, **how))
        return phone

    def config(self, mac: str) -> PhoneConfig:
        """What the phone is to be."""

        async def read() -> PhoneConfig:
            await self.services.fleet.catch_up()
            phone_id = self.services.fleet.phone_id(mac)
            assert phone_id is not None, mac
            return await self.services.configurator.config(await self.services.configurator.snapshot(phone_id))

        config: PhoneConfig = self.call(read())
        return config


def meant_accounts(config: PhoneConfig) -> list[tuple[Any, ...]]:
    return [(a.line, a.device, a.device, a.password, a.domain, a.display_name) for a in config.accounts]


def seen_accounts(phone: VirtualPhone) -> list[tuple[Any, ...]]:
    return [(a.index, a.user, a.auth_user, a.password, a.server, a.display_name) for a in phone.accounts]


def meant_keys(config: PhoneConfig) -> list[tuple[Any, ...]]:
    """(module, number, kind, target, label) of every key that does something."""
    return [
        (key.module, key.number, AS_SEEN.get(key.kind, key.kind), _target(key.kind, key.value), key.label)
        for key in config.keys
        if key.kind != "none"
    ]


def _target(kind: str, value: str) -> str:
    return "" if kind in ("line", "shared_line") else value


def seen_keys(phone: VirtualPhone) -> list[tuple[Any, ...]]:
    return [(key.module, key.number, key.kind, key.target, key.label) for key in phone.keys]


def key_at(phone: VirtualPhone, number: int, module: int = 0) -> ReadKey:
    (found,) = [key for key in phone.keys if (key.module, key.number) == (module, number)]
    return found


def meant_directory(config: PhoneConfig) -> list[tuple[str, tuple[str, ...]]]:
    return [(contact.name, contact.telephones) for contact in config.contacts]


def seen_directory(phone: VirtualPhone) -> list[tuple[str, tuple[str, ...]]]:
    return [(contact.name, contact.numbers) for contact in phone.directory]
