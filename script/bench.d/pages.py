#!/usr/bin/env python3
"""Every page with 10,000 phones and 2,000 people: how long it takes one at a time and eight at once, and how long the
server's loop stands still for it.

    script/bench.d/pages.py [--phones 10000] [--people 2000] [--rounds 10] [--only users]

A whole server in a process of its own, with SQLite on disk; an office manager and the provider, signed in, ask for
every page and piece (tests/pages/every.py), for lists while somebody types, and change a key, in random order. Goals:
a page and a list within 150 ms and a key within 100 ms (95 of 100 asked one at a time), by the processor time of the
server, which other work of the machine does not lengthen; by the clock it is told beside that, with an idle loop's own
longest pause.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests.pages import every
from tests.pages.every import ACME, ADAS

PAGE, KEY = 150.0, 100.0
PROVIDERS = ("/companies", "/knocking", "/trunks", "/settings/phones/", "/users/add", "/numbers/new", "/numbers/import")
PIECES = (
    "/users?search=Last77", "/users?search=last1&sort=name&descending=1", "/users?lacks=email", "/users?site_id=1",
    "/phones?search=Last777", "/phones?state=never&sort=user", "/phones?search=805ec1000f", "/phones?model=snom-d785",
    "/phones?state=registered&sort=last_contact", "/numbers?search=666", "/activity?who=101", "/templates?search=e",
    "/registrations?search=last12", "/templates/1?state=registered", "/templates/1/apply?search=last9",
    "/phones/devices?search=last7", "/templates/1/apply?phones=all",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to fetch."""

    name: str
    login: str
    path: str
    body: str = ""
    piece: bool = False
    goal: float = PAGE


@dataclass(slots=True)
class Taken:
    """Milliseconds."""

    alone: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    crowded: list[float] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)


class Client:
    """A browser's connection, kept open."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", told["port"], timeout=60)
        self._cookies = {
            login: "; ".join(f"{name}={value}" for name, value in some.items())
            for login, some in told["cookies"].items()
        }

    def fetch(self, ask: Ask) -> float:
        """Milliseconds from the question to the last octet."""
        headers = {"Cookie": self._cookies[ask.login]} | ({"HX-Request": "true"} if ask.piece else {})
        if ask.body:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin",
                "HX-Target": "editor",
            }  # fmt: skip
        began = time.perf_counter()
        self._connection.request("POST" if ask.body else "GET", ask.path, ask.body or None, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise SystemExit(f"{ask.name} answers {answer.status}: {content[:300]!r}")
        return took


def asks(values: dict[str, str]) -> list[Ask]:
    """All there is to fetch."""
    found = []
    for one in every.EXAMPLES:
        _, handler = every.handler_of(one.path.replace("{token}", "x").replace("{job}", "1"))
        if one.kind in ("page", "part") and not handler.open:
            login = "admin" if any(word in one.path for word in PROVIDERS) else "101"
            found.append(Ask(one.path, login, every.filled(one.path, values), piece=one.kind == "part"))
    found += [Ask(f"…{path}", "101", ACME + path, piece=True) for path in PIECES]
    found += [Ask("palette: last12", "101", "/palette?domain=acme.example&q=last12", piece=True)]
    found += [Ask(f"basic user: {end or '/'}", "107", ACME + end) for end in ("/", "/phones")]
    for number in range(3):
        body = urlencode({"do": "set", "kind": "speed_dial", "was": "none", "target": f"+1214555010{number}"})
        found.append(Ask("key edit", "101", f"{ADAS}/keys/1{number}", body, piece=True, goal=KEY))
    return found


class Server:
    """_pages_server.py, and the pauses of its loop."""

    def __init__(self, phones: int, people: int) -> None:
        command = [sys.executable, str(Path(__file__).with_name("_pages_server.py")), str(phones), str(people)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.told = json.loads(self._process.stdout.readline() or '{"port": 0}')
        if not self.told["port"]:
            raise SystemExit("The server has not started; what it says stands above.")

    def pause(self) -> tuple[float, float]:
        """The longest pause and the processor time since the last question, in milliseconds."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        longest, used = self._process.stdout.readline().split()
        return float(longest), float(used)

    def stop(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def alone(server: Server, todo: list[Ask], rounds: int, taken: dict[str, Taken]) -> None:
    """One at a time, in random order; the first round warms up."""
    client = Client(server.told)
    for number in range(rounds + 1):
        for ask in random.sample(todo, len(todo)):
            server.pause()
            took = client.fetch(ask)
            if number:
                longest, used = server.pause()
                taken[ask.name].alone.append(took)
                taken[ask.name].worked.append(used)
                taken[ask.name].pauses.append(longest)


def crowded(server: Server, todo: list[Ask], rounds: int, taken: dict[str, Taken], count: int = 8) -> float:
    """So many at once; → the longest pause."""
    lots, lock = [ask for _ in range(rounds) for ask in random.sample(todo, len(todo))], threading.Lock()

    def work() -> None:
        client = Client(server.told)
        while True:
            with lock:
                if not lots:
                    return
                ask = lots.pop()
            taken[ask.name].crowded.append(client.fetch(ask))

    server.pause()
    workers = [threading.Thread(target=work) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return server.pause()[0]


def p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def report(todo: list[Ask], taken: dict[str, Taken], idle: float, most: float) -> bool:
    """A line a page, the slowest last; whether all goals were met."""
    goals, missed = {ask.name: ask.goal for ask in todo}, []
    print(f"{'ms':>46}   work    p95 | median    p95    max  pause | 8 at once: median    p95")
    for name, one in sorted(taken.items(), key=lambda item: p95(item[1].worked)):
        line = f"{name[:46]:>46} {statistics.median(one.worked):6.0f} {p95(one.worked):6.0f}"
        line += f" | {statistics.median(one.alone):6.0f} {p95(one.alone):6.0f} {max(one.alone):6.0f}"
        print(f"{line} {p95(one.pauses):6.0f} | {statistics.median(one.crowded):17.0f} {p95(one.crowded):6.0f}")
        if p95(one.worked) > goals[name]:
            missed.append(name)
    everything = [value for one in taken.values() for value in one.alone]
    print(
        f"pages: {len(goals)} pages and pieces: work p95 {p95([w for one in taken.values() for w in one.worked]):.0f} "
        f"ms, slowest {max(p95(one.worked) for one in taken.values()):.0f} ms; median "
        f"{statistics.median(everything):.0f} ms, p95 "
        f"{p95(everything):.0f} ms, max {max(everything):.0f} ms one at a time; longest pause 8 at once {most:.0f} ms, "
        f"idle {idle:.0f} ms; " + (f"over their goal: {', '.join(missed)}" if missed else "all goals met")
    )
    return not missed


def main() -> int:
    """Print the report; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--phones", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", default="", help="pages whose address has this in it")
    said = parser.parse_args()
    server, taken = Server(said.phones, said.people), defaultdict[str, Taken](Taken)
    try:
        todo = [ask for ask in asks(server.told["values"]) if said.only in ask.name]
        server.pause()
        time.sleep(2)
        idle = server.pause()[0]
        alone(server, todo, said.rounds, taken)
        most = crowded(server, todo, max(1, said.rounds // 2), taken)
    finally:
        server.stop()
    return 0 if report(todo, taken, idle, most) else 1


if __name__ == "__main__":
    sys.exit(main())
