"""Servers that files are sent to: OpenSSH's, and one for FTP, on loopback."""

from __future__ import annotations

import contextlib
import datetime
import getpass
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
PASSWORD = "correct horse: \"battery\" 'staple'"
needs_sshd = pytest.mark.skipif(not Path(SSHD).exists(), reason="sshd is not installed; script/test installs it.")


@dataclass
class Sshd:
    """A running sshd; what is sent to it lands in `folder`."""

    folder: Path
    port: int
    user: str
    authorized: Path
    log: Path

    def allow(self, public_key: str) -> None:
        """Let the owner of a key in."""
        self.authorized.write_text(public_key + "\n")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int, process: subprocess.Popen[bytes]) -> None:
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
            if probe.recv(4):
                return
        assert process.poll() is None, "the server did not start"


@contextlib.contextmanager
def sshd(tmp: Path, *, password: bool = False) -> Iterator[Sshd]:
    """An sshd for whoever runs the tests, by key; with `password` (root only) by a password that holds for this sshd
    alone: it has password files of its own."""
    folder = tmp / "incoming"
    folder.mkdir(parents=True)
    key, authorized, config, log = tmp / "host_key", tmp / "authorized_keys", tmp / "sshd_config", tmp / "log"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    authorized.write_text("")
    port = _free_port()
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {key}\nAuthorizedKeysFile {authorized}\nStrictModes no\n"
        f"UsePAM no\nPermitRootLogin yes\nPidFile none\nLogLevel VERBOSE\n"
        f"PasswordAuthentication {'yes' if password else 'no'}\nKbdInteractiveAuthentication no\n"
        f"Subsystem sftp internal-sftp\nForceCommand internal-sftp -d {folder}\n"
    )
    command = [SSHD, "-D", "-e", "-f", str(config)]
    if password:
        command = ["unshare", "-m", "sh", "-c", _own_passwords(tmp) + f" exec {' '.join(command)}"]
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            _answers(port, process)
            yield Sshd(folder, port, "exporter" if password else getpass.getuser(), authorized, log)
        finally:
            process.terminate()


def _own_passwords(tmp: Path) -> str:
    """Password files with one user more, seen by this sshd only."""
    made = subprocess.run(
        ["openssl", "passwd", "-6", "-stdin"], input=PASSWORD.encode(), capture_output=True, check=True
    )
    passwd = Path("/etc/passwd").read_text() + f"exporter:x:0:0::{tmp}:/bin/sh\n"
    (tmp / "passwd").write_text(passwd)
    (tmp / "shadow").write_text(
        Path("/etc/shadow").read_text() + f"exporter:{made.stdout.decode().strip()}:20000:0:99999:7:::\n"
    )
    return f"mount --bind {tmp}/passwd /etc/passwd && mount --bind {tmp}/shadow /etc/shadow &&"


def can_mount() -> bool:
    """Whether this process may give a program password files of its own."""
    command = ["unshare", "-m", "true"]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0


@dataclass
class Ftp:
    """A running FTP server; `said`: what clients asked for."""

    folder: Path
    port: int
    certificate: Path
    said: list[str] = field(default_factory=list)


@contextlib.contextmanager
def ftp_server(tmp: Path, *, tls: bool = False, **more: Any) -> Iterator[Ftp]:
    """An FTP server with the user `exporter`; more: attributes of pyftpdlib's handler."""
    folder = tmp / "incoming"
    (folder / "calls").mkdir(parents=True)
    certificate = self_signed(tmp)
    authorizer = DummyAuthorizer()
    authorizer.add_user("exporter", PASSWORD, str(folder), perm="elradfmw")
    running = Ftp(folder, 0, certificate)
    handler: Any = type("Handler", (TLS_FTPHandler if tls else FTPHandler,), {"authorizer": authorizer, **more})
    handler.pre_process_command = _noting(running, handler.pre_process_command)
    handler.auth_failed_timeout = 0
    if tls:
        handler.certfile, handler.tls_control_required, handler.tls_data_required = str(certificate), True, True
    server = FTPServer(("127.0.0.1", 0), handler)
    running.port = server.address[1]
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            server.serve_forever(timeout=0.05, blocking=False)
        server.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield running
    finally:
        over.set()
        thread.join()


def _noting(running: Ftp, real: Any) -> Any:
    def pre_process_command(self: Any, line: str, cmd: str, arg: str) -> None:
        running.said.append(cmd)
        real(self, line, cmd, arg)

    return pre_process_command


def self_signed(tmp: Path, name: str = "localhost") -> Path:
    """A certificate that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def fingerprint(certificate: Path) -> str:
    """What is kept of a certificate that was accepted."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    return found.fingerprint(hashes.SHA256()).hex()


def trusting(certificate: Path) -> ssl.SSLContext:
    """A context in which an authority vouches for it."""
    return ssl.create_default_context(cafile=str(certificate))
