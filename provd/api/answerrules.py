"""People's answering rules: a list in its order, of which one is in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from provd.answering.reading import read, write
from provd.answering.rule import DEFAULT, Rule
from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.rule_schema import FIELDS, MOVED, RULE, shown
from provd.api.schema import choice, listing, nullable, number, obj, page, text
from provd.api.tried import moved
from provd.errors import NotFound
from provd.store import answer_rules
from provd.store.database import Store
from provd.store.routing_rows import SavedRule

group = Group(
    "answerrules",
    "Answering rules (SF-090 to SF-112): from the top, the first that is enabled and whose time frame holds decides. "
    "The default rule `*` is the last, and is always there.",
)
RULES = "/domains/{domain}/users/{user}/answerrules"
FRAME = number("The number of its time frame", 1)
NEW = obj(
    {
        "timeframe": FRAME, **FIELDS,
        "position": choice((answer_rules.TOP, answer_rules.BOTTOM), "Above or below the others"),
    },
    required=("timeframe",),
)  # fmt: skip
REORDERED = obj(
    {
        "items": listing(RULE), "next": nullable(text()),
        "moved": listing(MOVED, "Test calls that go elsewhere now, for those who may try calls"),
    }
)  # fmt: skip
Names = dict[str, str]


@group.get(RULES, "answerrules.read", page(RULE))
async def list_rules(call: Call) -> Any:
    """List a user's answering rules in their order

    The one that is `active` decides on calls now, by the user's clock."""
    return await _listed(call, _all)


@group.post(RULES, "answerrules.write", RULE, body=NEW)
async def create_rule(call: Call) -> Any:
    """Create an answering rule

    It needs a time frame that has no rule of this user yet; the company's or the user's own."""
    return await _changed(call, _create)


@group.put(f"{RULES}/reorder", "answerrules.write", REORDERED, body=obj({"timeframes": listing(FRAME, most=200)}))
async def reorder_rules(call: Call) -> Any:
    """Put a user's answering rules into another order

    `timeframes` names each rule once, from the top; the default rule stays the last."""
    return await _listed(call, _reorder) | {"moved": await moved(call)}


@group.get(f"{RULES}/{{rule}}", "answerrules.read", RULE)
async def get_rule(call: Call) -> Any:
    """Get an answering rule"""
    saved, names = await call.services.store.run(_with_names, call, _get)
    return shown(saved, call.the_user.extension, names, await _why(call, saved))


@group.patch(f"{RULES}/{{rule}}", "answerrules.write", RULE, body=obj(FIELDS, required=()) | {"minProperties": 1})
async def patch_rule(call: Call) -> Any:
    """Change an answering rule

    The default rule cannot be switched off."""
    return await _changed(call, _patch)


@group.delete(f"{RULES}/{{rule}}", "answerrules.write")
def delete_rule(store: Store, call: Call) -> None:
    """Delete an answering rule

    The default rule stays."""
    frame = _frame(call)
    if frame is not None:
        found = answer_rules.get(store, call.domain_id, call.the_user.id, frame)
        call.audit(store, "delete", "answer_rule", _ref(call, found), {"rule": [write(found.rule), None]})
    answer_rules.delete(store, call.domain_id, call.the_user.id, frame, call.now)


def _frame(call: Call) -> int | None:
    """The time frame that the path names; None for the default rule."""
    if call.path["rule"] == "*":
        return None
    try:
        return call.id("rule")
    except NotFound:
        raise NotFound(f"There is no answering rule for time frame {call.path['rule'][:40]} here.") from None


def _ref(call: Call, saved: SavedRule) -> str:
    return f"{call.the_user.extension} {saved.frame or '*'}"


def _all(store: Store, call: Call) -> list[SavedRule]:
    return answer_rules.of_user(store, call.domain_id, call.the_user.id)


def _get(store: Store, call: Call) -> SavedRule:
    return answer_rules.get(store, call.domain_id, call.the_user.id, _frame(call))


def _read(call: Call, before: Rule) -> Rule:
    """The rule with the body's fields in it."""
    assert call.domain is not None
    given = {name: value for name, value in call.body.items() if name != "position"}
    area = call.the_user.area_code or call.domain.area_code
    return read({**write(before), **given}, call.domain.country, area)


def _create(store: Store, call: Call) -> SavedRule:
    rule = _read(call, DEFAULT)
    where = call.body.get("position", answer_rules.TOP)
    made = answer_rules.create(store, call.domain_id, call.the_user.id, rule, call.now, where=where)
    call.audit(store, "create", "answer_rule", _ref(call, made), {"rule": [None, write(made.rule)]})
    domain, user = call.path["domain"], call.the_user.extension
    call.location = f"/api/v2/domains/{domain}/users/{user}/answerrules/{made.rule.frame}"
    return made


def _patch(store: Store, call: Call) -> SavedRule:
    before = _get(store, call)
    rule = replace(_read(call, before.rule), frame=before.rule.frame)
    after = answer_rules.update(store, call.domain_id, call.the_user.id, rule, call.now)
    old, new = write(before.rule), write(after.rule)
    call.audit(
        store, "update", "answer_rule", _ref(call, after), {n: [old[n], new[n]] for n in new if old[n] != new[n]}
    )
    return after


def _reorder(store: Store, call: Call) -> list[SavedRule]:
    wanted = call.body["timeframes"]
    before = [one.rule.frame for one in _all(store, call)[:-1]]
    after = answer_rules.reorder(store, call.domain_id, call.the_user.id, wanted, call.now)
    call.audit(store, "reorder", "answer_rule", call.the_user.extension, {"order": [before, wanted]})
    return after


def _with_names(store: Store, call: Call, work: Callable[[Store, Call], Any]) -> tuple[Any, Names]:
    if not call.endpoint.writes:
        return _worked(store, call, work)
    with store.transaction():
        return _worked(store, call, work)


def _worked(store: Store, call: Call, work: Callable[[Store, Call], Any]) -> tuple[Any, Names]:
    found = work(store, call)
    rules = found if isinstance(found, list) else [found]
    wanted = {to.value for one in rules for _, to in one.rule.targets()}
    return found, answer_rules.people(store, call.domain_id, wanted)


async def _why(call: Call, saved: SavedRule) -> str | None:
    """Why this rule is in force; None when it is not."""
    assert call.domain is not None
    frame, why = await call.services.companies.active(call.domain.name, call.the_user.extension, call.clock)
    return why if frame == (saved.rule.frame or 0) else None


async def _listed(call: Call, work: Callable[[Store, Call], list[SavedRule]]) -> dict[str, Any]:
    found, names = await call.services.store.run(_with_names, call, work)
    extension = call.the_user.extension
    return {"items": [shown(one, extension, names, await _why(call, one)) for one in found], "next": None}


async def _changed(call: Call, work: Callable[[Store, Call], SavedRule]) -> dict[str, Any]:
    saved, names = await call.services.store.run(_with_names, call, work)
    return shown(saved, call.the_user.extension, names, await _why(call, saved), await moved(call))
