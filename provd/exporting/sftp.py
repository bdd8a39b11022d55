"""Sending a file by SFTP, with the system's own OpenSSH client in batch mode.

Rules of this file: the client reads no configuration of whoever runs this server and no agent; it connects to the
address that was looked at before, and to a server only whose key was accepted; passwords and keys reach it in files of
a folder that lasts as long as the transfer, never on a command line. OpenSSH, as every SSH library for Python with a
licence as free as ours is unkept.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import shutil
import signal
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from provd.exporting.failing import NotSent, quoted
from provd.exporting.places import Destination

MOST_SECONDS = 300.0
SCAN_SECONDS = 20.0
MOST_SAID = 20_000
ALIAS = "destination"
KEY_TYPES = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")
_RSA = "rsa-sha2-512,rsa-sha2-256"  # RFC 8332: how an ssh-rsa key signs without SHA-1
_OPTIONS = (
    "BatchMode=no", "StrictHostKeyChecking=yes", "GlobalKnownHostsFile=/dev/null", "UpdateHostKeys=no",
    "CheckHostIP=no", f"HostKeyAlias={ALIAS}", "NumberOfPasswordPrompts=1", "ConnectTimeout=15",
    "ServerAliveInterval=5", "ServerAliveCountMax=3", "ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes",
    "PermitLocalCommand=no", "ProxyCommand=none", "ControlPath=none", "IdentityAgent=none", "IdentitiesOnly=yes",
    "AddKeysToAgent=no", "LogLevel=ERROR",
)  # fmt: skip


async def send(destination: Destination, path: Path, name: str, *, most_seconds: float = MOST_SECONDS) -> None:
    """Puts a file into the destination's folder as `name`: under another name first, so that nobody takes half of it.

    Raises NotSent with a sentence.
    """
    program = _program("sftp")
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="provd-sftp-"))
    try:
        command, environment = await asyncio.to_thread(_prepare, folder, destination, path, name)
        status, said = await _run([program, *command], environment, most_seconds)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    if status:
        raise _failure(destination, said)


def _prepare(folder: Path, one: Destination, path: Path, name: str) -> tuple[list[str], dict[str, str]]:
    """The files that the client reads; → its arguments and its environment."""
    _write(folder / "known_hosts", f"{ALIAS} {one.identity}\n")
    _write(folder / "batch", batch(one.folder, str(path), name))
    kind = one.identity.split(" ", 1)[0]
    options = [*_OPTIONS, f"UserKnownHostsFile={folder / 'known_hosts'}", f"User={one.user}", f"Port={one.port}"]
    options.append(f"HostKeyAlgorithms={_RSA if kind == 'ssh-rsa' else kind}")
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    if one.private_key:
        _write(folder / "key", one.private_key)
        options += [f"IdentityFile={folder / 'key'}", "PreferredAuthentications=publickey"]
    else:
        _write(folder / "password", f"{one.password}\n")
        _write(folder / "answer", f"#!/bin/sh\nexec cat '{folder / 'password'}'\n", 0o700)
        options += ["IdentityFile=none", "PreferredAuthentications=password,keyboard-interactive"]
        # OpenSSH 8.4 and later: the program is asked although there is no display.
        environment |= {"SSH_ASKPASS": str(folder / "answer"), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}
    arguments = ["-F", "/dev/null"]
    for option in options:
        arguments += ["-o", option]
    # "-b" stands for BatchMode=yes, which forbids passwords: of an option given twice the first counts.
    return [*arguments, "-b", str(folder / "batch"), *_place(one.address)], environment


def _place(address: str) -> list[str]:
    return ["--", f"[{address}]" if ":" in address else address]


def batch(folder: str, path: str, name: str) -> str:
    """The commands for the client: any that fails ends it, but the one that begins with a hyphen."""
    lines = [f'cd "{folder}"'] if folder else []
    lines += [f'put "{path}" "{name}.part"', f'-rm "{name}"', f'rename "{name}.part" "{name}"']
    return "\n".join(lines) + "\n"


async def identity(destination: Destination) -> str:
    """The server's host key as `known_hosts` has it (type and base64), the best that it shows. Nobody signs in.

    Raises NotSent with a sentence.
    """
    command = [
        _program("ssh-keyscan"), "-T", "10", "-p", str(destination.port), "-t", "ed25519,ecdsa,rsa",
        destination.address,
    ]  # fmt: skip
    _, said = await _run(command, {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}, SCAN_SECONDS)
    found: dict[str, str] = {}
    for line in said.splitlines():
        parts = line.split(" ")
        if len(parts) == 3 and parts[1] in KEY_TYPES and is_key(f"{parts[1]} {parts[2]}"):
            found.setdefault(parts[1], parts[2])
    for kind in KEY_TYPES:
        if kind in found:
            return f"{kind} {found[kind]}"
    raise NotSent(f"{destination.host} shows no host key; check the name, the port, and that it is an SFTP server.")


def is_key(text: str) -> bool:
    """Whether this is a host key: its type, and the same type first in what base64 says (RFC 4253, 6.6)."""
    kind, _, body = text.partition(" ")
    try:
        octets = base64.b64decode(body, validate=True)
    except ValueError:
        return False
    length = int.from_bytes(octets[:4], "big")
    return kind in KEY_TYPES and len(body) < 4_000 and octets[4 : 4 + length] == kind.encode()


def fingerprint(key: str) -> str:
    """What people compare: `SHA256:…`, as `ssh-keygen -l` shows it."""
    digest = hashlib.sha256(base64.b64decode(key.partition(" ")[2])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


async def _run(command: Sequence[str], environment: dict[str, str], most_seconds: float) -> tuple[int, str]:
    """A program without a terminal; → (its status, what it said). Raises NotSent when it takes too long."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env=environment, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None, "it was asked for"
    try:
        async with asyncio.timeout(most_seconds):
            said = await _said(process.stdout)
            return await process.wait(), said
    except TimeoutError:
        raise NotSent("The transfer took too long and was stopped.") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # the client, and the ssh that it has started
            await process.wait()


async def _said(stream: asyncio.StreamReader) -> str:
    """The beginning of what is said; the rest is read and thrown away."""
    kept = b""
    while piece := await stream.read(4096):
        kept = (kept + piece)[:MOST_SAID]
    return kept.decode("utf-8", "replace")


def _failure(one: Destination, said: str) -> NotSent:
    if "Host key verification failed" in said or "no matching host key" in said:
        text = f"{one.host} shows another host key than the one that was accepted; check it and accept the new one."
        return NotSent(text, for_good=True)
    if "Permission denied (" in said or "Too many authentication failures" in said:
        what = "key" if one.private_key else "password"
        return NotSent(f"{one.host} refused the user name or the {what}.", for_good=True)
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(("Couldn't delete", "sftp>"))]
    last = quoted(lines[0]) if lines else "the connection was closed"
    return NotSent(f"{one.host} did not take the file ({last.rstrip('.')}).")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotSent(f"The program {name} is missing on this server; install the package openssh-client.")
    return found


def _write(path: Path, text: str, mode: int = 0o600) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
