"""A PostgreSQL server of our own for one test session: a free port on 127.0.0.1, its files in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=32MB"


class NoPostgres(Exception):
    """Why no server can be started here, as a sentence."""


@contextmanager
def server() -> Iterator[str]:
    """Yields `postgresql://postgres@127.0.0.1:<port>`; raises NoPostgres."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="provd-postgres-"))
    try:
        as_user = _as_user(folder)
        port = _free_port()
        words = ["-D", str(folder / "db"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        _run([*as_user, str(programs / "initdb"), *words])
        control = [*as_user, str(programs / "pg_ctl"), "-D", str(folder / "db"), "-w"]
        options = f"-p {port} -k {folder} -h 127.0.0.1 {FAST}"
        _run([*control, "-l", str(folder / "log"), "-o", options, "start"])
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise NoPostgres("PostgreSQL is not installed here; run: apt install postgresql")
    return found[-1].parent if found else Path(on_path or "").parent


def _as_user(folder: Path) -> list[str]:
    """The words in front of a command that make it run as somebody whom PostgreSQL accepts: anybody but root."""
    if os.geteuid() != 0:
        return []
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        raise NoPostgres("The tests run as root and there is no user postgres to run PostgreSQL as.") from None
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPostgres(f"PostgreSQL does not start here: {error}") from None
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise NoPostgres(f"PostgreSQL does not start here: {words}")
