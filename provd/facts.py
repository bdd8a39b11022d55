"""From the store's rows to the facts a configuration is made of.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from provd.phone.config import Account, PhoneFacts, Urls
from provd.phone.directory import CompanyDirectory, Contact
from provd.phone.key import Key, Position
from provd.phone.layer import Layer, Merged, Sourced, merge
from provd.phone.model import Model
from provd.phone.parameter import Value, check_value
from provd.phone.zone import Zone
from provd.store import rows

USUAL_PORTS = {"http": 80, "https": 443, "tftp": 69}


@dataclass(slots=True)
class Addresses:
    """Where phones reach us: a host name and the port of each protocol, known once everything listens."""

    host: str
    http: int
    https: int
    tftp: int
    sip: int = 5060
    sips: int = 5061

    def base(self, protocol: str, token: str) -> str:
        """The provisioning URL over `protocol`, with `token` in it, ending in a slash."""
        return f"{self.root(protocol)}/p/{token}/" if token else f"{self.root(protocol)}/p/"

    def root(self, protocol: str) -> str:
        """`http://host:8080`, without the port where it is the usual one."""
        port = {"http": self.http, "https": self.https, "tftp": self.tftp}[protocol]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{protocol}://{host}" if port == USUAL_PORTS[protocol] else f"{protocol}://{host}:{port}"


def zone_name(snapshot: rows.PhoneSnapshot) -> str:
    """The zone of the phone's clock before the layers speak: the phone's, its first user's, the company's."""
    user = snapshot.lines[0].user.time_zone if snapshot.lines else ""
    return snapshot.phone.time_zone or user or snapshot.domain.time_zone


def layers(snapshot: rows.PhoneSnapshot) -> list[Layer]:
    """The layers of a phone, low to high, with what company, site and user say in their own rows beneath them."""
    domain = snapshot.domain
    company = typed_values({"time.zone": domain.time_zone, "language": domain.language})
    said = [Layer("company", f"company {domain.name}", company)]
    if snapshot.site is not None:
        said.append(Layer("site", f"site {snapshot.site.name}", typed_values(snapshot.site.defaults)))
    own_zone = zone_name(snapshot)
    if own_zone != domain.time_zone:
        owner = "phone" if snapshot.phone.time_zone else f"user {snapshot.lines[0].user.extension}"
        said.append(Layer("phone", owner, {"time.zone": own_zone}))
    said += [layer(saved, title(saved, snapshot)) for saved in snapshot.layers]
    return said


def title(saved: rows.Layer, snapshot: rows.PhoneSnapshot) -> str:
    """What a layer is called where a value's origin is shown."""
    names = {
        "server": "server",
        "brand": f"brand {saved.ref}",
        "model": f"model {saved.ref}",
        "company": f"company {snapshot.domain.name}",
        "site": f"site {snapshot.site.name}" if snapshot.site else "site",
        "template": f"template {snapshot.template.name}" if snapshot.template else "template",
        "phone": "phone",
    }
    return names[saved.kind]


def layer(saved: rows.Layer, named: str) -> Layer:
    """A stored layer as the pure packages know it; what no longer means anything is left out."""
    return Layer(
        kind=saved.kind,
        title=named,
        values=typed_values(saved.values),
        keys=typed_keys(saved.keys),
        raw={str(name): str(value) for name, value in saved.raw.items()},
        directory=saved.directory,
    )


def typed_values(said: Mapping[str, Any]) -> dict[str, Any]:
    """Settings from JSON; a value of a setting that no longer exists, or no longer fits it, is left out."""
    checked = {name: check_value(name, value) for name, value in said.items()}
    return {name: value for name, (value, problem) in checked.items() if problem is None and value is not None}


def typed_keys(said: Mapping[str, Any]) -> dict[Position, Key]:
    """Line keys from JSON: position text → {kind, target, label, line, locked}."""
    return {Position.parse(place): Key(**key) for place, key in said.items()}


def contact(entry: rows.DirectoryEntry) -> Contact:
    """An entry of the company's directory as the pure packages know it."""
    return Contact(
        id=f"user-{entry.user_id}" if entry.user_id is not None else f"contact-{entry.contact_id}",
        extension=entry.extension,
        first_name=entry.first_name,
        last_name=entry.last_name,
        numbers=tuple(entry.numbers),
        department=entry.department,
        site=entry.site,
    )


def account(line: rows.LineSnapshot, domain: str) -> Account:
    """A line of the phone as an account."""
    name = line.user.name
    return Account(
        line=line.line,
        extension=line.user.extension,
        device=line.device.name,
        label=line.label or " ".join(part for part in (line.user.first_name, line.user.extension) if part),
        display_name=name or line.user.extension,
        password=line.password,
        domain=domain,
        shared=line.shared,
    )


def with_our_port(merged: Merged, addresses: Addresses) -> Merged:
    """Where no layer names a SIP port, the one this server listens on for the transport the phone is to use."""
    if merged.values["sip.port"].kind != "default":
        return merged
    port = addresses.sips if merged.values["sip.transport"].value == "tls" else addresses.sip
    ours: dict[str, Sourced[Value]] = {"sip.port": Sourced(port, "server settings", "default")}
    return replace(merged, values={**merged.values, **ours})


def phone_facts(
    snapshot: rows.PhoneSnapshot,
    directory: CompanyDirectory,
    model: Model,
    zone: Zone,
    urls: Urls,
    addresses: Addresses,
    revision: str,
) -> PhoneFacts:
    """Everything about one phone, ready for phone.config.resolve()."""
    user = snapshot.lines[0].user if snapshot.lines else None
    own = directory.by_id.get(f"user-{user.id}") if user is not None else None
    return PhoneFacts(
        mac=snapshot.phone.mac,
        model=model.id,
        accounts=tuple(account(line, snapshot.domain.name) for line in snapshot.lines),
        merged=with_our_port(merge(layers(snapshot)), addresses),
        directory=directory,
        positions=model.positions(len(snapshot.phone.expansions)),
        sip_host=snapshot.domain.sip_host or addresses.host,
        urls=urls,
        zone=zone,
        site=snapshot.site.name if snapshot.site else (own.site if own else ""),
        department=own.department if own else "",
        revision=revision,
        modules=snapshot.phone.expansions,
    )
