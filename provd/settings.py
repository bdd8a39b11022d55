"""One typed settings object, from `provd.toml` and the environment (`PROVD_<NAME>`, which wins)."""

from __future__ import annotations

import dataclasses
import os
import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provd.errors import ProvdError
from provd.exporting.places import networks


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting there is; docs/settings.md explains each."""

    data_dir: Path = Path("var")
    database_url: str = ""
    bind: str = "0.0.0.0"  # noqa: S104 - phones are elsewhere
    public_host: str = ""
    http_port: int = 8080
    https_port: int = 8443
    tftp_port: int = 6969
    sip_port: int = 5060
    sips_port: int = 5061
    sip_pnp: bool = False
    sip_optional: bool = False
    sip_bindings_per_device: int = 4
    sip_expires_min: int = 60
    sip_expires_max: int = 7200
    sip_digest_algorithms: tuple[str, ...] = ("SHA-256", "MD5")
    sip_unknown_domain: str = "drop"
    rtp_ports: str = "20000-29999"
    media_address: str = ""
    media_processes: int = 1
    tts_engine: str = ""
    redis_url: str = ""
    rtpengine_url: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    public_url: str = ""
    demo_password: str = field(default="", repr=False)
    roles: tuple[str, ...] = ("http", "tftp", "sip", "jobs")
    processes: int = 1
    tls_certificate: str = ""
    tls_key: str = ""
    tls_old_phones: bool = False
    vendor_ca_dir: str = ""
    firmware_dir: str = ""
    trusted_proxies: tuple[str, ...] = ()
    http_digest: bool = False
    accept_uploads: bool = False
    upload_limit: int = 262_144
    events_keep_days: int = 90
    exports_keep_days: int = 30
    export_networks: tuple[str, ...] = ()
    render_cache_mb: int = 48
    failures_per_minute: int = 60
    log_level: str = "info"

    @property
    def database(self) -> str:
        """The database's URL; an SQLite file in the data directory unless another is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'provd.db'}"

    @property
    def host(self) -> str:
        """The name or address phones use for us."""
        return self.public_host or outbound_address()

    @property
    def vendor_cas(self) -> Path:
        """The folder with the CA certificates of phone vendors, for mutual TLS."""
        return Path(self.vendor_ca_dir) if self.vendor_ca_dir else self.data_dir / "vendor-ca"

    @property
    def firmware(self) -> Path:
        """The folder of firmware images and their manifest."""
        return Path(self.firmware_dir) if self.firmware_dir else self.data_dir / "firmware"


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; `path` defaults to ./provd.toml, which may be missing. Raises ProvdError with a sentence."""
    file = path or Path(environ.get("PROVD_CONFIG", "provd.toml"))
    said: dict[str, object] = {}
    if file.exists():
        try:
            said = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ProvdError(f"{file} is not valid TOML: {error}.") from error
    fields = {entry.name: entry for entry in dataclasses.fields(Settings)}
    for name in said:
        if name not in fields:
            raise ProvdError(f"{file} names a setting “{name}” that does not exist; docs/settings.md lists them.")
    for name in fields:
        value = environ.get(f"PROVD_{name.upper()}")
        if value is not None:
            said[name] = value
    settings = Settings(**{name: _typed(fields[name], value) for name, value in said.items()})  # type: ignore[arg-type]
    wrong = problems(settings)
    if wrong:
        raise ProvdError(" ".join(wrong))
    return settings


DIGEST_ALGORITHMS = ("SHA-256", "MD5")
UNKNOWN_DOMAIN = ("drop", "refuse")
_BOUNDS = {
    "sip_bindings_per_device": (1, 20),
    "sip_expires_min": (10, 3600),
    "sip_expires_max": (60, 86_400),
    "media_processes": (1, 64),
    "exports_keep_days": (1, 3650),
}


def problems(settings: Settings) -> list[str]:
    """What is wrong with values that are of the right type, a sentence each."""
    found = []
    for name, (low, high) in _BOUNDS.items():
        if not low <= getattr(settings, name) <= high:
            found.append(f"The setting {name} must be from {low} to {high}.")
    if settings.sip_expires_min > settings.sip_expires_max:
        found.append("The setting sip_expires_min must not be above sip_expires_max.")
    try:
        networks(settings.export_networks)
    except ValueError as error:
        found.append(str(error))
    try:
        port_range(settings.rtp_ports)
    except ProvdError as error:
        found.append(str(error))
    named = settings.sip_digest_algorithms
    if not named or len(set(named)) < len(named) or not set(named) <= set(DIGEST_ALGORITHMS):
        known = " and ".join(DIGEST_ALGORITHMS)
        found.append(f"The setting sip_digest_algorithms names one or both of {known}, what is offered first first.")
    if settings.sip_unknown_domain not in UNKNOWN_DOMAIN:
        found.append(f"The setting sip_unknown_domain must be {' or '.join(UNKNOWN_DOMAIN)}.")
    return found


def port_range(text: str) -> tuple[int, int]:
    """`20000-29999` → its ends. Raises ProvdError."""
    first, _, last = (part.strip() for part in text.partition("-"))
    if first.isdecimal() and last.isdecimal() and 1024 <= int(first) <= int(last) - 3 and int(last) <= 65535:
        return int(first), int(last)
    raise ProvdError("The setting rtp_ports is a range such as 20000-29999, from 1024 to 65535, of four ports or more.")


def _typed(entry: dataclasses.Field[object], value: object) -> object:
    try:
        match entry.type:
            case "int":
                return _port_checked(entry.name, int(str(value)))
            case "bool":
                return _switch(value)
            case "Path":
                return Path(str(value))
            case "tuple[str, ...]":
                items = value if isinstance(value, list) else str(value).split(",")
                return tuple(str(item).strip() for item in items if str(item).strip())
    except ValueError as error:
        raise ProvdError(f"The setting {entry.name} cannot be “{str(value)[:60]}”: {error}.") from None
    return str(value)


def _port_checked(name: str, number: int) -> int:
    if name.endswith("_port") and not 0 <= number <= 65535:
        raise ValueError("a port is a number from 0 (any free one) to 65535")
    if number < 0:
        raise ValueError("it must not be negative")
    return number


def _switch(value: object) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    text = str(value).lower()
    if text not in known:
        raise ValueError("write true or false")
    return known[text]


def outbound_address() -> str:
    """The address of the interface that has the default route; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
