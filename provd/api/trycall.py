"""Try a call: where it would go and why, by the code that decides on real calls; and calls kept as tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.schema import Schema, choice, define, listing, moment, nullable, number, obj, page, switch, table, text
from provd.api.tried import judged, lines
from provd.errors import Invalid, Problem
from provd.numbering import e164
from provd.store import tried_calls
from provd.store.database import Store
from provd.store.routing_rows import TriedCall

group = Group(
    "trycall",
    "Try a call: nothing rings. All phones count as registered and free, but for those named. Calls can be kept as "
    "tests; every change of rules says which of them go elsewhere now.",
)

CLOCK = text(
    "Date and time on the company's clock; empty is now", 16, examples=["2027-04-06T08:59"],
    pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})?$",
)  # fmt: skip
FIELDS: dict[str, Schema] = {
    "called": text("The number or extension that is called, or a code", 40, minLength=1),
    "number": text("The caller's number; empty for an anonymous one", 40),
    "caller_name": text("The caller's name", 80),
    "extension": text("The caller's extension, for a call from inside", 20),
    "proven": choice(("", "A", "B", "C", "failed"), "Whether the caller's carrier could prove the number (RFC 8224)"),
    "at": CLOCK,
    "offline": listing(text(longest=40), "Extensions or phones that are not registered", 100),
    "calls": table(number("Calls that a person has", 0, 100), "Who is on the phone, by extension", 100),
}
ASKED = obj(FIELDS, required=("called",))
STAGE = define(
    "CallStage",
    obj(
        {
            "when": text("What must happen before; empty for the first"),
            "after": nullable(number("The place of the stage before")),
            "title": text("What happens", 2000),
            "action": text("ring, send, feature, announce or refuse", 20),
            "steps": listing(text(longest=1000), "Why, in the order in which it was found out"),
            "hops": listing(text(longest=60), "Who has sent it on"),
            "status": nullable(number("The SIP status that the caller gets")),
        }
    ),
)
TRIED = define(
    "TriedCall",
    obj(
        {
            "asked": ASKED, "at": moment("The moment it was tried for"), "zone": text("The company's time zone"),
            "stages": listing(STAGE), "outcome": listing(text(longest=2500), "The stages in words"),
        }
    ),
)  # fmt: skip
CASE = define(
    "TestCall",
    obj(
        {
            "id": number(low=1), "name": text(), "asked": ASKED,
            "expected": listing(text(longest=2500), "What should become of it"),
            "now": listing(text(longest=2500), "What becomes of it now"),
            "moved": switch("Whether it goes elsewhere than it should"), "created": moment(),
        }
    ),
)  # fmt: skip
PATH = "/domains/{domain}/trycall"
_EMPTY: dict[str, Any] = {
    "number": "", "caller_name": "", "extension": "", "proven": "", "at": "", "offline": [], "calls": {},
}  # fmt: skip


@group.post(PATH, "calls.try", TRIED, body=ASKED, status=200)
async def try_call(call: Call) -> Any:
    """Try a call

    Answers where it would go, step by step, and where from there when nobody answers or all are busy."""
    assert call.domain is not None
    asked = asked_of(call)
    stages = (await call.services.companies.try_calls(call.domain.name, [asked], call.clock))[0]
    zone = call.domain.time_zone or "UTC"
    at = datetime.fromisoformat(asked["at"]).replace(tzinfo=ZoneInfo(zone)).timestamp() if asked["at"] else call.clock
    return {"asked": asked, "at": int(at), "zone": zone, "stages": stages, "outcome": lines(stages)}


@group.get(f"{PATH}/cases", "calls.try", page(CASE))
async def list_cases(call: Call) -> Any:
    """List the company's test calls with what becomes of them now"""
    return {"items": [_shown(one, now) for one, now in await judged(call)], "next": None}


@group.post(f"{PATH}/cases", "calls.try", CASE, body=obj({"name": text(minLength=1), **FIELDS}, ("name", "called")))
async def create_case(call: Call) -> Any:
    """Keep a call as a test

    What becomes of it now is what should. A call at no moment is kept for this one."""
    assert call.domain is not None
    asked = asked_of(call)
    if not asked["at"]:
        zone = ZoneInfo(call.domain.time_zone or "UTC")
        asked["at"] = datetime.fromtimestamp(call.clock, zone).strftime("%Y-%m-%dT%H:%M")
    stages = (await call.services.companies.try_calls(call.domain.name, [asked], call.clock))[0]
    made = await call.services.store.run(_create, call, asked, lines(stages))
    return _shown(made, list(made.expected))


@group.post(f"{PATH}/cases/{{case}}/accept", "calls.try", CASE, status=200)
async def accept_case(call: Call) -> Any:
    """Take what becomes of a test call now for what should"""
    assert call.domain is not None
    number_of = call.id("case")
    before = await call.services.store.run(tried_calls.get, call.domain.id, number_of)
    stages = (await call.services.companies.try_calls(call.domain.name, [before.asked], call.clock))[0]
    after = await call.services.store.run(tried_calls.expect, call.domain.id, number_of, lines(stages))
    return _shown(after, list(after.expected))


@group.delete(f"{PATH}/cases/{{case}}", "calls.try")
def delete_case(store: Store, call: Call) -> None:
    """Forget a test call"""
    gone = tried_calls.delete(store, call.domain_id, call.id("case"))
    call.audit(store, "delete", "test_call", gone.name, {})


def asked_of(call: Call) -> dict[str, Any]:
    """The question with every field, the caller's number as E.164; raises Invalid for what cannot be."""
    assert call.domain is not None
    body = _EMPTY | {name: value for name, value in call.body.items() if name in FIELDS}
    number_of = str(body["number"]).strip()
    try:
        if number_of and not body["extension"]:
            body["number"] = e164(number_of, call.domain.country, call.domain.area_code)
    except ValueError as error:
        raise Invalid([Problem("number", str(error))]) from None
    try:
        datetime.fromisoformat(str(body["at"]) or "2027-01-01T00:00")
    except ValueError:
        raise Invalid([Problem("at", f"“{body['at']}” is no date and time; write it as 2027-04-06T08:59.")]) from None
    return body


def _create(store: Store, call: Call, asked: dict[str, Any], expected: list[str]) -> TriedCall:
    with store.transaction():
        made = tried_calls.create(store, call.domain_id, call.body["name"], asked, expected, call.now)
        call.audit(store, "create", "test_call", made.name, {"expected": [None, expected]})
    return made


def _shown(row: TriedCall, now: list[str]) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "asked": dict(row.asked), "expected": list(row.expected), "now": now,
        "moved": now != list(row.expected), "created": row.created,
    }  # fmt: skip
