"""What a technician watches: traces for those who may change the phone, counts, and the ports in `provd check`."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provd.commands import check
from provd.serve.pages import measures
from provd.settings import Settings
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


@pytest.mark.gen_test
async def test_the_metrics_count_what_phones_do(api: Api) -> None:
    async with sip(api.services):
        phone_of(api.services, "101").register()
        wrong = phone_of(api.services, "102", secret="not this")
        assert wrong.register().status == 401
        found = dict(measures(api.services))
        assert found['provd_sip_registrations{transport="UDP"}'] == 1 and found["provd_sip_subscriptions"] == 0
        assert found['provd_sip_registration_changes_total{kind="registered"}'] == 1
        assert found["provd_sip_authentication_failures_total"] == 1 and found["provd_sip_challenges_total"] == 3
        assert found['provd_sip_requests_total{method="REGISTER"}'] == 4
        assert found['provd_sip_answers_total{status="401"}'] == 3
        assert found['provd_sip_dropped_total{reason="scanners"}'] == found['provd_sip_bans_total{of="address"}'] == 0
        text = (await api.client.fetch(f"{api.base}/metrics")).body.decode()
        assert all(len(line.rsplit(" ", 1)) == 2 and line.startswith("provd_") for line in text.splitlines())


def test_the_check_names_the_sip_ports_that_are_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    free: dict[str, Any] = {"http_port": 0, "https_port": 0, "tftp_port": 0, "sips_port": 0}
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                taken.listen()
            port = taken.getsockname()[1]
            settings = Settings(data_dir=tmp_path, bind="127.0.0.1", sip_port=port, **free)
            assert f"Port {port} for sip cannot be opened" in " ".join(check._ports(settings))
            assert not check._ports(replace(settings, roles=("http", "tftp")))
