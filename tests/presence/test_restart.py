"""Lamps after a restart of the server: subscriptions over UDP go on, others were said goodbye."""

from __future__ import annotations

import asyncio
from pathlib import Path

from provd.store import devices, domains
from provd.store.database import Store
from tests.presence.desk import lamps
from tests.presence.office import DeskPhone, Office, office, play
from tests.registrar.scenes import DOMAIN, NOW, company


def number(text: str) -> int:
    return int(text.split()[0])


def test_a_lamp_goes_on_after_a_restart(tmp_path: Path) -> None:
    async def scene(store: Store) -> None:
        async with office(store) as before:
            port = before.address[1]
            before.edge.presence.state.set_state(DOMAIN, "102", "busy")
            async with DeskPhone(before.address) as phone:
                assert (await phone.watch("102")).status == 200
                first = await phone.notified()
                assert lamps([first]) == ["confirmed"]
                await before.edge.stop()
                async with office(store, port) as after:
                    again = await phone.notified()  # nobody is known to be in a call after a restart
                    assert lamps([again]) == ["terminated"]
                    assert again.headers["call-id"] == first.headers["call-id"]
                    assert number(again.headers["cseq"]) > number(first.headers["cseq"])
                    assert 'version="0"' not in again.body
                    after.edge.presence.state.set_state(DOMAIN, "102", "ringing")
                    assert lamps([await phone.notified()]) == ["early"]

    async def run() -> None:
        async with asyncio.timeout(20):
            with company(tmp_path) as store:
                await scene(store)

    asyncio.run(run())


def test_a_list_goes_on_with_the_keys_there_are_now(tmp_path: Path) -> None:
    async def scene(here: Office) -> None:
        async with DeskPhone(here.address) as phone:
            answer = await phone.watch("keys", more="Supported: eventlist\n")
            assert (answer.status, answer.headers["require"]) == (200, "eventlist")
            told = await phone.notified()
            assert 'fullState="true"' in told.body

    play(tmp_path, scene)


def test_only_credentials_of_this_company_watch(tmp_path: Path) -> None:
    async def scene(here: Office) -> None:
        async with DeskPhone(here.address) as phone:
            answer = await phone.subscribe("102")
            assert answer.status == 401
            assert len(here.edge.presence.presence.book) == 0

    play(tmp_path, scene)


def test_a_deleted_device_watches_nobody_any_more(tmp_path: Path) -> None:
    async def scene(here: Office) -> None:
        async with DeskPhone(here.address) as phone:
            await phone.watch("102")
            await phone.notified()
            domain_id = domains.by_name(here.store, DOMAIN).id
            device = devices.by_name(here.store, domain_id, "101")
            devices.delete(here.store, domain_id, device.id, NOW)
            last = await phone.notified()
            assert last.headers["subscription-state"] == "terminated;reason=rejected"

    play(tmp_path, scene)


def test_presence_follows_registrations_and_leaves_out_what_does_not_count(tmp_path: Path) -> None:
    async def scene(here: Office) -> None:
        domain_id = domains.by_name(here.store, DOMAIN).id
        device = devices.by_name(here.store, domain_id, "101")
        state = here.edge.presence.state
        async with DeskPhone(here.address) as phone:
            await phone.registered()
            assert state.look(DOMAIN, "101").registered == 1
            devices.update(here.store, domain_id, device.id, NOW, ignore_for_presence=True)
            while state.look(DOMAIN, "101").registered:
                await asyncio.sleep(0.02)
            devices.update(here.store, domain_id, device.id, NOW, ignore_for_presence=False)
            while not state.look(DOMAIN, "101").registered:
                await asyncio.sleep(0.02)
            await phone.registered(0)
            assert state.look(DOMAIN, "101").registered == 0

    play(tmp_path, scene)
