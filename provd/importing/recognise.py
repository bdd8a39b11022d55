"""Which model a phone is, from the names and the content of its files.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from provd.importing.grouping import Group, Library, common_names
from provd.phone.model import Family, Model

_HEAD = 256 * 1024
# Yealink firmware begins with the number of the hardware, 108.86.0.45, which is also in y000000000108.cfg.
_FIRMWARE = re.compile(rb"(?<![0-9.])([0-9]{2,3})\.(?:7[0-9]|8[0-9]|9[0-9])\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person who imports says: the model of a MAC, and the model of a family's phones that tell nothing."""

    models: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The model, or None; `how` is a sentence that says why it is, or what to say so that it can be."""

    model: Model | None
    how: str


class ModelFinder:
    """Recognises phones among the models of a catalogue."""

    def __init__(self, models: Mapping[str, Model], families: Mapping[str, Family]) -> None:
        self._models = models
        self._families = families
        self._words = {
            model.id: re.compile(
                rb"(?i)(?<![0-9a-z])(?:snom|cfg)?(?:"
                + b"|".join(_word(name) for name in _names(model))
                + rb")(?![0-9a-z])"
            )
            for model in models.values()
        }

    def find(self, group: Group, library: Library, choices: Choices) -> Recognised:
        """The model of a group of files: said, named by a common file, written in a file, or the default."""
        said = choices.models.get(group.mac)
        if said:
            return self._fitting(group, self._models[said])
        if not group.family:
            return Recognised(None, "Its files are in no format that is known here.")
        kin = self._kin(group.family)
        shared = self._by_common(kin, group, library)
        written = self._written(kin, group)
        firmware = self._by_firmware(kin, group)
        for found, how in (
            (written, "Its files name the model."),
            (firmware, "The firmware in its files is that of the model."),
            (shared, "The common file beside its own is that of the model."),
            ([model for model in written if model in shared], "Its files name the model."),
            ([model for model in firmware if model in shared], "The firmware in its files is that of the model."),
        ):
            if len(found) == 1:
                return Recognised(found[0], how)
        return self._default(group, kin, written or firmware or shared, choices)

    def _fitting(self, group: Group, model: Model) -> Recognised:
        vendor = self._families[group.family].vendor if group.family else model.vendor
        if vendor != model.vendor:
            return Recognised(None, f"Its files are those of a {vendor} phone, but the model said is {model.id}.")
        return Recognised(model, "The model was said.")

    def _kin(self, family: str) -> list[Model]:
        """Every model of the vendor, those of the family first: some families share their format."""
        vendor = self._families[family].vendor
        mine = [model for model in self._models.values() if model.vendor == vendor]
        return sorted(mine, key=lambda model: model.family != family)

    def _by_common(self, kin: Iterable[Model], group: Group, library: Library) -> list[Model]:
        names = {model.id: [name for name in common_names(model) if name in model.files.values()] for model in kin}
        present = library.present((name for mine in names.values() for name in mine), group.folder)
        return [model for model in kin if any(name in present for name in names[model.id])]

    def _by_firmware(self, kin: Iterable[Model], group: Group) -> list[Model]:
        if group.family != "yealink":
            return []
        numbers = {int(found[1]) for file in group.files for found in _FIRMWARE.finditer(file.content[:_HEAD])}
        names = {f"y{number:012d}.cfg" for number in numbers}
        return [model for model in kin if model.files.get("common") in names]

    def _written(self, kin: Iterable[Model], group: Group) -> list[Model]:
        texts = [file.name.encode() + b"\n" + file.content[:_HEAD] for file in group.files]
        return [model for model in kin if any(self._words[model.id].search(text) for text in texts)]

    def _default(self, group: Group, kin: list[Model], some: list[Model], choices: Choices) -> Recognised:
        wanted = [choices.defaults[family] for family in {m.family: None for m in kin} if family in choices.defaults]
        own = choices.defaults.get(group.family, wanted[0] if len(wanted) == 1 else "")
        if own:
            return Recognised(self._models[own], "Nothing tells the model; it is the default that was said.")
        hint = f" It may be {' or '.join(model.id for model in some[:4])}." if some else ""
        example = (some or [model for model in kin if model.family == group.family] or kin)[0].id
        return Recognised(
            None,
            f"The model cannot be recognised; say --model {group.mac}={example}, "
            f"or --default-model {group.family}={example} for all such phones.{hint}",
        )


def _names(model: Model) -> list[str]:
    return list(dict.fromkeys((*model.user_agents, model.name)))


def _word(name: str) -> bytes:
    """A model's name as a pattern: for `VVX_450`, `VVX 450` and `VVX450` too."""
    return b"[ _-]?".join(re.escape(part.encode()) for part in re.split("[ _-]", name.lower()))
