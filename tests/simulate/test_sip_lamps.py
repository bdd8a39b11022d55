"""Phones of every family, configured by nothing but their files, register and show what their colleagues do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from provd.simulate.sip.handset import Handset
from sip_edge.presence.situation import Mailbox
from tests.fakes import FakeClock
from tests.simulate.office import PHONES, Office
from tests.simulate.sip_scenes import DOMAIN, Floor, company_setting, play


def watchers_of(floor: Floor, name: str) -> list[Handset]:
    return [one for one in floor.phones if one.lamp(name)]


def test_every_phone_registers_each_line_and_is_told_of_every_lamp(office: Office) -> None:
    async def scene(floor: Floor) -> None:
        assert [one.failure for one in floor.phones] == [""] * len(PHONES)
        assert all(watch.lamp.told and not watch.lamp.fault for one in floor.phones for watch in one.watches)
        for one in floor.phones:
            for line in one.lines:
                (binding,) = floor.bound(line.account.user)
                assert binding.user_agent == line.agent
                assert one.unit.mac in binding.instance
        reception = floor.phone("805ec0000101")
        assert [line.account.user for line in reception.lines] == ["101", "110"]
        assert {watch.watched.name for watch in reception.watches} >= {"102", "701", "702", "*541", "*53"}

    play(office, list(PHONES), scene)


def test_a_lamp_follows_the_colleague_on_every_phone_that_has_her_on_a_key(office: Office) -> None:
    async def scene(floor: Floor) -> None:
        watchers = watchers_of(floor, "102")
        assert len(watchers) == len(PHONES) - 2  # her own, and the adapter without keys
        for state, shown in (("ringing", "ringing"), ("busy", "busy"), ("idle", "dark")):
            floor.state("102", state)
            await floor.until(lambda shown=shown: {one.lamp("102") for one in watchers} == {shown})
            assert {one.lamp("103") for one in watchers_of(floor, "103")} == {"dark"}

    play(office, list(PHONES), scene)


def test_the_message_light_of_the_person_who_has_a_message(office: Office) -> None:
    async def scene(floor: Floor) -> None:
        floor.edge.presence.state.set_messages(DOMAIN, "102", Mailbox(new=2))
        grace, ada = floor.phone("64167f000102"), floor.phone("805ec0000101")
        await floor.until(lambda: grace.lamp("102", "message-summary") == "busy")
        assert ada.lamp("101", "message-summary") == "dark"
        floor.edge.presence.state.set_messages(DOMAIN, "102", Mailbox())
        await floor.until(lambda: grace.lamp("102", "message-summary") == "dark")

    play(office, ["64167f000102", "805ec0000101"], scene)


def test_who_leaves_is_not_registered_and_watches_nothing(office: Office) -> None:
    async def scene(floor: Floor) -> None:
        phone = floor.phone("249ad8000111")
        assert floor.bound("101a") and list(floor.edge.presence.presence.book.of_device(DOMAIN, "101a"))
        await phone.power_off()
        assert not floor.bound("101a")
        assert not list(floor.edge.presence.presence.book.of_device(DOMAIN, "101a"))

    play(office, ["249ad8000111"], scene)


def test_registrations_and_lamps_are_refreshed_before_they_run_out(office: Office) -> None:
    clock = FakeClock()

    async def scene(floor: Floor) -> None:
        phone = floor.phone("0c383e000109")
        (line,) = phone.lines
        (before,) = floor.bound("109")
        answers = phone.watches[0].lamp.told
        clock.advance(600.0)
        await floor.until(lambda: line.registrations == 2)
        (after,) = floor.bound("109")
        assert (after.call_id, after.cseq) == (before.call_id, before.cseq + 1)
        clock.advance(3600.0)
        await floor.until(lambda: phone.watches[0].lamp.told == answers + 1)
        assert phone.failure == ""

    play(office, ["0c383e000109"], scene, clock=clock)


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_over_the_transport_that_the_file_names(open_office: Callable[..., Office], transport: str) -> None:
    office = open_office()
    company_setting(office, sip_transport=transport)
    macs = ["805ec0000101", "64167f000102", "00562b000105", "000b82000107", "000413000108", "0c383e000109"]

    async def scene(floor: Floor) -> None:
        assert [one.failure for one in floor.phones] == [""] * len(macs)
        used = {floor.bound(line.account.user)[0].protocol for one in floor.phones for line in one.lines}
        assert used == {transport.upper()}
        floor.state("103", "busy")
        await floor.until(lambda: all(one.lamp("103") == "busy" for one in floor.phones))

    play(office, macs, scene, ca=str(office.settings.data_dir / "tls" / "ca.pem"))


def test_a_connection_that_breaks_is_opened_again_and_the_lamps_come_back(open_office: Callable[..., Office]) -> None:
    office, clock = open_office(), FakeClock()
    company_setting(office, sip_transport="tcp")

    async def scene(floor: Floor) -> None:
        phone = floor.phone("64167f000102")
        (line,) = phone.lines
        broken = line.flow
        assert broken is not None
        broken.close()
        await floor.until(lambda: not line.registered)
        clock.advance(2.0)
        await floor.until(lambda: line.registered and line.flow is not broken)
        clock.advance(1.0)
        await floor.until(lambda: all(one.lamp.told >= 2 for one in phone.watches))
        floor.state("103", "busy")
        await floor.until(lambda: phone.lamp("103") == "busy")

    play(office, ["64167f000102"], scene, clock=clock)


def test_what_a_phone_does_not_watch_yet_it_watches_from_its_next_registration(office: Office) -> None:
    clock = FakeClock()

    async def scene(floor: Floor) -> None:
        phone = floor.phone("0c383e000109")
        (line,) = phone.lines
        watched = len(phone.watches)
        await asyncio.gather(*(one.leave() for one in phone.watches))
        phone.watches.clear()
        clock.advance(600.0)
        await floor.until(lambda: len(phone.watches) == watched and all(one.lamp.told for one in phone.watches))
        assert line.registered

    play(office, ["0c383e000109"], scene, clock=clock)


def test_phones_leave_a_server_that_is_gone_without_waiting_for_it(open_office: Callable[..., Office]) -> None:
    office = open_office()

    async def scene(floor: Floor) -> None:
        await floor.edge.listeners.stop()
        async with asyncio.timeout(10):
            await floor.crowd.power_off()

    play(office, ["0c383e000109", "000413000108"], scene)
