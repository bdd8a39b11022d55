"""Rules that every family and model of device_templates/ keeps; a new one is checked by being there."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from provd.catalogue import SHIPPED, shipped
from provd.identify import Recogniser
from provd.phone.key import KINDS
from provd.phone.model import Box, Family, Model

CATALOGUE = shipped()
RECOGNISER = Recogniser(CATALOGUE.families, CATALOGUE.models)
MAC = "805ec0a1b2c3"
FILES = sorted(SHIPPED.glob("*/models/*.yaml"))
every_file = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
every_family = pytest.mark.parametrize("family", CATALOGUE.families.values(), ids=list(CATALOGUE.families))


def _model(path: Path) -> tuple[Model, Family]:
    return CATALOGUE.models[path.stem], CATALOGUE.family_of(path.stem)


def _said(path: Path) -> dict[str, Any]:
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(said, dict)
    return said


def test_there_are_phones_of_seven_vendors_families() -> None:
    assert len(CATALOGUE.models) == len(FILES) >= 60
    assert {model.family for model in CATALOGUE.models.values()} == set(CATALOGUE.families)
    assert len(CATALOGUE.families) >= 7


@every_file
def test_a_model_is_where_its_name_says(path: Path) -> None:
    model, family = _model(path)
    assert (path.stem, path.parent.parent.name) == (model.id, model.family)
    assert model.vendor == family.vendor


@every_file
def test_nothing_is_said_with_an_empty_value(path: Path) -> None:
    """But for a fact, whose family knows what nothing means there."""
    waiting: list[Any] = [part for name, part in _said(path).items() if name != "facts"]
    while waiting:
        part = waiting.pop()
        assert part not in (None, "", [], {}), f"leave out what {path.name} has nothing to say of"
        waiting += part.values() if isinstance(part, dict) else part if isinstance(part, list) else []


@every_file
def test_the_pages_hold_every_key(path: Path) -> None:
    model, _ = _model(path)
    assert model.pages <= max(model.keys, 1)
    assert model.keys <= model.keys_per_page * model.pages
    assert len(model.positions(9)) == model.keys + (model.modules.keys * model.modules.most if model.modules else 0)


@every_file
def test_the_drawing_has_a_box_for_every_key_of_a_page(path: Path) -> None:
    model, _ = _model(path)
    drawing = model.drawing
    if drawing is None:
        assert model.keys == 0, f"draw the keys of {path.name}"
        return
    assert len(drawing.keys) == model.keys_per_page
    for box in (*drawing.keys, *([drawing.screen] if drawing.screen else [])):
        assert box.width > 0 and box.height > 0
        assert box.x + box.width <= drawing.width and box.y + box.height <= drawing.height
    assert not [pair for pair in combinations(drawing.keys, 2) if _overlap(*pair)]


def _overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


@every_file
def test_what_is_not_verified_is_something_the_model_says(path: Path) -> None:
    said = _said(path)
    for doubt in said.get("unverified", ()):
        place: Any = said
        for part in doubt["fact"].split("."):
            assert isinstance(place, dict) and part in place, f"{path.name} says nothing of {doubt['fact']}"
            place = place[part]


@every_file
def test_the_phone_asks_for_files_that_are_all_different(path: Path) -> None:
    model, family = _model(path)
    named = [name for rule in family.files if (name := rule.file_name(MAC, model)) is not None]
    assert [name for name, count in Counter(named).items() if count > 1] == []
    assert any(rule.role == "config" and rule.per_phone for rule in family.files)
    used = {field for rule in family.files for field in re.findall(r"\{(\w+)\}", rule.name)}
    assert set(model.files) <= used, "a file that no rule of the family names is never served"
    for rule in family.files:
        name = rule.file_name("{mac}", model)
        if name is not None:
            assert RECOGNISER.candidates(name.replace("{MAC}", "{mac}"))[model.id].role == rule.role


@every_family
def test_a_file_is_made_by_a_template_of_the_family(family: Family) -> None:
    for rule in family.files:
        assert rule.role in ("absent", "upload") or rule.template in family.templates
        fields = set(re.findall(r"\{(\w+)\}", rule.name)) - {"mac", "MAC"}
        models = [model for model in CATALOGUE.models.values() if model.family == family.id]
        assert any(fields <= set(model.files) for model in models), f"no model has the names for {rule.name}"
        assert rule.role != "common" or not rule.per_phone


@every_family
def test_a_family_makes_every_kind_of_key_or_says_why_not(family: Family) -> None:
    assert set(family.keys) == set(KINDS) - {"cascade"}
    for kind, rule in family.keys.items():
        assert not (rule.code and rule.cannot), kind
        assert rule.code or kind == "none" or rule.cannot.endswith("."), f"say why {family.id} cannot {kind}"
    able = {kind for kind in ("none", "line", "blf") if not family.keys[kind].cannot}
    assert able in ({"none", "line", "blf"}, set())
    assert bool(able) == any(model.keys for model in CATALOGUE.models.values() if model.family == family.id)


@every_family
def test_a_family_says_what_the_forms_need(family: Family) -> None:
    assert family.label_length > 0
    assert {"pcmu", "pcma"} <= set(family.codecs)
    assert {"event", "reboot", "effect"} <= set(family.resync)
    assert family.secret_parameters is not None
    assert all(re.fullmatch("[0-9a-f]{6}", prefix) for prefix in family.ouis)


def test_no_two_models_of_a_family_share_a_name() -> None:
    names = Counter((m.family, name.casefold()) for m in CATALOGUE.models.values() for name in m.user_agents)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_golden_case_is_of_a_model_and_has_a_mac_of_its_vendor() -> None:
    cases = sorted((Path(__file__).parent.parent / "golden").glob("*/*/phone.yaml"))
    for case in cases:
        said = yaml.safe_load(case.read_text(encoding="utf-8"))
        family = CATALOGUE.family_of(said["model"])
        assert case.parent.parent.name == family.id
        assert not family.ouis or said["mac"][:6] in family.ouis, case.parent
    assert {case.parent.parent.name for case in cases} == set(CATALOGUE.families)
