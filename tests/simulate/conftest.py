"""One server with the demo company for all scenarios that only look, and a fresh one for those that change things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.simulate.office import Office


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office"), failures_per_minute=100_000) as running:
        yield running


@pytest.fixture
def open_office(tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """Start a server of one's own with these settings."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Office:
            return stack.enter_context(Office(tmp_path, **{"failures_per_minute": 100_000, **settings}))

        yield start
