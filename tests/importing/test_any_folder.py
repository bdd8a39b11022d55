"""Whatever lies in a folder, an import of it ends with a report or one sentence, and never with anything else."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provd.catalogue import shipped
from provd.errors import ProvdError
from provd.importing.folder import FolderChoices, import_folder
from provd.importing.recognise import Choices
from provd.seal import Seal
from provd.store import domains
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from tests.importing.conftest import FOLDERS
from tests.store.conftest import KEY, NOW

SOURCES = sorted(path for path in FOLDERS.rglob("*") if path.suffix in (".cfg", ".xml", ".htm"))
DEFAULTS = {
    "yealink": "yealink-t46u", "poly-ucs": "poly-vvx450", "cisco-spa": "cisco-spa504g", "cisco-mpp": "cisco-cp-8851",
    "grandstream": "grandstream-grp2615", "grandstream-ht": "grandstream-ht802", "snom": "snom-d785",
    "fanvil": "fanvil-x6u",
}  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, int]:
    store = open_database(f"sqlite:///{tmp_path_factory.mktemp('any')}/any.sqlite", Seal([KEY]))
    migrate(store)
    return store, domains.create(store, "acme.example", NOW).id


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_change_of_any_file(company: tuple[Store, int], data: st.DataObject) -> None:
    store, domain_id = company
    path = data.draw(st.sampled_from(SOURCES))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        piece = data.draw(
            st.one_of(st.binary(max_size=8), st.sampled_from([b"\n", b"<", b'"', b"=\x00", b"\xff", b"99"]))
        )
        content[at : at + data.draw(st.integers(0, 40))] = piece
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / path.name).write_bytes(content)
        choices = FolderChoices(Choices({}, DEFAULTS), overwrite=True)
        try:
            report, _ = import_folder(store, shipped(), domain_id, Path(folder), "anybody", choices)
        except ProvdError as error:
            assert "carries the MAC" in str(error)
        else:
            assert report.saved and all(phone.sentences for phone in report.phones)
