"""What a technician reads of a phone's registrations."""

from __future__ import annotations

from pathlib import Path

from provd.store import devices, domains, phones
from provd.store.rows import Line
from sip_edge.registrar.journal import AGAIN_EVERY, REFRESHED_EVERY
from sip_edge.registrar.location import Rules
from tests.fakes import FakeClock
from tests.registrar.scenes import AGENT, DOMAIN, MAC, NOW, Edge, Phone, play

STEADY = Rules(jitter=0, grace=0)


def test_the_life_of_a_registration(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        phone = Phone(edge)
        phone.register(300)
        clock.advance(200)
        Phone(edge, secret="guess").register()
        clock.advance(200)
        events = await edge.events()
        assert [event.kind for event in events] == ["registered", "auth_failed", "expired"]
        first = events[0]
        assert (first.mac, first.address, first.protocol, first.file) == (MAC, "192.0.2.1", "SIP/UDP", f"101@{DOMAIN}")
        assert (first.user_agent, first.firmware, first.status) == (AGENT, "108.86.0.90", 200)
        assert first.reason == "It registered for 300 s." and 0 <= first.duration_us < 1_000_000
        assert events[1].status == 401 and "password" in events[1].reason

    play(tmp_path, scene, rules=STEADY)


def test_the_round_trip_of_the_first_answer_is_its_duration(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        phone = Phone(edge)
        heard = phone.send(phone.message(phone.contact))
        assert heard is not None
        phone.hear(heard)
        clock.advance(0.25)
        phone.send(phone.message(phone.contact, phone.credentials()))
        (event,) = await edge.events()
        assert 249_000 <= event.duration_us <= 251_000

    play(tmp_path, scene)


def test_refreshes_are_thinned(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        phone = Phone(edge)
        for _turn in range(100):
            phone.register(300)
            clock.advance(REFRESHED_EVERY / 40)
        kinds = [event.kind for event in await edge.events()]
        assert kinds == ["registered", "refreshed", "refreshed"]
        assert edge.registrar.journal.counts == {"registered": 1, "refreshed": 99}
        assert edge.told.count("refreshed") == 99, "who watches hears every one"

    play(tmp_path, scene)


def test_a_phone_with_a_new_call_id_every_time_does_not_drown_the_others(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        for _turn in range(10):
            assert Phone(edge).register(300).status == 200
            clock.advance(AGAIN_EVERY / 5)
        kinds = [event.kind for event in await edge.events()]
        assert kinds == ["registered", "registered"]

    play(tmp_path, scene)


def test_nor_does_somebody_who_guesses(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        for number in range(25):
            guess = Phone(edge, "101", secret="guess", address=("198.51.100.1", 5000 + number))
            heard = guess.send(guess.message(guess.contact))
            if heard is not None:
                guess.hear(heard)
                guess.send(guess.message(guess.contact, guess.credentials()))
            Phone(edge, str(5000 + number), secret="guess", address=("198.51.100.2", 5060)).register()
        assert 1 <= len(await edge.events()) <= 10

    play(tmp_path, scene)


def test_the_phone_that_speaks_is_told_by_its_mac(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        company = domains.by_name(edge.store, DOMAIN)
        device = devices.by_name(edge.store, company.id, "101")
        lines = [Line(1, device.id, True, "")]
        phones.create(edge.store, company.id, "805ec0000102", "yealink-t46u", NOW, lines=lines)
        await edge.registrar.work()
        Phone(edge, agent=f"{AGENT} 80:5e:c0:00:01:02").register()
        Phone(edge, agent="Zoiper", contact="<sip:101@192.0.2.7>").register()
        events = await edge.events()
        assert [event.mac for event in events] == ["805ec0000102", ""], "two phones carry it, and one does not say"

    play(tmp_path, scene)


def test_the_firmware_it_tells_is_on_its_page(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        Phone(edge, agent="Yealink SIP-T46U 108.87.0.5").register()
        await edge.registrar.work()
        company = domains.by_name(edge.store, DOMAIN)
        assert phones.by_mac(edge.store, company.id, MAC).last_firmware == "108.87.0.5"

    play(tmp_path, scene)


def test_a_contact_that_had_to_go_is_told(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        for port in range(5):
            Phone(edge, contact=f"<sip:101@192.168.1.5:{6000 + port}>").register()
            clock.advance(1)
        events = await edge.events()
        assert [event.kind for event in events] == ["registered"] * 5 + ["replaced"]
        assert events[0].reason.startswith("It registered from behind NAT")

    play(tmp_path, scene)
