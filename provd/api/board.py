"""The keys of a phone or of a template as one thing: what is inherited, what is own, and what comes of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from provd import facts
from provd.api.call import Call
from provd.api.configured import Configured, refuse_new_errors, template_problems
from provd.api.layering import Target, candidate, save
from provd.api.layers import phone_target, template_target
from provd.api.problems import findings
from provd.errors import Conflict, Forbidden, Invalid, Problem
from provd.phone.config import Account, phone_key, with_lines
from provd.phone.directory import Contact, cascade, choice_from
from provd.phone.key import Key, PhoneKey, Position
from provd.phone.layer import Layer as PhoneLayer
from provd.phone.layer import Merged, Sourced, merge
from provd.store import layers
from provd.store.database import Store
from provd.store.rows import Layer

Keys = Mapping[Position, Sourced[Key]]


@dataclass(frozen=True)
class Board:
    """`layer` is the own one; `lower` are those below it, low to high, `title` what the own one is called. `judge`
    says what a candidate would break; it raises Invalid for what may not be saved. `locks`: the caller may edit locked
    keys. `site` and `department` are where the phone is, for directories."""

    store: Store
    call: Call
    target: Target
    layer: Layer
    lower: tuple[PhoneLayer, ...]
    title: str
    places: tuple[Position, ...]
    accounts: tuple[Account, ...]
    contacts: tuple[Contact, ...]
    judge: Callable[[Layer], list[Problem]]
    locks: bool
    site: str = ""
    department: str = ""

    @cached_property
    def merged(self) -> Merged:
        """All layers as one."""
        return merge([*self.lower, facts.layer(self.layer, self.title)])

    @cached_property
    def filled(self) -> dict[Position, Sourced[Key]]:
        """The keys with every cascade filled, and the lines that take free places by themselves."""
        return self._filled(self.merged.keys)

    @cached_property
    def own(self) -> dict[Position, Key]:
        """The own keys."""
        return facts.typed_keys(self.layer.keys)

    @cached_property
    def inherited(self) -> Merged:
        """All layers but the own one."""
        return merge(self.lower)

    def with_own(self, own: Mapping[Position, Key]) -> Keys:
        """The chosen keys as they would be with these own ones."""
        mine = {place: Sourced(key, self.title, self.layer.kind) for place, key in own.items()}
        return {**self.inherited.keys, **mine}

    def visible(self, chosen: Keys) -> dict[Position, Key]:
        """The chosen keys, and the lines that take free places by themselves."""
        found = with_lines(chosen, self.places, self.accounts)
        return {place: sourced.value for place, sourced in found.items()}

    def _filled(self, chosen: Keys) -> dict[Position, Sourced[Key]]:
        return cascade(with_lines(chosen, self.places, self.accounts), self.places, self.contacts, self.own_extensions)[
            0
        ]

    def filled_with(self, own: Mapping[Position, Key]) -> dict[Position, Sourced[Key]]:
        """As `filled`, with these own keys."""
        return self._filled(self.with_own(own))

    @property
    def own_extensions(self) -> frozenset[str]:
        """The extensions on the phone's lines, which a cascade leaves out."""
        return frozenset(account.extension for account in self.accounts)

    def shown(self, place: Position, sourced: Sourced[Key], values: Mapping[str, Any]) -> PhoneKey:
        """A key with its label as the phone shows it."""
        assert self.call.directory is not None, "the endpoint says that it is about keys"
        return phone_key(place, sourced, values, self.call.directory.names, self.accounts)

    def unlocked(self, place: Position) -> bool:
        """Whether the caller may edit this key (SF-270)."""
        return self.locks or place not in self.locked

    @cached_property
    def locked(self) -> frozenset[Position]:
        """The places that the caller may not touch."""
        if self.locks:
            return frozenset()
        return frozenset(place for place, sourced in self.merged.keys.items() if sourced.value.locked)

    def guard(self, *places: Position) -> None:
        """Raises Forbidden for a place that the caller may not touch."""
        for place in places:
            if place in self.locked:
                raise Forbidden(f"Key {place} is locked; ask your office manager to change it.")

    def saved(self, keys: Mapping[str, Any], reason: str) -> dict[str, Any]:
        """Save the own layer with these keys, unless that breaks something; the answer tells what may surprise."""
        made = replace(self.layer, keys=candidate({"keys": keys}, self.layer, self.target).keys)
        warnings = self.judge(made)
        after = save(self.store, self.call, self.target, self.layer, made, reason)
        return {"revision": after.revision, "keys": dict(after.keys), "warnings": findings(warnings)}


def as_json(keys: Mapping[Position, Key]) -> dict[str, Any]:
    """Keys as layers keep them, without what is the default."""
    return {str(place): key_json(key) for place, key in sorted(keys.items())}


def key_json(key: Key) -> dict[str, Any]:
    """One key as layers keep it."""
    said = {"kind": key.kind, "target": key.target, "label": key.label, "line": key.line, "locked": key.locked}
    default = asdict(Key(key.kind))
    return {name: value for name, value in said.items() if name == "kind" or value != default[name]}


def position(said: str, field: str = "position") -> Position:
    """A key's place; raises Invalid with a sentence."""
    try:
        return Position.parse(said)
    except ValueError as error:
        raise Invalid([Problem(field, str(error))]) from None


def of_phone(store: Store, call: Call) -> Board:
    """The keys of the phone that the path names."""
    now = Configured.read(store, call, call.the_phone)
    lower = [layer for layer in facts.layers(now.taken) if layer.title != "phone"]

    def judge(made: Layer) -> list[Problem]:
        return refuse_new_errors(now.problems(store), now.with_layer(made).problems(store))

    return Board(
        store, call, phone_target(call), now.layer, tuple(lower), "phone",
        now.model.positions(len(now.taken.phone.expansions)), now.config.accounts, now.config.contacts, judge,
        call.may(store, "phones.locked_keys"), *_where(call, now),
    )  # fmt: skip


def _where(call: Call, now: Configured) -> tuple[str, str]:
    """Site and department of a phone: its own site, and its first person's."""
    taken, listed = now.taken, call.directory
    own = listed.by_id.get(f"user-{taken.lines[0].user.id}") if listed is not None and taken.lines else None
    site = taken.site.name if taken.site is not None else (own.site if own is not None else "")
    return site, own.department if own is not None else ""


def of_template(store: Store, call: Call) -> Board:
    """The keys of the template that the path names: as a phone with every expansion module would have them."""
    target, template = template_target(call), call.the_template
    if target.model is None or call.directory is None:
        raise Conflict(f"The model {template.model} of this template is not known, so its keys cannot be edited.")
    model, family = target.model, target.families[0]
    lower = _lower(store, call, family.id, model.id)
    layer = layers.get(store, template.domain_id, "template", target.ref)
    title = f"template {template.name}"
    choice = choice_from(merge([*lower, facts.layer(layer, title)]).directory)

    def judge(made: Layer) -> list[Problem]:
        before = template_problems(layer, model, family)
        return refuse_new_errors(before, template_problems(made, model, family))

    return Board(
        store, call, target, layer, lower, title, model.positions(model.modules.most if model.modules else 0), (),
        call.directory.shown(choice, "", ""), judge, locks=True,
    )  # fmt: skip


def _lower(store: Store, call: Call, brand: str, model: str) -> tuple[PhoneLayer, ...]:
    assert call.domain is not None
    found: Sequence[tuple[int | None, str, str, str]] = (
        (None, "server", "", "server"), (None, "brand", brand, f"brand {brand}"),
        (None, "model", model, f"model {model}"),
        (call.domain.id, "company", str(call.domain.id), f"company {call.domain.name}"),
    )  # fmt: skip
    return tuple(facts.layer(layers.get(store, owner, kind, ref), title) for owner, kind, ref, title in found)
