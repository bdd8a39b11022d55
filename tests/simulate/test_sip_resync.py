"""Phones that are told to fetch do so, register again and show the key that has changed; some ask who tells them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from provd.store import devices, domains, users
from sip_edge.message import Request
from tests.simulate.office import Office
from tests.simulate.sip_scenes import DOMAIN, ONE_OF_EACH, Floor, change, play

GRANDSTREAM, SPA, MPP, YEALINK = "000b82000107", "0002fd000104", "00562b000105", "249ad8000111"
PARK = {"kind": "park", "target": "707", "label": "Park 707"}


async def told(floor: Floor, mac: str, **how: object) -> None:
    """Start a resync and follow it to its end."""
    await floor.edge.resyncs.start(mac, **how)
    await floor.until(lambda: (found := floor.edge.resyncs.status(mac)) is not None and found.over)


def test_a_changed_key_is_on_the_phone_after_a_resync_and_its_lamp_lights(open_office: Callable[..., Office]) -> None:
    office = open_office()

    async def scene(floor: Floor) -> None:
        for mac in ONE_OF_EACH:
            await asyncio.to_thread(change, office, mac, {"3": PARK})
        for mac in ONE_OF_EACH:
            await told(floor, mac)
        await floor.until(lambda: all(one.resynced == 1 for one in floor.phones))
        for one in floor.phones:
            assert one.failure == ""
            assert one.lamp("707") == "dark", one.unit.make.id
            assert floor.edge.resyncs.status(one.unit.mac).phase == "done"
            assert (one.unit.mac, "with a changed file") in [(mac, text[-19:]) for mac, text in floor.said]
        floor.state("707", "busy")
        await floor.until(lambda: all(one.lamp("707") == "busy" for one in floor.phones))

    play(office, ONE_OF_EACH, scene)


def test_a_key_that_is_gone_is_watched_no_more(open_office: Callable[..., Office]) -> None:
    office = open_office()

    async def scene(floor: Floor) -> None:
        phone = floor.phone("805ec0000101")
        assert phone.lamp("701") == "dark"
        await asyncio.to_thread(change, office, "805ec0000101", {"3": {"kind": "speed_dial", "target": "102"}})
        await told(floor, "805ec0000101")
        await floor.until(lambda: phone.resynced == 1)
        assert phone.lamp("701") == ""
        watched = {one.name for one in floor.edge.presence.presence.book.of_device(DOMAIN, "101")}
        assert "701" not in watched and "702" in watched

    play(office, ["805ec0000101"], scene)


def test_a_restart_begins_from_the_start_and_registers_anew(office: Office) -> None:
    async def scene(floor: Floor) -> None:
        phone = floor.phone(YEALINK)
        (before,) = floor.bound("101a")
        await told(floor, YEALINK, restart=True)
        await floor.until(lambda: phone.resynced == 1)
        (after,) = floor.bound("101a")
        assert after.call_id != before.call_id
        assert (YEALINK, "told to restart") in floor.said
        assert phone.failure == "" and len(phone.watches) == 10

    play(office, [YEALINK], scene)


def test_a_grandstream_asks_for_the_password_of_its_line(office: Office) -> None:
    async def scene(floor: Floor) -> None:
        phone = floor.phone(GRANDSTREAM)
        await told(floor, GRANDSTREAM)
        await floor.until(lambda: phone.resynced == 1)
        assert phone.challenged == 1
        assert floor.edge.resyncs.status(GRANDSTREAM).phase == "done"

    play(office, [GRANDSTREAM], scene)


def test_ciscos_ask_as_well_where_their_file_says_so(open_office: Callable[..., Office]) -> None:
    office = open_office()
    for mac in (SPA, MPP):
        change(office, mac, raw={"Auth_Resync-Reboot_1_": "Yes"})

    async def scene(floor: Floor) -> None:
        for mac in (SPA, MPP):
            await told(floor, mac)
            await floor.until(lambda mac=mac: floor.phone(mac).resynced == 1)
            assert floor.phone(mac).challenged == 1

    play(office, [SPA, MPP], scene)


def test_who_does_not_know_the_password_moves_no_grandstream(office: Office) -> None:
    async def scene(floor: Floor) -> None:
        phone = floor.phone(GRANDSTREAM)
        (binding,) = floor.bound("107")
        flow = floor.edge.registrar.flow(binding)

        async def notify(event: str, *more: tuple[str, str]) -> int:
            headers = [
                ("From", "<sip:107@acme.example>;tag=1"), ("To", "<sip:107@acme.example>"), ("Call-ID", f"x{event}"),
                ("CSeq", "1 NOTIFY"), ("Contact", "<sip:s@127.0.0.1>"), ("Event", event),
                ("Subscription-State", "terminated"), *more,
            ]  # fmt: skip
            return (await floor.edge.stack.request(Request.build("NOTIFY", binding.contact, headers), flow)).status

        forged = 'Digest username="107", realm="grandstream", nonce="1", uri="x", response="0", algorithm=MD5'
        assert await notify("resync") == 401
        assert await notify("check-sync;reboot=true", ("Authorization", forged)) == 401
        assert await notify("sip-reset") == 489
        assert (phone.resynced, phone.challenged) == (0, 2)

    play(office, [GRANDSTREAM], scene)


def test_a_phone_with_the_old_password_says_so_and_has_the_new_one_after_its_files(
    open_office: Callable[..., Office],
) -> None:
    office, now = open_office(), int(time.time())
    domain_id = office.store(domains.by_name, DOMAIN).id
    user = office.store(users.by_extension, domain_id, "108")
    (device,) = office.store(devices.of_user, domain_id, user.id)

    async def scene(floor: Floor) -> None:
        phone = floor.phone("000413000108")
        await asyncio.to_thread(office.store, devices.set_password, domain_id, device.id, now, "N3w-Passw0rd-of-108")
        await floor.edge.registrar.work()
        await phone.lines[0].register()
        assert phone.failure == "108 cannot register: the server does not take its password."
        phone.resync()
        await floor.until(lambda: phone.resynced == 1)
        assert phone.failure == ""

    play(office, ["000413000108"], scene)
