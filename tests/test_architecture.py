"""The one rule of ARCHITECTURE.md: pure modules stay pure, and imports point one way."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [path for name in ("provd", "sip_edge", "phone_manager") for path in sorted((ROOT / name).rglob("*.py"))]

# Standard modules with side effects, or a clock; and everything from outside but what only computes.
UNCLEAN = {
    "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "selectors", "shutil", "signal",
    "smtplib", "socket", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request",
}  # fmt: skip
ONLY_COMPUTES = {
    "holidays", "jinja2", "jsonschema", "markupsafe", "netaddr", "numpy", "phonenumbers", "python_multipart",
}  # fmt: skip
IN_MEMORY = {"http.HTTPStatus", "io.StringIO", "io.BytesIO"}
BANNED_NAMES = re.compile(r"(Manager|Helper|Util|Utils|Base|Info|Data)$")


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def _module(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


PURE = {_module(path): path for path in SOURCES if "(pure)" in _docstring(path)}


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    only_types = [node for node in tree.body if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    tree.body = [node for node in tree.body if node not in only_types]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _target(name: str) -> str:
    """`provd.errors.Problem` → `provd.errors`: the module that an imported name comes from."""
    while name and not any(((ROOT / Path(*name.split("."))).with_suffix(s)).exists() for s in (".py",)):
        if (ROOT / Path(*name.split(".")) / "__init__.py").exists():
            return name
        name = name.rpartition(".")[0]
    return name


@pytest.mark.parametrize("module", sorted(PURE))
def test_a_pure_module_only_computes(module: str) -> None:
    path = PURE[module]
    for name in _imports(path):
        top = name.split(".")[0]
        if top in ("provd", "sip_edge", "phone_manager"):
            target = _target(name)
            assert target in PURE or target in ("provd", "provd.phone"), f"{module} imports {target}, which is not pure"
        elif top in sys.stdlib_module_names and name not in IN_MEMORY:
            assert top not in UNCLEAN, f"{module} imports {name}, which does I/O or has a clock"
            assert name not in UNCLEAN, f"{module} imports {name}, which does I/O"
        elif top not in sys.stdlib_module_names:
            assert top in ONLY_COMPUTES, f"{module} imports {top} from outside"
    calls = {
        n.func.id
        for n in ast.walk(ast.parse(path.read_text()))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    assert not calls & {"open", "print", "input"}, f"{module} does I/O by itself"


def test_the_heart_is_pure() -> None:
    wanted = {"provd.identify", "provd.admission", "provd.render", "provd.digest", "provd.facts", "provd.phone.layer"}
    assert wanted <= set(PURE)


def test_only_the_store_knows_peewee() -> None:
    for path in SOURCES:
        if "store" not in path.relative_to(ROOT).parts[:2]:
            assert not {name.split(".")[0] for name in _imports(path)} & {"peewee", "playhouse"}, path


def test_the_server_does_not_know_its_pages_nor_the_readers_our_templates() -> None:
    for path in SOURCES:
        module, names = _module(path), _imports(path)
        if module.startswith("provd"):
            assert module == "provd.app" or not any(name.startswith("phone_manager") for name in names), path
            may = module == "provd.app" or module.startswith("provd.simulate.sip")
            assert may or not any(name.startswith("sip_edge") for name in names), path
        if module.startswith("provd.simulate.reading"):
            ours = {_target(name) for name in names if name.startswith("provd")}
            assert all(name.startswith(("provd.simulate", "provd.errors")) for name in ours), path


def test_names_are_the_fields_nouns() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                assert not BANNED_NAMES.search(node.name), f"{path}: {node.name}"


def test_house_sizes() -> None:
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= 400, f"{path.relative_to(ROOT)} has {lines} lines; give its second subject a room of its own"
