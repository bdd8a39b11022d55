"""What people of a company can dial: feature codes, and what is done with their numbers."""

from __future__ import annotations

import re
from typing import Any

from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.schema import Schema, choice, define, listing, nullable, obj, switch, table, text
from provd.errors import Invalid, Problem
from provd.numbering import e164
from provd.store import dialling
from provd.store.database import Store
from provd.store.routing_rows import Dialling

group = Group(
    "dialling",
    "Feature codes, translations of what is dialled, emergency numbers and the company's caller IDs. Codes that keys "
    "of phones dial are the phones' settings too: changed in one place, changed in both.",
)
TABLES = ("stratus", "skyswitch")
CODE = define(
    "FeatureCode",
    obj(
        {
            "function": text(longest=40), "title": text(), "codes": listing(text(longest=10), "The first is shown"),
            "usual": listing(text(longest=10), "Those of the table"),
            "follows": choice(("nothing", "perhaps", "needed"), "Whether digits come after the code"),
            "meaning": text("What the digits after it are"),
        }
    ),
)  # fmt: skip
CODES = define(
    "FeatureCodes",
    obj({"table": choice(TABLES), "own": table(text(longest=10), "The company's own codes"), "items": listing(CODE)}),
)
CHANGES = obj(
    {
        "table": choice(TABLES, "Whose codes are the usual ones"),
        "own": table(
            nullable(text(longest=10)), "Code by function; empty takes a function away, null is the usual code", 100
        ),
    },
    required=(),
) | {"minProperties": 1}
TRANSLATION = obj(
    {
        "dialled": text("Digits, with X for any digit and a * at the end for all that follows", 30, minLength=1),
        "means": text("What is called instead; a * stands for what followed", 30, minLength=1),
    }
)
FIELDS: dict[str, Schema] = {
    "translations": listing(TRANSLATION, "The first that fits is taken; emergency numbers are never translated", 100),
    "emergency": listing(text(longest=8, pattern="^[0-9]{2,8}$", examples=["911"]), "Besides 911, 933 and 112", 20),
    "caller_id_number": text("Shown for people without their own", 40),
    "emergency_caller_id": text("Shown for emergency calls of people without their own", 40),
    "support": text("Extension or number that the code for support calls (SF-346); empty: it is not in service", 40),
    "spam_offered": switch("Whether people may say what is done with callers whose number is not proven (SF-115)"),
}
DIALLING = define("Dialling", obj(FIELDS))
MOST_DIGITS = 6
"""Of an extension."""
_PATTERN = re.compile(r"[0-9X+#]*\*?")
_MEANS = re.compile(r"[0-9+#]*\*?")


@group.get("/domains/{domain}/featurecodes", "dialling.read", CODES)
def get_codes(store: Store, call: Call) -> Any:
    """List the feature codes of the company"""
    return _codes(call, dialling.get(store, call.domain_id))


@group.patch("/domains/{domain}/featurecodes", "dialling.write", CODES, body=CHANGES)
def patch_codes(store: Store, call: Call) -> Any:
    """Change the feature codes of the company

    Refused when two functions would have one code. Keys of phones dial the new code once the phones have fetched it."""
    before = dialling.get(store, call.domain_id)
    own = dict(before.codes)
    for name, code in call.body.get("own", {}).items():
        own.pop(name, None)
        if code is not None:
            own[name] = code
    wanted = call.body.get("table", before.code_table)
    problems = call.services.companies.code_problems(wanted, own)
    if problems:
        raise Invalid(problems)
    after = dialling.update(store, call.domain_id, call.now, call.who.name, code_table=wanted, codes=own)
    old, new = _by_function(call, before), _by_function(call, after)
    call.audit(
        store, "update", "feature_codes", call.path["domain"], {n: [old[n], new[n]] for n in new if old[n] != new[n]}
    )
    return _codes(call, after)


@group.get("/domains/{domain}/dialling", "dialling.write", DIALLING)
def get_dialling(store: Store, call: Call) -> Any:
    """Get how the company dials"""
    return shown(dialling.get(store, call.domain_id))


@group.patch("/domains/{domain}/dialling", "dialling.numbers", DIALLING, body=obj(FIELDS, ()) | {"minProperties": 1})
def patch_dialling(store: Store, call: Call) -> Any:
    """Change how the company dials"""
    fields = dict(call.body)
    problems: list[Problem] = []
    for name in ("caller_id_number", "emergency_caller_id"):
        if fields.get(name):
            fields[name] = _number(call, name, fields[name], problems)
    if len(fields.get("support", "")) > MOST_DIGITS:  # shorter ones are extensions
        fields["support"] = _number(call, "support", fields["support"], problems)
    elif fields.get("support") and not fields["support"].isdecimal():
        problems.append(Problem("support", "Write an extension or a number, digits only."))
    if "translations" in fields:
        fields["translations"] = _pairs(fields["translations"], problems)
    if problems:
        raise Invalid(problems)
    before = shown(dialling.get(store, call.domain_id))
    after = shown(dialling.update(store, call.domain_id, call.now, call.who.name, **fields))
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    call.audit(store, "update", "dialling", call.path["domain"], changed)
    return after


def shown(one: Dialling) -> dict[str, Any]:
    """How a company dials, as JSON."""
    return {
        "translations": [{"dialled": match, "means": to} for match, to in one.translations],
        "emergency": list(one.emergency), "caller_id_number": one.caller_id_number,
        "emergency_caller_id": one.emergency_caller_id, "spam_offered": one.spam_offered,
        "support": one.support,
    }  # fmt: skip


def _codes(call: Call, one: Dialling) -> dict[str, Any]:
    items = call.services.companies.codes_of(one.code_table, one.codes)
    return {"table": one.code_table, "own": dict(one.codes), "items": items}


def _by_function(call: Call, one: Dialling) -> dict[str, str]:
    return {code["function"]: " ".join(code["codes"]) for code in _codes(call, one)["items"]}


def _number(call: Call, field: str, given: str, problems: list[Problem]) -> str:
    assert call.domain is not None
    try:
        return e164(given, call.domain.country, call.domain.area_code)
    except ValueError as error:
        problems.append(Problem(field, str(error)))
        return given


def _pairs(given: list[dict[str, str]], problems: list[Problem]) -> list[tuple[str, str]]:
    for place, one in enumerate(given):
        if not _PATTERN.fullmatch(one["dialled"]) or not _MEANS.fullmatch(one["means"]):
            text = "Write digits, X for any digit, and a * only at the end."
            problems.append(Problem(f"translations.{place}", text))
        elif one["means"].endswith("*") and not one["dialled"].endswith("*"):
            text = f"{one['means']} ends with *, but {one['dialled']} has none to take it from."
            problems.append(Problem(f"translations.{place}", text))
    return [(one["dialled"], one["means"]) for one in given]
