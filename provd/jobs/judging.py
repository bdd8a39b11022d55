"""Whether a change can be made to a phone, and what it would change: for the job and for the dry run alike.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provd import facts
from provd.phone.check import check_chosen
from provd.phone.layer import Sourced
from provd.phone.model import Family, Model
from provd.phone.parameter import DEFAULTS
from provd.store.rows import Layer, Template

CHANGES, UNAFFECTED, CANNOT = "changes", "unaffected", "cannot"
Parts = Mapping[str, Mapping[str, Any]]
PARTS = ("values", "keys", "raw", "directory")
"""The parts of a layer that a template may say something in."""


@dataclass(frozen=True, slots=True)
class Target:
    """A phone with what decides whether a change can be made to it."""

    id: int
    mac: str
    model: str
    site_id: int | None
    template_id: int | None
    revision: int
    modules: int
    firmware: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would come of a phone: `changes` with the number of differences, `unaffected`, or `cannot`; a sentence."""

    mac: str
    outcome: str
    text: str
    count: int = 0


def judge(mac: str, phone: Target | None, template: Template | None, site_id: int | None) -> Verdict:
    """Whether a phone can have a template. `site_id`: phones of this site only; None: of any."""
    if template is None:
        return Verdict(mac, CANNOT, "The template was deleted in the meantime.")
    if phone is None:
        return Verdict(mac, CANNOT, f"There is no phone {mac} in this company.")
    if site_id not in (None, phone.site_id):
        return Verdict(mac, CANNOT, f"There is no phone {mac} at your site.")
    if phone.model != template.model:
        text = f"The template is for {template.model} and this phone is a {phone.model}; choose another template."
        return Verdict(mac, CANNOT, text)
    if phone.template_id == template.id:
        return Verdict(mac, UNAFFECTED, "It had this template already.")
    return Verdict(mac, CHANGES, "")


class Comparison:
    """What a template would change on phones of its model, by what they have now; equal phones are compared once."""

    def __init__(
        self, template: Template, model: Model, family: Family, shared: Iterable[Layer],
        beneath: Mapping[int | None, Mapping[str, Any]], own: Mapping[int, Mapping[str, frozenset[str]]],
    ) -> None:  # fmt: skip
        """`shared`: the layers that several phones get; `beneath`: by site (None: no site) the settings that company
        and site say in their own rows; `own`: what phones set for themselves, by phone id."""
        self._template = template
        self._model = model
        self._family = family
        self._layers = {(layer.kind, layer.ref): layer for layer in shared}
        self._beneath = beneath
        self._own = own
        self._differences: dict[tuple[int | None, int | None], dict[str, frozenset[str]]] = {}
        self._warnings: dict[int, str] = {}

    def judge(self, mac: str, phone: Target | None, site_id: int | None) -> Verdict:
        """What would come of this phone."""
        found = judge(mac, phone, self._template, site_id)
        if found.outcome != CHANGES or phone is None:
            return found
        own = self._own.get(phone.id, {})
        count = sum(len(names - own.get(part, frozenset())) for part, names in self._between(phone).items())
        said = "It stays as it is" if not count else "1 difference" if count == 1 else f"{count} differences"
        return Verdict(mac, CHANGES, f"{said}.{self._warning(phone.modules)}", count)

    def _between(self, phone: Target) -> dict[str, frozenset[str]]:
        """The names, by part, that differ between the phone's template and the new one, at its site."""
        key = (phone.template_id, phone.site_id)
        found = self._differences.get(key)
        if found is None:
            old, new = (self._said(phone.site_id, one) for one in (phone.template_id, self._template.id))
            found = {part: differing(old[part], new[part]) for part in PARTS}
            self._differences[key] = found
        return found

    def _said(self, site_id: int | None, template_id: int | None) -> Parts:
        """What the layers up to the template say together."""
        said: dict[str, dict[str, Any]] = {part: {} for part in PARTS}
        said["values"] = {**DEFAULTS, **self._beneath.get(site_id, self._beneath.get(None, {}))}
        order = (("server", None), ("brand", None), ("model", None), ("company", None), ("site", site_id))
        for kind, ref in (*order, ("template", template_id)):
            for (layer_kind, layer_ref), layer in self._layers.items():
                if layer_kind == kind and (kind in ("server", "brand", "model", "company") or layer_ref == str(ref)):
                    said["values"] |= layer.values
                    said["keys"] |= {str(place): key for place, key in facts.typed_keys(layer.keys).items()}
                    said["raw"] |= layer.raw
                    said["directory"] |= layer.directory
        return said

    def _warning(self, modules: int) -> str:
        """What a phone with so many expansion modules cannot do of the template's keys, in a sentence of its own."""
        if modules not in self._warnings:
            layer = self._layers.get(("template", str(self._template.id)))
            keys = facts.typed_keys(layer.keys) if layer else {}
            chosen = {place: Sourced(key, "template", "template") for place, key in keys.items()}
            self._warnings[modules] = _told(
                [problem.text for problem in check_chosen(chosen, self._model, self._family, modules)]
            )
        return self._warnings[modules]


def _told(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    more = f" ({len(problems) - 1} more such)" if len(problems) > 1 else ""
    return f" {problems[0]}{more}"


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    """The names whose values differ; a list from JSON equals a tuple of ours."""
    names = {*old, *new}
    return frozenset(name for name in names if _plain(old.get(name)) != _plain(new.get(name)))


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
