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
import gc
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from _sipp import Figures, drive, edge, installed, kamailio, login, make_company, told, until_told, write_people

from provd import catalogue
from provd.events import Recorder
from provd.identify import Recogniser
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
class Result(Figures):
    """With the milliseconds from the INVITE to the 180."""

    median: float
    late: float

    @property
    def clean(self) -> bool:
        """Did nothing fail? What was sent twice arrived late, and shows in the delays."""
        return self.good > 0 and not self.failed

    def __str__(self) -> str:
        return (
            f"offered {self.offered}/s, achieved {self.achieved:,.0f}/s, {self.good} calls, {self.failed} failed, "
            f"{self.repeated} repetitions; ringing after {self.median:.1f} ms median, {self.late:.1f} ms p99"
        )


async def serve(folder: Path, called: int) -> None:
    """The edge under test; ends with its standard input."""
    store = make_store(folder)
    abilities = Abilities(extensions=EXTENSIONS, bodies=("application/sdp", *BODIES))
    stack = Stack(Timers(asyncio.get_running_loop()), "127.0.0.1", abilities=abilities)
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
    gc.set_threshold(10_000, 250, 100)
    print(port, flush=True)
    await until_told(journal.flush)
    left = len(controller.book)
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


def load(port: int, rate: int, seconds: float, folder: Path) -> Result:
    """One run of the calling SIPp."""
    half = COUNT // 2
    write_people(folder / "users.csv", (f"{n};{n + half};{login(n)}" for n in range(FIRST, FIRST + half)))
    arguments = [
        "-sf", str(SCENARIOS / "caller.xml"), "-inf", "users.csv", "-i", "127.0.0.1", "-p", "0", "-key", "domain",
        DOMAIN, "-d", str(TALK), "-trace_rtt", "-rtt_freq", "100",
    ]  # fmt: skip
    figures, pid = drive(port, rate, seconds, folder, arguments)
    found = sorted(_delays(folder / f"caller_{pid}_rtt.csv"))
    median, late = (statistics.median(found), found[len(found) * 99 // 100]) if found else (0.0, 0.0)
    return Result(*astuple(figures), median, late)


def _delays(path: Path) -> list[float]:
    if not path.exists():
        return []
    rows = (line.split(";") for line in path.read_text().splitlines()[1:])
    return [float(row[1]) for row in rows if len(row) > 1]


def ours(rate: int, seconds: float, folder: Path, called: int) -> Result:
    """One run on an edge of its own."""
    own = folder / f"edge-{rate}-{seconds}"
    with edge(__file__, own, folder, "--called", str(called)) as (port, server):
        before = _seconds(server.pid)
        result = load(port, rate, seconds, own)
        used = _seconds(server.pid) - before
        shown = f"{used * 1000 / max(result.good, 1):.2f} ms of a core a call; {told(server)}"
    print(f"calls: provd: {result}; {shown}", flush=True)
    return result


def _seconds(pid: int) -> float:
    """Processor seconds of a process."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / 100


def theirs(rate: int, seconds: float, folder: Path, called: int) -> Result:
    """One run on a Kamailio that only passes on."""
    port = _free_port()
    with kamailio(folder, KAMAILIO.format(port=port, domain=DOMAIN, called=called)):
        result = load(port, rate, seconds, folder)
    print(f"calls: Kamailio, a proxy: {result}", flush=True)
    return result


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
    if not installed("calls"):
        return 0
    rates = [int(rate) for rate in said.rates.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder, called = Path(name), _free_port()
        store = make_store(folder)
        make_company(store, DOMAIN, range(FIRST, FIRST + COUNT))
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
    reached = max((one.offered for one in results if one.clean), default=0)
    half = next((one for one in results if one.offered >= GOAL // 2), results[-1])
    ringing = f"ringing after {half.median:.1f} ms, p99 {half.late:.1f} ms"
    print(f"calls: {reached} calls/s clean; at {half.offered}/s {ringing}")
    return 0 if reached >= GOAL and half.median <= MEDIAN and half.late <= LATE else 1


if __name__ == "__main__":
    sys.exit(main())
