"""SIPp, a stranger's SIP, as a phone: its lamp follows, and it obeys a resync after asking who tells it."""

from __future__ import annotations

import asyncio
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

import pytest

from provd.resync import Phase
from tests.clients.sip_programs import SCENARIOS, needs
from tests.presence.office import Office, play
from tests.registrar.scenes import DOMAIN, MAC, password

pytestmark = [pytest.mark.client, needs("sipp")]


async def sipp(office: Office, folder: Path, scenario: Path, port: int = 0, *, tcp: bool = False) -> Process:
    """Start a scenario as device 101."""
    people = folder / "people.csv"
    people.write_text(f"SEQUENTIAL\n101;[authentication username=101 password={password('101')}]\n")
    transport = "TCP" if tcp else "UDP"
    return await asyncio.create_subprocess_exec(
        "sipp", f"127.0.0.1:{office.edge.stack.ports[transport]}", "-sf", str(scenario), "-inf", str(people),
        "-key", "domain", DOMAIN, "-i", "127.0.0.1", "-p", str(port), "-m", "1", "-nostdin", "-recv_timeout", "8000",
        "-t", "t1" if tcp else "u1", "-timeout", "15", "-trace_err", "-error_file", str(folder / "errors.log"),
        stdin=DEVNULL, stdout=PIPE, stderr=PIPE, cwd=folder,
    )  # fmt: skip


async def ended_well(process: Process, folder: Path) -> None:
    """Wait for its end; on failure show what it says."""
    _, said = await process.communicate()
    errors = folder / "errors.log"
    assert process.returncode == 0, errors.read_text() if errors.exists() else said.decode()[-2000:]


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_a_lamp_follows_and_goes_out(tmp_path: Path, tcp: bool) -> None:
    async def scene(office: Office) -> None:
        presence = office.edge.presence
        process = await sipp(office, tmp_path, SCENARIOS / "blf.xml", tcp=tcp)
        for number, state in enumerate(("ringing", "busy"), 1):
            while presence.presence.notifier.counters.acknowledged < number and process.returncode is None:
                await asyncio.sleep(0.01)
            presence.state.set_state(DOMAIN, "102", state)
        await ended_well(process, tmp_path)
        assert len(presence.presence.book) == 0

    play(tmp_path, scene)


def test_it_obeys_who_knows_its_password(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        port = free_port()
        await ended_well(await sipp(office, tmp_path, SCENARIOS / "register.xml", port), tmp_path)
        scenario = tmp_path / "obey.xml"
        scenario.write_text((SCENARIOS / "obey.xml").read_text().replace("PASSWORD", password("101")))
        process = await sipp(office, tmp_path, scenario, port)
        await office.resyncs.start(MAC)
        await ended_well(process, tmp_path)
        while office.resyncs.status(MAC).phase is Phase.SENDING:  # type: ignore[union-attr]
            await asyncio.sleep(0.01)
        assert office.resyncs.status(MAC).phase is Phase.ACKNOWLEDGED  # type: ignore[union-attr]
        office.fetched()
        again = await sipp(office, tmp_path, SCENARIOS / "register.xml", port)
        await ended_well(again, tmp_path)
        told = await office.events("resync")
        assert [event.kind for event in told] == ["resync_sent", "resync_acknowledged", "resync_done"]

    play(tmp_path, scene)
