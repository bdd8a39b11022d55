#!/usr/bin/env python3
"""The audio of calls: streams relayed and music played by one worker process, on one processor.

    script/bench.d/media.py [--seconds 6] [--streams 1000] [--callers 300]

Goals: 1,000 relayed streams (500 calls both ways) with a 99th percentile of the gap between packets ≤ 25 ms and none
lost; 300 callers on hold music at ≤ 15 % of a processor. The load (media_load.c, built with cc) runs on another
processor and measures first what it does with itself, without a relay: the ceiling.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import numpy as np

from sip_edge.media import negotiation, wav
from sip_edge.media.engine import File
from sip_edge.media.local import LocalMedia

HERE = Path(__file__).resolve().parent
LOCAL = 12_000
PORTS = (20_000, 29_999)


@dataclass
class Seen:
    """What the load saw, gaps in milliseconds, and the worker's share of a processor."""

    sent: int
    heard: int
    p50: float
    p99: float
    p999: float
    busy: float = 0.0


def sdp(port: int) -> bytes:
    """A phone's description."""
    head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    return f"{head}m=audio {port} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n".encode()


def port_of(body: bytes) -> int:
    """Where a description wants its audio."""
    return negotiation.read(body).port


async def run(program: Path, pairs: list[tuple[int, int]], seconds: float, send: bool) -> Seen:
    """Have the load send and hear."""
    last = max(os.sched_getaffinity(0))
    command = [str(program), str(seconds), str(int(send))]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    os.sched_setaffinity(process.pid, {last})
    out, _ = await process.communicate("".join(f"{mine} {theirs}\n" for mine, theirs in pairs).encode())
    if process.returncode:
        raise SystemExit(f"The load could not run; are UDP ports from {LOCAL} on free?")
    sent, heard, *gaps = map(int, out.split())
    return Seen(sent, heard, *(gap / 1_000 for gap in gaps))


async def measured(engine: LocalMedia, program: Path, pairs: list[tuple[int, int]], seconds: float, send: bool) -> Seen:
    """The same with the worker's share."""
    before, start = (await engine.load())[0]["cpu_seconds"], time.monotonic()
    seen = await run(program, pairs, seconds, send)
    seen.busy = ((await engine.load())[0]["cpu_seconds"] - before) / (time.monotonic() - start)
    return seen


async def relayed(engine: LocalMedia, streams: int) -> list[tuple[int, int]]:
    """Calls of two legs each; → where every phone is and where it sends to."""
    pairs = []
    for number in range(0, streams, 2):
        a, b, call = LOCAL + number, LOCAL + number + 1, f"call-{number}"
        pairs.append((b, port_of(await engine.offer(call, "a", sdp(a), to="b"))))
        pairs.append((a, port_of(await engine.answer(call, "b", sdp(b), to="a"))))
    return pairs


async def held(engine: LocalMedia, callers: int, music: str) -> list[tuple[int, int]]:
    """Callers who hear music, in pieces as programmes are made of, each a little later in the song than the one
    before."""
    pairs = []
    for number in range(callers):
        body = await engine.accept(f"held-{number}", "a", sdp(LOCAL + number))
        pairs.append((LOCAL + number, port_of(body)))
        start = number % 30 * 1.0
        await engine.play(
            f"held-{number}", "a", [File(music, start, 10.0), File(music, 0.0, 5.0), File(music)], repeat=0
        )
    return pairs


def told(what: str, seen: Seen) -> str:
    """A line of the report."""
    lost = max(0, seen.sent - seen.heard)
    gaps = f"gap p50 {seen.p50:.1f} ms, p99 {seen.p99:.1f} ms, p99.9 {seen.p999:.1f} ms"
    return f"{what}: {gaps}; {seen.heard} packets heard, {lost} lost; {seen.busy:.0%} of a processor"


async def main() -> None:
    """Measure and judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--streams", type=int, default=1_000)
    parser.add_argument("--callers", type=int, default=300)
    asked = parser.parse_args()
    if not shutil.which("cc"):
        raise SystemExit("The load is built with cc, which is not installed: apt install gcc libc6-dev.")
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "load"
        subprocess.run(["cc", "-O2", "-o", program, HERE / "media_load.c"], check=True)
        music = Path(folder) / "music.wav"
        noise = (np.random.default_rng(1).normal(0, 2_000, 30 * 8_000)).astype("<i2")
        music.write_bytes(wav.head(len(noise) * 2) + noise.tobytes())
        engine = LocalMedia("127.0.0.1", PORTS, bind="127.0.0.1")
        await engine.start()
        os.sched_setaffinity(engine.links[0].pid, {min(os.sched_getaffinity(0))})
        try:
            await report(engine, program, asked, str(music))
        finally:
            await engine.close()


async def report(engine: LocalMedia, program: Path, asked: argparse.Namespace, music: str) -> None:
    """The three runs."""
    direct = [(LOCAL + n, LOCAL + (n ^ 1)) for n in range(asked.streams)]
    print(told(f"{asked.streams} streams without a relay", await run(program, direct, asked.seconds / 2, True)))
    pairs = await relayed(engine, asked.streams)
    relay = await measured(engine, program, pairs, asked.seconds, True)
    print(told(f"{asked.streams} streams relayed", relay))
    for number in range(0, asked.streams, 2):
        await engine.delete(f"call-{number}")
    waiting = await held(engine, asked.callers, music)
    hold = await measured(engine, program, waiting, asked.seconds, False)
    print(told(f"{asked.callers} callers on hold music", hold))
    judge("p99 gap of relayed streams ≤ 25 ms", relay.p99 <= 25)
    judge("fewer than one packet in a thousand lost", relay.heard >= relay.sent * 0.999)
    judge("hold music ≤ 15 % of a processor", hold.busy <= 0.15)


def judge(goal: str, met: bool) -> None:
    """Say whether a goal was met."""
    print(f"  {'met' if met else 'NOT MET'}: {goal}")


asyncio.run(main())
