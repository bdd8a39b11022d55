"""The store's fixtures, on both databases, and the folders that other servers left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from provd import catalogue
from provd.catalogue import Catalogue
from tests.store.conftest import acme, empty_postgres, new_url, other, postgres, store, url  # noqa: F401 - fixtures

FOLDERS = Path(__file__).parent / "folders"


@pytest.fixture(scope="session")
def shipped() -> Catalogue:
    return catalogue.shipped()
