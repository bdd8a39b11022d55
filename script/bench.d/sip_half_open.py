"""10,000 TCP connections that say nothing, and 100,000 datagrams of noise: is a phone served meanwhile, and does the
server's memory come back?

A phone refreshes its registration over and over while strangers attack `provd serve`; its waiting times are compared
with those of quiet times in the same run. Memory is the resident set of the process after each of three equal rounds:
the first one fills caches, the later ones must add nothing.
"""

from __future__ import annotations

import contextlib
import random
import resource
import socket
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests.clients.served import Served
from tests.live import YEALINK, YEALINK_AGENT
from tests.sip.wire import NAMES, load
from tests.sip_hostile.attacker import Attacker, message
from tests.sip_hostile.phone import DeskPhone

SILENT = 10_000
DATAGRAMS = 100_000
ROUNDS = 3
KEPT = 40
"""Seconds until the answers of a round are forgotten (RFC 3261 timer J, 32 s), and a little more."""


def main() -> None:
    """Attack, and print what it cost."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    silent = min(SILENT, hard - 200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (silent + 200, hard))
    with (
        tempfile.TemporaryDirectory() as folder,
        Served(Path(folder)) as server,
        DeskPhone(server.account(YEALINK, YEALINK_AGENT), server.sip) as phone,
    ):
        print(f"quiet: {spread(waiting(phone, 300))}; resident {resident(server.pid)} MB")
        for number in range(1, ROUNDS + 1):
            print(f"round {number}, {silent} silent connections: {spread(half_open(server, phone, silent))}")
            print(f"round {number}, {DATAGRAMS} datagrams of noise: {spread(noise(server, phone))}")
            rest(phone)
            print(f"round {number}, {KEPT} s later: resident {resident(server.pid)} MB")


def half_open(server: Served, phone: DeskPhone, count: int) -> list[float]:
    """Waiting times of the phone while so many connections are opened that never say a word."""
    found: list[float] = []
    with contextlib.ExitStack() as crowd:
        for number in range(count):
            stream = socket.create_connection(server.sip, 10, (f"127.0.1.{1 + number % 200}", 0))
            crowd.enter_context(stream)
            if number % 50 == 0:
                found += waiting(phone, 1)
    return found


def noise(server: Served, phone: DeskPhone) -> list[float]:
    """Waiting times of the phone while somebody sends torture messages with octets of chance in them."""
    dice, found = random.Random(1), []
    texts = [
        *map(load, NAMES),
        message(),
        message("REGISTER"),
        message("INVITE"),
        message("SUBSCRIBE", "Event: dialog"),
    ]
    with contextlib.ExitStack() as crowd:
        strangers = [crowd.enter_context(Attacker(server.sip, f"127.0.2.{number}")) for number in range(1, 200)]
        for number in range(DATAGRAMS):
            data = bytearray(dice.choice(texts))
            for _ in range(dice.randint(0, 4)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            strangers[number % len(strangers)].send(bytes(data))
            if number % 500 == 0:
                found += waiting(phone, 1)
    return found


def rest(phone: DeskPhone) -> None:
    """Let what is kept for repetitions run out, with the phone going about its business."""
    end = time.monotonic() + KEPT
    while time.monotonic() < end:
        phone.hear(1.0)
        waiting(phone, 1)


def waiting(phone: DeskPhone, times: int) -> list[float]:
    """Seconds from REGISTER to 200, so many times."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        assert phone.register().status == 200
        found.append(time.perf_counter() - begun)
    return found


def spread(seconds: list[float]) -> str:
    """Median, 99th percentile and maximum in milliseconds."""
    ordered = [1_000 * one for one in sorted(seconds)]
    middle, high = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return f"REGISTER answered in {middle:.1f} ms (median), {high:.1f} ms (p99), {ordered[-1]:.1f} ms (max)"


def resident(pid: int) -> int:
    """The resident set of a process, MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


if __name__ == "__main__":
    main()
