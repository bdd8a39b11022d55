"""The calls that are on, through the API: true at every moment, for those who may see them, and ended by a manager."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from provd.app import Services
from provd.store import audit, devices, domains
from sip_edge.edge import SipEdge
from tests.api.conftest import NOW, Api
from tests.api.test_stream import Reader
from tests.call.phones import Desk
from tests.call.scenes import House
from tests.fakes import FakeFlow
from tests.registrar.scenes import password

HERE = "/domains/acme.example/calls"


@asynccontextmanager
async def calling(services: Services) -> AsyncIterator[House]:
    """The SIP edge of these services with calls, without sockets; desk phones take it for their house."""
    parts = (services.store, services.fleet, services.recorder, services.recogniser, services.configurator)
    edge = SipEdge(asyncio.get_running_loop(), "pbx.test", *parts, companies=services.companies)
    acme = domains.by_name(services.store, "acme.example").id
    for name in ("101", "102", "107"):
        devices.set_password(services.store, acme, devices.by_name(services.store, acme, name).id, NOW, password(name))
    flows: dict[tuple[str, int], FakeFlow] = {}
    edge.listeners.udp_flow = lambda host, port: flows.get((host, port))  # type: ignore[method-assign,assignment]
    await edge.registrar.start()
    await edge.presence.start()
    assert edge.calls is not None
    await edge.calls.start()
    services.sip = edge
    await services.companies.of("acme.example")
    try:
        yield cast(House, SimpleNamespace(stack=edge.stack, edge=edge, flows=flows))
    finally:
        await edge.calls.stop()
        await edge.presence.stop()
        await edge.registrar.stop()
        await edge.stack.stop()
        await services.live.stop()


async def listed(api: Api, key: str) -> list[Any]:
    """The calls that the holder of a key sees."""
    return list((await api(key, "GET", HERE)).body["items"])


@pytest.mark.gen_test(timeout=20)
async def test_a_call_from_ringing_to_its_end(api: Api) -> None:
    key = api.key("office_manager")
    assert (await api(key, "GET", HERE)).body == {"items": [], "total": 0, "next": None}
    async with calling(api.services) as house:
        ada, grace = Desk(house, "101"), Desk(house, "102").register()
        out = ada.call("102")
        (one,) = await listed(api, key)
        assert (one["state"], one["answered"], one["direction"]) == ("ringing", None, "internal")
        assert one["caller"] == {"name": "Ada Lovelace", "extension": "101", "number": ""}
        assert one["called"]["extension"] == one["dialed"] == "102" and one["ringing"][0]["name"] == "Grace Hopper"
        into = grace.rung()
        into.answer()
        out.answered()
        (one,) = await listed(api, key)
        assert one["state"] == "talking" and one["ringing"] == [] and one["answered"] >= one["began"]
        ada_holds = ada.sdp.replace(b"sendrecv", b"sendonly")
        out.send("INVITE", ada_holds)
        (again,) = grace.requests("INVITE")
        into.reply(again, 200, grace.sdp.replace(b"sendrecv", b"recvonly"))
        assert [one["state"] for one in await listed(api, key)] == ["held"]
        out.ack()
        out.bye()
        assert await listed(api, key) == []


@pytest.mark.gen_test(timeout=20)
async def test_everybody_sees_what_their_role_reaches(api: Api) -> None:
    async with calling(api.services) as house:
        Desk(house, "102").register()
        Desk(house, "101").call("102")
        seen = {
            user: len(await listed(api, api.key(scope, user=user)))
            for scope, user in (("office_manager", ""), ("basic_user", "107"), ("basic_user", "102"))
        }
        assert seen == {"": 1, "107": 0, "102": 1}
        assert len(await listed(api, api.key("site_manager", user="106"))) == 0, "both are in Dallas"
        assert (await api(api.key("office_manager", "rival.example"), "GET", HERE)).status == 404


@pytest.mark.gen_test(timeout=20)
async def test_a_manager_hangs_up_for_both(api: Api) -> None:
    key = api.key("office_manager")
    async with calling(api.services) as house:
        ada, grace = Desk(house, "101"), Desk(house, "102").register()
        out = ada.call("102")
        grace.rung().answer()
        out.answered()
        (one,) = await listed(api, key)
        path = f"{HERE}/{one['id']}"
        assert (await api(api.key("basic_user", user="102"), "DELETE", path)).status == 403
        assert (await api(key, "DELETE", path)).status == 204
        assert [one.method for one in (*ada.requests(), *grace.requests())] == ["BYE", "BYE"]
        assert (await api(key, "DELETE", path)).status == 404
        acme = domains.by_name(api.services.store, "acme.example").id
        found = audit.find(api.services.store, acme, limit=1).items[0]
        assert (found.noun, found.action, found.changed["between"]) == ("call", "delete", [["101", "102"], []])


@pytest.mark.gen_test(timeout=20)
async def test_a_stream_tells_of_a_call_within_a_second(api: Api) -> None:
    key = api.key("office_manager")
    async with calling(api.services) as house:
        port = int(api.base.rpartition(":")[2])
        ends = await asyncio.open_connection("127.0.0.1", port)
        reader = Reader(*ends)
        ends[1].write(f"GET /api/v2{HERE}/stream HTTP/1.0\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
        await reader.begin()
        assert reader.status == 200
        assert (await _next(reader))["total"] == 0
        grace = Desk(house, "102").register()
        rings = time.monotonic()
        Desk(house, "101").call("102")
        assert [one["state"] for one in (await _next(reader))["items"]] == ["ringing"]
        grace.rung().answer()
        assert [one["state"] for one in (await _next(reader))["items"]] == ["talking"]
        assert time.monotonic() - rings < 2, "two changes, each before a second is over"
        ends[1].close()


async def _next(reader: Reader) -> Any:
    while (block := await reader.block()).get("event") != "calls":
        assert block
    return json.loads(block["data"])
