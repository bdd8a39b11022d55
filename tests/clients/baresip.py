"""baresip as the phone of a person: set up from an account that was provisioned, asked and heard over its control port.

It registers as soon as its `with` block begins. `heard` waits for a line of its log, `told` for one of its events,
`ask` runs a command; each gives up after PATIENCE seconds with what baresip has said so far.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from provd.simulate.reading import ReadAccount

PATIENCE = 8.0
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_MODULES = ("contact", "menu", "ctrl_tcp", "mwi", "presence")


class Baresip:
    """One baresip in a process of its own, ended by its process id at the latest when the `with` block ends."""

    def __init__(
        self,
        folder: Path,
        account: ReadAccount,
        *,
        password: str = "",
        proxy: str = "",
        transport: str = "",
        ca: bytes = b"",
        contacts: Iterable[str] = (),
        extra: str = "",
    ) -> None:
        """`account` as a phone has read it; `password`, `proxy` (host:port) and `transport` only where a test wants
        another. `ca`: the certificates to trust, PEM. `contacts`: users to watch. `extra`: more of the account."""
        folder.mkdir(parents=True)
        self._folder = folder
        self.port, self._control_port = _free_ports()
        named = f";transport={transport or account.transport}"
        via = proxy or account.outbound_proxy or f"{account.server}:{account.port}"
        self._account = (
            f"<sip:{account.user}@{account.server}{named}>;auth_user={account.auth_user};"
            f'auth_pass={password or account.password};outbound="sip:{via}{named}";regint={account.expires}{extra}'
        )
        (folder / "accounts").write_text("")
        watched = "".join(f'"{name}" <sip:{name}@{account.server}>;presence=p2p\n' for name in contacts)
        (folder / "contacts").write_text(watched)
        if ca:
            (folder / "ca.pem").write_bytes(ca)
        (folder / "config").write_text(self._config(trusting=bool(ca)))
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._events: list[dict[str, Any]] = []
        self._unread = b""

    def _config(self, *, trusting: bool) -> str:
        lines = [
            f"sip_listen 127.0.0.1:{self.port}",  # and the port after it for TLS
            "net_interface 127.0.0.1",
            *([f"sip_cafile {self._folder / 'ca.pem'}"] if trusting else []),
            "module_path /usr/lib/baresip/modules",
            "module g711.so",
            "module_tmp uuid.so",
            "module_tmp account.so",
            *(f"module_app {name}.so" for name in _MODULES),
            f"ctrl_tcp_listen 127.0.0.1:{self._control_port}",
        ]
        return "\n".join([*lines, ""])

    def __enter__(self) -> Baresip:
        command = ["baresip", "-f", str(self._folder), "-t", "120"]
        pipe, off = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=off, stdout=pipe, stderr=subprocess.STDOUT)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.heard("baresip is ready")
        self._control = socket.create_connection(("127.0.0.1", self._control_port), PATIENCE)
        # The mwi module of baresip 1.0 never stops subscribing when somebody registers in its first millisecond.
        ready = time.monotonic()
        while time.monotonic() < ready + 0.02:
            self.ask("reginfo")
        self.ask("uanew", self._account)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.kill()
        self._control.close()
        self._reader.join(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self._lines.append(_COLOURS.sub("", line.decode(errors="replace").rstrip()))
                self._news.notify_all()

    @property
    def log(self) -> str:
        """What it has said; a program that repeats itself is cut short."""
        return "\n".join(self._lines[:100])

    def heard(self, pattern: str) -> str:
        """The first line of its log that matches a regular expression, when it comes."""
        wanted = re.compile(pattern)

        def found() -> str | None:
            return next((line for line in self._lines if wanted.search(line)), None)

        with self._news:
            line = self._news.wait_for(found, PATIENCE)
        assert line is not None, f"baresip has not said {pattern!r} but:\n{self.log}"
        return line

    def ask(self, command: str, parameters: str = "") -> str:
        """Run a command and return what it prints."""
        said = json.dumps({"command": command, "params": parameters, "token": "test"}).encode()
        self._control.sendall(b"%d:%s," % (len(said), said))
        while True:
            message = self._receive()
            if message.get("response"):
                return _COLOURS.sub("", str(message["data"]))
            self._events.append(message)

    def told(self, kind: str) -> str:
        """The parameter of its next event of a kind, when it comes."""
        while True:
            for event in self._events:
                if event["type"] == kind:
                    self._events.remove(event)
                    return str(event.get("param", ""))
            self._events.append(self._receive())

    def forget(self) -> None:
        """Forget the events that it has told of so far, for `told` to tell of later ones only."""
        self.ask("reginfo")  # all that it has said comes before the answer
        self._events.clear()

    def _receive(self) -> dict[str, Any]:
        """The next message of the control port, a netstring of JSON."""
        deadline = time.monotonic() + PATIENCE
        while True:
            length, colon, rest = self._unread.partition(b":")
            if colon and len(rest) > int(length):
                self._unread = rest[int(length) + 1 :]
                return dict(json.loads(rest[: int(length)]))
            self._control.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                more = self._control.recv(65_536)
            except TimeoutError:
                more = b""
            assert more, f"baresip's control port is silent; its log:\n{self.log}"
            self._unread += more

    def quit(self) -> None:
        """End it as a person does, once it is registered and watches its mailbox: it says goodbye to whom it knows."""
        self.heard("Messages-Waiting")  # it would leave this subscription behind
        self.ask("quit")
        assert self._process.wait(PATIENCE) == 0, self.log

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()
        self._process.wait(PATIENCE)


def _free_ports() -> tuple[int, int]:
    """A port that is free for UDP and TCP with the TCP port after it, and another one."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.bind(("127.0.0.1", 0))
            port = int(datagrams.getsockname()[1])
            with socket.socket() as stream, socket.socket() as secure, socket.socket() as control:
                try:
                    stream.bind(("127.0.0.1", port))
                    secure.bind(("127.0.0.1", port + 1))
                    control.bind(("127.0.0.1", 0))
                except OSError:
                    continue
                return port, int(control.getsockname()[1])
