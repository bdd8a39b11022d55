"""The commands: a report on standard output, one sentence for a mistake, exit status 1 when something was not done."""

from __future__ import annotations

from pathlib import Path

import pytest

from provd import cli
from provd.seal import Seal
from provd.store import domains, layers, phones, sites, templates, users
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from tests.importing.conftest import FOLDERS
from tests.store.conftest import NOW


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with one company, as the commands find it."""
    folder = tmp_path / "var"
    folder.mkdir()
    monkeypatch.setenv("PROVD_DATA_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    store = opened(folder)
    migrate(store)
    domain = domains.create(store, "acme.example", NOW)
    for extension in ("101", "102"):
        users.create(store, domain.id, extension, NOW)
    sites.create(store, domain.id, "Dallas", NOW)
    templates.create(store, domain.id, "Desk", "yealink-t46u", NOW)
    store.close()
    return folder


def opened(folder: Path) -> Store:
    return open_database(f"sqlite:///{folder}/provd.db", Seal.from_file(folder / "secret.key"))


def test_a_spreadsheet_is_imported_and_exported_and_imported_again(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "phones.csv"
    sheet.write_text(
        "MAC;Model;Extension;Line 3;Template;Site;Description\n"
        "00156500AA01;T46U;101;102a;Desk;Dallas;=cmd|'/c calc'!A1\n00156500AA02;T54W;102;;;;Zoë; \n"
    )
    assert cli.main(["import-phones", str(sheet)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "line 2: 00156500aa01: created: New phone: Yealink T46U with 101, 102a."
    assert out[-1] == "2 created, 0 updated, 0 unchanged."

    assert cli.main(["export-phones"]) == 0
    exported = capsys.readouterr().out
    assert "101 - 102a" in exported and ",=" not in exported
    sheet.write_text(exported)
    assert cli.main(["import-phones", str(sheet), "--domain", "acme.example"]) == 0
    assert capsys.readouterr().out.splitlines() == ["0 created, 0 updated, 2 unchanged."]


def test_a_wrong_line_is_told_and_nothing_is_saved(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "phones.csv"
    sheet.write_text("mac,model\n00156500AA01,T46U\nhello,T46U\n")
    assert cli.main(["import-phones", str(sheet)]) == 1
    out = capsys.readouterr().out
    assert "line 3: -: error: “hello” is not a MAC address" in out and "Nothing was saved: 1 line is wrong" in out
    store = opened(data)
    assert phones.count(store) == 0
    store.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["import-phones", "none.csv"], "There is no file none.csv."),
        (["import-phones", "."], ". is not a file; name the file itself."),
        (["import-phones", "x.csv", "--domain", "other.example"], "There is no company other.example."),
        (["import-folder", "none"], "There is no folder none; name the one that holds the phones' files."),
        (["import-folder", ".", "--model", "T46U"], "“T46U” is not of the form MAC=MODEL."),
        (["import-folder", ".", "--model", "12=T46U"], "“12” is not a MAC address"),
        (["import-folder", ".", "--default-model", "yealink=vvx450"], "is of another family than yealink."),
        (["import-folder", ".", "--default-model", "yeahlink=T46U"], "There is no family “yeahlink”"),
    ],
)
def test_a_mistake_is_one_sentence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    (tmp_path / "x.csv").write_text("mac\n")
    assert cli.main(arguments) == 1
    told = capsys.readouterr()
    assert told.err.startswith("provd: ") and sentence in told.err and told.err.count("\n") == 1
    assert told.out == ""


def test_with_two_companies_the_one_has_to_be_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = opened(data)
    domains.create(store, "beta.example", NOW)
    store.close()
    assert cli.main(["import-folder", str(FOLDERS / "yealink")]) == 1
    assert "say which one with --domain, such as acme.example" in capsys.readouterr().err


def test_a_folder_is_tried_and_then_imported(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(FOLDERS / "yealink")
    assert cli.main(["import-folder", folder, "--dry-run", "--files"]) == 0
    tried = capsys.readouterr().out
    assert "y000000000108.cfg: read: Read for 2 phones." in tried
    assert "805ec0a10001: created: yealink-t46u, 2 lines, 10 keys; parameters: " in tried
    assert "\nDry run, nothing was saved. Phones: 2 created" in tried
    for secret in ("kV7#pq", "Old-4dmin", "b00k-Worm"):
        assert secret not in tried

    assert cli.main(["import-folder", folder]) == 0
    assert "\nPhones: 2 created, 0 updated, 0 unchanged, 0 left out; 3 users" in capsys.readouterr().out
    store = opened(data)
    phone = phones.by_mac(store, 1, "805ec0a10001")
    assert layers.get(store, 1, "phone", phone.id).keys["4"]["label"] == "Taxi"
    store.close()
    assert cli.main(["render", "805ec0a10001", "805ec0a10001.cfg"]) == 0
    assert "linekey.4.label = Taxi\n" in capsys.readouterr().out


def test_a_phone_that_was_left_out_makes_the_exit_status_1(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tftp"
    folder.mkdir()
    (folder / "805ec0a10002.cfg").write_bytes((FOLDERS / "yealink" / "805EC0A10002.cfg").read_bytes())
    assert cli.main(["import-folder", str(folder)]) == 1
    assert "805ec0a10002: left out\n    The model cannot be recognised" in capsys.readouterr().out
    assert cli.main(["import-folder", str(folder), "--default-model", "yealink=T46U"]) == 0
