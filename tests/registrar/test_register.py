"""Phones register with Acme: challenges answered as phones do, contacts told back, order kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from provd.store import devices, domains, users
from sip_edge.message.digest import Challenge
from sip_edge.registrar.location import Rules
from tests.fakes import FakeClock
from tests.registrar.scenes import DOMAIN, NOW, Edge, Phone, play

STEADY = Rules(jitter=0)


def test_a_phone_registers_refreshes_and_goes(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        phone = Phone(edge)
        heard = phone.register(300)
        assert heard.status == 200
        assert heard.headers.first("contact") == "<sip:101@192.0.2.1:5060>;expires=300"
        assert heard.headers.first("expires") == "300" and heard.headers.first("date")
        clock.advance(150)
        assert phone.register(300).status == 200
        assert phone.count == 2, "the nonce was used again, without a new challenge"
        assert edge.told == ["registered", "refreshed"]
        heard = phone.register(0)
        assert heard.status == 200 and heard.headers.first("contact") is None
        assert edge.told[-1] == "unregistered" and not edge.registrar.bindings(DOMAIN, "101")

    play(tmp_path, scene, rules=STEADY)


@pytest.mark.parametrize("algorithm", ["SHA-256", "MD5"])
def test_both_algorithms_let_in(tmp_path: Path, algorithm: str) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        phone = Phone(edge, algorithm=algorithm)
        assert phone.register().status == 200
        assert phone.challenge and phone.challenge.algorithm == algorithm

    play(tmp_path, scene)


def test_the_better_algorithm_is_asked_for_first(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        heard = Phone(edge).send(Phone(edge).message("<sip:101@192.0.2.1>"))
        assert heard and heard.status == 401
        offers = [Challenge.parse(value) for value in heard.headers.all("www-authenticate")]
        assert [(one.algorithm, one.realm, one.qop) for one in offers] == [
            ("SHA-256", DOMAIN, ("auth",)), ("MD5", DOMAIN, ("auth",)),
        ]  # fmt: skip
        first_only = Phone(edge, agent="SIPp v3.6")
        heard = first_only.send(first_only.message("<sip:101@192.0.2.1>"))
        assert heard and [Challenge.parse(v).algorithm for v in heard.headers.all("www-authenticate")] == ["MD5"]

    play(tmp_path, scene)


def test_a_nonce_that_is_too_old_is_stale_and_nobody_is_asked(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        phone = Phone(edge)
        assert phone.register(3600).status == 200
        clock.advance(1000)
        heard = phone.send(phone.message(phone.contact, phone.credentials()))
        assert heard and heard.status == 401
        assert all(Challenge.parse(value).stale for value in heard.headers.all("www-authenticate"))
        assert phone.register(3600).status == 200
        assert edge.registrar.authenticator.stale == 2

    play(tmp_path, scene)


def test_a_request_that_was_overheard_is_good_for_nothing(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        phone = Phone(edge)
        phone.register()
        header = phone.credentials()
        assert phone.send(phone.message(phone.contact, header)).status == 200  # type: ignore[union-attr]
        thief = Phone(edge, contact="<sip:evil@203.0.113.6>")
        assert thief.send(thief.message(thief.contact, header)).status == 401  # type: ignore[union-attr]
        elsewhere = Phone(edge, address=("203.0.113.6", 5060))
        again = header.replace("nc=00000002", "nc=00000003")
        assert elsewhere.send(elsewhere.message(elsewhere.contact, again)).status == 401  # type: ignore[union-attr]
        assert [one.contact for one in edge.registrar.bindings(DOMAIN, "101")] == ["sip:101@192.0.2.1:5060"]

    play(tmp_path, scene)


def test_a_device_registers_itself_only(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        phone = Phone(edge, "102", user="101", secret="s3cr3t-Of-The-101")
        assert phone.register().status == 403
        assert not edge.told

    play(tmp_path, scene)


def test_too_brief_is_refused_with_the_least(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        heard = Phone(edge).register(30)
        assert (heard.status, heard.headers.first("min-expires")) == (423, "60")

    play(tmp_path, scene)


def test_a_phone_that_asks_for_no_time_gets_its_devices(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        company = domains.by_name(edge.store, DOMAIN)
        device = devices.by_name(edge.store, company.id, "101")
        devices.update(edge.store, company.id, device.id, NOW, expires=600)
        await edge.registrar.work()
        assert Phone(edge).ask().headers.first("expires") == "600"

    play(tmp_path, scene, rules=STEADY)


def test_who_asks_is_told_everything_its_own_contact_first(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        desk, soft = Phone(edge), Phone(edge, contact="<sip:101@198.51.100.2:6000>;q=0.2")
        assert desk.register(600).status == 200
        clock.advance(100)
        heard = soft.register(300)
        assert heard.headers.all("contact") == [
            "<sip:101@198.51.100.2:6000>;q=0.2;expires=300",
            "<sip:101@192.0.2.1:5060>;expires=500",
        ]
        assert heard.headers.first("expires") == "300"
        assert len(desk.ask(None).headers.all("contact")) == 2
        assert desk.ask("*", "Expires: 0").headers.all("contact") == []
        assert edge.told == ["registered", "registered", "unregistered", "unregistered"]

    play(tmp_path, scene, rules=STEADY)


def test_path_is_kept_and_told_back_to_who_knows_it(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        path = "Path: <sip:proxy.acme.example;lr>"
        phone = Phone(edge, extra=(path, "Supported: path"))
        assert phone.register().headers.all("path") == ["<sip:proxy.acme.example;lr>"]
        silent = Phone(edge, "102", extra=(path,))
        assert silent.register().headers.all("path") == []
        for name in ("101", "102"):
            assert edge.registrar.bindings(DOMAIN, name)[0].path == ("<sip:proxy.acme.example;lr>",)

    play(tmp_path, scene)


def test_outbound_and_gruu(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        contact = '<sip:101@192.0.2.1;ob>;reg-id=1;+sip.instance="<urn:uuid:1>"'
        phone = Phone(edge, contact=contact, protocol="TLS", extra=("Supported: path, outbound, gruu",))
        heard = phone.register()
        assert heard.headers.first("require") == "outbound"
        assert 'pub-gruu="sip:101@acme.example;gr=urn:uuid:1"' in str(heard.headers.first("contact"))
        (binding,) = edge.registrar.bindings(DOMAIN, "101")
        assert edge.registrar.flow(binding) is phone.flow
        assert edge.registrar.location.by_gruu(DOMAIN, "101", "urn:uuid:1") == (binding,)
        phone.flow.close()
        edge.stack.closed(phone.flow)
        assert edge.told == ["registered", "unregistered"]

    play(tmp_path, scene)


def test_a_lost_connection_leaves_a_plain_contact_without_its_flow(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        phone = Phone(edge, protocol="TCP")
        phone.register()
        edge.stack.closed(phone.flow)
        (binding,) = edge.registrar.bindings(DOMAIN, "101")
        assert edge.registrar.flow(binding) is None
        edge.registrar.forget(binding)
        assert edge.told == ["registered", "unregistered"]

    play(tmp_path, scene)


def test_a_lock_on_the_user_agent(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        company = domains.by_name(edge.store, DOMAIN)
        device = devices.by_name(edge.store, company.id, "101")
        devices.update(edge.store, company.id, device.id, NOW, allowed_user_agent="Yealink")
        await edge.registrar.work()
        assert Phone(edge, agent="Zoiper").register().status == 403
        assert Phone(edge, agent="yealink SIP-T46U 108.86.0.90").register().status == 200

    play(tmp_path, scene)


def test_a_device_that_is_deleted_is_registered_no_more(tmp_path: Path) -> None:
    async def scene(edge: Edge, _: FakeClock) -> None:
        phone = Phone(edge)
        phone.register()
        company = domains.by_name(edge.store, DOMAIN)
        users.delete(edge.store, company.id, users.by_extension(edge.store, company.id, "101").id, NOW)
        await edge.registrar.work()
        assert edge.told == ["registered", "unregistered"]
        assert phone.register().status == 401

    play(tmp_path, scene)
