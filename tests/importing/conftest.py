"""The store's fixtures, on both databases, and the folders that other servers left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provd import catalogue, cli
from provd.catalogue import Catalogue
from provd.commands.backup import VARIABLE
from provd.seal import Seal
from provd.store.database import Store, open_database
from tests.store import conftest as stores

PASSPHRASE = "correct horse battery"
# The fixtures of the store, under their own names.
acme, other, postgres, empty_postgres = stores.acme, stores.other, stores.postgres, stores.empty_postgres
new_url, url, store = stores.new_url, stores.url, stores.store
FOLDERS = Path(__file__).parent / "folders"


@pytest.fixture(scope="session")
def shipped() -> Catalogue:
    return catalogue.shipped()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """A function: from now on the commands work with this data directory and database."""

    def use(name: str, address: str) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        monkeypatch.setenv("PROVD_DATA_DIR", str(folder))
        monkeypatch.setenv("PROVD_DATABASE_URL", address)
        return folder

    monkeypatch.chdir(tmp_path)
    return use


@pytest.fixture
def old(
    machine: Callable[[str, str], Path], new_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """The store of a machine that has a company and a key file, backed up with PASSPHRASE."""
    address = new_url()
    folder = machine("old", address)
    assert cli.main(["migrate"]) == 0
    opened = open_database(address, Seal.from_file(folder / "secret.key"))
    stores.make_company(opened, "acme.example", "001565aabb01")
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    assert cli.main(["backup", "all.backup"]) == 0
    yield opened
    opened.close()


@pytest.fixture
def mistake(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """A function: what a command has just said on standard error, which has to be one sentence."""
    capsys.readouterr()

    def said() -> str:
        told = capsys.readouterr().err
        assert told.startswith("provd: ") and told.count("\n") == 1
        return told

    return said
