"""One server with the demo company for the tests that change nothing; fresh ones for those that do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.live import LiveServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., LiveServer]]:
    """Start a server of the test's own with these settings."""
    with ExitStack() as stack:

        def begin(**settings: Any) -> LiveServer:
            return stack.enter_context(LiveServer(tmp_path / "var", **settings))

        yield begin
