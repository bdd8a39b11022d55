"""What a vendor's configuration files say, in words no vendor owns.  (pure)

Two steps lead here. A family's `parse` turns one file into a `Sheet`: the raw parameters, exactly as the phone sees
them. Its `interpret` turns raw parameters, of one file or of several put together, into a `Meaning`. A `Reading` is
both, so that several readings can be merged by putting their sheets together and interpreting the result once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

SIZE_LIMIT = 4 * 1024 * 1024
PROBLEM_LIMIT = 200


class Unreadable(ValueError):
    """The bytes are not a file of the vendor at all; `str(error)` is the sentence that says why."""


@dataclass(frozen=True, slots=True)
class ReadAccount:
    """One registration as the phone would make it.

    `auth_user` is the name the phone answers challenges with (the user name when the file gives none). `transport`
    is udp, tcp, tls or auto, `expires` counts seconds, `srtp` is off, optional or required, `dtmf` is rfc2833, info,
    inband or auto; None means that the file is silent. `outbound_proxy` is `host` or `host:port`.
    """

    index: int
    enabled: bool
    label: str = ""
    display_name: str = ""
    user: str = ""
    auth_user: str = ""
    password: str = field(default="", repr=False)
    server: str = ""
    port: int | None = None
    transport: str | None = None
    expires: int | None = None
    outbound_proxy: str = ""
    voicemail: str = ""
    shared: bool = False
    srtp: str | None = None
    codecs: tuple[str, ...] = ()
    dtmf: str | None = None


@dataclass(frozen=True, slots=True)
class ReadKey:
    """One programmable key.

    `kind` is line, shared_line, blf, speed_dial, park, dtmf, url, none or other. `raw` is what the file says, in the
    vendor's terms. `bank`, `page` and `place` are the vendor's own coordinates (`vpk`, `mpk`, `side` …), from which
    `number` was counted; `merging.arrange` counts again when the model is known. The number is 1-based within
    `module`, and module 0 is the phone itself.
    """

    module: int
    number: int
    kind: str
    target: str = ""
    label: str = ""
    line: int | None = None
    pickup: str = ""
    locked: bool | None = None
    raw: str = ""
    bank: str = ""
    page: int = 1
    place: int = 0


@dataclass(frozen=True, slots=True)
class ReadContact:
    """One entry of a directory: a name and its numbers, in the order of the file."""

    name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it came over the wire, with what the phone knows of itself: MAC (12 lower hex) and model, or ""."""

    family: str
    name: str
    content: bytes = field(repr=False)
    mac: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One parsed file. `refused` means that a phone would ignore the file as a whole; `problems` says why."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    includes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a family understood from raw parameters."""

    accounts: tuple[ReadAccount, ...] = ()
    keys: tuple[ReadKey, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    includes: tuple[str, ...] = ()
    directory_urls: tuple[str, ...] = ()
    firmware_url: str = ""
    provisioning_url: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The vendor-neutral result of reading one file, or several that were merged.

    `settings` uses the product's names (`time.zone`, `network.vlan.id` …); a setting that the file does not state,
    or switches off, is absent. `parameters` holds every raw parameter. `includes` lists the further files the phone
    is told to fetch, in order. `refused` is true when a phone would ignore the file as a whole: what it says is read
    all the same, for an importer.
    """

    family: str
    accounts: tuple[ReadAccount, ...] = ()
    keys: tuple[ReadKey, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    includes: tuple[str, ...] = ()
    directory_urls: tuple[str, ...] = ()
    firmware_url: str = ""
    provisioning_url: str = ""
    problems: tuple[str, ...] = ()
    refused: bool = False
    mac: str = ""
    model: str = ""
    sheets: tuple[Sheet, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family is read.

    `parse` reads one file; `combine` puts sheets, in the order the phone fetched them, into one set of parameters
    and says what it left out; `interpret` gives raw parameters their meaning. `interpret` gets a `Source` whose
    name and content are of no interest, only family, MAC and model.
    """

    parse: Callable[[Source], Sheet]
    combine: Callable[[Sequence[Sheet]], tuple[dict[str, str], tuple[str, ...]]]
    interpret: Callable[[Mapping[str, str], Source], Meaning]


def last_wins(sheets: Sequence[Sheet]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The parameters of sheets where a later file overrules an earlier one (Yealink, Cisco, Snom, Fanvil)."""
    parameters: dict[str, str] = {}
    for sheet in sheets:
        parameters.update(sheet.parameters)
    return parameters, ()


def limited(problems: Sequence[str]) -> tuple[str, ...]:
    """The problems without repeats, cut at PROBLEM_LIMIT with a sentence that counts the rest."""
    distinct = tuple(dict.fromkeys(problems))
    if len(distinct) <= PROBLEM_LIMIT:
        return distinct
    return (*distinct[:PROBLEM_LIMIT], f"{len(distinct) - PROBLEM_LIMIT} more problems are not listed.")
