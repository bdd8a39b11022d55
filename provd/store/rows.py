"""What the store hands out: plain frozen values, one class a noun. No peewee object leaves the store.  (pure)

Times are UTC epoch seconds. Secrets are never in a row that lists hand out: Secrets, PhoneSnapshot and Layer carry
them, and none of these shows them in its repr.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from provd.store.traces import ApiKey as ApiKey
from provd.store.traces import Audit as Audit
from provd.store.traces import Change as Change
from provd.store.traces import Job as Job
from provd.store.traces import JobItem as JobItem
from provd.store.traces import Knock as Knock
from provd.store.traces import PhoneEvent as PhoneEvent

T = TypeVar("T")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a longer list; `next` is the cursor of the rows after them, None at the end."""

    items: tuple[T, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Domain:
    """A company. `admission`: networks, open_until, unproven (blank|refuse), company_token (always|first).

    `hide_delete`: its managers cannot delete users (SF-072). `second_factor`: its people may have one (SF-007).
    `country`: two letters, what numbers without + are of."""

    id: int
    name: str
    description: str
    time_zone: str
    area_code: str
    language: str
    admission: Json
    sip_host: str
    revision: int
    directory_revision: int
    created: int
    hide_delete: bool
    second_factor: bool
    country: str


@dataclass(frozen=True, slots=True)
class Site:
    """`defaults` are settings of its phones, `user_defaults` fields that its users can be given (SF-029)."""

    id: int
    domain_id: int
    name: str
    defaults: Json
    revision: int
    user_defaults: Json


@dataclass(frozen=True, slots=True)
class Department:
    id: int
    domain_id: int
    name: str


@dataclass(frozen=True, slots=True)
class User:
    """A user of a company (`domain_id` set) or a login of the provider (`domain_id` None, `extension` empty)."""

    id: int
    domain_id: int | None
    extension: str
    first_name: str
    last_name: str
    login_name: str
    department_id: int | None
    site_id: int | None
    time_zone: str
    scope: str
    record_calls: str
    announce_in_audio_directory: bool
    list_in_directory: bool
    area_code: str
    caller_id_name: str
    caller_id_number: str
    emergency_caller_id: str
    emails: tuple[str, ...]
    service_code: str
    created: int

    @property
    def name(self) -> str:
        """First and last name as one text."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Device:
    """SIP credentials of a user; one registration. The password is asked for with devices.password()."""

    id: int
    domain_id: int
    user_id: int
    name: str
    transport: str
    srtp: str
    expires: int
    emergency_caller_id: str
    ignore_for_presence: bool
    allowed_user_agent: str
    description: str
    created: int


@dataclass(frozen=True, slots=True)
class Phone:
    """A piece of hardware. `mac` is 12 lower-case hexadecimal digits, `model` the id in device_templates/.

    `fetched_revision` is the stamp of the configuration that it took last, with its secrets, at `fetched_at`.
    `refused_at`, `refused_why` and `refused_address` tell of a request that did not get it and was the last.
    """

    id: int
    domain_id: int
    mac: str
    model: str
    site_id: int | None
    template_id: int | None
    description: str
    time_zone: str
    expansions: tuple[str, ...]
    admission: Json | None
    digest_user: str
    revision: int
    created: int
    swapped_from: str
    last_contact: int | None
    last_address: str
    last_firmware: str
    last_file: str
    fetched_revision: str
    fetched_at: int | None
    refused_at: int | None
    refused_why: str
    refused_address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a phone: which device it registers, and how."""

    line: int
    device_id: int
    shared: bool
    label: str


@dataclass(frozen=True, slots=True)
class LineSnapshot:
    """A line with everything that its registration needs."""

    line: int
    shared: bool
    label: str
    device: Device
    user: User
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of settings, opened: `values` by setting name, `keys` by position (`1`, `m1.5`), `raw` by the vendor's
    parameter, `directory` with source, sort and hidden. `secret_names` are those values and raw parameters that are
    sealed at rest; show MASK in their place. `id` 0 and `revision` 0: nothing was ever saved there.
    """

    id: int
    kind: str
    ref: str
    domain_id: int | None
    values: Json = field(repr=False)
    keys: Json
    raw: Json = field(repr=False)
    directory: Json
    revision: int
    secret_names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LayerVersion:
    """One saved version of a layer, without its content (layers.version() opens one)."""

    id: int
    layer_id: int
    revision: int
    who: str
    at: int
    comment: str


@dataclass(frozen=True, slots=True)
class Template:
    id: int
    domain_id: int
    name: str
    description: str
    model: str
    read_only: bool
    revision: int
    created: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A shared contact of a company that is not one of its users."""

    id: int
    domain_id: int
    first_name: str
    last_name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """One name in a company's directory: a listed user, or a contact (`user_id` None, `extension` empty)."""

    extension: str
    first_name: str
    last_name: str
    numbers: tuple[str, ...]
    department: str
    site: str
    user_id: int | None
    contact_id: int | None


@dataclass(frozen=True, slots=True)
class Token:
    """A provisioning token of a company (`phone_id` None) or of one phone; `state` is current or next."""

    id: int
    domain_id: int
    phone_id: int | None
    state: str
    created: int
    first_used: int | None


@dataclass(frozen=True, slots=True)
class PhoneSnapshot:
    """Everything that the files of one phone are made of, read at one moment. Layers run from low to high.

    `phone_token` and `domain_token` are the newest ones, in plain text: what the files name.
    """

    phone: Phone
    domain: Domain
    site: Site | None
    template: Template | None
    lines: tuple[LineSnapshot, ...]
    layers: tuple[Layer, ...]
    digest_password: str = field(repr=False)
    phone_token: str = field(repr=False)
    domain_token: str = field(repr=False)

    @property
    def stamp(self) -> str:
        """Differs whenever anything in here, or the company's directory, has changed."""
        shared = stamp_of_shared(
            self.domain.revision, self.domain.directory_revision, self.site.revision if self.site else 0,
            self.template.revision if self.template else 0,
            [(layer.kind, layer.revision) for layer in self.layers if layer.domain_id is None],
        )  # fmt: skip
        return f"{self.phone.revision}.{shared}"


def stamp_of_shared(domain: int, directory: int, site: int, template: int, provider: Iterable[tuple[str, int]]) -> str:
    """What a phone's stamp has after its own revision: those of what it shares with others, 0 where it has none of a
    kind; `provider` are (kind, revision) of the layers of server, brand and model that exist, in this order."""
    parts: list[object] = [domain, directory, site, template, *(f"{kind}{revision}" for kind, revision in provider)]
    return ".".join(str(part) for part in parts)
