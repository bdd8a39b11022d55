"""Files go to a real FTP server, encrypted or not; what is wrong with the server is a sentence."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from provd.exporting import ftp, sending
from provd.exporting.failing import NotSent
from provd.exporting.places import Destination, networks
from tests.exporting.servers import PASSWORD, fingerprint, ftp_server, trusting

LOOPBACK = networks(["127.0.0.0/8", "::1/128"])


def destination(port: int, protocol: str = "ftp", **more: str) -> Destination:
    said = {"password": PASSWORD, "host": "127.0.0.1", "folder": "calls", "identity": "", **more}
    return Destination(
        protocol, said["host"], "", port, "exporter", said["folder"], said["identity"], said["password"]
    )  # fmt: skip


def put(to: Destination, path: Path) -> None:
    asyncio.run(sending.send(to, path, "Calls.csv", LOOPBACK))


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(b"Date,From\r\n" + b"y" * 300_000)
    return path


def test_a_file_goes_plain_and_arrives_whole(tmp_path: Path, export: Path) -> None:
    with ftp_server(tmp_path) as server:
        put(destination(server.port), export)
        put(destination(server.port), export)
        assert [one.name for one in (server.folder / "calls").iterdir()] == ["Calls.csv"]
        assert (server.folder / "calls" / "Calls.csv").read_bytes() == export.read_bytes()


def test_a_file_goes_encrypted_when_the_certificate_was_accepted(tmp_path: Path, export: Path) -> None:
    with ftp_server(tmp_path, tls=True) as server:
        found, shown, vouched = asyncio.run(sending.identity(destination(server.port, "ftps"), LOOPBACK))
        assert found == fingerprint(server.certificate) and shown == found.upper() and not vouched
        assert "USER" not in server.said, "nobody signs in to look"
        put(destination(server.port, "ftps", identity=found), export)
        assert (server.folder / "calls" / "Calls.csv").read_bytes() == export.read_bytes()
        assert "PROT" in server.said and server.said.index("AUTH") < server.said.index("USER")


def test_nobody_signs_in_to_a_server_that_is_not_the_accepted_one(tmp_path: Path, export: Path) -> None:
    with ftp_server(tmp_path, tls=True) as server:
        with pytest.raises(NotSent, match="another certificate") as other:
            put(destination(server.port, "ftps", identity="0" * 64), export)
        with pytest.raises(NotSent, match="Nobody vouches") as unknown:
            put(destination(server.port, "ftps"), export)
        assert other.value.for_good and unknown.value.for_good and "USER" not in server.said


def test_a_certificate_of_an_authority_needs_no_acceptance(
    tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ftp_server(tmp_path, tls=True) as server:
        monkeypatch.setattr(ftp, "_context", lambda _: trusting(server.certificate))
        to = destination(server.port, "ftps", host="localhost")
        assert asyncio.run(sending.identity(to, LOOPBACK))[2]
        put(to, export)
        assert (server.folder / "calls" / "Calls.csv").exists()


def test_what_the_server_refuses_is_a_sentence(tmp_path: Path, export: Path) -> None:
    with ftp_server(tmp_path) as server:
        with pytest.raises(NotSent, match="refused the user name or the password") as refused:
            put(destination(server.port, password="wrong"), export)
        assert refused.value.for_good and PASSWORD not in str(refused.value)
        with pytest.raises(NotSent, match="refused: 550") as folder:
            put(destination(server.port, folder="nowhere"), export)
        assert not folder.value.for_good
        with pytest.raises(NotSent, match="refused: 5"):
            put(destination(server.port, "ftps", identity="0" * 64), export)
    with pytest.raises(NotSent, match="cannot be reached"):
        put(destination(server.port), export)


class Hostile:
    """A server that says what it wants to whoever connects, and then listens until it is closed."""

    def __init__(self, said: bytes) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._said = said
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection:
            try:
                connection.sendall(self._said)
                while connection.recv(4096):
                    pass
            except OSError:
                return

    def __enter__(self) -> Hostile:
        return self

    def __exit__(self, *_: Any) -> None:
        self._thread.join()
        self._socket.close()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"220-hello\r\n" + b"220-more\r\n" * 5000, "talks without end"), (b"\x00\xff" * 50_000, "cannot be reached"),
        (b"220 x\r\n500 \x1b[31mno\x07\r\n" * 3, "refused: 500"), (b"999 what\r\n", "answered: 999"), (b"", "in time"),
    ],
)  # fmt: skip
def test_a_hostile_server_ends_in_a_sentence(
    export: Path, monkeypatch: pytest.MonkeyPatch, said: bytes, why: str
) -> None:
    monkeypatch.setattr(ftp, "STEP_SECONDS", 0.5)
    with Hostile(said) as server, pytest.raises(NotSent, match=why) as told:
        put(destination(server.port), export)
    assert str(told.value).isprintable() and len(str(told.value)) < 300


def test_a_server_that_drips_is_stopped(export: Path) -> None:
    with Hostile(b"220 hello\r\n") as server, pytest.raises(NotSent, match="too long"):
        ftp.send(Destination("ftp", "x", "127.0.0.1", server.port, "u", ""), export, "x.csv", most_seconds=-1)
