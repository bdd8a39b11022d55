"""Phones: the hardware by its MAC, and which devices sit on which of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provd import seal
from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.store import changes, layers, rules, tokens
from provd.store.database import Store
from provd.store.phone_finding import by_ids as by_ids
from provd.store.phone_finding import find as find
from provd.store.phone_finding import ids as ids
from provd.store.reading import different, fetch, first, one, select
from provd.store.rows import Line, Phone
from provd.store.tables import Devices, Domains, PhoneLines, Phones, Sites, Templates

DEFAULTS: dict[str, Any] = {
    "site_id": None,
    "template_id": None,
    "description": "",
    "time_zone": "",
    "expansions": (),
    "admission": None,
}
RULES: dict[str, rules.Rule] = {
    "mac": rules.mac_address,
    "model": rules.model_id,
    "site_id": rules.row_id,
    "template_id": rules.row_id,
    "description": rules.text,
    "time_zone": rules.time_zone,
    "expansions": rules.names,
    "admission": lambda name, value: [] if value is None else rules.admission(name, value),
}
MAX_LINES = 64
_NOTHING_TAKEN: dict[str, Any] = {
    "fetched_revision": "", "fetched_at": None, "refused_at": None, "refused_why": "", "refused_address": "",
}  # fmt: skip


def create(
    store: Store, domain_id: int, mac: str, model: str, now: int, *, lines: Sequence[Line] = (), **fields: Any
) -> Phone:
    """Makes a phone with its lines, a digest user and password and a token of its own; `fields` as in DEFAULTS.

    Raises Conflict when the MAC is known already (in any company), Invalid and NotFound for its other values.
    """
    values = {**DEFAULTS, **fields, "mac": mac, "model": model}
    rules.require(rules.check(RULES, values))
    with store.transaction():
        if not store.tuples(Domains.select(Domains.id).where(Domains.id == domain_id)):
            raise NotFound("There is no such company.")
        _free(store, mac)
        _check_places(store, domain_id, values["model"], values)
        row = {
            **values, "domain_id": domain_id, "digest_user": mac, "sealed_digest_password": _new_password(store),
            "revision": 1, "created": now, "swapped_from": "", "last_contact": None, "last_address": "",
            "last_firmware": "", "last_file": "", **_NOTHING_TAKEN,
        }  # fmt: skip
        phone_id = store.execute(Phones.insert(row))
        _write_lines(store, domain_id, phone_id, lines)
        tokens.create(store, domain_id, phone_id, now)
        changes.record(store, "phone", phone_id, domain_id, now)
    return get(store, domain_id, phone_id)


def get(store: Store, domain_id: int, phone_id: int) -> Phone:
    """The phone of this company with this id."""
    query = select(Phone, Phones).where((Phones.domain_id == domain_id) & (Phones.id == phone_id))
    return one(store, Phone, query, "There is no such phone in this company.")


def by_mac(store: Store, domain_id: int, mac: str) -> Phone:
    """The phone of this company with this MAC."""
    query = select(Phone, Phones).where((Phones.domain_id == domain_id) & (Phones.mac == mac))
    return one(store, Phone, query, f"There is no phone {mac} in this company.")


def anywhere(store: Store, mac: str) -> Phone | None:
    """The phone with this MAC in whatever company, or None: for the answer path and for the provider's pages."""
    return first(store, Phone, select(Phone, Phones).where(Phones.mac == mac))


def all_macs(store: Store) -> list[tuple[str, int, int]]:
    """(mac, phone_id, domain_id) of every phone there is, as plain tuples in no order."""
    return list(store.sql("SELECT mac, id, domain_id FROM phones").fetchall())


def count(store: Store, domain_id: int | None = None) -> int:
    """How many phones a company has; None: how many there are."""
    if domain_id is None:
        return int(store.sql("SELECT COUNT(*) FROM phones").fetchone()[0])
    return int(store.sql("SELECT COUNT(*) FROM phones WHERE domain_id = ?", (domain_id,)).fetchone()[0])


def lines(store: Store, domain_id: int, phone_id: int) -> list[Line]:
    """The lines of a phone in order."""
    get(store, domain_id, phone_id)
    query = PhoneLines.select(PhoneLines.line, PhoneLines.device_id, PhoneLines.shared, PhoneLines.label)
    return [Line(*row) for row in store.tuples(query.where(PhoneLines.phone_id == phone_id).order_by(PhoneLines.line))]


def phones_of_device(store: Store, domain_id: int, device_id: int) -> list[Phone]:
    """The phones that carry a device."""
    carrying = PhoneLines.select(PhoneLines.phone_id).where(PhoneLines.device_id == device_id)
    query = select(Phone, Phones).where((Phones.domain_id == domain_id) & Phones.id.in_(carrying))
    return fetch(store, Phone, query.order_by(Phones.mac))


def set_lines(store: Store, domain_id: int, phone_id: int, wanted: Sequence[Line], now: int) -> None:
    """Replaces the lines of a phone; the same lines again change nothing."""
    with store.transaction():
        if lines(store, domain_id, phone_id) != sorted(wanted, key=lambda line: line.line):
            store.execute(PhoneLines.delete().where(PhoneLines.phone_id == phone_id))
            _write_lines(store, domain_id, phone_id, wanted)
            changes.phone(store, phone_id, domain_id, now)


def update(store: Store, domain_id: int, phone_id: int, now: int, **fields: Any) -> Phone:
    """Saves those of `fields` that differ. A new `mac` is a swap of the hardware: see swap()."""
    rules.require(rules.check(RULES, fields))
    with store.transaction():
        phone = get(store, domain_id, phone_id)
        changed = different(phone, fields)
        if "mac" in changed:
            _free(store, changed["mac"])
            changed |= {"swapped_from": phone.mac, "digest_user": changed["mac"], "last_contact": None}
            changed |= {"last_address": "", "last_firmware": "", "last_file": "", **_NOTHING_TAKEN}
        model, template = changed.get("model", phone.model), changed.get("template_id", phone.template_id)
        _check_places(store, domain_id, model, {**changed, "template_id": template})
        if changed:
            store.execute(Phones.update(changed).where(Phones.id == phone_id))
            changes.phone(store, phone_id, domain_id, now)
    return get(store, domain_id, phone_id)


def swap(store: Store, domain_id: int, phone_id: int, mac: str, now: int) -> Phone:
    """Puts another piece of hardware in the place of a broken one: lines, keys and history stay.

    The old hardware's token and digest password open nothing any more.
    """
    with store.transaction():
        phone = update(store, domain_id, phone_id, now, mac=mac)
        sealed = _new_password(store)
        store.execute(Phones.update(sealed_digest_password=sealed).where(Phones.id == phone.id))
        tokens.revoke(store, domain_id, phone_id, now)
        tokens.create(store, domain_id, phone_id, now)
    return get(store, domain_id, phone_id)


def digest_password(store: Store, domain_id: int, phone_id: int) -> str:
    """The password of the phone's own HTTP digest login, in plain text."""
    query = Phones.select(Phones.sealed_digest_password).where(
        (Phones.domain_id == domain_id) & (Phones.id == phone_id)
    )
    found = store.tuples(query)
    if not found:
        raise NotFound("There is no such phone in this company.")
    return store.seal.open(found[0][0])


def move(store: Store, domain_id: int, phone_id: int, to_domain_id: int, now: int) -> Phone:
    """Gives a phone to another company: bare, because lines, template, site and layer belong to the old one."""
    with store.transaction():
        phone = get(store, domain_id, phone_id)
        delete(store, domain_id, phone_id, now)
        return create(store, to_domain_id, phone.mac, phone.model, now, expansions=phone.expansions)


def delete(store: Store, domain_id: int, phone_id: int, now: int) -> None:
    """Deletes a phone with its lines, layer and tokens; its events stay until their time is over."""
    with store.transaction():
        get(store, domain_id, phone_id)
        layers.drop(store, "phone", phone_id)
        store.execute(Phones.delete().where(Phones.id == phone_id))
        changes.record(store, "phone", phone_id, domain_id, now)


def contacted(store: Store, contacts: Sequence[tuple[int, int, str, str, str]]) -> None:
    """Notes last contacts in one go: (phone_id, at, address, firmware, file). No change of what phones get."""
    rows = []
    for phone_id, at, address, firmware, file in contacts:
        version = rules.clean(firmware, 64)
        rows.append((at, rules.clean(address, 64), version, version, rules.clean(file, 200), phone_id))
    with store.batch():
        store.many(
            "UPDATE phones SET last_contact = ?, last_address = ?, last_firmware = CASE WHEN ? = '' THEN last_firmware "
            "ELSE ? END, last_file = ? WHERE id = ?",
            rows,
        )


def took(store: Store, taken: Sequence[tuple[int, int, str]], lacking: Sequence[tuple[int, int, str, str]]) -> None:
    """Notes what came of requests for a configuration: (phone_id, at, revision) of those that got it whole, which ends
    a refusal; then (phone_id, at, reason, address) of those that did not get it, or got it without secrets."""
    if not taken and not lacking:
        return
    with store.batch():
        store.many(
            "UPDATE phones SET fetched_revision = ?, fetched_at = ?, refused_at = NULL, refused_why = '', "
            "refused_address = '' WHERE id = ?",
            [(revision, at, phone_id) for phone_id, at, revision in taken],
        )
        store.many(
            "UPDATE phones SET refused_at = ?, refused_why = ?, refused_address = ? WHERE id = ?",
            [
                (at, rules.clean(reason, 200), rules.clean(address, 64), phone_id)
                for phone_id, at, reason, address in lacking
            ],
        )


def _new_password(store: Store) -> str:
    return store.seal.seal(seal.new_password())


def _write_lines(store: Store, domain_id: int, phone_id: int, wanted: Sequence[Line]) -> None:
    numbers = [line.line for line in wanted]
    problems = [Problem(f"lines.{number}", f"Line {number} is given twice.") for number in _twice(numbers)]
    problems += [problem for number in numbers for problem in rules.whole(1, MAX_LINES)("lines", number)]
    problems += [problem for line in wanted for problem in rules.text(f"lines.{line.line}.label", line.label)]
    rules.require(problems)
    ids = {line.device_id for line in wanted}
    mine = Devices.select(Devices.id).where((Devices.domain_id == domain_id) & Devices.id.in_(sorted(ids)))
    if ids and len(store.tuples(mine)) != len(ids):
        raise NotFound("There is no such device in this company.")
    for line in wanted:
        row = {"line": line.line, "device_id": line.device_id, "shared": line.shared, "label": line.label}
        store.execute(PhoneLines.insert(phone_id=phone_id, **row))


def _twice(numbers: Sequence[int]) -> list[int]:
    return sorted({number for number in numbers if numbers.count(number) > 1})


def _check_places(store: Store, domain_id: int, model: str, values: dict[str, Any]) -> None:
    site_id, template_id = values.get("site_id"), values.get("template_id")
    here = Sites.select(Sites.id).where((Sites.id == site_id) & (Sites.domain_id == domain_id))
    if site_id is not None and not store.tuples(here):
        raise NotFound("There is no such site in this company.")
    if template_id is not None:
        mine = (Templates.id == template_id) & (Templates.domain_id == domain_id)
        found = store.tuples(Templates.select(Templates.model).where(mine))
        if not found:
            raise NotFound("There is no such template in this company.")
        if found[0][0] != model:
            text = f"The template is for {found[0][0]} and the phone is a {model}; choose a template for this model."
            raise Invalid([Problem("template_id", text)])


def _free(store: Store, mac: str) -> None:
    # Whose phone it is, is not told: another company's phones are nobody's business.
    if store.tuples(Phones.select(Phones.id).where(Phones.mac == mac)):
        raise Conflict(f"The phone {mac} is known already; if it is not in your list, ask the provider to release it.")
