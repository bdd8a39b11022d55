"""`provd simulate --register` and `--boot-storm` as a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from provd.cli import main
from tests.simulate.office import PHONES, Office

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Run `provd simulate …` beside the running server → exit status, output, complaints."""
    monkeypatch.setenv("PROVD_DATA_DIR", str(office.settings.data_dir))
    monkeypatch.setenv("PROVD_PUBLIC_HOST", "127.0.0.1")

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["simulate", *words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_phones_register_are_listed_and_leave(typed: Typed, office: Office) -> None:
    status, out, _ = typed("--register", "--seconds", "0", "--phones", "11")
    lines = out.splitlines()

    assert status == 0, out
    (reception,) = [line for line in lines if line.startswith("805ec0000101")]
    assert "Yealink T46U" in reception and "2 of 2 registered, 14 watched, 0 lit" in reception
    summary = next(line for line in lines if " in service after " in line)
    assert summary.startswith(f"{len(PHONES)} of {len(PHONES)} phones in service after ") and " 0 failed; " in summary
    assert [line.split()[1] for line in lines[-3:]] == ["file", "REGISTER", "SUBSCRIBE"]
    assert office.token not in out
    assert office.services.sip is not None
    assert not office.services.sip.registrar.bindings("acme.example", "101")


def test_a_boot_storm_says_how_long_it_took_and_names_no_secret(typed: Typed, office: Office) -> None:
    status, out, _ = typed("--boot-storm", "--phones", "11", "--json")
    said = json.loads(out)

    assert status == 0
    assert {phone["mac"] for phone in said["phones"]} == set(PHONES)
    assert said["summary"]["in_service"] == len(PHONES)
    assert said["summary"]["requests"]["REGISTER"]["count"] == said["summary"]["lines"]
    assert said["summary"]["requests"]["SUBSCRIBE"]["count"] == said["summary"]["watched"]
    assert 0 < said["summary"]["requests"]["file"]["p50_ms"] <= said["summary"]["requests"]["file"]["p99_ms"]
    passwords = [account.password for mac in PHONES for account in office.config(mac).accounts]
    assert not any(password in out for password in passwords)


def test_a_phone_that_is_not_in_service_makes_the_status_1(typed: Typed, office: Office) -> None:
    status, out, _ = typed(
        "--register", "--seconds", "0", "--vendor", "snom", "--phones", "1", "--url", office.url(token="")
    )

    assert status == 1
    assert "FAILED  The password of 108 is blank: the phone brought no proof of who it is." in out
    assert "0 of 1 phones in service" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--register", "--again"], "leave --again, --search out"),
        (["--boot-storm", "--search", "ada"], "leave --again, --search out"),
        (["--seconds", "3"], "--seconds goes with --register or --boot-storm"),
        (["--register", "--seconds", "-1"], "is a number from 0 to"),
    ],
)
def test_a_mistake_is_one_sentence(typed: Typed, words: list[str], sentence: str) -> None:
    status, out, err = typed(*words)

    assert (status, out) == (1, "")
    assert err.startswith("provd: ") and sentence in err.splitlines()[-1]
