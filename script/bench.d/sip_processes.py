#!/usr/bin/env python3
"""The whole server with one and with two processes, driven by SIPp over UDP: REGISTER, 401, REGISTER with digest, 200.

    script/bench.d/sip_processes.py [--rates 2000,3000,4000,4500] [--seconds 5] [--processes 1,2]

20 companies of 1,000 devices, none of them registered before: an event and a row for each, written to SQLite on disk;
presence, HTTP and everything else that `provd serve` does are on. SIPp sends from 50 addresses, as phones do, so that
the kernel spreads them over the sockets of the processes. A rate is clean when no call failed and nothing was sent
twice. Beside each rate: processor time a pair of the server and of SIPp, for both share the machine. Kamailio with two
children, when it is installed, gets the same load in the same run: password in memory, no events, no persistence.
Goal: 4,000 pairs/s clean with two processes. Needs SIPp (apt-get install sip-tester).
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from _sipp import Figures, best, installed, kamailio, login, make_company, write_people
from _sipp import drive as run_sipp
from boot_storm import free_ports
from sip_register import KAMAILIO, SCENARIO

from provd import app
from provd.settings import Settings

COMPANIES, DEVICES, ADDRESSES = 20, 1_000, 50
GOAL = 4_000
PEER_PORT = 25_064
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Result(Figures):
    """With processor microseconds a pair of server and load."""

    server: float
    load: float

    def __str__(self) -> str:
        return f"{Figures.__str__(self)}; {self.server:.0f} µs a pair, SIPp {self.load:.0f} µs"


def make_accounts(folder: Path) -> None:
    """The companies, users and passwords that the load uses."""
    store = app.open_store(Settings(data_dir=folder))
    for number in range(COMPANIES):
        make_company(store, f"company{number}.example", range(2000, 2000 + DEVICES))
    store.close()


def write_load(folder: Path) -> None:
    """SIPp's scenario and its people: one company after the other, from one address after the other."""
    # With a socket an address SIPp does not know its own port; rport in its Via does.
    text = SCENARIO.read_text().replace("[domain]", "[field2]").replace("[local_port]", "5060")
    (folder / "scenario.xml").write_text(text)
    people = [(2000 + device, company) for device in range(DEVICES) for company in range(COMPANIES)]
    lines = (
        f"{name};{login(name)};company{company}.example;127.0.2.{turn % ADDRESSES + 1}"
        for turn, (name, company) in enumerate(people)
    )
    write_people(folder / "people.csv", lines)


def drive(port: int, rate: int, seconds: float, folder: Path, spent: Callable[[], float]) -> Result:
    """One run of SIPp; `spent` tells the server's processor seconds up to now."""
    arguments = [
        "-sf", str(folder / "scenario.xml"), "-inf", str(folder / "people.csv"), "-t", "ui", "-ip_field", "3",
        "-i", "127.0.2.1", "-p", "25070", "-max_socket", "1000",
    ]  # fmt: skip
    before, load_before = spent(), resource.getrusage(resource.RUSAGE_CHILDREN)
    found, _ = run_sipp(port, rate, seconds, folder, arguments)
    server, load = spent() - before, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = load.ru_utime + load.ru_stime - load_before.ru_utime - load_before.ru_stime
    pairs = max(1, found.good)
    return Result(*astuple(found), server * 1e6 / pairs, used * 1e6 / pairs)


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *(int(child) for child in children.read_text().split())]


def cpu(pid: int) -> float:
    """Processor seconds of a process and its children, up to now."""
    found = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        found += int(fields[11]) + int(fields[12])
    return found / TICKS


@contextmanager
def server(folder: Path, processes: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`provd serve` on a copy of the database, once every process answers: its SIP port, and it."""
    own = folder / "server"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(folder / "made", own)
    given = {
        **free_ports(), "PROVD_DATA_DIR": str(own), "PROVD_BIND": "127.0.0.1", "PROVD_PUBLIC_HOST": "127.0.0.1",
        "PROVD_PROCESSES": str(processes), "PROVD_TRUSTED_PROXIES": "127.0.0.0/8",
    }  # fmt: skip
    command = [sys.executable, "-m", "provd.cli", "serve"]
    running = subprocess.Popen(command, env=os.environ | given, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{given['PROVD_HTTP_PORT']}/healthz")
        while len(list((own / "run").glob("*.sock"))) < processes > 1:
            time.sleep(0.1)
        yield int(given["PROVD_SIP_PORT"]), running
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("sip_processes: the server does not start.")


def ours(processes: int, rate: int, seconds: float, folder: Path) -> Result:
    """One run on a server of its own, where nobody is registered yet."""
    with server(folder, processes) as (port, running):
        result = drive(port, rate, seconds, folder, lambda: cpu(running.pid))
        memory = [_resident(pid) for pid in family(running.pid)]
    store = app.open_store(Settings(data_dir=folder / "server"))
    events = store.sql("SELECT COUNT(*) FROM phone_events").fetchone()[0]
    kept = store.sql("SELECT COUNT(*) FROM sip_bindings").fetchone()[0]
    store.close()
    shown = f"{events} events and {kept} bindings in the database; {' + '.join(map(str, memory))} MB resident"
    print(f"sip_processes: {processes} of provd: {result}; {shown}", flush=True)
    return result


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


def theirs(rate: int, seconds: float, folder: Path) -> Result:
    """One run on a Kamailio with two children."""
    text = KAMAILIO.format(port=PEER_PORT, domain="company0.example")
    text = text.replace('"company0.example", "secret"', '"$td", "secret"').replace(
        'www_challenge("company0.example"', 'www_challenge("$td"'
    )
    aliases = "".join(f'alias="company{n}.example"\n' for n in range(COMPANIES))
    with kamailio(folder, text.replace('alias="company0.example"', aliases)) as running:
        result = drive(PEER_PORT, rate, seconds, folder, lambda: cpu(running.pid))
    print(f"sip_processes: Kamailio: {result}", flush=True)
    return result


def main() -> int:
    """Print one line a rate; exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rates", default="2000,2500,3000,3500,4000,4500")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--processes", default="1,2")
    said = parser.parse_args()
    if not installed("sip_processes"):
        return 0
    rates = [int(rate) for rate in said.rates.split(",")]
    reached: dict[int, int] = {}
    peer = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_accounts(folder / "made")
        write_load(folder)
        for processes in map(int, said.processes.split(",")):
            reached[processes] = best(partial(ours, processes, seconds=said.seconds, folder=folder), rates)
        if shutil.which("kamailio"):
            peer = best(partial(theirs, seconds=said.seconds, folder=folder), rates)
        else:
            print("sip_processes: Kamailio is not installed (apt-get install kamailio): nothing to compare with.")
    shown = ", ".join(f"{rate:,} pairs/s clean with {count}" for count, rate in reached.items())
    print(f"sip_processes: {shown}" + (f"; Kamailio with 2 children {peer:,} of the same rates" if peer else ""))
    return 0 if reached.get(2, GOAL) >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
