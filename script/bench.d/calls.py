#!/usr/bin/env python3
"""Calls through the edge, driven by SIPp: INVITE, 401, INVITE with digest, 180, 200, ACK, half a second of talk, BYE.

    script/bench.d/calls.py [--rates 100,200,300] [--seconds 10]

Every call is a phone of the company that calls another by its extension: proof of the password, a decision by rules,
two legs with a dialog each, lamps, and what happened written to SQLite on disk; audio goes from phone to phone. A rate
is clean when no call failed. Goal: 300 calls/s clean in one process; at half of that the caller hears ringing after
at most 5 ms (median) and 25 ms (99th percentile). Both ends are SIPp on the same machine. Kamailio, when it is
installed, passes the same calls on as a mere proxy, in the same run: no password, no rules, no dialogs, no events.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gc
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from provd import catalogue
from provd.events import Recorder
from provd.identify import Recogniser
from provd.store import devices, domains, users
from provd.store.database import Store
from sip_edge.call.controller import Controller
from sip_edge.call.edge import BODIES, EXTENSIONS
from sip_edge.call.journal import Journal
from sip_edge.call.known import Directory
from sip_edge.call.lamps import Lamps
from sip_edge.companies import Companies
from sip_edge.defence.policy import Policy
from sip_edge.message.check import Abilities
from sip_edge.presence.book import Book
from sip_edge.presence.state import State
from sip_edge.registrar.binding import Binding
from sip_edge.registrar.service import Registrar
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners
from sip_edge.timers import Timers
from tests.registrar.scenes import make_store

DOMAIN = "pbx.example.com"
FIRST, COUNT = 20_000, 1_000
"""Half of them call, half are called."""
SCENARIOS = Path(__file__).resolve().parent / "calls"
GOAL, MEDIAN, LATE = 300, 5.0, 25.0
TALK = 500
KAMAILIO = """
debug=0
log_stderror=yes
children=2
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "textops.so"
request_route {{
    if (has_totag()) {{ if (loose_route()) {{ t_relay(); }} exit; }}
    if (is_method("CANCEL")) {{ t_relay(); exit; }}
    if (is_method("ACK")) {{ exit; }}
    if (!is_present_hf("Authorization")) {{
        append_to_reply("WWW-Authenticate: Digest realm=\\"{domain}\\", nonce=\\"1\\"\\r\\n");
        sl_send_reply("401", "Unauthorized"); exit;
    }}
    record_route();
    $du = "sip:127.0.0.1:{called}";
    t_relay();
}}
"""


@dataclass(frozen=True)
class Result:
    """What SIPp says of one rate; the delays are milliseconds from the INVITE to the 180."""

    rate: int
    achieved: float
    good: int
    failed: int
    repeated: int
    median: float
    late: float

    @property
    def clean(self) -> bool:
        """Did nothing fail?"""
        return self.good > 0 and not self.failed

    def __str__(self) -> str:
        state = "0 failed" if self.clean else f"{self.failed} failed"
        return (
            f"offered {self.rate}/s, achieved {self.achieved:,.0f}/s, {self.good} calls, {state}, {self.repeated} "
            f"repetitions; ringing after {self.median:.1f} ms median, {self.late:.1f} ms p99"
        )


def make_accounts(store: Store) -> None:
    """The users and passwords that the load uses."""
    now = int(time.time())
    with store.transaction():
        company = domains.create(store, DOMAIN, now)
        for number in range(FIRST, FIRST + COUNT):
            user = users.create(store, company.id, str(number), now)
            devices.create(store, company.id, user.id, str(number), now, password="secret")


async def serve(folder: Path, called: int) -> None:
    """The edge under test; ends with its standard input."""
    loop = asyncio.get_running_loop()
    store = make_store(folder)
    abilities = Abilities(extensions=EXTENSIONS, bodies=("application/sdp", *BODIES))
    stack = Stack(Timers(loop), "127.0.0.1", abilities=abilities)
    listeners, known = Listeners(stack), catalogue.shipped()
    registrar = Registrar(
        stack, store, Recorder(store), Recogniser(known.families, known.models),
        policy=Policy(trusted=("127.0.0.0/8",)), udp_flow=listeners.udp_flow,
    )  # fmt: skip
    companies, journal = Companies(store), Journal(store)
    await registrar.start()
    await companies.of(DOMAIN)
    controller = Controller(
        stack, registrar, Directory(companies, registrar.accounts.domain_id), Lamps(State(), Book()), journal,
        flow_to=listeners.flow_to, udp_flow=listeners.udp_flow,
    )  # fmt: skip
    controller.handle()
    port = await listeners.listen_udp("127.0.0.1", 0)
    _register(registrar, called)
    companies.start()
    gc.collect()
    gc.freeze()  # as `provd serve` does
    gc.set_threshold(50_000, 50, 100)
    print(port, flush=True)
    ending = asyncio.Event()
    flushing = asyncio.create_task(_flush(journal, ending))
    await loop.run_in_executor(None, sys.stdin.read)
    left = len(controller.book)
    ending.set()
    await flushing
    await companies.stop()
    await controller.stop()
    await journal.flush()
    await listeners.stop()
    await registrar.stop()
    rows = store.sql("SELECT COUNT(*) FROM call_events").fetchone()[0]
    await stack.stop()
    print(f"{rows} events in the database, {left} legs left")


def _register(registrar: Registrar, port: int) -> None:
    """Everybody's phone is SIPp."""
    now = registrar.now()
    for number in range(FIRST, FIRST + COUNT):
        name = str(number)
        account = registrar.accounts.get(DOMAIN, name)
        assert account is not None
        contact = f"sip:{name}@127.0.0.1:{port}"
        registrar.location.restore(
            Binding(number, account.device_id, DOMAIN, name, contact, "", 1.0, "", 0, (), name, 1, "SIPp", "UDP",
                    "127.0.0.1", port, now, now, now + 3600)
        )  # fmt: skip


async def _flush(journal: Journal, ending: asyncio.Event) -> None:
    while not ending.is_set():
        await journal.flush()
        try:
            await asyncio.wait_for(ending.wait(), 0.5)
        except TimeoutError:
            continue


def drive(port: int, rate: int, seconds: float, folder: Path) -> Result:
    """One run of the calling SIPp."""
    people = folder / "users.csv"
    half = COUNT // 2
    lines = [f"{n};{n + half};[authentication username={n} password=secret]" for n in range(FIRST, FIRST + half)]
    people.write_text("SEQUENTIAL\n" + "\n".join(lines) + "\n")
    figures = folder / f"figures-{rate}-{port}.csv"
    command = [
        "sipp", f"127.0.0.1:{port}", "-sf", str(SCENARIOS / "caller.xml"), "-inf", str(people), "-i", "127.0.0.1",
        "-p", "0", "-key", "domain", DOMAIN, "-r", str(rate), "-m", str(int(rate * seconds)), "-l", "3000",
        "-d", str(TALK), "-nostdin", "-recv_timeout", "8000", "-trace_stat", "-stf", str(figures), "-fd", "1",
        "-trace_rtt", "-rtt_freq", "100", "-buff_size", "8388608",
    ]  # fmt: skip
    sipp = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sipp.wait(120)
    with figures.open() as file:
        last = list(csv.DictReader(file, delimiter=";"))[-1]
    found = sorted(_delays(folder / f"caller_{sipp.pid}_rtt.csv"))
    return Result(
        rate,
        float(last["CallRate(C)"]),
        int(last["SuccessfulCall(C)"]),
        int(last["FailedCall(C)"]),
        int(last["Retransmissions(C)"]),
        statistics.median(found) if found else 0.0,
        found[len(found) * 99 // 100] if found else 0.0,
    )


def _delays(path: Path) -> list[float]:
    if not path.exists():
        return []
    rows = (line.split(";") for line in path.read_text().splitlines()[1:])
    return [float(row[1]) for row in rows if len(row) > 1]


def ours(rate: int, seconds: float, folder: Path, called: int) -> Result:
    """One run on an edge of its own."""
    own = folder / f"edge-{rate}-{seconds}"
    own.mkdir()
    shutil.copy(folder / "provd.db", own / "provd.db")
    command = [sys.executable, __file__, "--serve", str(own), "--called", str(called)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin and server.stdout
    try:
        port = int(server.stdout.readline())
        before = _seconds(server.pid)
        result = drive(port, rate, seconds, own)
        used = _seconds(server.pid) - before
        server.stdin.close()
        told = server.stdout.readline().strip()
        each = used * 1000 / max(result.good, 1)
        print(f"calls: provd: {result}; {each:.2f} ms of a core a call; {told}", flush=True)
        server.wait(30)
    finally:
        if server.poll() is None:
            server.kill()
    return result


def _seconds(pid: int) -> float:
    """Processor seconds of a process."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / 100


def theirs(rate: int, seconds: float, folder: Path, called: int) -> Result:
    """One run on a Kamailio that only passes on."""
    config, port = folder / "kamailio.cfg", _free_port()
    config.write_text(KAMAILIO.format(port=port, domain=DOMAIN, called=called))
    command = ["kamailio", "-DD", "-E", "-m", "128", "-M", "16", "-f", str(config)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        result = drive(port, rate, seconds, folder)
        print(f"calls: Kamailio, a proxy: {result}", flush=True)
        return result
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Print one line a rate; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rates", default="150,300")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--called", type=int, default=0, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.serve:
        asyncio.run(serve(said.serve, said.called))
        return 0
    if shutil.which("sipp") is None:
        print("calls: SIPp is not installed (apt-get install sip-tester).")
        return 0
    rates = [int(rate) for rate in said.rates.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder, called = Path(name), _free_port()
        store = make_store(folder)
        make_accounts(store)
        store.close()
        command = ["sipp", "-sf", str(SCENARIOS / "called.xml"), "-i", "127.0.0.1", "-p", str(called), "-nostdin"]
        phone = subprocess.Popen(
            [*command, "-buff_size", "8388608"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            results = [ours(rate, said.seconds, folder, called) for rate in rates]
            if shutil.which("kamailio"):
                theirs(rates[-1], said.seconds, folder, called)
        finally:
            phone.kill()
            phone.wait()
    reached = max((one.rate for one in results if one.clean), default=0)
    half = next((one for one in results if one.rate >= GOAL // 2), results[-1])
    ringing = f"ringing after {half.median:.1f} ms, p99 {half.late:.1f} ms"
    print(f"calls: {reached} calls/s clean; at {half.rate}/s {ringing}")
    return 0 if reached >= GOAL and half.median <= MEDIAN and half.late <= LATE else 1


if __name__ == "__main__":
    sys.exit(main())
