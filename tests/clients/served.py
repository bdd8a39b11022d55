"""`provd serve` in a process of its own with the demo company: started, killed, and started again on what is left."""

from __future__ import annotations

import http.client
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from provd import demo
from provd.app import open_store
from provd.settings import Settings
from provd.simulate.reading import ReadAccount, read
from provd.store import api_keys, domains, tokens

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


class Served:
    """The ports stay the same from one life to the next, as phones expect."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._http, sip = _free_port(socket.SOCK_STREAM), _free_port(socket.SOCK_DGRAM)
        self.sip = "127.0.0.1", sip
        store = open_store(Settings(data_dir=folder))
        demo.load(store, Settings(data_dir=folder, demo_password="demo"))
        company = domains.by_name(store, demo.DOMAIN)
        self._token = tokens.newest(store, company.id)
        _, self._key = api_keys.create(store, "test", "office_manager", int(time.time()), domain_id=company.id)
        store.close()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Served:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it serves."""
        said = {"data_dir": self._folder, "bind": "127.0.0.1", "public_host": "127.0.0.1", "http_port": self._http}
        said |= {"sip_port": self.sip[1], "https_port": 0, "tftp_port": 0, "sips_port": 0}
        own = {f"PROVD_{name.upper()}": str(value) for name, value in said.items()}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "provd.cli", "serve"], cwd=ROOT, env={**os.environ, **own}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bufsize=1,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert select.select([self._process.stdout], [], [], PATIENCE)[0], "it does not start"
        assert "provd serves on" in self._process.stdout.readline()

    def kill(self) -> None:
        """End it as a power cut does."""
        process, self._process = self._process, None
        if process is not None and process.stdout is not None:
            process.kill()
            process.wait(PATIENCE)
            process.stdout.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def account(self, mac: str, agent: str) -> ReadAccount:
        """The first line of a Yealink phone, as it reads it from its file."""
        body = self._get(f"/p/{self._token}/{mac}.cfg", {"User-Agent": agent})
        return read("yealink", f"{mac}.cfg", body, mac=mac).accounts[0]

    def registrations(self) -> dict[str, str]:
        """Device → state, as the API shows them now."""
        path = f"/api/v2/domains/{demo.DOMAIN}/registrations"
        found = json.loads(self._get(path, {"Authorization": f"Bearer {self._key}"}))
        return {one["device"]: one["state"] for one in found["items"]}

    def _get(self, path: str, headers: dict[str, str]) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self._http, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, (path, answer.status, body[:500])
            return body
        finally:
            connection.close()


def within(seconds: float, true: Callable[[], Any]) -> Any:
    """What `true()` says as soon as it says something; the last thing it says when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def _free_port(kind: socket.SocketKind) -> int:
    """A port of the loopback that nobody uses; for datagrams one that is free for TCP too."""
    while True:
        with socket.socket(socket.AF_INET, kind) as probe, socket.socket() as stream:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            try:
                if kind == socket.SOCK_DGRAM:
                    stream.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
