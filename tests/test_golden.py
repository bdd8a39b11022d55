"""Golden files: what each family's phone gets, as data under tests/golden/<family>/<case>/.

`phone.yaml` says the phone (see factories.phone_config), `expected/` holds every file it may ask for.
`script/golden` writes the expected files anew; the review of their diff is the test of a template's change.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from provd import catalogue
from provd.phone.config import MASK, without_secrets
from provd.render import render
from tests.factories import PASSWORD, phone_config

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.parent for path in GOLDEN.glob("*/*/phone.yaml"))
REWRITE = os.environ.get("PROVD_WRITE_GOLDEN") == "1"


def _rendered(case: Path) -> tuple[dict[str, bytes], dict[str, bytes], list[str]]:
    said = yaml.safe_load((case / "phone.yaml").read_text(encoding="utf-8"))
    shipped = catalogue.shipped()
    model, family = shipped.models[said["model"]], shipped.family_of(said["model"])
    config = phone_config(shipped, said)
    masked = without_secrets(config, family.secret_parameters, MASK)
    passwords = [PASSWORD.format(extension=account.extension) for account in config.accounts]
    return render(config, model, family), render(masked, model, family), passwords


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}-{case.name}" for case in CASES])
def test_the_phone_gets_the_expected_files(case: Path) -> None:
    files, masked, passwords = _rendered(case)
    expected = case / "expected"
    if REWRITE:
        _write(expected, files)
    on_disk = {str(path.relative_to(expected)): path.read_bytes() for path in expected.rglob("*") if path.is_file()}
    assert sorted(files) == sorted(on_disk), "run script/golden and review the difference"
    for name, content in files.items():
        assert content.decode() == on_disk[name].decode(), f"{name} changed: run script/golden and review it"
    together = b"".join(files.values()).decode()
    shown = b"".join(masked.values()).decode()
    for password in passwords:
        assert password in together, "the phone cannot register without its password"
        assert password not in shown, "a masked file shows a password"


def _write(expected: Path, files: dict[str, bytes]) -> None:
    for old in [path for path in expected.rglob("*") if path.is_file()]:
        old.unlink()
    for name, content in files.items():
        (expected / name).parent.mkdir(parents=True, exist_ok=True)
        (expected / name).write_bytes(content)


def test_every_family_has_a_golden_case() -> None:
    assert {case.parent.name for case in CASES} == set(catalogue.shipped().families)
