"""What the virtual phones know of their own models agrees with what the catalogue tells people."""

from __future__ import annotations

import re

import pytest

from provd import catalogue
from provd.exchange import PhoneRequest
from provd.identify import Recogniser, identify
from provd.simulate.makes import MAKES, Unit, find_make
from provd.simulate.report import at
from provd.simulate.vendors import VENDORS

CATALOGUE = catalogue.shipped()
RECOGNISER = Recogniser(CATALOGUE.families, CATALOGUE.models)
MAC = "0a1b2c3d4e5f"


def test_every_family_has_virtual_phones_and_none_is_of_a_model_that_nobody_knows() -> None:
    assert {make.family for make in MAKES.values()} == set(CATALOGUE.families)
    assert set(MAKES) <= set(CATALOGUE.models)
    assert len(MAKES) >= 79


@pytest.mark.parametrize("model_id", sorted(MAKES))
def test_a_virtual_phone_is_built_like_its_model(model_id: str) -> None:
    make, model = MAKES[model_id], CATALOGUE.models[model_id]

    assert (make.vendor, make.family, make.name) == (model.vendor, model.family, model.name)
    assert make.keys == model.keys
    assert make.module_keys == (model.modules.keys if model.modules else 0)
    assert find_make(model.id) is find_make(model.name) is make


@pytest.mark.parametrize("model_id", sorted(MAKES))
def test_the_server_knows_a_virtual_phone_by_what_it_says(model_id: str) -> None:
    make = MAKES[model_id]
    agent = VENDORS[make.family].agent(Unit(MAC, make))
    found = identify(PhoneRequest(f"{MAC}.cfg", "127.0.0.1", "http", user_agent=agent), RECOGNISER)

    assert found is not None
    assert (found.agent.family, found.agent.model) == (make.family, model_id)
    assert found.agent.firmware == make.firmware
    nameless = make.family.startswith("poly") or make.name == "SPA525G2"
    assert found.agent.mac == ("" if nameless else MAC)


@pytest.mark.parametrize("model_id", sorted(MAKES))
def test_the_names_it_asks_for_are_among_those_its_family_serves(model_id: str) -> None:
    make, model = MAKES[model_id], CATALOGUE.models[model_id]
    family = CATALOGUE.families[make.family]
    served = {rule.file_name(MAC, model) for rule in family.files}
    names = {
        "yealink": f"y{int(make.code):012d}.cfg" if make.family == "yealink" else "",
        "cisco-spa": f"spa{make.code}.cfg",
        "cisco-mpp": f"{make.code}.xml",
        "grandstream": f"cfg{make.code}.xml",
        "grandstream-ht": f"cfg{make.code}.xml",
        "snom": f"{make.code}.htm",
        "fanvil": make.code,
    }
    name = names.get(make.family, "")
    assert not name or name in served


def test_names_are_found_however_they_are_written() -> None:
    assert find_make("vvx 450") is find_make("VVX450") is find_make("poly-vvx450") is MAKES["poly-vvx450"]
    assert find_make("edge e350") is MAKES["poly-edge-e350"]
    assert find_make("T99X") is None and find_make("") is None
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in MAKES)


def test_percentiles() -> None:
    assert at([], 0.5) == 0.0
    assert at([1.0], 0.99) == 1.0
    assert (at([float(n) for n in range(100)], 0.5), at([float(n) for n in range(100)], 0.99)) == (50.0, 99.0)
