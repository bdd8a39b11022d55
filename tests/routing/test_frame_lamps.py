"""A key that toggles a time frame: its lamp is lit on the wire while that person's rules of the frame are off."""

from __future__ import annotations

from pathlib import Path

from provd.store import domains, layers, timeframes, users
from provd.store.database import Store
from tests.presence.desk import lamps
from tests.presence.office import DeskPhone, Office, play
from tests.registrar.scenes import DOMAIN, NOW


def switched(store: Store, number: int, extension: str, enabled: bool) -> None:
    acme = domains.by_name(store, DOMAIN).id
    person = users.by_extension(store, acme, extension)
    timeframes.toggle(store, acme, number, [person.id], NOW, enabled=enabled)


def night(store: Store) -> int:
    return timeframes.create(store, domains.by_name(store, DOMAIN).id, "Night", {"when": "always"}, NOW).number


def test_the_lamp_follows_the_switch_of_its_own_person(tmp_path: Path) -> None:
    async def scene(here: Office) -> None:
        number = night(here.store)
        async with DeskPhone(here.address) as phone:
            await phone.watch(f"*54{number}")
            assert lamps([await phone.notified()]) == ["terminated"]
            switched(here.store, number, "102", False)  # somebody else's
            switched(here.store, number, "101", False)
            assert lamps([await phone.notified()]) == ["confirmed"]
            switched(here.store, number, "101", True)
            assert lamps([await phone.notified()]) == ["terminated"]

    play(tmp_path, scene)


def test_the_lamp_is_at_the_code_that_the_company_has_chosen(tmp_path: Path) -> None:
    async def scene(here: Office) -> None:
        acme, number = domains.by_name(here.store, DOMAIN).id, night(here.store)
        values = {"codes.timeframe_toggle": "*59"}
        layers.save(here.store, acme, "company", acme, NOW, who="test", values=values)
        async with DeskPhone(here.address) as phone:
            await phone.watch(f"*59{number}")
            assert lamps([await phone.notified()]) == ["terminated"]
            switched(here.store, number, "101", False)
            assert lamps([await phone.notified()]) == ["confirmed"]
            timeframes.delete(here.store, acme, number, NOW)
            assert lamps([await phone.notified()]) == ["terminated"]

    play(tmp_path, scene)
