"""What there is to choose from: models, families, settings, kinds of keys."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from provd.api.call import Call, cut
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.schema import define, listing, nullable, number, obj, page, switch, table, text
from provd.errors import NotFound
from provd.phone.key import KINDS
from provd.phone.model import Family, Model, Unverified
from provd.phone.parameter import PARAMETERS
from provd.store.database import Store

group = Group(
    "catalogue",
    "What there is to choose from. A fact that no device has confirmed yet carries its mark in `unverified`.",
)

UNVERIFIED = listing(obj({"fact": text(), "note": text(longest=1000)}), "Facts that no device has confirmed yet")
RULE = obj(
    {
        "kind": text(), "title": text(), "possible": switch(), "cannot": text("Why not", 1000),
        "lamp": switch("Its lamp works"), "note": text(longest=1000),
    }
)  # fmt: skip
MODULES = nullable(obj({"keys": number(), "most": number(), "names": listing(text())}))
BOX = obj({name: {"type": "number"} for name in ("x", "y", "width", "height")})
DRAWING = obj(
    {
        "width": {"type": "number"}, "height": {"type": "number"}, "screen": nullable(BOX), "keys": listing(BOX),
        "screens": listing(BOX, "Further screens"), "look": text("Arrangement of dial pad and navigation"),
    }
)  # fmt: skip
MODEL_FIELDS = {
    "id": text(), "vendor": text(), "name": text(), "family": text(), "accounts": number("Lines"),
    "keys": number("Programmable keys over all pages"), "keys_per_page": number(), "pages": number(),
    "modules": MODULES, "screen": text(), "colour": {"type": ["boolean", "null"]},
    "confidence": text("How sure the facts are"), "unverified": UNVERIFIED, "note": text(longest=2000),
}  # fmt: skip
MODEL = define("Model", obj(MODEL_FIELDS))
MODEL_RULES = define(
    "ModelWithKeys", obj({**MODEL_FIELDS, "drawing": nullable(DRAWING), "key_rules": listing(RULE)})
)  # fmt: skip
FAMILY = define(
    "Family",
    obj(
        {
            "id": text(), "vendor": text(), "title": text(), "status": text(longest=1000), "models": listing(text()),
            "label_length": number("Characters of a label that the phone shows"), "codecs": listing(text()),
            "raw_names": text("Pattern of its vendor parameters", 1000), "key_rules": listing(RULE),
            "resync": table(text(longest=1000), "How it is told to fetch again, and what it then does"),
            "dhcp": listing(table(text(longest=1000)), "DHCP options that point it here"), "unverified": UNVERIFIED,
        }
    ),
)  # fmt: skip
PARAMETER = define(
    "Parameter",
    obj(
        {
            "name": text(), "title": text(), "kind": text("text, host, number, switch, choice, list, zone, …"),
            "default": {}, "choices": listing(text()), "minimum": number(), "maximum": number(), "longest": number(),
            "reboot": switch("Most phones restart to take it"), "secret": switch(),
        }
    ),
)  # fmt: skip
KIND = define(
    "KeyKind",
    obj(
        {
            "name": text(), "title": text(), "target": text("What it points at"), "help": text(longest=1000),
            "lamp": switch("Worth having only with its lamp"),
        }
    ),
)  # fmt: skip


def _unverified(found: tuple[Unverified, ...]) -> list[dict[str, str]]:
    return [{"fact": one.fact, "note": one.note} for one in found]


def _rules(family: Family) -> list[dict[str, Any]]:
    found = []
    for kind in KINDS.values():
        rule = family.keys["blf" if kind.name == "cascade" else kind.name]
        found.append(
            {
                "kind": kind.name, "title": kind.title, "possible": not rule.cannot, "cannot": rule.cannot,
                "lamp": kind.lamp and rule.lamp and not rule.cannot, "note": rule.note,
            }
        )  # fmt: skip
    return found


def _model(model: Model) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(model, name) for name in MODEL_FIELDS}
    return {
        **row, "modules": asdict(model.modules) if model.modules else None, "unverified": _unverified(model.unverified)
    }  # fmt: skip


def _family(call: Call, family: Family) -> dict[str, Any]:
    models = [model.id for model in call.services.catalogue.models.values() if model.family == family.id]
    return {
        "id": family.id, "vendor": family.vendor, "title": family.title, "status": family.status, "models": models,
        "label_length": family.label_length, "codecs": list(family.codecs), "raw_names": family.raw_names.pattern,
        "key_rules": _rules(family), "resync": {name: str(value) for name, value in family.resync.items()},
        "dhcp": [{name: str(value) for name, value in option.items()} for option in family.dhcp],
        "unverified": _unverified(family.unverified),
    }  # fmt: skip


@group.get(
    "/models", "catalogue.read", page(MODEL), query={**PAGING, **SEARCH, "family": text("Only of this family", 64)}
)
def list_models(_store: Store, call: Call) -> Any:
    """List phone models"""
    family = call.query.get("family")
    rows = [model for model in call.services.catalogue.models.values() if family in (None, model.family)]
    found = cut(rows, call.query, lambda model: f"{model.id} {model.vendor} {model.name}")
    return {**found, "items": [_model(model) for model in found["items"]]}


@group.get("/models/{model}", "catalogue.read", MODEL_RULES)
def get_model(_store: Store, call: Call) -> Any:
    """Get a model with what its keys can do and how it is drawn"""
    model = call.services.catalogue.models.get(call.path["model"])
    if model is None:
        raise NotFound(f"There is no model {call.path['model'][:64]}; GET /api/v2/models lists them.")
    family = call.services.catalogue.families[model.family]
    return {**_model(model), "drawing": asdict(model.drawing) if model.drawing else None, "key_rules": _rules(family)}


@group.get("/families", "catalogue.read", page(FAMILY), query=PAGING)
def list_families(_store: Store, call: Call) -> Any:
    """List families: phones that share format and behaviour"""
    found = cut(list(call.services.catalogue.families.values()), call.query, lambda family: str(family.id))
    return {**found, "items": [_family(call, family) for family in found["items"]]}


@group.get("/families/{family}", "catalogue.read", FAMILY)
def get_family(_store: Store, call: Call) -> Any:
    """Get a family"""
    family = call.services.catalogue.families.get(call.path["family"])
    if family is None:
        raise NotFound(f"There is no family {call.path['family'][:64]}; GET /api/v2/families lists them.")
    return _family(call, family)


@group.get("/parameters", "catalogue.read", page(PARAMETER))
def list_parameters(_store: Store, _call: Call) -> Any:
    """List the settings that a layer can have"""
    return {"items": [{**asdict(one), "secret": one.secret} for one in PARAMETERS.values()], "next": None}


@group.get("/keykinds", "catalogue.read", page(KIND))
def list_key_kinds(_store: Store, _call: Call) -> Any:
    """List the kinds of keys"""
    rows = [
        {"name": one.name, "title": one.title, "target": one.target, "help": one.help, "lamp": one.lamp}
        for one in KINDS.values()
    ]
    return {"items": rows, "next": None}
