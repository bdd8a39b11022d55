"""What a hostile network sends: each gets the right refusal, and nothing changes."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.live import YEALINK, LiveServer


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/p/%2e%2e/secret.key",
        "/p/..%2fsecret.key",
        "/%2fetc%2fpasswd",
        "/805ec0000101.cfg%00",
        "/805ec0000101.cfg%0a",
        "/%ff%fe.cfg",
        "/805ec0000101%252ecfg",
        "/p/{{7*7}}.cfg",
        "/805ec000010.cfg",
        "/805ec00001011.cfg",
        "/zz5ec0000101.cfg",
        "/provd.db",
        "/var/provd.db",
        "/" + "a" * 5000,
    ],
)
def test_paths_that_no_phone_sends(server: LiveServer, path: str) -> None:
    got = server.get(path)
    assert (got.status, got.body) == (404, b"Not found\n")


def _raw(server: LiveServer, content: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.services.addresses.http), timeout=10) as peer:
        answer = b""
        with suppress(OSError):  # the server need not read what it refuses, and may hang up at once
            peer.sendall(content)
            peer.shutdown(socket.SHUT_WR)
            while part := peer.recv(65536):
                answer += part
        return answer


def test_a_header_of_64_kb_is_not_read(server: LiveServer) -> None:
    answer = _raw(server, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 65_536 + b"\r\n\r\n")
    assert not answer.startswith(b"HTTP/1.1 200")
    assert server.get("/healthz").status == 200


@pytest.mark.parametrize(
    "content",
    [
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x00" * 100,
        b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    ],
)
def test_what_is_no_http_does_no_harm(server: LiveServer, content: bytes) -> None:
    assert not _raw(server, content).startswith(b"HTTP/1.1 200")
    assert server.get("/healthz").status == 200


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "PROPFIND"])
def test_a_phone_may_only_read_unless_a_setting_says_so(server: LiveServer, method: str) -> None:
    got = server.get(f"/p/{server.token}/{YEALINK}-local.cfg", method=method, body=b"x")
    assert got.status == 405
    assert not (server.settings.data_dir / "uploads").exists()


def test_a_flood_of_strangers_is_counted_and_not_stored(start: Callable[..., LiveServer]) -> None:
    server = start()
    for number in range(300):
        server.get(f"/001565{number:06x}.cfg", agent=f"Yealink SIP-T46S 66.86.0.15 00:15:65:00:00:{number % 256:02x}")
    recorder = server.services.recorder
    assert recorder.counts["unknown"] == 300
    assert recorder.waiting == 0, "no event is made of strangers"
    knock = recorder.knocks()[0]
    assert (knock.mac, knock.vendor, knock.model) == ("00156500012b", "Yealink", "yealink-t46s")


def test_an_address_behind_an_untrusted_proxy_header_is_the_peers(server: LiveServer) -> None:
    server.get(f"/p/{server.token}/{YEALINK}.cfg", headers={"X-Forwarded-For": "198.51.100.7"})
    assert server.events()[0].address == "127.0.0.1"


def test_a_trusted_proxy_names_the_phones_address(start: Callable[..., LiveServer]) -> None:
    server = start(trusted_proxies=("127.0.0.1",))
    server.get(f"/p/{server.token}/{YEALINK}.cfg", headers={"X-Forwarded-For": "203.0.113.5, 198.51.100.7"})
    assert server.events()[0].address == "198.51.100.7"


def test_uploads_where_a_setting_allows_them(start: Callable[..., LiveServer]) -> None:
    server = start(accept_uploads=True, upload_limit=1000)
    name = f"{YEALINK}-local.cfg"
    assert server.get(f"/p/{server.token}/{name}", method="PUT", body=b"#!version").status == 201
    assert (server.settings.data_dir / "uploads" / YEALINK / name).read_bytes() == b"#!version"
    assert server.get(f"/{name}", method="PUT", body=b"no proof").status == 404
    assert server.get(f"/p/{server.token}/{YEALINK}.cfg", method="PUT", body=b"x").status == 404
    assert server.get(f"/p/{server.token}/evil.sh", method="PUT", body=b"x").status == 404
    assert server.events()[0].kind in ("uploaded", "refused")
    assert server.get(f"/p/{server.token}/{YEALINK}.cfg").status == 200, "reading goes on"


def test_an_upload_that_is_too_long_is_refused(start: Callable[..., LiveServer]) -> None:
    server = start(accept_uploads=True, upload_limit=1000)
    path = f"/p/{server.token}/{YEALINK}-local.cfg".encode()
    answer = _raw(server, b"PUT " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 2000)
    assert not answer.startswith(b"HTTP/1.1 201")
    assert not (server.settings.data_dir / "uploads").exists()
