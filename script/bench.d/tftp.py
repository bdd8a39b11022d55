#!/usr/bin/env python3
"""How fast the TFTP server gives files: many phones with a small configuration, one phone with a firmware.

    script/bench.d/tftp.py [--rounds 3] [--files 2000] [--phones 200]

Server and load run on a processor each (with two or more) and speak over the loopback, so figures compare versions on
one machine and are no promise for another. `server µs/file` is the server's processor time: the load generator, which
is Python too, does not bound it.
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
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from provd.exchange import Answer, PhoneRequest
from provd.serve.tftp import TftpServer

CONFIGURATION = 12 * 1024
FIRMWARE = 20 * 1024 * 1024
RESEND = 1.0


@dataclass(slots=True)
class Download:
    """One phone reading one file, block after block, as RFC 1350 and 7440 tell it."""

    request: bytes
    server: tuple[str, int]
    blksize: int = 512
    windowsize: int = 1
    sock: socket.socket = field(init=False)
    block: int = 0
    in_window: int = 0
    octets: int = 0
    sent: bytes = b""
    repeated: int = 0
    began: float = 0.0
    heard: float = 0.0

    def __post_init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.began = self.heard = time.perf_counter()
        self.sent = self.request
        self.sock.sendto(self.request, self.server)

    def read(self) -> bool:
        """Take what has arrived and acknowledge it; True when the file is complete."""
        while True:
            try:
                datagram, peer = self.sock.recvfrom(2048)
            except BlockingIOError:
                return False
            if datagram[1] == 5:
                raise SystemExit(f"The server answered with an error: {datagram[4:-1].decode()}")
            last = False
            if datagram[1] == 3:
                if (datagram[2] << 8 | datagram[3]) != (self.block + 1) & 0xFFFF:
                    continue
                self.block += 1
                self.in_window += 1
                self.octets += len(datagram) - 4
                last = len(datagram) < self.blksize + 4
            self.server = peer
            if last or datagram[1] == 6 or self.in_window == self.windowsize:
                self.in_window = 0
                self.sent = b"\0\4" + (self.block & 0xFFFF).to_bytes(2, "big")
                self.sock.sendto(self.sent, peer)
            self.heard = time.perf_counter()
            if last:
                return True

    def ask_again(self, now: float) -> None:
        if now - self.heard > RESEND:
            self.heard = now
            self.repeated += 1
            self.sock.sendto(self.sent, self.server)


@dataclass(frozen=True)
class Round:
    files_per_second: float
    megabytes_per_second: float
    median_ms: float
    p99_ms: float
    repeated: int


def load(port: int, path: str, *, phones: int, files: int, blksize: int, windowsize: int) -> Round:
    """`files` downloads, `phones` of them at any time."""
    options = {"blksize": blksize} if blksize != 512 else {}
    options |= {"windowsize": windowsize} if windowsize != 1 else {}
    words = [path, "octet"] + [str(word) for pair in options.items() for word in pair]
    request = b"\0\1" + b"".join(word.encode() + b"\0" for word in words)
    poll, live = select.epoll(), dict[int, Download]()
    seconds: list[float] = []
    octets = repeated = begun = 0
    start = time.perf_counter()
    while len(seconds) < files:
        while len(live) < phones and begun < files:
            download = Download(request, ("127.0.0.1", port), blksize, windowsize)
            poll.register(download.sock.fileno(), select.EPOLLIN)
            live[download.sock.fileno()] = download
            begun += 1
        ready = poll.poll(0.2)
        if not ready:
            for download in live.values():
                download.ask_again(time.perf_counter())
        for descriptor, _event in ready:
            download = live[descriptor]
            if download.read():
                seconds.append(time.perf_counter() - download.began)
                octets += download.octets
                repeated += download.repeated
                poll.unregister(descriptor)
                live.pop(descriptor).sock.close()
    elapsed = time.perf_counter() - start
    poll.close()
    seconds.sort()
    return Round(
        files / elapsed,
        octets / elapsed / 1e6,
        statistics.median(seconds) * 1e3,
        seconds[int(len(seconds) * 0.99)] * 1e3,
        repeated,
    )


async def serve(firmware: Path) -> None:
    """The server under test: a rendered configuration from memory, a firmware from the disk, until stdin ends."""
    configuration = Answer(200, os.urandom(CONFIGURATION))
    stored = Answer(200, stored=firmware)

    def answer(request: PhoneRequest) -> Answer:
        return stored if request.path == "firmware" else configuration

    server = TftpServer(answer)
    print(await server.start("127.0.0.1", 0), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop()


def processor_seconds(pid: int) -> float:
    """User and system time of a process (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pin(processor: int) -> None:
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) > 1:
        os.sched_setaffinity(0, {allowed[processor]})


def report(port: int, pid: int, arguments: argparse.Namespace) -> None:
    many, one = {"phones": arguments.phones, "files": arguments.files}, {"phones": 1, "files": 1}
    cases = [
        ("configuration", 512, 1, many),
        ("configuration", 1428, 1, many),
        ("firmware", 512, 1, one),
        ("firmware", 1428, 1, one),
        ("firmware", 1428, 8, one),
    ]
    print("file, blksize, windowsize             files/s      MB/s   median ms   p99 ms  repeated  server µs/file")
    for path, blksize, windowsize, size in cases:
        before = processor_seconds(pid)
        rounds = [load(port, path, blksize=blksize, windowsize=windowsize, **size) for _ in range(arguments.rounds)]
        spent = (processor_seconds(pid) - before) / (size["files"] * arguments.rounds)
        middle = sorted(rounds, key=lambda done: done.files_per_second)[len(rounds) // 2]
        print(
            f"{path + f' {blksize} {windowsize}':<34}{middle.files_per_second:>11,.1f}"
            f"{middle.megabytes_per_second:>10,.1f}{middle.median_ms:>12,.1f}{middle.p99_ms:>9,.1f}"
            f"{sum(done.repeated for done in rounds):>10}{spent * 1e6:>16,.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of the TFTP server over the loopback.")
    parser.add_argument("--rounds", type=int, default=3, help="runs per line; the middle one is shown")
    parser.add_argument("--files", type=int, default=2000, help="configurations per run")
    parser.add_argument("--phones", type=int, default=200, help="phones at once")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        pin(0)
        asyncio.run(serve(arguments.serve))
        return
    pin(1)
    with tempfile.TemporaryDirectory() as folder:
        firmware = Path(folder) / "firmware"
        firmware.write_bytes(os.urandom(FIRMWARE))
        command = [sys.executable, __file__, "--serve", str(firmware)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdin is not None and server.stdout is not None
            report(int(server.stdout.readline()), server.pid, arguments)
            server.stdin.close()


if __name__ == "__main__":
    main()
