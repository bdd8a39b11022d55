"""SIP programs that are not ours, run against a live edge: their results, and what they left in the database."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.registrar.live import LiveEdge
from tests.registrar.scenes import DOMAIN, password

SCENARIOS = Path(__file__).parent / "sipp"


def needs(program: str) -> pytest.MarkDecorator:
    """Skip where `program` is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def acme(folder: Path) -> Iterator[LiveEdge]:
    """The body of a fixture: Acme's registrar in a process of its own."""
    with LiveEdge(folder) as running:
        yield running


def sipp(
    edge: LiveEdge,
    scenario: str,
    name: str = "101",
    secret: str = "",
    *,
    tcp: bool = False,
    calls: int = 1,
    port: int = 0,
) -> subprocess.CompletedProcess[str]:
    """Run a scenario of SIPp with the credentials of a device; `port`: of a proxy in front of the edge."""
    people = edge.folder / "people.csv"
    word = secret or password(name)
    people.write_text(f"SEQUENTIAL\n{name};[authentication username={name} password={word}]\n")
    command = [
        "sipp", f"127.0.0.1:{port or (edge.tcp if tcp else edge.udp)}", "-t", "t1" if tcp else "u1",
        "-sf", str(SCENARIOS / f"{scenario}.xml"), "-inf", str(people), "-key", "domain", DOMAIN,
        "-i", "127.0.0.1", "-p", "0", "-m", str(calls), "-r", "50", "-nostdin", "-recv_timeout", "4000",
        "-timeout", "15", "-trace_err", "-error_file", str(edge.folder / "errors.log"),
    ]  # fmt: skip
    return subprocess.run(command, cwd=edge.folder, capture_output=True, text=True, timeout=30, check=False)


def baresip(edge: LiveEdge, name: str, transport: str, secret: str = "", seconds: int = 3) -> str:
    """Let baresip register, live for some seconds and go; what it said."""
    folder = edge.folder / f"baresip-{transport}-{name}"
    folder.mkdir()
    modules = "module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule uuid.so\nmodule_app account.so\n"
    (folder / "config").write_text(
        f"sip_listen 127.0.0.1:0\nnet_interface 127.0.0.1\n{modules}module_app menu.so\n", encoding="ascii"
    )
    port = {"udp": edge.udp, "tcp": edge.tcp, "tls": edge.tls}[transport]
    account = (
        f"<sip:{name}@{DOMAIN};transport={transport}>;auth_user={name};auth_pass={secret or password(name)};"
        f'outbound="sip:127.0.0.1:{port};transport={transport}";regint=60\n'
    )
    (folder / "accounts").write_text(account)
    (folder / "contacts").write_text("")
    command = ["baresip", "-f", str(folder), "-t", str(seconds)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds + 4, check=False)
    except subprocess.TimeoutExpired as late:  # it waits for an answer that the gate does not let out
        return (late.stdout or b"").decode()
    return done.stdout.decode()


def sipsak(edge: LiveEdge, name: str, secret: str, host: str = "127.0.0.1") -> subprocess.CompletedProcess[str]:
    """Let sipsak register once; it wants a company whose name is an address."""
    command = [
        "sipsak", "-U", "-C", f"sip:{name}@127.0.0.1:5555", "-s", f"sip:{name}@{host}:{edge.udp}",
        "-u", name, "-a", secret, "-x", "60", "-vv",
    ]  # fmt: skip
    return subprocess.run(command, cwd=edge.folder, capture_output=True, text=True, timeout=30, check=False)
