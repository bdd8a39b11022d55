"""Writing a plan: everything in one transaction, and that one as short as can be.

Rules of this file: whatever takes time (sealing, checking, reading) happens before the transaction begins, since all
other writers wait for it. That nobody changed anything in between is seen by the change feed, whose newest id the
plan's facts carry; then the plan has to be made again. What phones, users, devices, tokens and layers consist of is
said by provd/store/; the statements here write the same rows, thousands at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provd import seal
from provd.importing.plan import CompanyFacts, PhoneLayer, Plan
from provd.store import audit, changes, devices, directory, layers, phones, rules, users
from provd.store.database import Store
from provd.store.tables import dump

_CHANGE = "INSERT INTO changes (noun, ref, domain_id, at) VALUES (?, ?, ?, ?)"
_LINE = "INSERT INTO phone_lines (phone_id, line, device_id, shared, label) VALUES (?, ?, ?, ?, ?)"
_UPDATE = """
UPDATE phones SET model = ?, site_id = ?, template_id = ?, description = ?, expansions = ?, revision = revision + 1
WHERE id = ?
"""
_PASSWORD = "UPDATE devices SET sealed_password = ? WHERE id = ?"  # noqa: S105 - a statement
_JSON = frozenset({"emails", "expansions", "admission", "numbers"})
COMMENT = "Imported"


@dataclass(slots=True)
class _Rows:
    """The rows of a plan, ready to be written: by table, each a mapping of column to value."""

    users: list[dict[str, Any]] = field(default_factory=list)
    devices: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    phones: list[dict[str, Any]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    layers: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    passwords: list[tuple[str, str]] = field(default_factory=list)


def write(store: Store, plan: Plan, facts: CompanyFacts, now: int, *, who: str, source: str) -> bool:
    """Writes the plan, or nothing: False when the company changed since `facts` were read. Raises Invalid for values
    that the store would not take. `source` is named in the audit trail."""
    rows = _prepared(store, plan, facts, now)
    with store.transaction():
        if changes.latest_id(store) != facts.stamp:
            return False
        _people(store, rows, facts, now)
        ids = _phones(store, plan, rows, facts, now)
        _layers(store, plan, rows, ids, facts, now, who)
        counts = {"users": len(plan.users), "devices": len(plan.devices), "phones": len(plan.phones)}
        changed = {name: [0, count] for name, count in counts.items()} | {"source": ["", source]}
        audit.record(store, now, who=who, domain_id=facts.domain_id, action="import", noun="phones", ref=source,
                     changed=changed)  # fmt: skip
    return True


def _prepared(store: Store, plan: Plan, facts: CompanyFacts, now: int) -> _Rows:
    """Every row checked by the rules of its noun, every secret sealed."""
    rows = _Rows()
    said: dict[str, Any]
    own = {"domain_id": facts.domain_id, "created": now}
    for user in plan.users:
        said = {"extension": user.extension, "first_name": user.first_name, "last_name": user.last_name}
        said["login_name"] = f"{user.extension}@{facts.name}"
        rows.users.append(_checked(users, said) | own | {"sealed_voicemail_pin": "", "password_hash": ""})
    for device in plan.devices:
        _password_checked(device.password)
        sealed = store.seal.seal(device.password or seal.new_password())
        row = _checked(devices, {"name": device.name}) | own | {"sealed_password": sealed}
        rows.devices.append((device.extension, row))
    for name, password in plan.passwords.items():
        _password_checked(password)
        rows.passwords.append((name, store.seal.seal(password)))
    for phone in plan.phones:
        said = {
            "mac": phone.mac, "model": phone.model, "site_id": phone.site_id, "template_id": phone.template_id,
            "description": phone.description, "expansions": phone.expansions,
        }  # fmt: skip
        row = _checked(phones, said) | own | {
            "digest_user": phone.mac, "sealed_digest_password": store.seal.seal(seal.new_password()), "revision": 1,
            "swapped_from": "", "last_contact": None, "last_address": "", "last_firmware": "", "last_file": "",
        }  # fmt: skip
        rows.phones.append(row)
        if phone.layer is not None and phone.phone_id is None:
            rows.layers.append((phone.mac, _content(store, phone.layer)))
    for contact in plan.contacts:
        said = {"first_name": contact.first_name, "last_name": contact.last_name, "numbers": contact.numbers}
        rules.require(rules.check(directory.RULES, said))
        rows.contacts.append(said | {"domain_id": facts.domain_id})
    return rows


def _checked(noun: Any, said: Mapping[str, Any]) -> dict[str, Any]:
    values = {**noun.DEFAULTS, **said}
    rules.require(rules.check(noun.RULES, values))
    return values


def _password_checked(password: str) -> None:
    rules.require(rules.sip_password("password", password) if password else [])


def _insert(store: Store, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Table and columns are names of this program, never from outside."""
    if not rows:
        return
    columns = list(rows[0])
    text = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    store.many(text, [tuple(_value(name, row[name]) for name in columns) for row in rows])


def _value(name: str, value: Any) -> Any:
    return dump(value) if name in _JSON and value is not None else value


def _ids(store: Store, query: str, domain_id: int) -> dict[str, int]:
    return dict(store.sql(query, (domain_id,)).fetchall())


def _feed(store: Store, noun: str, refs: Iterable[int], domain_id: int, now: int) -> None:
    store.many(_CHANGE, [(noun, str(ref), domain_id, now) for ref in refs])


def _people(store: Store, rows: _Rows, facts: CompanyFacts, now: int) -> None:
    domain_id = facts.domain_id
    if rows.users:
        _insert(store, "users", rows.users)
        ids = _ids(store, "SELECT extension, id FROM users WHERE domain_id = ?", domain_id)
        _feed(store, "user", (ids[row["extension"]] for row in rows.users), domain_id, now)
    if rows.devices:
        owners = _ids(store, "SELECT extension, id FROM users WHERE domain_id = ?", domain_id)
        _insert(store, "devices", [row | {"user_id": owners[extension]} for extension, row in rows.devices])
        ids = _ids(store, "SELECT name, id FROM devices WHERE domain_id = ?", domain_id)
        _feed(store, "device", (ids[row["name"]] for _, row in rows.devices), domain_id, now)
    if rows.passwords:
        store.many(_PASSWORD, [(sealed, facts.devices[name]) for name, sealed in rows.passwords])
        for name, _ in rows.passwords:
            changes.record(store, "device", facts.devices[name], domain_id, now)
            changes.phones_of_device(store, facts.devices[name], now)
    if rows.contacts:
        _insert(store, "contacts", rows.contacts)
    if rows.users or rows.contacts:
        changes.directory(store, domain_id, now)


def _phones(store: Store, plan: Plan, rows: _Rows, facts: CompanyFacts, now: int) -> dict[str, int]:
    """Phones, their lines and tokens; returns the ids by MAC."""
    domain_id = facts.domain_id
    new = [row for phone, row in zip(plan.phones, rows.phones, strict=True) if phone.phone_id is None]
    old = [phone for phone in plan.phones if phone.phone_id is not None]
    _insert(store, "phones", new)
    store.many(
        _UPDATE,
        [(p.model, p.site_id, p.template_id, p.description, dump(p.expansions), p.phone_id) for p in old],
    )
    ids = _ids(store, "SELECT mac, id FROM phones WHERE domain_id = ?", domain_id)
    relined = [phone for phone in plan.phones if phone.lines is not None]
    store.many("DELETE FROM phone_lines WHERE phone_id = ?", [(p.phone_id,) for p in relined if p.phone_id is not None])
    names = _ids(store, "SELECT name, id FROM devices WHERE domain_id = ?", domain_id)
    lines = [
        (ids[phone.mac], line.line, names[line.device], line.shared, line.label)
        for phone in relined
        for line in phone.lines or ()
    ]
    store.many(_LINE, lines)
    _tokens(store, [ids[row["mac"]] for row in new], domain_id, now)
    _feed(store, "phone", (ids[phone.mac] for phone in plan.phones), domain_id, now)
    return ids


def _tokens(store: Store, phone_ids: Sequence[int], domain_id: int, now: int) -> None:
    rows = []
    for phone_id in phone_ids:
        plain = seal.new_token()
        rows.append(
            {
                "domain_id": domain_id, "phone_id": phone_id, "digest": seal.token_digest(plain),
                "sealed": store.seal.seal(plain), "state": "current", "created": now, "first_used": None,
            }
        )  # fmt: skip
    _insert(store, "tokens", rows)
    if rows:
        made = store.sql("SELECT digest, id FROM tokens WHERE domain_id = ?", (domain_id,)).fetchall()
        ids = dict(made)
        _feed(store, "token", (ids[row["digest"]] for row in rows), domain_id, now)


def _layers(
    store: Store, plan: Plan, rows: _Rows, ids: Mapping[str, int], facts: CompanyFacts, now: int, who: str
) -> None:
    """Layers of new phones at once; those of phones that have one already as a new version each."""
    for phone in plan.phones:
        if phone.layer is not None and phone.phone_id is not None:
            said = phone.layer
            layers.save(store, facts.domain_id, "phone", phone.phone_id, now, who=who, values=said.values,
                        keys=said.keys, raw=said.raw, secret_names=said.secret_names, comment=COMMENT)  # fmt: skip
    if not rows.layers:
        return
    own = {"kind": "phone", "domain_id": facts.domain_id, "revision": 1}
    _insert(store, "layers", [own | {"ref": str(ids[mac])} | content for mac, content in rows.layers])
    query = "SELECT ref, id FROM layers WHERE domain_id = ? AND kind = 'phone'"
    made = _ids(store, query, facts.domain_id)
    version = {"revision": 1, "who": who, "at": now, "comment": COMMENT}
    versions = [version | {"layer_id": made[str(ids[mac])]} | content for mac, content in rows.layers]
    _insert(store, "layer_versions", versions)


def _content(store: Store, layer: PhoneLayer) -> dict[str, str]:
    """The columns of a layer, secrets sealed as store/layers.py seals them."""

    def sealed(part: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: {layers.SEALED: store.seal.seal(dump(value))} if name in layer.secret_names else value
            for name, value in part.items()
        }

    return {
        "settings": dump(sealed(layer.values)), "keys": dump(layer.keys), "raw": dump(sealed(layer.raw)),
        "directory": "{}",
    }  # fmt: skip
