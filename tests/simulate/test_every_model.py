"""Every model of the catalogue, set up with every kind of key it can have, starts and shows them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from provd import catalogue
from provd.phone.key import KINDS
from provd.simulate.drive import boot
from provd.simulate.makes import MAKES
from provd.store import devices, domains, layers, phones, users
from provd.store.rows import Line
from tests.simulate.office import (
    Office,
    meant_accounts,
    meant_directory,
    meant_keys,
    seen_accounts,
    seen_directory,
    seen_keys,
)

CATALOGUE = catalogue.shipped()
MODELS = sorted(set(CATALOGUE.models) & set(MAKES))
TARGETS = {"blf": "102", "speed_dial": "+12145550123", "park": "703", "dtmf": "*5#", "timeframe_toggle": "2"}
TARGETS |= {"url": "http://pbx.acme.example/door?open=1&who=me"}


def mac_of(model_id: str) -> str:
    ouis = CATALOGUE.family_of(model_id).ouis
    return f"{ouis[0] if ouis else '00562b'}{0xE00000 + MODELS.index(model_id):06x}"


def wished(model_id: str) -> dict[str, dict[str, Any]]:
    """Every kind of key the family has, from key 2 on, then a cascade; and some on the last module."""
    model, family = CATALOGUE.models[model_id], CATALOGUE.family_of(model_id)
    kinds = [kind for kind in KINDS if kind not in ("none", "line", "shared_line", "cascade")]
    usable = [kind for kind in kinds if kind in family.keys and not family.keys[kind].cannot]
    keys = {
        str(number): {"kind": kind, "target": TARGETS.get(kind, ""), "label": f"{kind} {number}"}
        for number, kind in zip(range(2, model.keys + 1), usable, strict=False)
    }
    if model.keys > len(usable) + 1:
        keys[str(len(usable) + 2)] = {"kind": "cascade"}
    if model.modules:
        keys |= {
            f"m{model.modules.most}.{place}": {"kind": "blf", "target": "104"} for place in (1, model.modules.keys)
        }
    return keys


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A server with one phone of every model, all modules attached."""
    with Office(tmp_path_factory.mktemp("depot"), failures_per_minute=100_000) as office:
        office.store(_fill)
        yield office


def _fill(store: Any) -> None:
    now = int(time.time())
    domain_id = domains.by_name(store, "acme.example").id
    user = users.by_extension(store, domain_id, "103")
    (device,) = devices.of_user(store, domain_id, user.id)
    with store.transaction():
        for model_id in MODELS:
            modules = CATALOGUE.models[model_id].modules
            attached = (modules.names[0],) * modules.most if modules else ()
            lines = [Line(1, device.id, False, "")]
            phone = phones.create(store, domain_id, mac_of(model_id), model_id, now, lines=lines, expansions=attached)
            layers.save(store, domain_id, "phone", phone.id, now, who="test", values={}, keys=wished(model_id))


@pytest.mark.parametrize("model_id", MODELS)
def test_a_phone_of_every_model_shows_what_is_meant(depot: Office, model_id: str) -> None:
    model, mac = CATALOGUE.models[model_id], mac_of(model_id)
    modules = model.modules.most if model.modules else 0
    config = depot.config(mac)
    phone = depot.call(boot(mac, model_id, depot.url(), modules=modules))

    assert phone.up, (phone.failure, phone.problems)
    assert phone.problems == ()
    assert seen_accounts(phone) == meant_accounts(config)
    assert seen_keys(phone) == [as_built(model_id, key) for key in meant_keys(config)]
    if model.family != "grandstream-ht" and not model.name.startswith("W"):
        seen, meant = seen_directory(phone), meant_directory(config)
        # A Poly's speed dials stand in its directory, before everybody else.
        dials = {(key.target,) for key in phone.keys if key.kind == "speed_dial" and model.family.startswith("poly")}
        assert {numbers for _, numbers in seen[: len(dials)]} >= dials
        assert seen[len(dials) :] == [entry for entry in meant if entry[1] not in dials]


def as_built(model_id: str, key: tuple[Any, ...]) -> tuple[Any, ...]:
    """The key as this model has it: an SPA shows twelve characters, a D765 has a key for parking."""
    module, number, kind, target, label = key
    if model_id.startswith("cisco-spa"):
        label = label[:12].strip()
    if model_id == "snom-d765" and target == TARGETS["park"]:
        kind = "park"
    return (module, number, kind, target, label)
