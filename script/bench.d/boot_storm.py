"""A boot storm: 2,000 phones with 10 lamps each get their power back; server on one core, all phones on the other.

Goals: everybody registered and every lamp answered for within 60 s, no phone failing, file requests p99 <= 250 ms.
`--quick` takes 200 phones; `--concurrency` says how many phones fetch files at the same time.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from provd import app
from provd.settings import Settings
from provd.store import devices, domains, layers, phones, users
from provd.store.rows import Line

LAMPS = 10
COMPANY = 100
"""People in one company."""
SECONDS, P99 = 60.0, 250.0
TOO_LONG = 150
MODELS = (("yealink-t46u", "805ec0"), ("grandstream-gxp2170", "000b82"), ("poly-vvx450", "64167f"))


def make_fleet(folder: Path, count: int) -> None:
    """So many phones in companies of COMPANY people, each with LAMPS lamps of colleagues."""
    store = app.open_store(Settings(data_dir=folder))
    now = int(time.time())
    for first in range(0, count, COMPANY):
        with store.transaction():
            domain = domains.create(store, f"company{first // COMPANY}.example", now)
            for n in range(first, min(first + COMPANY, count)):
                _phone(store, domain.id, n, first, now)
    store.close()


def _phone(store: app.Store, domain_id: int, n: int, first: int, now: int) -> None:
    model, vendor = MODELS[n % len(MODELS)]
    extension = str(1000 + n - first)
    user = users.create(store, domain_id, extension, now, first_name=f"First{n}", last_name="Last")
    device = devices.create(store, domain_id, user.id, extension, now)
    lines = [Line(1, device.id, False, "")]
    phone = phones.create(store, domain_id, f"{vendor}{n:06x}", model, now, lines=lines)
    keys = {
        str(number + 1): {"kind": "blf", "target": str(1000 + (n - first + number) % COMPANY)}
        for number in range(1, LAMPS + 1)
    }
    layers.save(store, domain_id, "phone", phone.id, now, who="bench", values={}, keys=keys)


def free_ports() -> dict[str, str]:
    """Ports nobody has at the moment."""
    names = ("HTTP", "HTTPS", "TFTP", "SIP", "SIPS")
    opened = [socket.socket() for _ in names]
    for one in opened:
        one.bind(("127.0.0.1", 0))
    found = {f"PROVD_{name}_PORT": str(one.getsockname()[1]) for name, one in zip(names, opened, strict=True)}
    for one in opened:
        one.close()
    return found


def serve(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The server on core 0, once it answers."""
    command = ["taskset", "-c", "0", sys.executable, "-m", "provd.cli", "serve"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{environment['PROVD_HTTP_PORT']}/healthz"
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return server
        except OSError:
            time.sleep(0.1)
    server.terminate()
    raise SystemExit("The server did not start.")


def used(pid: int) -> tuple[float, float]:
    """Seconds of processor time and MiB of memory of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    memory = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert memory is not None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(memory[1]) / 1024


def storm(environment: dict[str, str], count: int, concurrency: int) -> tuple[dict[str, object], float, float]:
    """The phones on core 1 → their summary, their processor time and memory at the most."""
    command = ["taskset", "-c", "1", sys.executable, "-m", "provd.cli", "simulate", "--boot-storm", "--json"]
    command += ["--phones", str(count), "--concurrency", str(concurrency), "--ca", "none"]
    with tempfile.TemporaryFile() as said:
        phones_process = subprocess.Popen(command, env=environment, stdout=said)
        seconds = memory = 0.0
        ended = time.monotonic() + TOO_LONG
        while phones_process.poll() is None:
            if time.monotonic() > ended:
                phones_process.kill()
                raise SystemExit(f"boot_storm: not through after {TOO_LONG} s")
            seconds, now = used(phones_process.pid) if phones_process.poll() is None else (seconds, memory)
            memory = max(memory, now)
            time.sleep(0.2)
        said.seek(0)
        whole = json.load(said)
    failures = [phone for phone in whole["phones"] if phone["failure"]]
    for phone in failures[:10]:
        print(f"boot_storm: {phone['mac']} {phone['model']}: {phone['failure']}")
    return whole["summary"], seconds, memory


def main() -> int:
    """Print the figures; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--concurrency", type=int, default=8)
    given = parser.parse_args()
    count = 200 if given.quick else 2_000
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        make_fleet(data, count)
        own = {"PROVD_DATA_DIR": str(data), "PROVD_BIND": "127.0.0.1", "PROVD_PUBLIC_HOST": "127.0.0.1"}
        environment = os.environ | own | free_ports()
        server = serve(environment)
        try:
            found, seconds, memory = storm(environment, count, given.concurrency)
            server_seconds, server_memory = used(server.pid)
        finally:
            server.terminate()
            server.wait(20)
    return report(found, (seconds, memory, server_seconds, server_memory))


def report(found: dict[str, object], cost: tuple[float, float, float, float]) -> int:
    """One line a figure."""
    requests = found["requests"]
    assert isinstance(requests, dict)
    print(
        f"boot_storm: {found['phones']} phones, {found['lines']} lines and {found['watched']} lamps in service after "
        f"{found['seconds']} s (goal {SECONDS:.0f} s), {found['failed']} failed"
    )
    for kind, said in requests.items():
        goal = f" (goal {P99:.0f} ms)" if kind == "file" else ""
        print(
            f"boot_storm: {said['count']} {kind} requests: p50 {said['p50_ms']} ms, p99 {said['p99_ms']} ms{goal}, "
            f"{said['unanswered']} unanswered"
        )
    print(f"boot_storm: phones {cost[0]:.1f} s of processor, {cost[1]:.0f} MiB; server {cost[2]:.1f} s, "
          f"{cost[3]:.0f} MiB (both to the end of the deregistration)")  # fmt: skip
    missed = found["failed"] or float(str(found["seconds"])) > SECONDS or requests["file"]["p99_ms"] > P99
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
