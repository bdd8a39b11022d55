"""SIPp calls SIPp through a whole server: one after the other, two phones of one person, and calls that nobody has."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provd.store import call_events
from sip_edge.registrar.binding import Binding
from tests.clients.scenes import DOMAIN, SNOM, SipOffice
from tests.clients.sip_programs import SCENARIOS, needs

pytestmark = [pytest.mark.client, needs("sipp")]
CALLS = Path(__file__).resolve().parents[2] / "script/bench.d/calls"
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SipOffice]:
    with SipOffice(tmp_path / "var") as running:
        running.trust("127.0.0.0/8")
        yield running


@contextmanager
def phone(
    office: SipOffice, folder: Path, device: str, scenario: Path, calls: int
) -> Iterator[subprocess.Popen[bytes]]:
    """SIPp as the phone of a device, until it has had so many calls."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    registrar = office.edge.registrar
    account = registrar.accounts.get(DOMAIN, device)
    assert account is not None
    now, contact = registrar.now(), f"sip:{device}@127.0.0.1:{port}"
    binding = Binding(
        port, account.device_id, DOMAIN, device, contact, "", 1.0, "", 0, (), device, 1, "SIPp", "UDP", "127.0.0.1",
        port, now, now, now + 600,
    )  # fmt: skip
    office.tell(registrar.location.restore, binding)
    command = ["sipp", "-sf", str(scenario), "-i", "127.0.0.1", "-p", str(port), "-m", str(calls), "-nostdin"]
    running = subprocess.Popen([*command, "-timeout", "30"], cwd=folder, **QUIET)
    try:
        yield running
    finally:
        if running.poll() is None:
            running.kill()
        running.wait()


def call(
    office: SipOffice, folder: Path, number: str, calls: int, scenario: Path = CALLS / "caller.xml", *more: str
) -> int:
    """Call a number so many times as 108; SIPp's exit status."""
    account = office.account(SNOM)
    people = folder / "people.csv"
    proof = f"[authentication username={account.auth_user} password={account.password}]"
    people.write_text(f"SEQUENTIAL\n108;{number};{proof}\n")
    command = [
        "sipp", f"127.0.0.1:{office.sip[1]}", "-sf", str(scenario), "-inf", str(people), "-key", "domain", DOMAIN,
        "-i", "127.0.0.1", "-p", "0", "-m", str(calls), "-r", "10", "-l", "5", "-d", "100", "-nostdin",
        "-recv_timeout", "6000", "-timeout", "25", *more,
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, timeout=40, check=False, **QUIET).returncode


def quiet(office: SipOffice) -> bool:
    """Is nobody in a call any more?"""
    assert office.edge.calls is not None
    return not len(office.edge.calls.controller.book)


def test_forty_calls(office: SipOffice, tmp_path: Path) -> None:
    with phone(office, tmp_path, "107", CALLS / "called.xml", 40):
        assert call(office, tmp_path, "107", 40) == 0
        office.until(lambda: quiet(office))
    assert office.edge.calls is not None
    office.call(office.edge.calls.journal.flush())
    rows = office.store(call_events.after, 0)
    assert sum(row.kind == "ended" and row.status == 200 for row in rows) == 40


def test_the_other_phone_of_a_person_is_told_that_it_was_answered(office: SipOffice, tmp_path: Path) -> None:
    with (
        phone(office, tmp_path, "101", CALLS / "called.xml", 1),
        phone(office, tmp_path, "101a", SCENARIOS / "rings_and_is_cancelled.xml", 1) as other,
    ):
        assert call(office, tmp_path, "101", 1) == 0
        assert other.wait(10) == 0
        office.until(lambda: quiet(office))


def test_a_bye_for_a_call_that_nobody_has(office: SipOffice, tmp_path: Path) -> None:
    assert call(office, tmp_path, "-", 1, SCENARIOS / "stray_bye.xml") == 0


def test_a_blind_transfer(office: SipOffice, tmp_path: Path) -> None:
    """Who was transferred is asked for its offer in a re-INVITE; it stays until the one it talks with hangs up."""
    with (
        phone(office, tmp_path, "107", SCENARIOS / "is_transferred.xml", 1) as transferred,
        phone(office, tmp_path, "106", SCENARIOS / "answers_and_leaves.xml", 1) as target,
    ):
        assert call(office, tmp_path, "107", 1, SCENARIOS / "transfers.xml") == 0
        assert (target.wait(10), transferred.wait(10)) == (0, 0)
        office.until(lambda: quiet(office))


def test_an_attended_transfer(office: SipOffice, tmp_path: Path) -> None:
    """One SIPp has both calls, and names the second in the first's Refer-To."""
    with (
        phone(office, tmp_path, "107", SCENARIOS / "is_transferred.xml", 1) as transferred,
        phone(office, tmp_path, "106", SCENARIOS / "is_connected_and_leaves.xml", 1) as target,
    ):
        plain = ("-cid_str", "%u-%p")  # an @ would have to be escaped in a URI
        assert call(office, tmp_path, "107", 1, SCENARIOS / "transfers_attended.xml", *plain) == 0
        assert (target.wait(10), transferred.wait(10)) == (0, 0)
        office.until(lambda: quiet(office))


def test_reliable_ringing(office: SipOffice, tmp_path: Path) -> None:
    with phone(office, tmp_path, "107", SCENARIOS / "rings_and_answers.xml", 1):
        assert call(office, tmp_path, "107", 1, SCENARIOS / "reliable.xml") == 0
        office.until(lambda: quiet(office))
