"""Every call-centre scenario about time frames, answering rules and forwards is a case, or a test that exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[2]
FRAMES = (1, 2, 4, 5, 7, 8, 9, 10, 12, 13, 15, 17, 19, 20, 22, 23, 24, 26, 27, 29, 30)
CALLS = (104, 105, 106, 110, 111, 113, 114, 116, 118, 120, 122, 123, 124, 125, 126, 127)
"""108 and 115 go through a queue, and are not among them."""


def cases(name: str) -> list[dict[str, Any]]:
    found = yaml.safe_load((HERE / f"{name}.yaml").read_text())
    return list(found["cases"] if isinstance(found, dict) else found)


PLAYED: dict[str, str] = yaml.safe_load((HERE / "scenarios.yaml").read_text())
CASES = {one["scenario"] for name in ("decisions", "timeframes") for one in cases(name) if "scenario" in one}


def test_no_scenario_is_left_out() -> None:
    assert CASES | set(PLAYED) == {f"TS-{number:03}" for number in (*FRAMES, *CALLS)}


@pytest.mark.parametrize("scenario", sorted(PLAYED))
def test_what_plays_a_scenario_is_there(scenario: str) -> None:
    path, _, name = PLAYED[scenario].partition("::")
    assert f"def {name}(" in (ROOT / path).read_text()


@pytest.mark.parametrize("name", ["decisions", "timeframes"])
def test_a_case_has_a_name_of_its_own(name: str) -> None:
    names = [one["name"] for one in cases(name)]
    assert len(names) == len(set(names))
