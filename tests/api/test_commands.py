"""The command line makes logins and keys, and exports what an import reads back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from provd import demo, seal
from provd.app import open_store
from provd.cli import main
from provd.settings import Settings
from provd.store import api_keys, domains, users


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROVD_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PROVD_DEMO_PASSWORD", "demo-password")
    monkeypatch.chdir(tmp_path)
    store = open_store(Settings(data_dir=tmp_path))
    demo.load(store, Settings(data_dir=tmp_path, demo_password="demo-password"))
    store.close()
    return tmp_path


def provd(*words: str) -> int:
    return main(words)


def test_a_key_is_the_last_word_and_opens(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert provd("api-key", "create", "ci", "--scope", "office_manager", "--domain", "acme.example") == 0
    plain = capsys.readouterr().out.split()[-1]
    store = open_store(Settings(data_dir=folder))
    found = api_keys.find(store, plain)
    assert found is not None and found.scope == "office_manager"
    assert found.domain_id == domains.by_name(store, "acme.example").id
    store.close()
    assert provd("api-key", "list", "--domain", "acme.example") == 0
    assert plain not in capsys.readouterr().out
    assert provd("api-key", "delete", str(found.id), "--domain", "acme.example") == 0
    assert provd("api-key", "delete", str(found.id), "--domain", "acme.example") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--scope", "site_manager"), "name their extension in user"),
        (("--scope", "super_user", "--domain", "acme.example"), "leave --domain out"),
        (("--scope", "office_manager", "--user", "101"), "stands for nobody"),
        (("--scope", "basic_user", "--user", "999"), "There is no user 999"),
        (("--scope", "office_manager", "--domain", "nobody.example"), "There is no company"),
    ],
)
def test_a_key_that_makes_no_sense_is_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert provd("api-key", "create", "x", *words) == 1
    said = capsys.readouterr()
    assert says in said.err and said.err.count("\n") == 1 and "pk_" not in said.out


def test_logins_of_the_provider_and_of_a_company(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("ops", "--scope", "reseller"), ("130@acme.example", "--scope", "basic_user", "--first-name", "Jo")):
        monkeypatch.setattr("sys.stdin", io.StringIO("a-good-password\nnot this\n"))
        assert provd("add-user", *words) == 0
        assert "a-good-password" not in capsys.readouterr().out
    store = open_store(Settings(data_dir=folder))
    for login, scope in (("ops", "reseller"), ("130@acme.example", "basic_user")):
        user = users.by_login(store, login)
        assert user is not None and user.scope == scope
        assert seal.verify_password(users.password_hash(store, user.id), "a-good-password")
    store.close()


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (("ops", "--scope", "basic_user"), "a-good-password", "extension@company"),
        (("admin", "--scope", "super_user"), "a-good-password", "is taken"),
        (("ops", "--scope", "super_user"), "short", "at least 8 characters"),
        (("140@nobody.example", "--scope", "basic_user"), "a-good-password", "There is no company"),
    ],
)
def test_a_login_that_cannot_be_is_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...],
    typed: str, says: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
    assert provd("add-user", *words) == 1
    assert says in capsys.readouterr().err


def test_the_export_is_read_back_unchanged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert provd("export-phones", "--domain", "acme.example") == 0
    text = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["mac", "model", "extension", "template", "site", "description"] and len(rows) == 11
    ada = next(row for row in rows if row["mac"] == "80:5e:c0:00:01:01")
    assert (ada["extension"], ada["template"], ada["site"]) == ("101 110", "Reception", "Dallas")
    (folder / "phones.csv").write_text(text, encoding="utf-8")
    assert provd("import-phones", "phones.csv") == 0
    assert "0 created, 0 updated, 11 unchanged" in capsys.readouterr().out
