"""The packages that promise to be pure import nothing that does I/O or reads a clock, and keep their size."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

EDGE = Path(__file__).parent.parent.parent / "sip_edge"
PURE = [*sorted((EDGE / "message").glob("*.py"))]
ALLOWED = {
    "__future__", "collections", "collections.abc", "dataclasses", "enum", "hashlib", "heapq", "hmac", "ipaddress",
    "itertools", "re", "typing", "urllib.parse",
}  # fmt: skip


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_imports_data_modules_only(path: Path) -> None:
    outside = {name for name in imported(path) if name not in ALLOWED and not name.startswith("sip_edge.")}
    assert outside == set()


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_says_that_it_is_pure_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "(pure)" in (ast.get_docstring(ast.parse(text)) or "")
    assert len(text.splitlines()) <= 300


def test_the_message_layer_imports_nothing_above_it() -> None:
    for path in (EDGE / "message").glob("*.py"):
        assert {name for name in imported(path) if name.startswith("sip_edge.") and "message" not in name} == set()
