#!/usr/bin/env python3
"""The SIP stack over UDP: requests per second through socket, parse, check, transaction and answer, no two the same.

    script/bench.d/sip_stack.py [--seconds 3] [--rounds 3]

Server and load run on a processor each (with two or more) over the loopback; the load holds 64 requests in flight and
counts only answers. Goal: at least 8,000 REGISTER/s in one process, by the server's processor time, so that other work
on the machine does not count; the rate that was seen stands beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import select
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from sip_edge.message.check import Abilities
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners
from sip_edge.stack_request import ServerRequest
from sip_edge.timers import Timers
from tests.sip import wire

IN_FLIGHT = 64
GOAL = 8_000


def register(number: int) -> bytes:
    """An 890-octet REGISTER with credentials, another phone for every number."""
    return wire.register(number).replace(b"z9hG4bK-", b"z9hG4bK-%d-" % number, 1)


def options(number: int) -> bytes:
    """A keep-alive as phones send it."""
    return wire.request(
        "OPTIONS",
        f"Via: SIP/2.0/UDP 192.0.2.{number % 250}:5060;branch=z9hG4bK{number};rport",
        f"Call-ID: {number}@192.0.2.1",
        f"CSeq: {number} OPTIONS",
    )


def echo(asked: ServerRequest) -> None:
    """What a registrar answers, without its work."""
    contact = asked.request.contacts[0]
    asked.reply(200, None, [("Contact", str(contact)), ("Date", "Sun, 22 Nov 2026 17:00:00 GMT")])


def load(port: int, make: list[bytes], seconds: float) -> tuple[float, float]:
    """→ (answers per second, 99th percentile in ms) of requests from `make`, each used once."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.connect(("127.0.0.1", port))
    sock.setblocking(False)
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    waiting = iter(make)
    delays: list[float] = []
    sent: list[float] = []
    answers = 0
    start = now = time.perf_counter()
    for _ in range(IN_FLIGHT):
        sock.send(next(waiting))
        sent.append(now)
    while now - start < seconds:
        if not poll.poll(1000):
            raise SystemExit("The stack stopped answering.")
        try:
            while True:
                data = sock.recv(4096)
                if not data.startswith(b"SIP/2.0 200"):
                    raise SystemExit(f"An answer was {data[:80]!r}.")
                now = time.perf_counter()
                delays.append(now - sent[answers])
                answers += 1
                sock.send(next(waiting))
                sent.append(now)
        except BlockingIOError:
            continue
        except StopIteration:
            break
    delays.sort()
    return answers / (now - start), delays[int(len(delays) * 0.99)] * 1e3


async def serve() -> None:
    """The stack under test, until stdin ends."""
    loop = asyncio.get_running_loop()
    stack = Stack(Timers(loop), "127.0.0.1", abilities=Abilities(extensions=frozenset(("path",))))
    stack.handle("REGISTER", echo)
    listeners = Listeners(stack)
    print(await listeners.listen_udp("127.0.0.1", 0), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    await listeners.stop()
    await stack.stop()


def processor_seconds(pid: int) -> float:
    """User and system time of a process (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Resident memory of a process, MB (Linux)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def pin(processor: int) -> None:
    """Stay on one processor when there are several."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) > 1:
        os.sched_setaffinity(0, {allowed[processor]})


def main() -> int:
    """Print a line a kind of request; exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description="Speed of the SIP stack over UDP on the loopback.")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of a run")
    parser.add_argument("--rounds", type=int, default=3, help="runs a line; the middle one is shown")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        pin(0)
        asyncio.run(serve())
        return 0
    pin(1)
    rates = {}
    with subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None and server.stdout is not None
        port, most, number = int(server.stdout.readline()), int(25_000 * arguments.seconds), 0
        for name, make in (("REGISTER", register), ("OPTIONS", options)):
            runs, answered, before = [], 0.0, processor_seconds(server.pid)
            for _ in range(arguments.rounds):
                messages = [make(number + index) for index in range(most)]
                number += most
                runs.append(load(port, messages, arguments.seconds))
                answered += runs[-1][0] * arguments.seconds
            spent = (processor_seconds(server.pid) - before) / answered
            rates[name] = 1 / spent
            seen = statistics.median(rate for rate, _ in runs)
            print(
                f"sip_stack: {name}: {rates[name]:,.0f}/s of a whole processor ({spent * 1e6:.0f} µs each); seen "
                f"{seen:,.0f}/s (least {min(rate for rate, _ in runs):,.0f}/s), "
                f"p99 {max(delay for _, delay in runs):.1f} ms, {memory(server.pid):.0f} MB resident"
            )
        server.stdin.close()
    return 0 if rates["REGISTER"] >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
