"""One server for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.scenes import SipOffice
from tests.sip_hostile.scenes import hasten


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipOffice]:
    with SipOffice(tmp_path_factory.mktemp("var")) as running:
        running.tell(hasten, running)
        yield running
