"""Another program on the port of SIP: where SIP is optional the rest is served, and everybody is told."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.commands.serve import announce
from tests.live import YEALINK, LiveServer


@pytest.fixture
def port() -> Iterator[int]:
    """A port that another program holds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_the_rest_is_served_and_all_are_told(tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str]) -> None:
    with LiveServer(tmp_path, sip_port=port, sip_optional=True) as server:
        health = json.loads(server.get("/healthz").text)
        sentence = (
            f"SIP is off, so phones cannot register here: Port {port} for sip cannot be opened (Address already in "
            "use); stop what uses it, set sip_port, or take sip out of roles."
        )
        assert (health["status"], health["sip"], health["problems"]) == ("ready", "off", [sentence])
        assert server.get(f"/p/{server.token}/{YEALINK}.cfg").status == 200
        assert server.get("/sip", headers={"Upgrade": "websocket", "Connection": "Upgrade"}).status == 404
        assert json.loads((tmp_path / "ports.json").read_text())["sip"] == 0
        announce(server.services)
    assert f"WARNING  {sentence}" in capsys.readouterr().out


def test_a_server_with_sip_says_so(tmp_path: Path) -> None:
    with LiveServer(tmp_path, sip_optional=True) as server:
        health = json.loads(server.get("/healthz").text)
        assert (health["sip"], health["problems"]) == ("on", [])
