"""Resync over the wire: a registered phone is told, asks who tells it, fetches, and registers again."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from provd.resync import Phase
from provd.store import layers, resyncs
from sip_edge.message.digest import Credentials, ha1
from tests.presence.office import DeskPhone, Office, play
from tests.registrar.scenes import DOMAIN, MAC, NOW, password


async def until(office: Office, phase: Phase) -> None:
    """Wait until the resync of the phone has come that far."""
    while (found := office.resyncs.status(MAC)) is None or found.phase is not phase:
        await asyncio.sleep(0.01)


def test_told_fetched_and_registered_again(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        async with DeskPhone(office.address) as phone:
            await phone.registered()
            await office.resyncs.start(MAC)
            notify = await phone.notified()
            assert notify.start == f"NOTIFY sip:101@127.0.0.1:{phone.port} SIP/2.0"
            assert notify.headers["event"] == "check-sync;reboot=false"
            assert notify.headers["subscription-state"] == "terminated"
            await until(office, Phase.ACKNOWLEDGED)
            office.fetched(f"directory/{MAC}.xml")
            assert office.resyncs.status(MAC).phase is Phase.ACKNOWLEDGED  # type: ignore[union-attr]
            office.fetched()
            assert office.resyncs.status(MAC).phase is Phase.FETCHED  # type: ignore[union-attr]
            await phone.registered()
            await until(office, Phase.DONE)
            told = [(event.kind, event.reason) for event in await office.events("resync")]
            assert [kind for kind, _ in told] == ["resync_sent", "resync_acknowledged", "resync_done"]
            assert told[-1][1] == "It fetched its configuration after 0 s and registered again."
            line = [event.kind for event in await office.events()]
            assert line == [
                "registered", "resync_sent", "resync_acknowledged", "fetched", "fetched", "refreshed", "resync_done",
            ]  # fmt: skip

    play(tmp_path, scene)


@pytest.mark.parametrize("times", [1, 2])
def test_a_phone_that_challenges_gets_the_credentials_of_its_line(tmp_path: Path, times: int) -> None:
    async def scene(office: Office) -> None:
        async with DeskPhone(office.address) as phone:
            await phone.registered()
            phone.challenges = times
            await office.resyncs.start(MAC)
            if times == 1:
                notify = await phone.notified()
                given = Credentials.parse(notify.headers["authorization"])
                assert (given.username, given.realm) == ("101", "grandstream")
                assert given.proves("NOTIFY", ha1("MD5", "101", "grandstream", password("101")))
                assert notify.headers["cseq"] == "2 NOTIFY"
                await until(office, Phase.ACKNOWLEDGED)
            else:  # it refuses what we have
                await until(office, Phase.STOPPED)
                assert phone.notifies.empty()
                assert "refused the password" in (await office.events("resync"))[-1].reason

    play(tmp_path, scene)


def test_a_setting_that_needs_it_restarts_the_phone(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        async with DeskPhone(office.address) as phone:
            await phone.registered()
            await office.resyncs.start(MAC, changed=("language", "network.vlan.id"))
            assert (await phone.notified()).headers["event"] == "check-sync;reboot=true"

    play(tmp_path, scene)


def test_a_phone_that_wants_a_dialog_is_told_inside_its_subscription(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        async with DeskPhone(office.address) as phone:
            await phone.registered()
            assert (await phone.watch("102")).status == 200
            first = await phone.notified()
            phone.answers = lambda message: 200 if ";tag=" in message.headers["to"] else 481
            await office.resyncs.start(MAC)
            outside, inside = await phone.notified(), await phone.notified()
            assert ";tag=" not in outside.headers["to"]
            assert inside.headers["call-id"] == first.headers["call-id"]
            assert inside.headers["event"] == "check-sync;reboot=false"
            await until(office, Phase.ACKNOWLEDGED)
            office.edge.presence.state.set_state(DOMAIN, "102", "busy")
            numbers = [int((message).headers["cseq"].split()[0]) for message in (first, inside, await phone.notified())]
            assert numbers == sorted(set(numbers))

    play(tmp_path, scene)


def test_a_phone_in_a_call_is_left_alone_until_it_hangs_up(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        async with DeskPhone(office.address) as phone:
            await phone.registered()
            office.edge.presence.state.set_state(DOMAIN, "101", "busy")
            await office.resyncs.start(MAC, "idle")
            while not await office.events("resync_waiting"):
                await asyncio.sleep(0.05)
            assert phone.notifies.empty()
            assert (await office.events("resync"))[-1].reason.startswith("A call is going on")

    play(tmp_path, scene)


def test_an_unregistered_phone_is_told_when_it_comes(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        async with DeskPhone(office.address) as phone:
            await office.resyncs.start(MAC)
            while not await office.events("resync_waiting"):
                await asyncio.sleep(0.05)
            await phone.registered()
            assert (await phone.notified()).headers["event"] == "check-sync;reboot=false"

    play(tmp_path, scene)


def test_what_waits_outlives_the_server(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        one = await office.resyncs.start(MAC, "tonight", restart=True)
        found = office.resyncs.status(MAC)
        assert found is not None
        assert 0 < found.due - found.asked <= 86_400
        await office.resyncs.stop()
        ((mac, row),) = resyncs.unfinished(office.store)
        assert (mac, row.id, row.time, row.reboot, row.due) == (MAC, one, "tonight", True, found.due)
        assert office.resyncs.cancel(MAC)
        await office.resyncs.work()
        assert resyncs.unfinished(office.store) == []

    play(tmp_path, scene)


def test_the_window_is_that_of_the_phone(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        company = office.fleet.domain_id(MAC)
        values = {"update.window": "23:15-23:45", "time.zone": "Asia/Kolkata"}
        layers.save(office.store, company, "company", company, NOW, who="test", values=values)
        await office.resyncs.start(MAC, "tonight")
        found = office.resyncs.status(MAC)
        assert found is not None
        local = datetime.datetime.fromtimestamp(found.due, ZoneInfo("Asia/Kolkata"))
        assert datetime.time(23, 15) <= local.time() < datetime.time(23, 45)

    play(tmp_path, scene)
