"""SIPp as a phone of the demo company: registers with what was provisioned, and plays a scenario when it is asked."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from provd.simulate.reading import ReadAccount
from tests.clients.scenes import DOMAIN

SCENARIOS = Path(__file__).parent / "sipp"
PATIENCE = 10.0


class Sipp:
    """One line on one UDP port; each scenario is a SIPp of its own, ended by its process id when it lasts too long."""

    def __init__(self, folder: Path, account: ReadAccount, server: tuple[str, int]) -> None:
        self._folder = folder
        self._account = account
        self._server = f"{server[0]}:{server[1]}"
        folder.mkdir()
        word = f"[authentication username={account.auth_user} password={account.password}]"
        (folder / "people.csv").write_text(f"SEQUENTIAL\n{account.user};{word}\n")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])

    def start(self, scenario: str, *, secret: str = "") -> subprocess.Popen[bytes]:
        """Begin a scenario; `secret`: the password it asks for, the account's own unless another is given."""
        people = str(self._folder / "people.csv")
        command = [
            "sipp", self._server, "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", "127.0.0.1", "-p", str(self._port),
            "-m", "1", "-nostdin", "-timeout", str(int(PATIENCE)), "-timeout_error", "-trace_err",
            "-error_file", str(self._folder / f"{scenario}.log"), "-inf", people, "-key", "domain", DOMAIN,
            "-key", "user", self._account.user, "-key", "secret", secret or self._account.password,
        ]  # fmt: skip
        off = subprocess.DEVNULL
        return subprocess.Popen(command, cwd=self._folder, stdin=off, stdout=off, stderr=off)

    def end(self, running: subprocess.Popen[bytes]) -> int:
        """Wait for a scenario; → its exit status, 0 when all went as written."""
        try:
            return running.wait(PATIENCE + 2)
        finally:
            running.kill()

    def register(self) -> int:
        """Register with the credentials of the account; → the exit status."""
        return self.end(self.start("register"))
