#!/usr/bin/env python3
"""The registrar over UDP, driven by SIPp: REGISTER, 401, REGISTER with digest, 200.

    script/bench.d/sip_register.py [--rates 2000,2500,3000] [--seconds 5]

Every pair is a device that was not registered before: an event and a row for each, persistence (SQLite on disk) and a
watcher, as when a company gets its power back. A rate is clean when no call failed and nothing was sent twice. Needs
SIPp (apt-get install sip-tester). Kamailio, when it is installed, gets the same load in the same run: password in
memory, no events, no persistence. Goal: 2,500 pairs/s clean in one process.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from provd import catalogue
from provd.events import Recorder
from provd.identify import Recogniser
from provd.store import devices, domains, users
from provd.store.database import Store
from sip_edge.defence.policy import Policy
from sip_edge.message.check import Abilities
from sip_edge.registrar.service import EXTENSIONS, Registrar
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners
from sip_edge.timers import Timers
from tests.registrar.scenes import make_store

DOMAIN = "pbx.example.com"
FIRST, COUNT = 20_000, 20_000
SCENARIO = Path(__file__).resolve().parent.parent.parent / "tests/clients/sipp/register.xml"
GOAL = 2_500
PEER_PORT = 25_062
KAMAILIO = """
debug=0
log_stderror=yes
fork=yes
children=2
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
alias="{domain}"
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_contacts", 5)
modparam("auth", "qop", "auth")
request_route {{
    if (!is_method("REGISTER")) {{ sl_send_reply("405", "Method Not Allowed"); exit; }}
    if (!pv_www_authenticate("{domain}", "secret", "0")) {{ www_challenge("{domain}", "1"); exit; }}
    save("location");
}}
"""


@dataclass(frozen=True)
class Result:
    """What SIPp says of one rate."""

    offered: int
    achieved: float
    good: int
    failed: int
    repeated: int

    @property
    def clean(self) -> bool:
        """Nothing failed, nothing was sent twice."""
        return self.good > 0 and not self.failed and not self.repeated

    def __str__(self) -> str:
        state = "clean" if self.clean else f"{self.failed} failed, {self.repeated} repeated"
        return f"offered {self.offered}/s, achieved {self.achieved:,.0f}/s, {state}"


def make_accounts(store: Store) -> None:
    """The users and passwords that the load uses."""
    now = int(time.time())
    with store.transaction():
        company = domains.create(store, DOMAIN, now)
        for number in range(FIRST, FIRST + COUNT):
            user = users.create(store, company.id, str(number), now)
            devices.create(store, company.id, user.id, str(number), now, password="secret")


async def serve(folder: Path, port: int) -> None:
    """The edge under test; ends with its standard input."""
    loop = asyncio.get_running_loop()
    store = make_store(folder)
    stack = Stack(Timers(loop), "127.0.0.1", abilities=Abilities(extensions=EXTENSIONS))
    listeners, recorder, known = Listeners(stack), Recorder(store), catalogue.shipped()
    registrar = Registrar(
        stack,
        store,
        recorder,
        Recogniser(known.families, known.models),
        policy=Policy(trusted=("127.0.0.0/8",)),
        udp_flow=listeners.udp_flow,
    )
    seen: dict[str, int] = {}
    registrar.watch(lambda change: seen.__setitem__(change.kind, seen.get(change.kind, 0) + 1))
    await registrar.start()
    print(await listeners.listen_udp("127.0.0.1", port), flush=True)
    ending = asyncio.Event()
    flushing = asyncio.create_task(flush(recorder, ending))
    await loop.run_in_executor(None, sys.stdin.read)
    ending.set()
    await flushing
    await listeners.stop()
    await registrar.stop()
    await recorder.flush()
    rows = store.sql("SELECT COUNT(*) FROM phone_events").fetchone()[0]
    kept = store.sql("SELECT COUNT(*) FROM sip_bindings").fetchone()[0]
    await stack.stop()
    print(f"{seen} seen by a watcher, {rows} events and {kept} bindings in the database")


async def flush(recorder: Recorder, ending: asyncio.Event) -> None:
    """What the server does beside it: events are written twice a second."""
    while not ending.is_set():
        await recorder.flush()
        with suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), 0.5)


def drive(port: int, rate: int, seconds: float, folder: Path) -> Result:
    """One run of SIPp."""
    people = folder / "users.csv"
    lines = [f"{n};[authentication username={n} password=secret]" for n in range(FIRST, FIRST + COUNT)]
    people.write_text("SEQUENTIAL\n" + "\n".join(lines) + "\n")
    figures = folder / f"figures-{rate}-{port}.csv"
    command = [
        "sipp", f"127.0.0.1:{port}", "-sf", str(SCENARIO), "-inf", str(people), "-i", "127.0.0.1", "-p", "0",
        "-key", "domain", DOMAIN, "-r", str(rate), "-m", str(int(rate * seconds)), "-l", "3000", "-nostdin",
        "-recv_timeout", "8000", "-trace_stat", "-stf", str(figures), "-fd", "1", "-buff_size", "8388608",
    ]  # fmt: skip
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=False)
    with figures.open() as file:
        last = list(csv.DictReader(file, delimiter=";"))[-1]
    return Result(
        rate,
        float(last["CallRate(C)"]),
        int(last["SuccessfulCall(C)"]),
        int(last["FailedCall(C)"]),
        int(last["Retransmissions(C)"]),
    )


def ours(rate: int, seconds: float, folder: Path) -> Result:
    """One run on an edge of its own, where nobody is registered yet."""
    own = folder / f"edge-{rate}"
    own.mkdir()
    shutil.copy(folder / "provd.db", own / "provd.db")
    command = [sys.executable, __file__, "--serve", str(own)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin and server.stdout
    try:
        result = drive(int(server.stdout.readline()), rate, seconds, own)
        memory = next(x for x in Path(f"/proc/{server.pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
        server.stdin.close()
        told = server.stdout.readline().strip()
        print(f"sip_register: provd: {result}; {told}; {int(memory.split()[1]) // 1024} MB resident", flush=True)
        server.wait(20)
    finally:
        if server.poll() is None:
            server.kill()
    return result


def theirs(rate: int, seconds: float, folder: Path) -> Result:
    """One run on a Kamailio: password in memory, no events, no persistence."""
    config = folder / "kamailio.cfg"
    config.write_text(KAMAILIO.format(port=PEER_PORT, domain=DOMAIN))
    command = ["kamailio", "-DD", "-E", "-m", "128", "-M", "16", "-f", str(config)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        result = drive(PEER_PORT, rate, seconds, folder)
        print(f"sip_register: Kamailio: {result}", flush=True)
        return result
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def best(run: Callable[[int, float, Path], Result], rates: list[int], seconds: float, folder: Path) -> int:
    """The highest clean rate; stops after the first that is not."""
    found = 0
    for rate in rates:
        if not run(rate, seconds, folder).clean:
            break
        found = rate
    return found


def main() -> int:
    """Print one line a rate; exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rates", default="1000,2000,2500,3000,3500")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.serve:
        asyncio.run(serve(said.serve, 0))
        return 0
    if shutil.which("sipp") is None:
        print("sip_register: SIPp is not installed (apt-get install sip-tester).")
        return 0
    rates = [int(rate) for rate in said.rates.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = make_store(folder)
        make_accounts(store)
        store.close()
        reached = best(ours, rates, said.seconds, folder)
        peer = 0
        if shutil.which("kamailio"):
            peer = best(theirs, [rate for rate in rates if rate >= GOAL], said.seconds, folder)
        else:
            print("sip_register: Kamailio is not installed (apt-get install kamailio): nothing to compare with.")
    print(f"sip_register: {reached:,} pairs/s clean" + (f"; Kamailio {peer:,} of the same rates" if peer else ""))
    return 0 if reached >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
