"""`provd trace`: a technician looks at what a phone and the server say to each other, while they say it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.store import api_keys, domains
from tests.live import YEALINK, LiveServer
from tests.sip import wire
from tests.sip_transport.scenes import PATIENCE

ROOT = Path(__file__).resolve().parents[1]


class Technician:
    """A server with the SIP edge, and a key to its API."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        company = server.store(domains.by_name, "acme.example")
        self.key = server.store(api_keys.create, "t", "office_manager", 1, domain_id=company.id)[1]
        self.environment = os.environ | {
            "PROVD_DATA_DIR": str(server.settings.data_dir), "PROVD_API_KEY": self.key, "PROVD_BIND": "127.0.0.1",
        }  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `provd trace`."""
        command = [sys.executable, "-m", "provd.cli", "trace", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=pipe, stderr=pipe, text=True)

    def ask(self, *words: str) -> tuple[int, str, str]:
        """Run `provd trace` to its end: status, output, errors."""
        process = self.start(*words)
        out, err = process.communicate(timeout=30)
        return process.returncode, out, err


def register(server: LiveServer, name: str = "101") -> None:
    """A phone asks to register and hears that it must say who it is."""
    edge = server.services.sip
    assert edge is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.settimeout(PATIENCE)
        phone.connect(("127.0.0.1", edge.stack.ports["UDP"]))
        port = phone.getsockname()[1]
        phone.send(
            wire.request(
                "REGISTER",
                f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{port};rport",
                f"From: <sip:{name}@acme.example>;tag=1",
                f"To: <sip:{name}@acme.example>",
                f"Contact: <sip:{name}@127.0.0.1:{port}>",
                f"Call-ID: {port}",
                'Authorization: Digest username="101", realm="x", nonce="n", uri="sip:x", response="0123abcd"',
            )
        )
        assert b" 401 " in phone.recv(4096)


@pytest.fixture(scope="module")
def technician(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Technician]:
    with LiveServer(tmp_path_factory.mktemp("trace") / "var") as server:
        made = Technician(server)
        compose_traces(server)
        yield made


def compose_traces(server: LiveServer) -> None:
    from sip_edge.trace import Traces

    async def compose() -> None:
        edge = server.services.sip
        assert edge is not None
        edge.traces = Traces(edge.stack, edge.registrar)  # type: ignore[attr-defined]

    server.call(compose())


def test_a_trace_is_followed_until_it_is_turned_off(technician: Technician) -> None:
    process = technician.start(YEALINK, "--minutes", "5")
    assert process.stdout is not None
    server = technician.server
    traces = server.services.sip.traces  # type: ignore[union-attr]

    async def is_on() -> None:
        async with asyncio.timeout(20):
            while traces.on == 0:
                await asyncio.sleep(0.01)

    server.call(is_on())
    register(server)
    lines = [process.stdout.readline() for _ in range(3)]
    assert YEALINK in lines[0] and "server" in lines[0]
    assert "│── REGISTER sip:" in lines[1] and "with credentials" in lines[1] and "UDP 127.0.0.1:" in lines[1]
    assert "│◀─ 401 Unauthorized (REGISTER 1)" in lines[2]
    assert technician.ask(YEALINK)[1] == "".join(lines)
    full = technician.ask(YEALINK, "--full")[1]
    assert "    WWW-Authenticate: Digest realm=" in full and "response=••••" in full and "0123abcd" not in full
    assert technician.ask(YEALINK, "--stop") == (0, "", "")
    assert process.wait(20) == 1, "it says that the trace is gone"
    process.stdout.close()
    assert process.stderr is not None
    assert "This phone is not traced" in process.stderr.read()
    process.stderr.close()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((YEALINK,), "This phone is not traced; POST to the same path turns it on."),
        (("805ec0000999", "--minutes", "1"), "There is no phone 805ec0000999."),
        (("nonsense",), "is not a MAC"),
        ((YEALINK, "--minutes", "61"), "Give --minutes a number from 1 to 60."),
        ((YEALINK, "--api-key", "pk_wrong"), "This API key is not, or no longer, valid."),
        ((YEALINK, "--url", "http://127.0.0.1:1"), "No provd answers at http://127.0.0.1:1"),
        ((YEALINK, "--url", "pbx.example"), "--url must be an address like"),
    ],
)
def test_a_mistake_is_one_sentence(technician: Technician, words: tuple[str, ...], says: str) -> None:
    status, out, err = technician.ask(*words)
    assert (status, out) == (1, "") and says in err and err.count("\n") == 1


def test_without_a_key_it_says_how_to_get_one(technician: Technician) -> None:
    technician.environment["PROVD_API_KEY"] = ""
    assert "provd api-key create" in technician.ask(YEALINK)[2]
