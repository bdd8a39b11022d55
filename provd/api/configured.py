"""A phone's configuration for the API: as it is, or as it would be with another layer of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provd import facts
from provd.api import reads
from provd.api.call import Call
from provd.errors import Conflict, Invalid, Problem
from provd.phone.check import check, check_chosen, check_raw
from provd.phone.config import PhoneConfig
from provd.phone.key import Key, Position
from provd.phone.layer import Layer as PhoneLayer
from provd.phone.layer import Merged, Sourced, merge
from provd.phone.model import Family, Model
from provd.store import snapshot, timeframes
from provd.store.database import Store
from provd.store.rows import Layer, Phone, PhoneSnapshot


def model_of(call: Call, phone: Phone) -> Model:
    """The phone's model; raises Conflict for one that is not in the catalogue (any more)."""
    found = call.services.catalogue.models.get(phone.model)
    if found is None:
        raise Conflict(f"The model {phone.model} of this phone is not known; choose another model first.")
    return found  # type: ignore[no-any-return]


def family_of(call: Call, phone: Phone) -> Family:
    """The family of the phone's model."""
    return call.services.catalogue.families[model_of(call, phone).family]  # type: ignore[no-any-return]


class Configured:
    """One phone at one moment: its rows, its merged layers, its configuration."""

    def __init__(self, call: Call, taken: PhoneSnapshot) -> None:
        assert call.directory is not None, "the endpoint says that it is about a phone's configuration"
        self.call = call
        self.taken = taken
        self.model = model_of(call, taken.phone)
        self.family = family_of(call, taken.phone)
        self.merged: Merged = merge(facts.layers(taken))
        self.config: PhoneConfig = call.services.configurator.configure(taken, call.directory)

    @classmethod
    def read(cls, store: Store, call: Call, phone: Phone) -> Configured:
        """The phone as it is now."""
        return cls(call, snapshot.load(store, phone.id, family_of(call, phone).id))

    @property
    def layer(self) -> Layer:
        """The phone's own layer."""
        empty = Layer(0, "phone", str(self.taken.phone.id), self.taken.phone.domain_id, {}, {}, {}, {}, 0)
        return next((layer for layer in self.taken.layers if layer.kind == "phone"), empty)

    def with_layer(self, layer: Layer) -> Configured:
        """The same phone with another layer of its own."""
        others = tuple(one for one in self.taken.layers if one.kind != "phone")
        return Configured(self.call, replace(self.taken, layers=(*others, layer)))

    @property
    def own_extensions(self) -> frozenset[str]:
        """The extensions on the phone's lines, which a cascade leaves out."""
        return frozenset(account.extension for account in self.config.accounts)

    def problems(self, store: Store) -> list[Problem]:
        """What the phone cannot do with its configuration."""
        targets = [one.value.target for one in self.merged.keys.values() if one.value.kind == "blf"]
        names = reads.extensions_among(store, self.taken.phone.domain_id, targets)
        found = check(self.config, self.model, self.family, self.merged.keys, names)
        return [*found, *self._strange_frames(store)]

    def _strange_frames(self, store: Store) -> list[Problem]:
        """Toggle keys that name no time frame of the company or of the phone's people."""
        toggles = {p: one for p, one in self.merged.keys.items() if one.value.kind == "timeframe_toggle"}
        if not toggles:
            return []
        people = [line.user.id for line in self.taken.lines]
        known = timeframes.numbers(store, self.taken.phone.domain_id, people)
        return [
            Problem(
                f"keys.{place}.target",
                f"Key {place} toggles time frame {one.value.target[:20]}, and neither the company nor the phone's "
                "people have one of this number; choose another.",
                "error" if one.kind == "phone" else "warning",
            )
            for place, one in sorted(toggles.items())
            if one.value.target.strip() and one.value.target not in known
        ]


def refuse_new_errors(before: list[Problem], after: list[Problem]) -> list[Problem]:
    """Raises Invalid when a change would break what was not broken before; returns what is left to tell."""
    new = [problem for problem in after if problem.severity == "error" and problem not in before]
    if new:
        raise Invalid(new)
    return after


def template_problems(layer: Layer, model: Model, family: Family) -> list[Problem]:
    """What phones of the model cannot do with a template."""
    keys: Mapping[Position, Key] = facts.typed_keys(layer.keys)
    made = PhoneLayer("phone", "template", keys=keys)
    chosen = {place: Sourced(key, made.title, made.kind) for place, key in made.keys.items()}
    most = model.modules.most if model.modules else 0
    raw = {str(name): str(value) for name, value in layer.raw.items()}
    return [*check_chosen(chosen, model, family, most), *check_raw(raw, family)]
