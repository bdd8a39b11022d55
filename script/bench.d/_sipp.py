"""What the benches that SIPp drives have in common: its figures, its people, the edge under test, Kamailio."""

from __future__ import annotations

import asyncio
import csv
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from provd.store import devices, domains, users
from provd.store.database import Store

PASSWORD = "secret"
AS_ALWAYS = ("-l", "3000", "-nostdin", "-recv_timeout", "8000", "-trace_stat", "-fd", "1", "-buff_size", "8388608")
COUNTED = ("SuccessfulCall(C)", "FailedCall(C)", "Retransmissions(C)")


@dataclass(frozen=True)
class Figures:
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


def installed(bench: str) -> bool:
    """Is SIPp there? If not, it is said."""
    if shutil.which("sipp") is None:
        print(f"{bench}: SIPp is not installed (apt-get install sip-tester).")
        return False
    return True


def write_people(path: Path, lines: Iterable[str]) -> None:
    """SIPp's file of those who take part, a line each."""
    path.write_text("SEQUENTIAL\n" + "\n".join(lines) + "\n")


def login(name: object) -> str:
    """The field by which SIPp proves who it is."""
    return f"[authentication username={name} password={PASSWORD}]"


def drive(to: int, rate: int, seconds: float, folder: Path, arguments: Iterable[str]) -> tuple[Figures, int]:
    """One run of SIPp against a port of this machine: its figures, and its process id."""
    figures = folder / f"figures-{rate}-{to}.csv"
    figures.unlink(missing_ok=True)
    command = ["sipp", f"127.0.0.1:{to}", *arguments, "-r", str(rate), "-m", str(int(rate * seconds))]
    sipp = subprocess.Popen(
        [*command, *AS_ALWAYS, "-stf", str(figures)],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        sipp.wait(120)
    finally:
        sipp.kill()
    with figures.open() as file:
        last = list(csv.DictReader(file, delimiter=";"))[-1]
    return Figures(rate, float(last["CallRate(C)"]), *(int(last[name]) for name in COUNTED)), sipp.pid


def make_company(store: Store, name: str, extensions: Iterable[int]) -> None:
    """A company whose every extension has a device, all with one password."""
    now = int(time.time())
    with store.transaction():
        company = domains.create(store, name, now)
        for number in map(str, extensions):
            user = users.create(store, company.id, number, now)
            devices.create(store, company.id, user.id, number, now, password=PASSWORD)


async def until_told(flush: Callable[[], Awaitable[None]]) -> None:
    """Do what the server does beside the load, twice a second, until standard input ends."""
    ending = asyncio.Event()

    async def go_on() -> None:
        while not ending.is_set():
            await flush()
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), 0.5)

    flushing = asyncio.create_task(go_on())
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    ending.set()
    await flushing


@contextmanager
def edge(bench: str, own: Path, made: Path, *arguments: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The bench itself as the server under test, with a copy of the database: its port, and it."""
    own.mkdir()
    shutil.copy(made / "provd.db", own / "provd.db")
    command = [sys.executable, bench, "--serve", str(own), *arguments]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin and server.stdout
    try:
        yield int(server.stdout.readline()), server
        server.wait(30)
    finally:
        if server.poll() is None:
            server.kill()


def told(server: subprocess.Popen[str]) -> str:
    """End the server; what it says then."""
    assert server.stdin and server.stdout
    server.stdin.close()
    return server.stdout.readline().strip()


@contextmanager
def kamailio(folder: Path, text: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Kamailio with this configuration."""
    config = folder / "kamailio.cfg"
    config.write_text(text)
    command = ["kamailio", "-DD", "-E", "-m", "128", "-M", "16", "-f", str(config)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def best(run: Callable[[int], Figures], rates: Iterable[int]) -> int:
    """The highest clean rate; stops after the first that is not."""
    found = 0
    for rate in rates:
        if not run(rate).clean:
            break
        found = rate
    return found
