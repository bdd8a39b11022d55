"""`provd simulate` as a person types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

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


@pytest.mark.parametrize("protocol", ["http", "https", "tftp"])
def test_the_phones_of_the_database_come_up_a_line_each(typed: Typed, office: Office, protocol: str) -> None:
    status, out, err = typed("--phones", "50", "--protocol", protocol, "--again", "--search", "ada")

    lines = out.splitlines()
    assert status == 0, out
    assert len(lines) == len(PHONES) + 1
    assert {line[:12] for line in lines[:-1]} == set(PHONES)
    (first,) = [line for line in lines if line.startswith("805ec0000101")]
    assert "Yealink T46U" in first
    assert "2 accounts, 16 keys, 11 directory entries, 1 found, 6 requests" in first
    assert "again 4 unchanged" in first and " 0 changed" in first
    assert lines[-1].startswith(f"{len(PHONES)} of {len(PHONES)} phones up, 0 failed; ")
    assert "p50" in lines[-1] and "p99" in lines[-1] and "a second" in lines[-1]
    assert err == f"Only {len(PHONES)} of 50 phones are set up; all of them start.\n"
    assert office.token not in out


def test_few_phones_are_taken_in_turn_over_the_vendors(typed: Typed) -> None:
    _, out, _ = typed("--phones", "6", "--json")

    vendors = [phone["vendor"] for phone in json.loads(out)["phones"]]
    assert sorted(vendors) == ["Cisco", "Fanvil", "Grandstream", "Poly", "Snom", "Yealink"]


def test_as_json_it_says_what_each_phone_sees_but_no_secret(typed: Typed, office: Office) -> None:
    status, out, _ = typed("--model", "T46U", "--phones", "1", "--json", "--again")
    said = json.loads(out)
    (phone,) = said["phones"]
    accounts = office.config("805ec0000101").accounts

    assert status == 0
    assert (phone["mac"], phone["model"], phone["up"]) == ("805ec0000101", "yealink-t46u", True)
    assert [account["user"] for account in phone["accounts"]] == ["101", "110"]
    assert all(account["password"] is True for account in phone["accounts"])
    assert {"module": 0, "number": 2, "kind": "blf", "target": "102", "label": "Grace Hopper"} in phone["keys"]
    assert {"name": "Zoë O'Brien", "numbers": ["110"]} in phone["directory"]
    assert [made["status"] for made in phone["again"]["requests"]] == [404, 404, 304, 304, 304]
    assert said["summary"]["phones"] == said["summary"]["up"] == 1
    assert said["summary"]["requests"] == len(phone["requests"]) + len(phone["again"]["requests"])
    assert not any(account.password in out for account in accounts)
    assert office.token not in out


def test_a_phone_that_did_not_come_up_makes_the_status_1(typed: Typed, office: Office) -> None:
    status, out, _ = typed("--vendor", "snom", "--phones", "1", "--url", office.url(token=""))

    assert status == 1
    assert "000413000108  Snom D785" in out
    assert "FAILED  The password of 108 is blank: the phone brought no proof of who it is." in out
    assert out.splitlines()[-1].startswith("0 of 1 phone up, 1 failed; ")


def test_a_list_takes_the_place_of_the_database(typed: Typed, office: Office, tmp_path: Path) -> None:
    file = tmp_path / "phones.txt"
    file.write_text("# ours\n80:5E:C0:00:01:01 T46U 1\n0004.1300.0108,snom-d785\n\n000b82ffffff gxp2170 # none\n")
    status, out, _ = typed("--mac-file", str(file), "--url", office.url(), "--phones", "3")

    assert status == 1
    assert "805ec0000101  Yealink T46U" in out and "16 keys" in out
    assert "000413000108  Snom D785" in out and "11 keys" in out
    assert "000b82ffffff  Grandstream GXP2170   FAILED  It got no configuration" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--calls"], "Virtual phones register but do not call yet"),
        (["--phones", "0"], "Give --phones a number from 1 on."),
        (["--concurrency", "0"], "Give --concurrency a number from 1 to 2000."),
        (["--vendor", "htek"], "No virtual phone is of htek; choose one of cisco, fanvil, grandstream, poly, snom"),
        (["--model", "T99X"], "No virtual phone is a T99X"),
        (["--model", "vvx601"], "No phone of that kind is set up"),
        (["--url", "ftp://h/"], "Virtual phones do not speak ftp"),
        (["--url", "http://h/", "--protocol", "tftp"], "--url is an address for http, --protocol says tftp"),
        (["--mac-file", "list.txt"], "give --url too"),
        (["--mac-file", "/nowhere/list.txt", "--url", "http://h/"], "/nowhere/list.txt cannot be read"),
        (["--ca", "/nowhere/ca.pem", "--protocol", "https"], "/nowhere/ca.pem holds no CA certificate"),
    ],
)
def test_a_mistake_is_one_sentence(typed: Typed, words: list[str], sentence: str) -> None:
    status, out, err = typed(*words)

    assert (status, out) == (1, "")
    assert err.startswith("provd: ") and sentence in err.splitlines()[-1]


@pytest.mark.parametrize("line", ["805ec0000101", "805ec0000101 T99X", "805ec T46U", "805ec0000101 T46U many"])
def test_a_line_of_the_list_that_is_none_is_named(typed: Typed, tmp_path: Path, line: str) -> None:
    file = tmp_path / "phones.txt"
    file.write_text(f"# one\n{line}\n")
    status, _, err = typed("--mac-file", str(file), "--url", "http://127.0.0.1/")

    assert status == 1
    assert f"{file} line 2" in err


def test_where_no_server_was_started_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROVD_DATA_DIR", str(tmp_path))

    assert main(["simulate"]) == 1
    assert "start `provd serve` first or give --url" in capsys.readouterr().err
