"""What a phone model and its family can do: facts, read from device_templates/.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provd.phone.key import Position


@dataclass(frozen=True, slots=True)
class FileRule:
    """One kind of file that phones of a family ask for.

    `name` is a pattern: `{mac}` stands for the MAC in lower case, `{MAC}` in upper case, any other name for an entry
    of the model's `files`. `role` is config (per phone), index (points at other files), common (per model, never
    holds a secret), directory, absent (asked for, better not there) or upload. `priority` orders what the phone asks.
    """

    name: str
    role: str
    template: str
    content_type: str
    escape: str
    encoding: str = "utf-8"

    @property
    def per_phone(self) -> bool:
        """Whether the name carries a MAC."""
        return "{mac}" in self.name or "{MAC}" in self.name

    def file_name(self, mac: str, model: Model) -> str | None:
        """The name as this phone asks for it; None when the model has no such file."""
        try:
            return self.name.format(mac=mac, MAC=mac.upper(), **model.files)
        except KeyError:
            return None


@dataclass(frozen=True, slots=True)
class KeyRule:
    """How a family makes one kind of key: its `code` in the file, or why it cannot (`cannot`, a sentence).

    `lamp` is false where the vendor's key has no lamp for it; `note` is shown beside the choice.
    """

    kind: str
    code: str = ""
    cannot: str = ""
    lamp: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recognition:
    """A regular expression over the User-Agent with the groups `model`, `firmware` and `mac`, each optional."""

    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Unverified:
    """A fact that no device has confirmed yet: shown wherever the fact is."""

    fact: str
    note: str


@dataclass(frozen=True, slots=True)
class Family:
    """One vendor's line of phones that share file format and behaviour. `facts` is free-form, for its templates."""

    id: str
    vendor: str
    title: str
    status: str
    files: tuple[FileRule, ...]
    recognitions: tuple[Recognition, ...]
    certificate_issuers: tuple[re.Pattern[str], ...]
    ouis: tuple[str, ...]
    keys: Mapping[str, KeyRule]
    label_length: int
    secret_parameters: re.Pattern[str] | None
    raw_names: re.Pattern[str]
    raw_style: str
    codecs: Mapping[str, str]
    facts: Mapping[str, object]
    resync: Mapping[str, str]
    dhcp: tuple[Mapping[str, str], ...]
    unverified: tuple[Unverified, ...]
    templates: Mapping[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the drawing, in its own units: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where the screens and the line keys of one page sit, for the picture of the phone.

    `look` names the arrangement of handset, dial pad and navigation; a key beside a screen has its label on that
    screen, one inside a screen is touched there, any other box is the key with its paper strip.
    """

    width: float
    height: float
    screen: Box | None
    keys: tuple[Box, ...]
    screens: tuple[Box, ...] = ()
    look: str = "plain"


@dataclass(frozen=True, slots=True)
class Modules:
    """Expansion modules: how many keys each has, how many fit, what they are called."""

    keys: int
    most: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One phone model. `keys` counts every programmable key over all pages, `keys_per_page` those seen at once."""

    id: str
    vendor: str
    name: str
    family: str
    accounts: int
    keys: int
    keys_per_page: int
    pages: int
    modules: Modules | None
    screen: str
    colour: bool | None
    user_agents: tuple[str, ...]
    files: Mapping[str, str]
    facts: Mapping[str, object]
    drawing: Drawing | None
    confidence: str
    unverified: tuple[Unverified, ...]
    source: str
    note: str = ""

    def positions(self, modules: int = 0) -> tuple[Position, ...]:
        """Every key place in order: the phone's own, then those of `modules` attached expansion modules."""
        return tuple(self._places(modules))

    def _places(self, modules: int) -> Iterator[Position]:
        for number in range(1, self.keys + 1):
            yield Position(0, number)
        if self.modules:
            for module in range(1, min(modules, self.modules.most) + 1):
                for number in range(1, self.modules.keys + 1):
                    yield Position(module, number)
