"""Kamailio as the proxy in front of the server: it writes itself into Path and Record-Route, and passes on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

PATIENCE = 8.0
PROGRAM = shutil.which("kamailio", path=os.environ.get("PATH", "") + ":/usr/sbin")
needed = pytest.mark.skipif(PROGRAM is None, reason="kamailio is not installed")

# What has the Path of a phone in it goes to that phone, everything else to the server. `received` in a Path is the
# phone's own address and transport, so that a phone over TCP is reached over its connection.
_CONFIG = """
debug=1
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
dns=no
listen=udp:127.0.0.1:{port}
listen=tcp:127.0.0.1:{port}
loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "path.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
modparam("path", "use_received", 1)
modparam("tm", "fr_timer", 5000)

request_route {{
    if (!mf_process_maxfwd_header("20")) {{
        sl_send_reply("483", "Too Many Hops");
        exit;
    }}
    if (is_method("OPTIONS") && $rU == $null && $rd == "127.0.0.1") {{
        sl_send_reply("200", "I am the proxy");
        exit;
    }}
    if ($hdr(Route) =~ "received=") {{
        loose_route();
        t_relay();
        exit;
    }}
    if (has_totag()) {{
        if (!loose_route()) $du = "sip:127.0.0.1:{server};transport={transport}";
        t_relay();
        exit;
    }}
    remove_hf("Route");
    if (is_method("REGISTER")) {{
        if (!add_path_received()) {{
            sl_send_reply("500", "No Path");
            exit;
        }}
    }} else {{
        record_route();
    }}
    $du = "sip:127.0.0.1:{server};transport={transport}";
    t_relay();
}}
"""


class Kamailio:
    """One Kamailio between phones and the server at `server` (a port of the loopback), ended by its process id."""

    def __init__(self, folder: Path, server: int, *, transport: str = "udp", port: int = 0) -> None:
        """`transport`: how it speaks with the server; `port`: where it listens, any free one unless it is given."""
        folder.mkdir()
        self._folder = folder
        self.port = port or _free_port()
        config = _CONFIG.format(port=self.port, server=server, transport=transport)
        (folder / "kamailio.cfg").write_text(config)

    @property
    def address(self) -> tuple[str, int]:
        """Where phones reach it, over UDP and TCP."""
        return "127.0.0.1", self.port

    def __enter__(self) -> Kamailio:
        assert PROGRAM is not None
        config = str(self._folder / "kamailio.cfg")
        command = [PROGRAM, "-DD", "-E", "-m", "64", "-M", "8", "-Y", str(self._folder), "-f", config]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()

    @property
    def log(self) -> str:
        """What it has said."""
        return (self._folder / "log").read_text(errors="replace")

    def _wait(self) -> None:
        """Ask until it answers."""
        deadline = time.monotonic() + PATIENCE
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.bind(("127.0.0.1", 0))
            asking.settimeout(0.05)
            here = f"127.0.0.1:{asking.getsockname()[1]}"
            for number in range(1, 1_000):
                assert time.monotonic() < deadline and self._process.poll() is None, self.log
                asking.sendto(_question(here, self.port, number), self.address)
                try:
                    asking.recv(4096)
                except (TimeoutError, ConnectionError):
                    continue
                return


def _question(here: str, port: int, number: int) -> bytes:
    lines = [
        f"OPTIONS sip:127.0.0.1:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP {here};branch=z9hG4bKready{number}",
        "Max-Forwards: 1",
        f"From: <sip:test@{here}>;tag=1",
        "To: <sip:127.0.0.1>",
        f"Call-ID: ready-{number}-{here}",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _free_port() -> int:
    """A port that is free for UDP and TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, socket.socket() as stream:
            datagrams.bind(("127.0.0.1", 0))
            port = int(datagrams.getsockname()[1])
            try:
                stream.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
