"""The layers of the edge import downward only: message ← transaction, message ← dialog."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

EDGE = Path(__file__).parent.parent.parent / "sip_edge"
BELOW = {"message": {"message"}, "transaction": {"message", "transaction"}, "dialog": {"message", "dialog"}}
FILES = [path for layer in BELOW for path in sorted((EDGE / layer).glob("*.py"))]


def imported(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.module for node in tree if isinstance(node, ast.ImportFrom) and node.module}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_layer_knows_only_what_is_below_it(path: Path) -> None:
    layers = {name.split(".")[1] for name in imported(path) if name.startswith("sip_edge.")}
    assert layers <= BELOW[path.parent.name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_module_says_that_it_is_pure_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "(pure)" in (ast.get_docstring(ast.parse(text)) or "")
    assert len(text.splitlines()) <= 300
