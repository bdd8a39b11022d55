"""Carriers and a server of two processes: whichever hears them, a call is handled where its company lives."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from provd import demo
from provd.simulate.reading import ReadAccount
from sip_edge.message import parse
from tests.clients.served import PATIENCE, within
from tests.sip_processes.server import OTHER, TwoProcesses
from tests.sip_processes.talker import Talker

NUMBERS = {demo.DOMAIN: "+12145559001", OTHER: "+12145559002"}
CALLER = "+13035550177"
CALLS = 6
"""Sockets of the carrier; that all meet the same process has a chance of 1 in 32."""
INWARD = {"networks": ["127.0.0.1/32"], "transport": "tcp", "port": 1}
"""A trunk for calls in: that nobody listens at its port is known at once."""
_names = itertools.count(1)


def carrier(server: TwoProcesses, protocol: str = "UDP", user: str = CALLER) -> Talker:
    """One socket of the carrier: it writes its own address, and ours, for names."""
    account = ReadAccount(1, True, user=user, auth_user="", password="", server="127.0.0.1")
    return Talker(account, server.sip, protocol=protocol)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoProcesses]:
    with TwoProcesses(tmp_path_factory.mktemp("var")) as running:
        for company, number in NUMBERS.items():
            new: dict[str, Any] = {"number": number, "treatment": "user", "destination": "201"}
            assert running.call("POST", f"/domains/{company}/phonenumbers", new)[0] == 201
        yield running


@contextmanager
def trunk(server: TwoProcesses, **fields: Any) -> Iterator[str]:
    """A trunk of every company for a while, once both processes know it; its address in the API."""
    status, made = server.call("POST", "/trunks", {"name": f"Carrier {next(_names)}", "host": "127.0.0.1", **fields})
    assert status == 201, made
    path = f"/trunks/{made['id']}"
    try:
        yield path
    finally:
        assert server.call("DELETE", path)[0] == 204


def known(server: TwoProcesses, path: str, word: str = "", away: Talker | None = None) -> bool:
    """Does every process know how it stands with the trunk, or that it stands so? Meanwhile `away` answers."""
    if away is not None:
        away.hear(0.2)
    for _ in range(6):
        state = server.call("GET", path)[1]["state"]
        if state["word"] != word if word else not state["asked"]:
            return False
    return True


@pytest.mark.parametrize("protocol", ["UDP", "TCP"])
@pytest.mark.parametrize("company", NUMBERS)
def test_a_call_of_a_carrier_reaches_the_company_whoever_hears_it(
    server: TwoProcesses, company: str, protocol: str
) -> None:
    with trunk(server, **INWARD) as path, Talker(server.line(company), server.sip) as phone:
        assert within(PATIENCE, lambda: known(server, path))
        assert phone.register().status == 200
        for _ in range(CALLS):
            with carrier(server, protocol) as one:
                name, heard = one.with_(phone).call(f"sip:{NUMBERS[company]}@127.0.0.1")
                assert heard.status == 200, heard
                assert CALLER in str(phone.asked("INVITE").from_)
                phone.asked("ACK")
                assert one.hang_up(name, heard) == 200
                phone.asked("BYE")
        assert phone.register(0).status == 200


@pytest.mark.parametrize("company", NUMBERS)
def test_a_carrier_that_writes_the_name_of_another_company(server: TwoProcesses, company: str) -> None:
    other = next(name for name in NUMBERS if name != company)
    account = ReadAccount(1, True, user=CALLER, auth_user="", password="", server=other)
    with trunk(server, **INWARD) as path, Talker(server.line(company), server.sip) as phone:
        assert within(PATIENCE, lambda: known(server, path))
        assert phone.register().status == 200
        for protocol in ("UDP", "TCP", "UDP", "TCP"):
            with Talker(account, server.sip, protocol=protocol) as one:
                name, heard = one.with_(phone).call(f"sip:{NUMBERS[company]}@127.0.0.1")
                assert heard.status == 200
                phone.asked("INVITE")
                assert one.hang_up(name, heard) == 200
                phone.asked("BYE")
        assert phone.register(0).status == 200


@pytest.mark.parametrize("company", NUMBERS)
def test_a_call_out_and_what_the_carrier_says_in_it(server: TwoProcesses, company: str) -> None:
    with (
        carrier(server) as away,
        trunk(server, networks=["127.0.0.1/32"], port=away.port) as path,
        Talker(server.line(company), server.sip) as phone,
    ):
        assert phone.register().status == 200
        assert within(PATIENCE, lambda: known(server, path, "answers", away))
        for _ in range(3):
            called = f"sip:3035550188@{company}"
            _, heard = phone.with_(away).call(called)
            assert heard.status == 200
            invite = away.asked("INVITE")
            assert str(invite.target).startswith("sip:+13035550188@127.0.0.1")
            away.asked("ACK")
            away._calls["back"] = (f";tag={invite.from_.tag}", 0)
            said = away.message("BYE", str(invite.contacts[0].uri), "back")
            mine = (b"From: <sip:+13035550177@127.0.0.1>;tag=deskback", b"From: <sip:x@127.0.0.1>;tag=talker")
            said = said.replace(*mine).replace(f"back-{away._name}".encode(), invite.call_id.encode())
            away.with_(phone).send(said)
            assert away.response(str(parse(said).via.branch)).status == 200
            phone.asked("BYE")
        assert phone.register(0).status == 200


def test_one_process_registers_with_the_carrier_and_all_take_its_calls(server: TwoProcesses) -> None:
    company = OTHER
    with (
        carrier(server) as away,
        Talker(server.line(company), server.sip) as phone,
        trunk(server, kind="registering", user_name="acme", port=away.port) as path,
    ):
        assert phone.register().status == 200
        first = away.asked("REGISTER")
        assert within(PATIENCE, lambda: known(server, path, "registered", away)), "whoever is asked"
        away.catch_up()
        asked = {one.call_id for one in away.requests if one.method == "REGISTER"} | {first.call_id}
        assert len(asked) == 1, "one process registers"
        for _ in range(CALLS):
            with carrier(server) as one:
                name, heard = one.with_(phone).call(f"sip:{NUMBERS[company]}@127.0.0.1")
                assert heard.status == 200
                assert one.hang_up(name, heard) == 200
        assert phone.register(0).status == 200
