#!/usr/bin/env python3
"""SIP lamps: subscriptions a second, and how long a change takes to reach every lamp.

Goals: SUBSCRIBE + NOTIFY at 2,000/s; one change told to 200 lamps within 20 ms and to 500 within 100 ms (the last
NOTIFY in the hands of the phones), no slice of the loop longer than 20 ms of processor. The edge runs in a process of
its own.
"""

from __future__ import annotations

import asyncio
import gc
import os
import re
import select
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

RATE_COUNT, ROUNDS = 6_000, 20
GOALS = {200: 0.020, 500: 0.100}
WINDOW = 64
_CALL = re.compile(rb"\r\nCall-ID: ?(\d+)-", re.I)
_KEPT = re.compile(rb"\r\n(?:Via|From|To|Call-ID|CSeq):[^\r]*", re.I)
_TAG = re.compile(rb"\r\nTo:[^\r]*?(;tag=[^;\r]+)", re.I)


async def serve() -> None:
    """The edge; every line on standard input is a state for extension 102."""
    from sip_edge.presence.book import Book
    from tests.presence.edge import edge

    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with edge(book=Book(per_device=100_000)) as here:
        longest, pause, collecting = [0.0], [0.0], [0.0]
        drain = here.presence.notifier._drain

        def collected(phase: str, _facts: object) -> None:
            if phase == "start":
                collecting[0] -= time.thread_time()
            else:
                collecting[0] += time.thread_time()

        def timed() -> None:
            collecting[0] = 0.0
            start = time.thread_time()  # of the processor: what others on this machine take is not held by us
            drain()
            longest[0] = max(longest[0], time.thread_time() - start - collecting[0])
            pause[0] = max(pause[0], collecting[0])

        gc.callbacks.append(collected)
        gc.freeze()  # as `provd serve` does

        here.presence.notifier._drain = timed  # type: ignore[method-assign]
        print(here.address[1], flush=True)
        while line := await reader.readline():
            word = line.decode().strip()
            if word == "longest":
                print(f"{longest[0]:.6f} {pause[0]:.6f} {here.presence.notifier.renderings.rendered}", flush=True)
            else:
                here.state.set_state("acme.example", "102", word)


class Phones:
    """Many subscriptions on one socket."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.tags: dict[int, bytes] = {}
        self.notified: set[int] = set()
        self.notifies = 0

    def subscribe(self, number: int, expires: int = 3600) -> None:
        tag = self.tags.get(number, b"").decode()
        cseq = 2 if tag else 1
        self.socket.send(
            f"SUBSCRIBE sip:102@acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};"
            f"branch=z9hG4bKb{number}x{cseq}x{self.port};rport\r\n"
            f"From: <sip:{2000 + number}@acme.example>;tag=w{number}\r\n"
            f"To: <sip:102@acme.example>{tag}\r\nCall-ID: {number}-{self.port}@bench\r\nCSeq: {cseq} SUBSCRIBE\r\n"
            f"Contact: <sip:{2000 + number}@127.0.0.1:{self.port}>\r\nMax-Forwards: 70\r\nEvent: dialog\r\n"
            f"Accept: application/dialog-info+xml\r\nExpires: {expires}\r\nContent-Length: 0\r\n\r\n".encode()
        )

    def pump(self, until: float) -> None:
        """Take what comes; NOTIFYs are answered at once."""
        ready, _, _ = select.select([self.socket], [], [], max(0.0, until - time.perf_counter()))
        if not ready:
            return
        for _ in range(256):
            try:
                data = self.socket.recv(65_535)
            except BlockingIOError:
                return
            found = _CALL.search(data)
            number = int(found[1]) if found else -1
            if data.startswith(b"SIP/2.0 200"):
                tag = _TAG.search(data)
                self.tags[number] = tag[1] if tag else b""
            elif data.startswith(b"NOTIFY"):
                head = data.partition(b"\r\n\r\n")[0]
                self.socket.send(b"SIP/2.0 200 OK" + b"".join(_KEPT.findall(head)) + b"\r\nContent-Length: 0\r\n\r\n")
                self.notified.add(number)
                self.notifies += 1


def subscribe_all(phones: Phones, count: int, expires: int = 3600) -> float:
    """Subscribe `count` times with a window of WINDOW open; → seconds until every one has its NOTIFY."""
    phones.notified.clear()
    start, sent = time.perf_counter(), 0
    while len(phones.notified) < count and time.perf_counter() - start < 60:
        while sent < count and sent - len(phones.notified) < WINDOW:
            phones.subscribe(sent, expires)
            sent += 1
        phones.pump(time.perf_counter() + 0.5)
    return time.perf_counter() - start


def changes(phones: Phones, server: subprocess.Popen[str], count: int) -> list[float]:
    """Seconds from a change to the last of `count` NOTIFYs, for each of ROUNDS changes."""
    taken = []
    for number in range(ROUNDS):
        phones.notified.clear()
        start = time.perf_counter()
        tell(server, "busy" if number % 2 == 0 else "idle")
        while len(phones.notified) < count and time.perf_counter() - start < 10:
            phones.pump(start + 10)
        taken.append(time.perf_counter() - start)
        settle = time.perf_counter() + 0.05
        while time.perf_counter() < settle:
            phones.pump(settle)
    return taken


def tell(server: subprocess.Popen[str], word: str) -> None:
    assert server.stdin is not None
    server.stdin.write(f"{word}\n")
    server.stdin.flush()


def start() -> tuple[subprocess.Popen[str], int]:
    command = [sys.executable, str(Path(__file__).resolve()), "--serve"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdout is not None
    return server, int(server.stdout.readline())


def processor(server: subprocess.Popen[str]) -> float:
    """Seconds of processor time the edge has used: what the others on this machine do not change."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Print one line a figure; exit 1 when a goal is missed."""
    missed = False
    server, port = start()
    rates, used = [], processor(server)
    for _ in range(3):
        phones = Phones(port)
        seconds = subscribe_all(phones, RATE_COUNT)
        rates.append(len(phones.notified) / seconds)
        subscribe_all(phones, RATE_COUNT, 0)
    each = (processor(server) - used) / (6 * RATE_COUNT)
    missed |= statistics.median(rates) < 2_000
    print(
        f"sip_lamps: SUBSCRIBE + NOTIFY: {statistics.median(rates):,.0f}/s (least {min(rates):,.0f}/s, goal 2,000/s; "
        f"{each * 1e6:.0f} µs of processor each)"
    )
    stop(server)
    for count, goal in GOALS.items():
        server, port = start()
        phones = Phones(port)
        subscribe_all(phones, count)
        taken = sorted(changes(phones, server, count))
        tell(server, "longest")
        assert server.stdout is not None
        longest, pause, rendered = server.stdout.readline().split()
        median = statistics.median(taken)
        missed |= median > goal or float(longest) > 0.020
        print(
            f"sip_lamps: 1 change to {count} lamps: {median * 1000:.1f} ms (worst {taken[-1] * 1000:.1f} ms, goal "
            f"{goal * 1000:.0f} ms); longest slice {float(longest) * 1000:.1f} ms, garbage collector within one "
            f"{float(pause) * 1000:.1f} ms; {rendered} documents rendered"
        )
        stop(server)
    return 1 if missed else 0


def stop(server: subprocess.Popen[str]) -> None:
    assert server.stdin is not None
    server.stdin.close()
    server.wait(10)


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()) if sys.argv[1:] == ["--serve"] else main())
