"""Codes that phones dial, held against those that the server knows: what is set in phones must be what calls go by."""

from __future__ import annotations

from provd.api.call import Call
from provd.api.layering import Target
from provd.errors import Invalid, Problem
from provd.store import dialling
from provd.store.database import Store
from provd.store.rows import Layer

_FUNCTIONS = {setting: function for function, setting in dialling.ON_KEYS.items()}


def of_company(store: Store, call: Call, target: Target, made: Layer) -> None:
    """A company's layer is its table of codes too: raises Invalid where two functions would have one code."""
    if target.kind != "company" or target.domain_id is None:
        return
    now = dialling.get(store, target.domain_id)
    own = {name: code for name, code in now.codes.items() if name not in dialling.ON_KEYS}
    own |= {_FUNCTIONS[name]: str(code) for name, code in made.values.items() if name in _FUNCTIONS and code}
    found = call.services.companies.code_problems(now.code_table, own)
    if found:
        raise Invalid([Problem(_field(one.field), one.text) for one in found])


def unknown(store: Store, call: Call, target: Target, made: Layer) -> list[Problem]:
    """Warnings for codes of a phone, a template or a site that mean nothing, or something else, in its company."""
    wanted = {name: str(code) for name, code in made.values.items() if name in _FUNCTIONS and code}
    if target.domain_id is None or target.kind == "company" or not wanted:
        return []
    now = dialling.get(store, target.domain_id)
    known = call.services.companies.codes_of(now.code_table, now.codes)
    codes = {one["function"]: one["codes"] for one in known}
    return [
        Problem(
            f"values.{name}",
            f"{code} is not what this company dials for that; Feature Codes has "
            f"{' or '.join(codes[_FUNCTIONS[name]]) or 'no code'} for it, and changes all phones at once.",
            "warning",
        )
        for name, code in wanted.items()
        if code not in codes[_FUNCTIONS[name]]
    ]


def _field(field: str) -> str:
    setting = dialling.ON_KEYS.get(field.removeprefix("codes."))
    return f"values.{setting}" if setting else field
