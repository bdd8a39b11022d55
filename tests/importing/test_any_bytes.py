"""Whatever the bytes are, an import ends with a report or with one sentence, and a wrong file changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provd.catalogue import Catalogue, shipped
from provd.errors import ProvdError
from provd.importing.phones import imported
from provd.seal import Seal
from provd.store import changes, domains, users
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from tests.store.conftest import KEY, NOW

WORDS = ("mac", "model", "extension", "line 2", "site", "T46U", "101", "101a", "805ec0000001", "00:15:65:aa:bb:cc", "-")
CELLS = st.one_of(st.sampled_from(WORDS), st.text(max_size=12), st.just('"'))
LINES = st.lists(st.lists(CELLS, max_size=6).map(",".join), max_size=8).map("\n".join)
FILES = st.one_of(
    st.binary(max_size=400),
    LINES.map(lambda text: text.encode("utf-8", "surrogatepass")),
    LINES.map(lambda text: ("mac,model,extension,site,description\n" + text).encode("utf-8", "surrogatepass")),
    LINES.map(lambda text: ("mac;model\n" + text).encode("utf-16", "surrogatepass")),
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, int]]:
    folder: Path = tmp_path_factory.mktemp("bytes")
    store = open_database(f"sqlite:///{folder}/any.sqlite", Seal([KEY]))
    migrate(store)
    domain = domains.create(store, "acme.example", NOW)
    users.create(store, domain.id, "101", NOW)
    yield store, domain.id
    store.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=FILES)
def test_any_bytes_as_a_spreadsheet(company: tuple[Store, int], content: bytes) -> None:
    store, domain_id = company
    catalogue: Catalogue = shipped()
    before = changes.latest_id(store)
    try:
        report, plan = imported(store, catalogue, domain_id, content, "anybody")
    except ProvdError as error:
        assert str(error)
        assert changes.latest_id(store) == before
    else:
        assert report.saved is not report.failed
        assert all(line.text for line in report.lines)
        wrote = changes.latest_id(store) != before
        assert wrote == (report.saved and not plan.empty)
