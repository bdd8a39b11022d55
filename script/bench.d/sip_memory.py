#!/usr/bin/env python3
"""Memory of the whole server under an hour's worth of REGISTERs: 10,000 phones that refresh every five minutes.

    script/bench.d/sip_memory.py [--phones 10000] [--refreshes 12] [--processes 1]

That is what phones do with the usual 600 s: 12 refreshes an hour, 120,000 in all. Here they come as fast as they are
answered, each with the next count of its phone's nonce. Answers are kept for repetitions for half a minute, so before
the hour begins, phones refresh until no more of them are kept than a round before: in a real hour some hundreds, at
this pace as many as there is room for. From there to the end the resident memory may grow by GOAL per cent. Loopback
only, SQLite on disk.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import select
import socket
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import sip_processes as whole

GOAL = 3.0
IN_FLIGHT = 64
AGAIN = 1.0
"""Seconds after which a request that was not answered is sent once more."""


@dataclass(slots=True)
class Phone:
    """A line and what it knows of its last challenge."""

    name: str
    company: str
    nonce: str = ""
    count: int = 0
    cseq: int = 0

    def register(self, number: int, port: int) -> bytes:
        """The next REGISTER; its Call-ID holds `number`, by which the answer is found."""
        self.cseq += 1
        proof = self._proof() if self.nonce else ""
        return (
            f"REGISTER sip:{self.company} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{number}-{self.cseq};rport\r\nMax-Forwards: 70\r\n"
            f"From: <sip:{self.name}@{self.company}>;tag=t{number}\r\nTo: <sip:{self.name}@{self.company}>\r\n"
            f"Call-ID: {number}@memory\r\nCSeq: {self.cseq} REGISTER\r\n"
            f"Contact: <sip:{self.name}@127.0.0.1:{port}>\r\n{proof}Expires: 600\r\nUser-Agent: SIPp\r\n"
            "Content-Length: 0\r\n\r\n"
        ).encode()

    def _proof(self) -> str:
        self.count += 1
        secret = _md5(f"{self.name}:{self.company}:secret")
        asked = _md5(f"REGISTER:sip:{self.company}")
        response = _md5(f"{secret}:{self.nonce}:{self.count:08x}:c0ffee:auth:{asked}")
        return (
            f'Authorization: Digest username="{self.name}", realm="{self.company}", nonce="{self.nonce}", '
            f'uri="sip:{self.company}", response="{response}", algorithm=MD5, cnonce="c0ffee", qop=auth, '
            f"nc={self.count:08x}\r\n"
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def refresh(sock: socket.socket, phones: list[Phone]) -> None:
    """Every phone registers once, however often it is challenged on the way."""
    port = sock.getsockname()[1]
    waiting, ready = dict(enumerate(phones)), list(range(len(phones) - 1, -1, -1))
    sent: dict[int, float] = {}
    while waiting:
        while ready and len(sent) < IN_FLIGHT:
            number = ready.pop()
            sock.send(phones[number].register(number, port))
            sent[number] = time.monotonic()
        if select.select([sock], [], [], AGAIN)[0]:
            _hear(sock.recv(65_535), phones, waiting, ready, sent)
        late = time.monotonic() - AGAIN
        lost = [number for number, at in sent.items() if at < late]
        for number in lost:
            del sent[number]
        ready += lost


def _hear(
    data: bytes, phones: list[Phone], waiting: dict[int, Phone], ready: list[int], sent: dict[int, float]
) -> None:
    number = int(data.partition(b"\r\nCall-ID: ")[2].partition(b"@")[0])
    if sent.pop(number, None) is None:
        return
    if data.startswith(b"SIP/2.0 200"):
        waiting.pop(number, None)
        return
    if not data.startswith(b"SIP/2.0 401"):
        raise SystemExit(f"sip_memory: {data.splitlines()[0].decode()}")
    phones[number].nonce = data.partition(b'nonce="')[2].partition(b'"')[0].decode()
    phones[number].count = 0
    ready.append(number)


def resident(pid: int) -> float:
    """Megabytes of a server and its further processes."""
    kilobytes = 0
    for one in whole.family(pid):
        lines = Path(f"/proc/{one}/status").read_text().splitlines()
        kilobytes += int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
    return kilobytes / 1024


def kept(folder: Path) -> int:
    """How many answers the server keeps for repetitions."""
    port = json.loads((folder / "server" / "ports.json").read_text())["http"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return int(next(line for line in lines if line.startswith("provd_sip_answers_kept")).split()[1])


def turn(what: str, sock: socket.socket, phones: list[Phone], pid: int) -> float:
    """Have every phone register once; megabytes of the server afterwards."""
    started = time.monotonic()
    refresh(sock, phones)
    rate, found = len(phones) / (time.monotonic() - started), resident(pid)
    print(f"sip_memory: {what}: {found:.1f} MB resident, {rate:,.0f}/s", flush=True)
    return found


def main() -> int:
    """Print one line a round; exit 1 when the memory grows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--phones", type=int, default=10_000)
    parser.add_argument("--refreshes", type=int, default=12)
    parser.add_argument("--processes", type=int, default=1)
    said = parser.parse_args()
    names = [(str(2000 + device), f"company{n}.example") for n in range(whole.COMPANIES) for device in range(1000)]
    phones = [Phone(*one) for one in names[: said.phones]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole.make_accounts(folder / "made")
        with whole.server(folder, said.processes) as (port, running):
            empty = resident(running.pid)
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.connect(("127.0.0.1", port))
            registered = turn("registered", sock, phones, running.pid)
            before, now = 0, kept(folder)
            while now > before * 1.02:
                height = turn("before the hour", sock, phones, running.pid)
                before, now = now, kept(folder)
            for number in range(said.refreshes):
                end = turn(f"refresh {number + 1}", sock, phones, running.pid)
            sock.close()
    grown = (end / height - 1) * 100
    print(
        f"sip_memory: {said.phones * said.refreshes:,} refreshes: {empty:.0f} MB without phones, {registered:.0f} MB "
        f"registered, {height:.0f} MB with {now:,} answers kept, {end:.0f} MB at the end: {grown:+.1f} %"
    )
    return 0 if grown <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
