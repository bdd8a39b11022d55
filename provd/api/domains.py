"""Companies: their settings, provisioning addresses, token and bootstrap window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from provd import sentences
from provd.api.call import Call, cut, old_and_new, plain
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.schema import Schema, choice, define, listing, moment, nullable, number, obj, page, switch, text
from provd.api.scope import sees
from provd.phone.parameter import LANGUAGES
from provd.seal import MASK
from provd.store import domains, resellers, tokens
from provd.store.database import Store
from provd.store.rows import Domain

group = Group("domains", "Companies. What belongs to one is never visible to another.")

ADMISSION = obj(
    {
        "networks": listing(text(longest=64), "Networks whose phones need no other proof, like 10.20.0.0/16", 64),
        "sip_allow": listing(text(longest=64), "Networks that may use SIP; empty is everybody", 64),
        "sip_deny": listing(text(longest=64), "Networks that may not use SIP; wins over sip_allow", 64),
        "open_until": moment("Until then (epoch seconds) no proof is asked"),
        "unproven": choice(
            ("blank", "refuse"), "What a phone without proof gets: a file without passwords, or nothing"
        ),
        "company_token": choice(("always", "first"), "Whether the company's token stays enough, or only at first"),
    },
    required=(),
    about="How phones prove who they are",
)
FIELDS: dict[str, Schema] = {
    "description": text("What people call it"),
    "time_zone": text("IANA name, such as America/Chicago", 64),
    "area_code": text("Put before numbers of seven digits", 40),
    "country": text("Two letters: numbers without + are of this country", 2, examples=["US"]),
    "language": choice(LANGUAGES, "Language of the phones"),
    "sip_host": text("Where its phones register; empty for this server", 253),
    "admission": ADMISSION,
    "hide_delete": switch("Its managers cannot delete users; the provider still can"),
    "second_factor": switch("Its people may protect their sign-in with one-time codes"),
}
TOKEN = obj(
    {
        "state": choice(("current", "next")),
        "created": moment(),
        "first_used": nullable(moment()),
    }
)
URLS = obj({name: text(longest=400) for name in ("http", "https", "tftp")}, about="Where to point a phone, by protocol")
NAME = text("Lower-case DNS name", 253, examples=["acme.example"])
DOMAIN = define(
    "Domain",
    obj({"name": NAME, **FIELDS, "created": moment(), "url": text("This company in the API", 400)}),
)
ONE = define(
    "DomainWithAddresses",
    obj(
        {
            "name": NAME, **FIELDS, "created": moment(), "url": text(longest=400),
            "provisioning": URLS, "tokens": listing(TOKEN, "Newest last"),
        }
    ),
)  # fmt: skip


def shown(domain: Domain) -> dict[str, Any]:
    """A company as lists show it."""
    row = plain(domain, "id", "revision", "directory_revision")
    return {**row, "admission": dict(domain.admission), "url": f"/api/v2/domains/{domain.name}"}


def addresses(call: Call, token: str) -> dict[str, str]:
    """The provisioning URL of every protocol with this token in it."""
    return {name: call.services.addresses.base(name, token) for name in ("http", "https", "tftp")}


def one(store: Store, call: Call, domain: Domain) -> dict[str, Any]:
    """A company with its provisioning addresses; their token is a mark for those who may not have it."""
    token = tokens.newest(store, domain.id)
    urls = addresses(call, token if call.may(store, "domains.token") else (token and MASK))
    kept = [plain(row, "id", "domain_id", "phone_id") for row in tokens.of(store, domain.id)]
    return {**shown(domain), "provisioning": urls, "tokens": kept}


@group.get("/domains", "domains.read", page(DOMAIN), query={**PAGING, **SEARCH}, narrow=True)
def list_domains(store: Store, call: Call) -> Any:
    """List companies

    Those that the key sees: all of them for the provider, those given to a reseller, its own for a company's key."""
    who = call.who
    seen = domains.find(store) if who.domain_id is None else [domains.get(store, who.domain_id)]
    seen = [domain for domain in seen if sees(who, domain.id)]
    found = cut(seen, call.query, lambda domain: f"{domain.name} {domain.description}")
    return {**found, "items": [shown(domain) for domain in found["items"]]}


@group.post("/domains", "domains.create", ONE, body=obj({"name": NAME, **FIELDS}, required=("name",)))
def create_domain(store: Store, call: Call) -> Any:
    """Create a company

    It gets a provisioning token of its own. A reseller looks after the companies that they make."""
    fields = dict(call.body)
    call.domain = domain = domains.create(store, fields.pop("name"), call.now, **fields)
    if call.who.domain_ids is not None and call.who.user_id is not None:
        resellers.give(store, domain.id, call.who.user_id)
        call.who = replace(call.who, domain_ids=call.who.domain_ids | {domain.id})
    call.audit(store, "create", "domain", domain.name)
    call.location = f"/api/v2/domains/{domain.name}"
    return one(store, call, domain)


@group.get("/domains/{domain}", "domains.read", ONE)
def get_domain(store: Store, call: Call) -> Any:
    """Get a company with its provisioning addresses

    The token in the addresses is a secret: scopes below office manager see marks in its place."""
    assert call.domain is not None
    return one(store, call, call.domain)


@group.patch(
    "/domains/{domain}", "domains.write", ONE, body=obj({"name": NAME, **FIELDS}, required=()) | {"minProperties": 1}
)
def patch_domain(store: Store, call: Call) -> Any:
    """Change a company

    Every phone of it is due for a new file. `admission` is replaced as a whole."""
    assert call.domain is not None
    before = call.domain
    after = domains.update(store, before.id, call.now, **call.body)
    call.audit(store, "update", "domain", before.name, old_and_new(before, after, call.body))
    if after.name != before.name:
        folder = call.services.settings.data_dir
        call.after.append(lambda: sentences.rename(folder, before.name, after.name))
    return one(store, call, after)


@group.delete("/domains/{domain}", "domains.delete")
def delete_domain(store: Store, call: Call) -> None:
    """Delete a company

    With its users, devices, phones, templates, settings and API keys. Its events and its trail stay for their time."""
    assert call.domain is not None
    call.audit(store, "delete", "domain", call.domain.name)
    domains.delete(store, call.domain.id, call.now)
    folder, name = call.services.settings.data_dir, call.domain.name
    call.after.append(lambda: sentences.forget(folder, name))


@group.post("/domains/{domain}/token", "domains.token", ONE, status=200)
def rotate_token(store: Store, call: Call) -> Any:
    """Make the company's next provisioning token

    The one before stays valid until `token/promote`, so that phones can follow at their own pace."""
    tokens.rotate(store, call.domain_id, None, call.now)
    return _said(store, call, "rotate")


@group.post("/domains/{domain}/token/promote", "domains.token", ONE, status=200)
def promote_token(store: Store, call: Call) -> Any:
    """Retire the company's old token

    The next one becomes the current one. A phone that still has the old address gets no secrets any more."""
    tokens.promote(store, call.domain_id, None, call.now)
    return _said(store, call, "promote")


def _said(store: Store, call: Call, action: str) -> Any:
    assert call.domain is not None
    call.audit(store, action, "token", call.domain.name)
    return one(store, call, call.domain)


MINUTES = obj({"minutes": number("How long the window is open", 1, 1440)})


@group.post("/domains/{domain}/bootstrap", "domains.token", ONE, body=MINUTES, status=200)
def open_window(store: Store, call: Call) -> Any:
    """Open the bootstrap window

    For so many minutes every known phone of the company gets its whole file without a proof: for new phones on a
    network that is trusted for that long."""
    return _window(store, call, call.now + call.body["minutes"] * 60, "open")


@group.delete("/domains/{domain}/bootstrap", "domains.token", answer=ONE, status=200)
def close_window(store: Store, call: Call) -> Any:
    """Close the bootstrap window"""
    return _window(store, call, 0, "close")


def _window(store: Store, call: Call, until: int, action: str) -> Any:
    assert call.domain is not None
    admission = {**call.domain.admission, "open_until": until}
    after = domains.update(store, call.domain.id, call.now, admission=admission)
    call.audit(store, action, "bootstrap", after.name, old_and_new(call.domain, after, ("admission",)))
    return one(store, call, after)
