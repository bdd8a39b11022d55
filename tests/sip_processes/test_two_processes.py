"""A server of two processes is one server: for phones of any company, and for whoever asks its API."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from provd import demo
from tests.clients.served import PATIENCE, within
from tests.sip_hostile.phone import DeskPhone
from tests.sip_processes.server import MACS, OTHER, TwoProcesses

COMPANIES = (demo.DOMAIN, OTHER)
CALLS = 8
"""Connections to the API, or phones; that all meet the same process has a chance of 1 in 128."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoProcesses]:
    with TwoProcesses(tmp_path_factory.mktemp("var")) as running:
        yield running


@pytest.mark.parametrize("protocol", ["UDP", "TCP"])
@pytest.mark.parametrize("company", COMPANIES)
def test_phones_register_whichever_process_hears_them(server: TwoProcesses, company: str, protocol: str) -> None:
    for _ in range(CALLS):
        with DeskPhone(server.line(company), server.sip, protocol=protocol) as phone:
            assert phone.register().status == 200
            assert phone.register(0).status == 200


@pytest.mark.parametrize("company", COMPANIES)
def test_every_process_knows_who_is_registered(server: TwoProcesses, company: str) -> None:
    with DeskPhone(server.line(company), server.sip) as phone:
        assert phone.register().status == 200
        for _ in range(CALLS):
            status, found = server.call("GET", f"/domains/{company}/registrations")
            assert status == 200
            assert [(one["device"], one["state"]) for one in found["items"]] == [("201", "registered")]
        assert server.call("DELETE", f"/domains/{company}/registrations/201")[0] == 204
        for _ in range(CALLS):
            assert server.call("GET", f"/domains/{company}/registrations")[1]["items"] == []
        assert server.call("DELETE", f"/domains/{company}/registrations/201")[0] == 404


@pytest.mark.parametrize("company", COMPANIES)
def test_a_lamp_shows_a_colleague_over_whatever_connection(server: TwoProcesses, company: str) -> None:
    for protocol in ("UDP", "TCP"):
        with DeskPhone(server.line(company), server.sip, protocol=protocol) as phone:
            assert phone.register().status == 200
            assert phone.subscribe("201", "presence").status == 200
            assert phone.asked().headers.first("event") == "presence"
            assert phone.subscribe("201", "presence", 0).status == 200


def phase(server: TwoProcesses, company: str) -> str:
    """How far the resync of a company's phone is."""
    return str(server.call("GET", f"/phones/{MACS[company]}/resync")[1]["phase"])


@pytest.mark.parametrize("protocol", ["UDP", "TCP"])
@pytest.mark.parametrize("company", COMPANIES)
def test_a_resync_reaches_the_phone_whoever_is_asked(server: TwoProcesses, company: str, protocol: str) -> None:
    path = f"/phones/{MACS[company]}/resync"
    with DeskPhone(server.line(company), server.sip, protocol=protocol) as phone:
        for _ in range(3):
            assert phone.register().status == 200
            status, told = server.call("POST", path, {"when": "now"})
            assert (status, told["mac"]) == (202, MACS[company])
            assert (phone.asked().headers.first("event") or "").startswith("check-sync")
            server.fetch(company)
            assert within(PATIENCE, lambda: phase(server, company) in ("fetched", "done")), "heard by the other process"
            assert phone.register().status == 200
            assert within(PATIENCE, lambda: phase(server, company) == "done")
        status, refused = server.call("POST", path, {"when": "never"})
        assert (status, refused["errors"][0]["field"]) == (422, "when")
        assert phone.register(0).status == 200


@pytest.mark.parametrize("company", COMPANIES)
def test_a_trace_is_started_read_and_ended_by_whoever_is_asked(server: TwoProcesses, company: str) -> None:
    path = f"/phones/{MACS[company]}/trace"
    with DeskPhone(server.line(company), server.sip) as phone:
        assert server.call("POST", path, {"minutes": 1})[0] == 200
        assert phone.register().status == 200
        for _ in range(CALLS):
            status, trace = server.call("GET", path)
            assert status == 200 and trace["on"] and "REGISTER" in trace["messages"][0]["label"]
        assert server.call("DELETE", path)[0] == 204
        assert server.call("GET", path)[0] == 404


@pytest.mark.parametrize("company", COMPANIES)
def test_events_and_counts_are_those_of_all(server: TwoProcesses, company: str) -> None:
    for number in range(3):
        with DeskPhone(server.line(company), server.sip) as phone:
            assert phone.register().status == 200
            for _ in range(CALLS):
                counted = server.counted('provd_sip_registration_changes_total{kind="unregistered"}')
            assert phone.register(0).status == 200
            kinds = [one["kind"] for one in server.call("GET", f"/phones/{MACS[company]}/events")[1]["items"]]
            assert kinds[0] == "unregistered", f"at once, time {number}"
            for _ in range(CALLS):
                assert server.counted('provd_sip_registration_changes_total{kind="unregistered"}') == counted + 1


def test_a_process_that_dies_comes_back_with_what_it_knew(server: TwoProcesses) -> None:
    phones = [DeskPhone(server.line(company), server.sip) for company in COMPANIES]
    for phone in phones:
        assert phone.register().status == 200
    before = {company: server.call("GET", f"/domains/{company}/events")[0] for company in COMPANIES}
    assert set(before.values()) == {200}
    assert within(PATIENCE, lambda: _written(server) == set(COMPANIES))
    old = server.workers
    os.kill(old[0], signal.SIGKILL)
    assert within(PATIENCE, lambda: server.workers not in ([], old))
    server.both()
    for company, phone in zip(COMPANIES, phones, strict=True):
        found = server.call("GET", f"/domains/{company}/registrations")[1]["items"]
        assert {one["device"] for one in found} == {"201"}
        with DeskPhone(server.line(company), server.sip) as another:
            assert another.register().status == 200
        with phone:
            assert phone.register().status == 200


def _written(server: TwoProcesses) -> set[str]:
    """The companies with a registration in the database."""
    from provd.app import open_store
    from provd.settings import Settings
    from provd.store import bindings

    store = open_store(Settings(data_dir=server._folder), migrate=False)
    try:
        return {domain for domain, _, _ in bindings.living(store, 0)}
    finally:
        store.close()
