"""Traces through the API: for those who may change the phone, noted in the trail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sip_edge.trace import Traces
from tests.api.conftest import RIVAL, YEALINK, Api, api, app, database_url, services
from tests.api.test_registrations import phone_of, sip

__all__ = ["api", "app", "database_url", "services"]
PATH = f"/phones/{YEALINK}/trace"


@asynccontextmanager
async def traced(of: Api) -> AsyncIterator[None]:
    async with sip(of.services) as edge:
        edge.traces = Traces(edge.stack, edge.registrar)  # type: ignore[attr-defined]
        yield


@pytest.mark.gen_test
async def test_a_trace_is_turned_on_read_and_forgotten(api: Api) -> None:
    key = api.key("office_manager")
    async with traced(api):
        assert (await api(key, "GET", PATH)).status == 404
        begun = (await api(key, "POST", PATH, {"minutes": 10})).body
        assert begun["on"] and begun["until"] - begun["since"] == 600 and begun["messages"] == []
        phone_of(api.services, "101").register()
        found = (await api(key, "GET", PATH)).body
        assert [one["way"] for one in found["messages"]] == ["in", "out", "in", "out"]
        assert "text" not in found["messages"][0] and "│── REGISTER" in found["messages"][0]["line"]
        rest = (await api(key, "GET", f"{PATH}?after=2&full=1")).body["messages"]
        assert [one["number"] for one in rest] == [3, 4]
        assert "response=••••••••" in rest[0]["text"] and rest[1]["label"] == "200 OK (REGISTER 2)"
        assert (await api(key, "DELETE", PATH)).status == 204
        assert (await api(key, "DELETE", PATH)).status == (await api(key, "GET", PATH)).status == 404
        trail = [row["action"] for row in (await api(key, "GET", "/audits")).body["items"][:2]]
        assert trail == ["forget trace", "trace"]


@pytest.mark.gen_test
async def test_only_who_may_change_the_phone_reads_along(api: Api) -> None:
    async with traced(api):
        katherine, ada = api.key("site_manager", user="106"), api.key("basic_user", user="107")
        for key, status in ((katherine, 403), (ada, 403), (api.key("office_manager", RIVAL), 404)):
            for method, body in (("POST", {}), ("GET", None), ("DELETE", None)):
                assert (await api(key, method, PATH, body)).status == status
        assert (await api(katherine, "POST", "/phones/c074ad000106/trace", {})).status == 200
        for minutes in (0, 61, "5"):
            assert (await api(api.key("office_manager"), "POST", PATH, {"minutes": minutes})).status == 422


@pytest.mark.gen_test
async def test_without_the_sip_edge_there_is_nothing_to_trace(api: Api) -> None:
    refused = await api(api.key("office_manager"), "POST", PATH, {})
    assert refused.status == 409 and "add sip to its roles" in refused.body["detail"]
