"""What browsers are sent: known files with licences, within their budgets; and templates that keep to the rules."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "phone_manager"
VENDOR = ROOT / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
LIMIT = 120 * 1024


def test_vendored_files_are_those_of_the_manifest_and_have_licences() -> None:
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {"manifest.json"}
    told = {name: mark for package in MANIFEST for name, mark in package["files"].items()}
    assert there == set(told)
    for name, mark in told.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == mark, name
    for package in MANIFEST:
        assert package["licence"] in {"MIT", "0BSD", "Apache-2.0", "BSD-3-Clause", "ISC"}
        assert any(name.endswith("/LICENSE") for name in package["files"]), package["name"]


def test_the_lock_names_what_was_vendored() -> None:
    lock = json.loads((ROOT / "assets" / "package-lock.json").read_text())["packages"]
    for package in MANIFEST:
        assert lock[f"node_modules/{package['name']}"]["version"] == package["version"]


def test_third_parties_are_told() -> None:
    text = (ROOT.parent / "docs" / "third-party.md").read_text()
    for package in MANIFEST:
        assert f"| {package['name']} | {package['version']} | {package['licence']} |" in text


def _packed(paths: list[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_scripts_and_styles_stay_within_their_budget() -> None:
    """If one page used every script and style there is: 120 KB each, gzipped."""
    assert _packed(list((ROOT / "static").rglob("*.js"))) <= LIMIT
    assert _packed(list((ROOT / "static").rglob("*.css"))) <= LIMIT


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_keeps_to_the_content_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\son\w+\s*=\s*[\"']", text), "no inline handlers"
    assert not re.search(r"\shx-on|\bjs:|javascript:", text), "nothing that needs eval"
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text), "no inline scripts"
    assert not re.search(r"<style\b|\sstyle\s*=", text), "no inline styles"
    assert not re.search(r"https?://(?!www\.w3\.org/)", text), "nothing from elsewhere"
    for found in re.finditer(r"\{\{(.*?)\}\}", text, re.DOTALL):
        unsafe = re.search(r"\|\s*safe\b", found[1])
        assert not unsafe or re.search(r"more='[^{}]*'\|safe", found[1]), f"only fixed text is safe: {found[0]}"
