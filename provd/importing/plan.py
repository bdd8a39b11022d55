"""What an import is going to write, decided before anything is written.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to make; everything else is as for any new user."""

    extension: str
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device to make for the user with `extension`; an empty password means a new random one."""

    name: str
    extension: str
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class WishedLine:
    """What is to be on a line of a phone: a device by its name."""

    line: int
    device: str
    shared: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class PhoneLayer:
    """The settings of one phone: `values`, `keys` and `raw` as the store keeps them; `secret_names` are sealed."""

    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    keys: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WishedPhone:
    """A phone to make (`phone_id` None) or to change. `lines` None leaves the lines as they are, `layer` None the
    settings."""

    mac: str
    model: str
    phone_id: int | None = None
    site_id: int | None = None
    template_id: int | None = None
    description: str = ""
    expansions: tuple[str, ...] = ()
    lines: tuple[WishedLine, ...] | None = None
    layer: PhoneLayer | None = None


@dataclass(frozen=True, slots=True)
class NewContact:
    """A shared contact to make."""

    first_name: str
    last_name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to write, in the order in which it is written. `passwords`: device name → its new password."""

    users: tuple[NewUser, ...] = ()
    devices: tuple[NewDevice, ...] = ()
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    phones: tuple[WishedPhone, ...] = ()
    contacts: tuple[NewContact, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.users or self.devices or self.passwords or self.phones or self.contacts)


@dataclass(frozen=True, slots=True)
class PhoneFact:
    """A phone of the company as it is."""

    id: int
    model: str
    site_id: int | None
    template_id: int | None
    description: str
    expansions: tuple[str, ...] = ()
    lines: tuple[WishedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """The company as it is before an import. `stamp` differs after any change of anybody's configuration.

    `users` extension → id, `devices` name → id, `sites` name → id, `templates` name → (id, model), `phones` by MAC,
    `taken`: MACs that belong to another company, `contacts`: (first name, last name, numbers).
    """

    domain_id: int
    name: str
    stamp: int
    users: Mapping[str, int]
    devices: Mapping[str, int]
    sites: Mapping[str, int]
    templates: Mapping[str, tuple[int, str]]
    phones: Mapping[str, PhoneFact]
    taken: frozenset[str] = frozenset()
    contacts: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    zones: tuple[str, ...] = ()


def taken_sentence(mac: str) -> str:
    """What to say of a MAC that another company has: not whose it is."""
    return f"The phone {mac} is known already; if it is not in your list, ask the provider to release it."
