"""What holds for a person's calls whatever the rule: do not disturb, forwards by code, unwanted callers, the rule that
the person has chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provd.answering.reading import destination, written
from provd.answering.rule import Destination
from provd.answering.unwanted import SPAM
from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.rule_schema import DESTINATION, MOVED
from provd.api.schema import Schema, choice, define, listing, moment, nullable, number, obj, switch, text
from provd.api.tried import moved
from provd.store import answering, dialling
from provd.store.database import Store
from provd.store.routing_rows import Answering

group = Group("answering", "What a person has set by code, on the phone or here, before any answering rule.")

FORWARDS = obj(dict.fromkeys(answering.KINDS, nullable(DESTINATION)), required=())
FIELDS: dict[str, Schema] = {
    "do_not_disturb": switch("Nothing rings, as dialling the code does"),
    "forwards": FORWARDS | {"description": "Forwards as the codes set them; they go before those of the rules"},
    "block_anonymous": switch("Refuse callers without a number"),
    "spam": choice(tuple(SPAM), "Callers whose number their carrier could not prove (SF-115)"),
    "chosen": nullable(
        number("Time frame of the rule that is in force until further notice (SF-016), 0 for the default rule; null "
               "leaves it to the clock")
    ),
}  # fmt: skip
SHOWN = define(
    "Answering",
    obj(
        {
            **FIELDS,
            "spam_offered": switch("Whether the company lets people say what is done with callers not proven"),
            "active": number("Time frame of the rule in force now, 0 for the default rule"),
            "why": text("Why it is", 500),
            "until": nullable(moment("When another rule will be, by the clock; null where that is not known")),
            "moved": listing(MOVED, "After a change: test calls that go elsewhere now, for those who may try calls"),
        },
        required=(*FIELDS, "spam_offered", "active", "why", "until"),
    ),
)
PATH = "/domains/{domain}/users/{user}/answering"


@group.get(PATH, "answerrules.read", SHOWN)
async def get_answering(call: Call) -> Any:
    """Get what a user has set for all calls"""
    return await _shown(call, await call.services.store.run(_get, call))


@group.patch(PATH, "answerrules.write", SHOWN, body=obj(FIELDS, required=()) | {"minProperties": 1})
async def patch_answering(call: Call) -> Any:
    """Set do not disturb, forwards, what is done with unwanted callers, or the rule in force

    The same state as the feature codes and the keys of phones switch. Of `forwards`, those given are set, and null ends
    one."""
    found = await call.services.store.run(_patch, call)
    return await _shown(call, found) | {"moved": await moved(call)}


async def _shown(call: Call, found: Answering) -> dict[str, Any]:
    assert call.domain is not None
    companies, whose = call.services.companies, (call.domain.name, call.the_user.extension, call.clock)
    active, why = await companies.active(*whose)
    offered = (await call.services.store.run(dialling.get, call.domain.id)).spam_offered
    until = await companies.until(*whose)
    return {**plain(found), "spam_offered": offered, "active": active, "why": why, "until": until}


def plain(found: Answering) -> dict[str, Any]:
    """What a person has set, as JSON."""
    forwards: Mapping[str, Destination] = found.forwards
    said = {kind: written(to) for kind, to in forwards.items()}
    return {
        "do_not_disturb": found.do_not_disturb, "forwards": {kind: said.get(kind) for kind in answering.KINDS},
        "block_anonymous": found.block_anonymous, "spam": found.spam, "chosen": found.chosen,
    }  # fmt: skip


def _get(store: Store, call: Call) -> Answering:
    return answering.get(store, call.domain_id, call.the_user.id)


def _patch(store: Store, call: Call) -> Answering:
    assert call.domain is not None
    area = call.the_user.area_code or call.domain.area_code
    fields = dict(call.body)
    if "forwards" in fields:
        fields["forwards"] = {
            kind: destination(said, f"forwards.{kind}", call.domain.country, area)
            for kind, said in fields["forwards"].items()
        }
    with store.transaction():
        before = plain(_get(store, call))
        found = answering.update(store, call.domain_id, call.the_user.id, call.now, **fields)
        after = plain(found)
        changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        call.audit(store, "update", "answering", call.the_user.extension, changed)
    return found
