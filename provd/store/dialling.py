"""How a company dials: its table of feature codes, what it translates, its emergency numbers and caller IDs.

Codes that keys of phones dial are settings of the phones' layers, of the server or the company: one place for both.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

from provd.store import changes, layers, rules
from provd.store.database import Store
from provd.store.routing_rows import Dialling
from provd.store.tables import dump

ON_KEYS = MappingProxyType(
    {
        "queue_login": "codes.queue_login", "queue_logout": "codes.queue_logout", "queue_toggle": "codes.queue_toggle",
        "timeframe_toggle": "codes.timeframe_toggle", "move_call": "codes.move_call", "hot_desk_in": "codes.hot_desk",
        "voicemail_access": "voicemail.number", "pickup_extension": "pickup.code",
    }
)  # fmt: skip
"""Functions whose code is a setting of phones, by the function's name."""
RULES: dict[str, rules.Rule] = {
    "code_table": rules.one_of("stratus", "skyswitch"), "codes": rules.mapping, "spam_offered": rules.yes_or_no,
}  # fmt: skip
_COLUMNS = "code_table, codes, translations, emergency, caller_id_number, emergency_caller_id, spam_offered, support"
_UPSERT = f"""
INSERT INTO dialling (domain_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (domain_id) DO UPDATE SET code_table = excluded.code_table, codes = excluded.codes,
  translations = excluded.translations, emergency = excluded.emergency, caller_id_number = excluded.caller_id_number,
  emergency_caller_id = excluded.emergency_caller_id, spam_offered = excluded.spam_offered,
  support = excluded.support
"""  # noqa: S608


def get(store: Store, domain_id: int) -> Dialling:
    """How the company dials; `codes` has those of its phones' keys in it where they are not the usual ones."""
    found = _own(store, domain_id)
    said: dict[str, Any] = {}
    for kind, owner, ref in (("server", None, ""), ("company", domain_id, domain_id)):
        values = layers.get(store, owner, kind, ref).values
        said |= {name: str(values[key]) for name, key in ON_KEYS.items() if values.get(key)}
    return Dialling(found.code_table, {**found.codes, **said}, *_rest(found))


def _rest(one: Dialling) -> tuple[Any, ...]:
    numbers = (one.caller_id_number, one.emergency_caller_id)
    return (one.translations, one.emergency, *numbers, one.spam_offered, one.support)


def _own(store: Store, domain_id: int) -> Dialling:
    row = store.sql(f"SELECT {_COLUMNS} FROM dialling WHERE domain_id = ?", (domain_id,)).fetchone()  # noqa: S608
    if row is None:
        return Dialling()
    table, codes, translations, emergency, number, emergency_number, spam, support = row
    pairs = tuple((str(match), str(to)) for match, to in json.loads(translations))
    more = tuple(json.loads(emergency))
    return Dialling(table, json.loads(codes), pairs, more, number, emergency_number, bool(spam), support)


def update(store: Store, domain_id: int, now: int, who: str, **fields: Any) -> Dialling:
    """Saves those of Dialling's fields that are given. Whether codes are good is asked before (sip_edge/routing): here
    they are put where each belongs, those of keys into the company's settings of phones."""
    rules.require(rules.check(RULES, {name: value for name, value in fields.items() if name in RULES}))
    with store.transaction():
        before = _own(store, domain_id)
        codes = fields.get("codes")
        if codes is not None:
            _save_keys(store, domain_id, {name: code for name, code in codes.items() if name in ON_KEYS}, now, who)
            codes = {name: code for name, code in codes.items() if name not in ON_KEYS}
        row = {name: getattr(before, name) for name in Dialling.__dataclass_fields__} | fields
        row["codes"] = before.codes if codes is None else codes
        values = (
            domain_id, row["code_table"], dump(dict(row["codes"])), dump([list(one) for one in row["translations"]]),
            dump(list(row["emergency"])), row["caller_id_number"], row["emergency_caller_id"], row["spam_offered"],
            row["support"],
        )  # fmt: skip
        store.sql(_UPSERT, values)
        changes.record(store, "dialling", domain_id, domain_id, now)
        return get(store, domain_id)


def _save_keys(store: Store, domain_id: int, codes: dict[str, str], now: int, who: str) -> None:
    layer = layers.get(store, domain_id, "company", domain_id)
    values = {name: value for name, value in layer.values.items() if name not in ON_KEYS.values()}
    values |= {ON_KEYS[name]: code for name, code in codes.items()}
    if values != dict(layer.values):
        layers.save(
            store, domain_id, "company", domain_id, now, who=who, values=values, keys=layer.keys, raw=layer.raw,
            directory=layer.directory, secret_names=layer.secret_names,
        )  # fmt: skip
