"""A server of two processes with a company in each."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from provd import demo
from provd.app import open_store
from provd.settings import Settings
from provd.share import home
from provd.simulate.reading import ReadAccount
from provd.store import api_keys, devices, domains, phones, tokens, users
from provd.store.rows import Line
from tests.clients.served import PATIENCE, ROOT, Served, within

PASSWORD = "a-long-password-of-24-chr"
OTHER = next(name for n in range(99) if home(name := f"other{n}.example", 2) != home(demo.DOMAIN, 2))
MACS = {demo.DOMAIN: "805ec00000a1", OTHER: "805ec00000a2"}
"""A phone of each company, whose line is 201."""


class TwoProcesses(Served):
    """Started by `with`; ended as an administrator does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        store = open_store(Settings(data_dir=folder))
        now = int(time.time())
        domains.create(store, OTHER, now)
        self._tokens: dict[str, str] = {}
        for name, mac in MACS.items():
            company = domains.by_name(store, name)
            user = users.create(store, company.id, "201", now)
            device = devices.create(store, company.id, user.id, "201", now, password=PASSWORD)
            phones.create(store, company.id, mac, "yealink-t46u", now, lines=[Line(1, device.id, False, "")])
            self._tokens[name] = tokens.newest(store, company.id)
        _, self._root = api_keys.create(store, "root", "super_user", now)
        store.close()

    def __enter__(self) -> TwoProcesses:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        assert process is not None and process.stdout is not None
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        process.stdout.close()

    def start(self) -> None:
        """Start it and wait until both processes take part."""
        said = {"data_dir": self._folder, "bind": "127.0.0.1", "public_host": "127.0.0.1", "http_port": self._http}
        said |= {"sip_port": self.sip[1], "https_port": 0, "tftp_port": 0, "sips_port": 0, "processes": 2}
        own = {f"PROVD_{name.upper()}": str(value) for name, value in said.items()}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "provd.cli", "serve"], cwd=ROOT, env={**os.environ, **own}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bufsize=1,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert select.select([self._process.stdout], [], [], PATIENCE)[0], "it does not start"
        assert "provd serves on" in self._process.stdout.readline()
        self.both()

    def both(self) -> None:
        """Wait until either process answers for either company."""
        assert within(PATIENCE, lambda: len(self.workers) == 1)
        for name in MACS:
            assert within(PATIENCE, partial(self.tried, name)), name

    def tried(self, company: str) -> bool:
        """Do all of several connections, which the kernel spreads, get an answer about a company?"""
        return all(self.call("GET", f"/domains/{company}/registrations")[0] == 200 for _ in range(8))

    @property
    def workers(self) -> list[int]:
        """The further processes; the one that carries audio is a child too, but none of them."""
        pid = self.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(one) for one in children if b"--worker" in Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")]

    def line(self, company: str) -> ReadAccount:
        """The line of the phone of a company."""
        return ReadAccount(1, True, user="201", auth_user="201", password=PASSWORD, server=company)

    def fetch(self, company: str) -> None:
        """The phone fetches its file, from whichever process takes the connection."""
        mac = MACS[company]
        agent = f"Yealink SIP-T46U 108.86.0.90 {mac}"
        assert self._get(f"/p/{self._tokens[company]}/{mac}.cfg", {"User-Agent": agent})

    def counted(self, name: str) -> int:
        """One measure of GET /metrics, 0 when it is not there."""
        lines = self._get("/metrics", {}).decode().splitlines()
        return int(dict(line.rsplit(" ", 1) for line in lines).get(name, "0"))

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask the API over a connection of its own: whichever process takes it answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self._http, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self._root}", "Content-Type": "application/json"}
        try:
            connection.request(method, f"/api/v2{path}", json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        except (ConnectionError, http.client.HTTPException):
            return 0, None  # the process has just been killed
        finally:
            connection.close()
