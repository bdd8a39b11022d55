"""An edge in a process of its own: started by `with`, killed when wanted, and started again on the same database."""

from __future__ import annotations

import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from provd.store import bindings, domains, events
from provd.store.bindings import BindingRow
from provd.store.rows import PhoneEvent
from tests.registrar.scenes import DOMAIN, make_company, make_store

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 15.0


class LiveEdge:
    """A registrar with Acme on UDP, TCP and (with a `server.pem` in the folder) TLS of the loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = make_store(folder)
        make_company(self.store)
        self.udp = self.tcp = self.tls = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> LiveEdge:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.stop()
        self.store.close()

    def start(self) -> None:
        """Start it and wait for its ports."""
        command = [sys.executable, "-m", "tests.registrar.restarting_edge", str(self.folder)]
        pipe = subprocess.PIPE  # unbuffered, so that select() tells the truth
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, bufsize=0)
        assert self._process.stdout is not None
        self.udp, self.tcp, self.tls = map(int, self._process.stdout.readline().split())

    def stop(self) -> None:
        """End it as an administrator does."""
        process, self._process = self._process, None
        assert process is not None and process.stdin is not None and process.stdout is not None
        process.stdin.close()
        process.wait(PATIENCE)
        process.stdout.close()

    def kill(self) -> None:
        """End it as a power cut does."""
        process, self._process = self._process, None
        assert process is not None and process.stdin is not None and process.stdout is not None
        process.kill()
        process.wait(PATIENCE)
        process.stdin.close()
        process.stdout.close()

    def bindings(self) -> list[BindingRow]:
        """What is in the database and has not run out."""
        return [row for _, _, row in bindings.living(self.store, time.time())]

    def kinds(self) -> list[str]:
        """The kinds of events in the database, the first first."""
        return [event.kind for event in self.events()]

    def events(self) -> list[PhoneEvent]:
        """The events in the database, the first first."""
        found = events.of_domain(self.store, domains.by_name(self.store, DOMAIN).id, limit=1000)
        return list(reversed(found.items))

    def until(self, true: Callable[[], object]) -> bool:
        """Wait, from one thing saved to the next, for something to be so; False after PATIENCE seconds of silence."""
        assert self._process is not None and self._process.stdout is not None
        while not true():
            if not select.select([self._process.stdout], [], [], PATIENCE)[0]:
                return bool(true())
            assert self._process.stdout.readline(), "the edge has ended"
        return True
