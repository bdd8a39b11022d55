"""sipsak knows MD5 only, and gives up on a challenge that begins with SHA-256: it registers at its second try."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.sip_programs import needs, sipsak
from tests.registrar.live import LiveEdge
from tests.registrar.scenes import make_company, password

pytestmark = [pytest.mark.client, needs("sipsak")]


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[LiveEdge]:
    made = LiveEdge(tmp_path)
    make_company(made.store, "127.0.0.1")
    with made as running:
        yield running


def test_the_first_try_teaches_us_and_the_second_succeeds(edge: LiveEdge) -> None:
    assert sipsak(edge, "101", password("101")).returncode != 0
    done = sipsak(edge, "101", password("101"))
    assert done.returncode == 0, done.stdout
    assert edge.until(edge.bindings)
    assert sipsak(edge, "102", password("102")).returncode == 0, "its sister needs one try"
    assert edge.until(lambda: len(edge.bindings()) == 2)


def test_a_wrong_password_gets_nowhere(edge: LiveEdge) -> None:
    for _turn in range(2):
        assert sipsak(edge, "101", "guess").returncode != 0
    assert not edge.bindings()
