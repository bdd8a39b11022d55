"""The command line as a person uses it, in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def _provd(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = os.environ | {"PROVD_DATA_DIR": str(folder), "PROVD_PUBLIC_HOST": "127.0.0.1"} | environment
    command = [sys.executable, "-m", "provd.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, env=given, timeout=60)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "var"
    done = _provd(folder, "demo", PROVD_DEMO_PASSWORD="analytical engine")
    assert done.returncode == 0
    assert "analytical engine" in done.stdout
    return folder


def test_the_demo_company_is_loaded_once(demo: Path) -> None:
    again = _provd(demo, "demo")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "provd: The demo company acme.example exists already.\n"


def test_render_lists_the_files_of_a_phone(demo: Path) -> None:
    done = _provd(demo, "render", "80:5E:C0:00:01:01")
    assert done.stdout.splitlines() == ["y000000000108.cfg", "805ec0000101.cfg", "directory/805ec0000101.xml"]


def test_render_masks_secrets_unless_asked(demo: Path) -> None:
    masked = _provd(demo, "render", "805ec0000101", "805ec0000101.cfg").stdout
    shown = _provd(demo, "render", "805ec0000101", "805ec0000101.cfg", "--show-secrets").stdout
    assert "account.1.password = ••••••••\n" in masked
    assert "server.url = http://127.0.0.1:8080/p/••••••••/\n" in masked
    assert "••" not in shown
    assert len(masked.splitlines()) == len(shown.splitlines())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("render", "no-mac"), "is not a MAC address"),
        (("render", "805ec0999999"), "No phone with the MAC"),
        (("render", "805ec0000101", "x.cfg"), "has no file x.cfg"),
    ],
)
def test_a_mistake_is_one_sentence(demo: Path, words: tuple[str, ...], said: str) -> None:
    done = _provd(demo, *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_check_is_content_and_then_is_not(demo: Path) -> None:
    ports = {f"PROVD_{name}_PORT": "0" for name in ("HTTP", "HTTPS", "TFTP", "SIP", "SIPS")}
    ports["PROVD_BIND"] = "127.0.0.1"
    done = _provd(demo, "check", **ports)
    assert (done.returncode, done.stderr) == (0, "")
    assert "79 phone models" in done.stdout
    (demo / "firmware").mkdir()
    (demo / "firmware" / "manifest.yaml").write_text("images: nonsense")
    wrong = _provd(demo, "check", **ports)
    assert wrong.returncode == 1
    assert "is not a manifest" in wrong.stdout


def test_migrate_says_that_nothing_is_left_to_do(demo: Path) -> None:
    assert _provd(demo, "migrate").stdout == "The database is up to date.\n"


def test_a_port_that_is_taken_is_told(demo: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = _provd(demo, "serve", PROVD_BIND="127.0.0.1", PROVD_HTTP_PORT=port, PROVD_TFTP_PORT="0")
    assert done.returncode == 1
    assert f"Port {port} for http cannot be opened" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_sip_port_that_is_taken_is_told_with_the_mend(demo: Path) -> None:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        free = {f"PROVD_{name}_PORT": "0" for name in ("HTTP", "HTTPS", "TFTP", "SIPS")}
        done = _provd(demo, "serve", PROVD_BIND="127.0.0.1", PROVD_SIP_PORT=port, **free)
    assert done.returncode == 1
    wanted = f"Port {port} for sip cannot be opened (Address already in use); stop what uses it, set sip_port, or take"
    assert wanted in done.stderr and "Traceback" not in done.stderr


def test_an_unknown_database_is_told(tmp_path: Path) -> None:
    done = _provd(tmp_path, "migrate", PROVD_DATABASE_URL="mysql://x")
    assert done.returncode == 1
    assert "database_url" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_is_about_the_command_it_stands_behind(demo: Path) -> None:
    assert "--show-secrets" in _provd(demo, "render", "--help").stdout
    assert "import-phones" in _provd(demo, "--help").stdout
    assert "invalid choice" in _provd(demo, "nonsense").stderr
