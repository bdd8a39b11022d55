"""baresip registers with Acme over UDP, TCP and TLS, and goes when it ends."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.serve import tls
from tests.clients.sip_programs import acme, baresip, needs
from tests.registrar.live import LiveEdge

pytestmark = [pytest.mark.client, needs("baresip")]


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[LiveEdge]:
    now = datetime.datetime.now(datetime.UTC)
    files = tls.certificate_files(tmp_path / "tls", "127.0.0.1", "", "", now)
    (tmp_path / "server.pem").write_bytes(files.key.read_bytes() + files.chain.read_bytes())
    yield from acme(tmp_path)


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_it_registers_and_goes(edge: LiveEdge, transport: str) -> None:
    said = baresip(edge, "101", transport)
    assert "200 OK" in said, said
    assert edge.until(lambda: edge.kinds() == ["registered", "unregistered"])
    first = edge.events()[0]
    assert first.protocol == f"SIP/{transport.upper()}" and first.user_agent.startswith("baresip")
    assert 0 < first.duration_us < 3_000_000


def test_a_wrong_password_gets_nowhere(edge: LiveEdge) -> None:
    """baresip tries again at once, a dozen times a second, until the gate stops listening."""
    said = baresip(edge, "101", "udp", secret="guess", seconds=2)
    assert "200 OK" not in said
    assert edge.until(lambda: "auth_failed" in edge.kinds())
    assert not edge.bindings() and "registered" not in edge.kinds()
