"""Files go to a real sshd by key and by password, and to no other server than the one that was accepted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from provd.api.exports import _key_pair
from provd.exporting import sending, sftp
from provd.exporting.failing import NotSent
from provd.exporting.places import Destination, networks
from tests.exporting.servers import PASSWORD, Sshd, can_mount, needs_sshd, sshd

pytestmark = [pytest.mark.client, needs_sshd]
LOOPBACK = networks(["127.0.0.0/8"])


def destination(server: Sshd, identity: str = "", **more: str) -> Destination:
    return Destination("sftp", "127.0.0.1", "", server.port, server.user, more.pop("folder", ""), identity, **more)


def accepted(server: Sshd) -> str:
    return asyncio.run(sending.identity(destination(server), LOOPBACK))[0]


def put(to: Destination, path: Path, name: str = "Calls-20260504-0600.csv") -> None:
    asyncio.run(sending.send(to, path, name, LOOPBACK))


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(b"Date,From\r\n" + b"x" * 200_000)
    return path


def test_a_file_goes_by_key_and_arrives_whole(tmp_path: Path, export: Path) -> None:
    private, public = _key_pair()
    with sshd(tmp_path / "server") as server:
        server.allow(public)
        (server.folder / "calls 2026").mkdir()
        to = destination(server, accepted(server), private_key=private, folder="calls 2026")
        put(to, export)
        put(to, export)  # sent again after an answer that was lost: the same file, once
        arrived = list((server.folder / "calls 2026").iterdir())
        assert [one.name for one in arrived] == ["Calls-20260504-0600.csv"]
        assert arrived[0].read_bytes() == export.read_bytes()
        with pytest.raises(NotSent, match="did not take the file"):
            put(destination(server, accepted(server), private_key=private, folder="nowhere"), export)


@pytest.mark.skipif(not can_mount(), reason="needs root, for password files of its own")
def test_a_file_goes_by_password_with_every_awkward_character(tmp_path: Path, export: Path) -> None:
    with sshd(tmp_path / "server", password=True) as server:
        put(destination(server, accepted(server), password=PASSWORD), export)
        assert (server.folder / "Calls-20260504-0600.csv").read_bytes() == export.read_bytes()
        with pytest.raises(NotSent, match="refused the user name or the password") as refused:
            put(destination(server, accepted(server), password="wrong"), export)
        assert refused.value.for_good


def test_a_key_that_the_server_does_not_know_is_told(tmp_path: Path, export: Path) -> None:
    with sshd(tmp_path / "server") as server:
        with pytest.raises(NotSent, match="refused the user name or the key") as refused:
            put(destination(server, accepted(server), private_key=_key_pair()[0]), export)
        assert refused.value.for_good


def test_another_server_at_the_same_address_gets_nothing(tmp_path: Path, export: Path) -> None:
    private, public = _key_pair()
    with sshd(tmp_path / "one") as one, sshd(tmp_path / "other") as other:
        other.allow(public)
        with pytest.raises(NotSent, match="another host key") as refused:
            put(destination(other, accepted(one), private_key=private), export)
        assert refused.value.for_good and not list(other.folder.iterdir())
        assert "Accepted" not in other.log.read_text()


def test_the_fingerprint_is_the_one_that_openssh_shows(tmp_path: Path) -> None:
    with sshd(tmp_path / "server") as server:
        key, shown, vouched = asyncio.run(sending.identity(destination(server), LOOPBACK))
    assert key.startswith("ssh-ed25519 ") and sftp.is_key(key) and not vouched
    public = (tmp_path / "server" / "host_key.pub").read_text().split(" ")
    assert key == " ".join(public[:2]) and shown.startswith("SHA256:") and len(shown) == 50


def test_a_port_without_a_server_and_what_is_no_key(tmp_path: Path) -> None:
    with sshd(tmp_path / "server") as server:
        gone = destination(server)
    with pytest.raises(NotSent, match="shows no host key"):
        asyncio.run(sending.identity(gone, LOOPBACK))
    for wrong in ("", "ssh-ed25519 ", "ssh-ed25519 AAAA", "ssh-dss AAAAB3NzaC1kc3M=", "ssh-ed25519 x y", "@revoked x"):
        assert not sftp.is_key(wrong)
