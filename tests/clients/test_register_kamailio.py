"""A Kamailio stands in front: phones register through it, and its Path is kept (RFC 3327)."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.sip_programs import acme, needs, sipp
from tests.registrar.live import LiveEdge

pytestmark = [pytest.mark.client, needs("sipp"), needs("kamailio")]

CONFIG = """
debug=0
log_stderror=yes
fork=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/aarch64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "rr.so"
loadmodule "path.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
modparam("path", "use_received", 1)
request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (is_method("OPTIONS")) {{ sl_send_reply("200", "OK"); exit; }}
    add_path_received();
    $du = "sip:127.0.0.1:{edge}";
    t_relay();
}}
"""
OPTIONS = (
    "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{turn};rport\r\n"
    "From: <sip:x@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: {turn}\r\nCSeq: 1 OPTIONS\r\n"
    "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[LiveEdge]:
    yield from acme(tmp_path)


@pytest.fixture
def proxy(edge: LiveEdge) -> Iterator[int]:
    """The port of a Kamailio that passes everything on to the edge."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    config = edge.folder / "kamailio.cfg"
    config.write_text(CONFIG.format(port=port, edge=edge.udp))
    log = (edge.folder / "kamailio.log").open("wb")
    running = subprocess.Popen(["kamailio", "-DD", "-E", "-m", "64", "-M", "8", "-f", str(config)], stderr=log)
    try:
        assert answers(port), (edge.folder / "kamailio.log").read_text()[-2000:]
        yield port
    finally:
        running.terminate()
        running.wait(15)
        log.close()


def answers(port: int) -> bool:
    """Ask until it answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        probe.settimeout(0.2)
        for turn in range(50):
            probe.sendto(OPTIONS.format(port=probe.getsockname()[1], turn=turn).encode(), ("127.0.0.1", port))
            try:
                return probe.recv(4096).startswith(b"SIP/2.0 200")
            except (TimeoutError, ConnectionError):
                continue
    return False


def test_a_phone_behind_it_registers_comes_again_and_goes(edge: LiveEdge, proxy: int) -> None:
    done = sipp(edge, "life", port=proxy)
    assert done.returncode == 0, done.stdout[-2000:]
    assert edge.until(lambda: edge.kinds() == ["registered", "unregistered"])


def test_its_path_is_kept_with_where_the_phone_is(edge: LiveEdge, proxy: int) -> None:
    assert sipp(edge, "register", port=proxy).returncode == 0
    assert edge.until(edge.bindings)
    (binding,) = edge.bindings()
    (path,) = binding.path
    assert path.startswith(f"<sip:127.0.0.1:{proxy};") and "lr" in path and "received=sip:127.0.0.1:" in path
    assert (binding.address, binding.port) == ("127.0.0.1", proxy)


def test_a_wrong_password_gets_nowhere_through_it(edge: LiveEdge, proxy: int) -> None:
    assert sipp(edge, "wrong_password", secret="guess", port=proxy).returncode == 0
    assert edge.until(lambda: edge.kinds() == ["auth_failed"])
