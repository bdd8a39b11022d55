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
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from _sipp import Figures, best, drive, edge, installed, kamailio, login, make_company, told, until_told, write_people

from provd import catalogue
from provd.events import Recorder
from provd.identify import Recogniser
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


async def serve(folder: Path, port: int) -> None:
    """The edge under test; ends with its standard input."""
    store = make_store(folder)
    stack = Stack(Timers(asyncio.get_running_loop()), "127.0.0.1", abilities=Abilities(extensions=EXTENSIONS))
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
    await until_told(recorder.flush)
    await listeners.stop()
    await registrar.stop()
    await recorder.flush()
    rows = store.sql("SELECT COUNT(*) FROM phone_events").fetchone()[0]
    kept = store.sql("SELECT COUNT(*) FROM sip_bindings").fetchone()[0]
    await stack.stop()
    print(f"{seen} seen by a watcher, {rows} events and {kept} bindings in the database")


def load(port: int, rate: int, seconds: float, folder: Path) -> Figures:
    """One run of SIPp."""
    write_people(folder / "users.csv", (f"{n};{login(n)}" for n in range(FIRST, FIRST + COUNT)))
    arguments = ["-sf", str(SCENARIO), "-inf", "users.csv", "-i", "127.0.0.1", "-p", "0", "-key", "domain", DOMAIN]
    return drive(port, rate, seconds, folder, arguments)[0]


def ours(rate: int, seconds: float, folder: Path) -> Figures:
    """One run on an edge of its own, where nobody is registered yet."""
    own = folder / f"edge-{rate}"
    with edge(__file__, own, folder) as (port, server):
        result = load(port, rate, seconds, own)
        memory = next(x for x in Path(f"/proc/{server.pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
        shown = f"{told(server)}; {int(memory.split()[1]) // 1024} MB resident"
    print(f"sip_register: provd: {result}; {shown}", flush=True)
    return result


def theirs(rate: int, seconds: float, folder: Path) -> Figures:
    """One run on a Kamailio: password in memory, no events, no persistence."""
    with kamailio(folder, KAMAILIO.format(port=PEER_PORT, domain=DOMAIN)):
        result = load(PEER_PORT, rate, seconds, folder)
    print(f"sip_register: Kamailio: {result}", flush=True)
    return result


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
    if not installed("sip_register"):
        return 0
    rates = [int(rate) for rate in said.rates.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = make_store(folder)
        make_company(store, DOMAIN, range(FIRST, FIRST + COUNT))
        store.close()
        reached = best(partial(ours, seconds=said.seconds, folder=folder), rates)
        peer = 0
        if shutil.which("kamailio"):
            peer = best(partial(theirs, seconds=said.seconds, folder=folder), [rate for rate in rates if rate >= GOAL])
        else:
            print("sip_register: Kamailio is not installed (apt-get install kamailio): nothing to compare with.")
    print(f"sip_register: {reached:,} pairs/s clean" + (f"; Kamailio {peer:,} of the same rates" if peer else ""))
    return 0 if reached >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
