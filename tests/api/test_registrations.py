"""Where phones are registered, through the API: true at every moment, for those who may see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from provd.app import Services
from provd.store import devices, domains, phones
from provd.store.rows import Line
from sip_edge.edge import SipEdge
from tests.api.conftest import NOW, RIVAL, YEALINK, Api
from tests.registrar.scenes import Edge, Phone
from tests.store.conftest import empty_postgres, postgres  # noqa: F401 - fixtures

HERE = "/domains/acme.example/registrations"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite; a test that says so has PostgreSQL too."""
    return str(request.getfixturevalue(request.param)) if getattr(request, "param", "") else ""


@asynccontextmanager
async def sip(services: Services) -> AsyncIterator[SipEdge]:
    """The SIP edge of these services, without sockets."""
    parts = (services.store, services.fleet, services.recorder, services.recogniser, services.configurator)
    edge = services.sip = SipEdge(asyncio.get_running_loop(), "pbx.test", *parts)
    await edge.registrar.start()
    await edge.presence.start()
    await edge.resyncs.run()
    try:
        yield edge
    finally:
        await edge.resyncs.stop()
        await edge.presence.stop()
        await edge.registrar.stop()
        await edge.stack.stop()


def phone_of(services: Services, name: str, **given: Any) -> Phone:
    """A phone of Acme that has the password of its device."""
    acme = domains.by_name(services.store, "acme.example").id
    secret = devices.password(services.store, acme, devices.by_name(services.store, acme, name).id)
    host = ("192.0.2.1", 5000 + int(name[:3]))
    assert services.sip is not None
    return Phone(cast(Edge, services.sip), name, **{"secret": secret, "address": host} | given)


@pytest.mark.parametrize("database_url", ["", "empty_postgres"], indirect=True)
@pytest.mark.gen_test(timeout=20)
async def test_a_registration_is_shown_as_it_happens(api: Api) -> None:
    key = api.key("office_manager")
    async with sip(api.services):
        assert (await api(key, "GET", HERE)).body == {"items": [], "next": None}
        phone = phone_of(api.services, "101", agent="Yealink SIP-T46U 108.86.0.90", contact="<sip:101@10.0.0.7:5060>")
        assert phone.register(600).status == 200
        (found,) = (await api(key, "GET", HERE)).body["items"]
        assert (found["device"], found["user"], found["phone"]) == ("101", "101", YEALINK)
        assert (found["address"], found["port"], found["transport"]) == ("192.0.2.1", 5101, "UDP")
        assert found["contact"] == "sip:101@10.0.0.7:5060" and found["nat"] and found["state"] == "registered"
        assert found["firmware"] == "108.86.0.90" and 500 <= found["expires"] - found["since"] <= 600
        events = (await api(key, "GET", f"/phones/{YEALINK}/events")).body["items"]
        assert (events[0]["kind"], events[0]["protocol"]) == ("registered", "SIP/UDP"), "written before it is read"
        (again,) = (await api(key, "GET", f"/phones/{YEALINK}/registrations")).body["items"]
        assert again["latency_ms"] == events[0]["duration_us"] / 1000 > 0
        phone.register(0)
        assert (await api(key, "GET", HERE)).body["items"] == []
        assert (await api(key, "GET", "/domains/~/events")).body["items"][0]["kind"] == "unregistered"


@pytest.mark.gen_test
async def test_the_list_is_searched_and_turned_page_by_page(api: Api) -> None:
    key = api.key("office_manager")
    async with sip(api.services) as edge:
        made = {name: phone_of(api.services, name) for name in ("102", "103", "104", "105")}
        made["101"] = phone_of(api.services, "101", protocol="TCP")
        made["101a"] = phone_of(api.services, "101a")
        for phone in made.values():
            phone.register()
        phone_of(api.services, "101", address=("192.0.2.9", 5060)).register()

        async def found(query: str) -> list[str]:
            return [one["device"] for one in (await api(key, "GET", f"{HERE}?{query}")).body["items"]]

        assert await found("user=101") == ["101", "101", "101a"]
        assert await found("device=101a") == await found("phone=24-9A-D8-00-01-11") == ["101a"]
        assert await found("user=101&transport=TCP") == ["101"] and await found("user=555") == []
        assert await found("search=grace") == ["102"] and await found("search=101+192.0.2.9") == ["101"]
        assert await found("search=00:01:11") == ["101a"] and await found("search=%25") == []
        pages, cursor = [], ""
        while cursor is not None:
            page = (await api(key, "GET", f"{HERE}?limit=3&cursor={cursor}")).body
            cursor = page["next"]
            pages.append([one["device"] for one in page["items"]])
        assert pages == [["101", "101", "101a"], ["102", "103", "104"], ["105"]]
        made["101"].flow.alive = False
        edge.stack.closed(made["101"].flow)
        assert await found("state=unreachable") == ["101"] and len(await found("state=registered")) == 6
        assert (await api(key, "GET", f"{HERE}?state=odd")).status == 422


@pytest.mark.gen_test
async def test_everybody_sees_what_is_theirs(api: Api) -> None:
    async with sip(api.services):
        for name in ("101", "104", "106", "107"):
            phone_of(api.services, name).register()

        async def seen(scope: str, user: str = "") -> list[str]:
            answer = await api(api.key(scope, user=user), "GET", "/domains/~/registrations")
            return [one["device"] for one in answer.body["items"]]

        assert await seen("call_center_supervisor") == ["101", "104", "106", "107"]
        assert await seen("site_manager", "106") == ["104", "106"]
        assert await seen("basic_user", "107") == ["107"]
        assert (await api(api.key("office_manager", RIVAL), "GET", HERE)).status == 404
        assert (await api(api.key("office_manager", RIVAL), "GET", "/domains/~/registrations")).body["items"] == []


@pytest.mark.gen_test
async def test_phones_that_share_a_device_are_told_apart(api: Api) -> None:
    store, key, second = api.services.store, api.key("office_manager"), "805ec0000999"
    acme = domains.by_name(store, "acme.example").id
    line = Line(1, devices.by_name(store, acme, "101").id, True, "")
    phones.create(store, acme, second, "yealink-t54w", NOW, lines=[line])
    async with sip(api.services):
        for place, agent in enumerate((f"Yealink SIP-T46U 108.86.0.90 {YEALINK}", "Yealink 80:5E:C0:00:09:99", "x")):
            phone_of(api.services, "101", agent=agent, address=(f"192.0.2.{place}", 5060)).register()
        assert {one["phone"] for one in (await api(key, "GET", HERE)).body["items"]} == {YEALINK, second, None}
        shown = (await api(key, "GET", f"/phones/{second}/registrations")).body["items"]
        assert {one["address"] for one in shown} == {"192.0.2.1", "192.0.2.2"}
        assert len((await api(key, "GET", f"{HERE}?phone={second}")).body["items"]) == 2


@pytest.mark.gen_test
async def test_a_registration_is_ended_by_those_who_may(api: Api) -> None:
    office, katherine, donald = (
        api.key("office_manager"), api.key("site_manager", user="106"), api.key("basic_user", user="107"),
    )  # fmt: skip
    async with sip(api.services):
        for number in (1, 2):
            phone_of(api.services, "107", address=(f"192.0.2.{number}", 5060)).register()
        for key in (katherine, donald):
            assert (await api(key, "DELETE", f"{HERE}/107")).status == 403
        first, second = (await api(office, "GET", HERE)).body["items"]
        assert (await api(office, "DELETE", f"{HERE}/107?id={first['id']}")).status == 204
        assert (await api(office, "DELETE", f"{HERE}/107?id={first['id']}")).status == 404
        assert [one["id"] for one in (await api(office, "GET", HERE)).body["items"]] == [second["id"]]
        assert (await api(office, "DELETE", f"{HERE}/107")).status == 204
        assert (await api(office, "DELETE", f"{HERE}/107")).status == 404
        assert (await api(office, "DELETE", f"{HERE}/nobody")).status == 404
        row = (await api(office, "GET", "/audits")).body["items"][0]
        assert (row["action"], row["noun"], row["ref"]) == ("delete", "registration", "107")


@pytest.mark.parametrize("database_url", ["", "empty_postgres"], indirect=True)
@pytest.mark.gen_test(timeout=20)
async def test_after_a_restart_and_in_other_processes_it_is_what_was_written(api: Api) -> None:
    key = api.key("office_manager")
    async with sip(api.services):
        phone = phone_of(api.services, "101")
        phone.register()
    api.services.sip = None
    (stored,) = (await api(key, "GET", HERE)).body["items"]
    assert (stored["device"], stored["phone"], stored["nat"]) == ("101", YEALINK, None)
    assert (await api(key, "DELETE", f"{HERE}/101")).status == 409
    async with sip(api.services):
        (restored,) = (await api(key, "GET", f"{HERE}?state=restored")).body["items"]
        assert restored["id"] == stored["id"]
        back = phone_of(api.services, "101", call_id=phone.call_id)
        back.cseq = phone.cseq
        assert back.register().status == 200
        (fresh,) = (await api(key, "GET", HERE)).body["items"]
        assert (fresh["id"], fresh["state"]) == (stored["id"], "registered")
