"""SIPp registers with Acme, over UDP and TCP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.sip_programs import acme, needs, sipp
from tests.registrar.live import LiveEdge

pytestmark = [pytest.mark.client, needs("sipp")]


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[LiveEdge]:
    yield from acme(tmp_path)


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_it_registers(edge: LiveEdge, tcp: bool) -> None:
    done = sipp(edge, "register", tcp=tcp)
    assert done.returncode == 0, done.stdout[-2000:]
    assert edge.until(edge.bindings)
    (binding,) = edge.bindings()
    assert (binding.protocol, binding.address, binding.user_agent) == ("TCP" if tcp else "UDP", "127.0.0.1", "SIPp")
    assert edge.until(lambda: edge.kinds() == ["registered"])


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_it_comes_again_and_goes(edge: LiveEdge, tcp: bool) -> None:
    done = sipp(edge, "life", tcp=tcp)
    assert done.returncode == 0, done.stdout[-2000:]
    assert edge.until(lambda: edge.kinds() == ["registered", "unregistered"])
    assert edge.until(lambda: not edge.bindings())


def test_a_wrong_password_gets_nowhere(edge: LiveEdge) -> None:
    done = sipp(edge, "wrong_password", secret="guess")
    assert done.returncode == 0, done.stdout[-2000:]
    assert edge.until(lambda: edge.kinds() == ["auth_failed"])
    assert not edge.bindings()
    unknown = sipp(edge, "wrong_password", name="999", secret="guess")
    assert unknown.returncode == 0, "and a user that does not exist hears the same"


def test_who_does_not_come_back_runs_out(edge: LiveEdge) -> None:
    assert sipp(edge, "brief").returncode == 0
    assert edge.until(lambda: edge.kinds() == ["registered", "expired"])
    assert not edge.bindings()


def test_a_hundred_phones_in_a_row(edge: LiveEdge) -> None:
    done = sipp(edge, "register", calls=100)
    assert done.returncode == 0, done.stdout[-2000:]
    assert edge.until(lambda: [one.cseq for one in edge.bindings()] == [2])


def test_a_killed_server_knows_it_when_it_comes_back(edge: LiveEdge) -> None:
    assert sipp(edge, "register").returncode == 0
    assert edge.until(edge.bindings)
    edge.kill()
    edge.start()
    assert sipp(edge, "register", name="102").returncode == 0
    assert edge.until(lambda: len(edge.bindings()) == 2)
