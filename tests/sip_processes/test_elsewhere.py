"""A call that is passed on arrives as it was asked, and so does a refusal."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from provd.api import elsewhere
from provd.api.call import Call
from provd.api.problems import Refused, document
from provd.api.routes import endpoints
from provd.api.scope import Who
from provd.errors import Conflict, Forbidden, Invalid, NotFound, Problem, ProvdError

ENDPOINT = next(one for one in endpoints() if one.at_home and one.method == "POST")
PEOPLE = [
    Who("root", "super_user", None),
    Who("ada", "site_manager", 7, site_id=3, user_id=9),
    Who("partner", "reseller", None, domain_ids=frozenset({4, 2})),
    Who("new partner", "reseller", None, domain_ids=frozenset()),
]


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who.name)
def test_whoever_asks_is_the_same_person_there(who: Who) -> None:
    call = Call(
        SimpleNamespace(), ENDPOINT, who, {"mac": "805ec0000101"}, {"limit": 5}, {"when": "now"}, 1.5, '"3"', "::1"
    )
    said: Any = json.loads(json.dumps(elsewhere.asked(call)))
    assert elsewhere.who_of(said.pop("who")) == who
    assert said == {
        "operation": ENDPOINT.operation, "path": {"mac": "805ec0000101"}, "query": {"limit": 5},
        "body": {"when": "now"}, "clock": 1.5, "if_match": '"3"', "address": "::1",
    }  # fmt: skip


@pytest.mark.parametrize(
    "error",
    [
        NotFound("There is no such thing."), Conflict("Too late."), Forbidden("Not here."), Refused(412, "Changed."),
        Invalid([Problem("when", "Choose one of now, idle."), Problem("phones", "Odd.", "warning")]),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_a_refusal_says_the_same_as_there(error: ProvdError) -> None:
    async def refuse(_to: int, _name: str, _question: Any) -> Any:
        return json.loads(json.dumps({"refused": elsewhere.refused(error)}))

    neighbours = SimpleNamespace(ask=refuse, home=lambda _name: 1)
    call = Call(SimpleNamespace(neighbours=neighbours), ENDPOINT, PEOPLE[0], {}, {}, None, 0.0)
    call.domain = SimpleNamespace(name="acme.example")  # type: ignore[assignment]
    with pytest.raises(ProvdError) as caught:
        elsewhere.forward(call).send(None)
    assert document(caught.value) == document(error)


def test_what_needs_the_memory_of_the_company_is_a_coroutine_about_one() -> None:
    found = [one for one in endpoints() if one.at_home]
    assert {one.group for one in found} >= {"registrations", "resync", "trace"}
    for one in found:
        assert one.asynchronous and {"mac", "domain"} & set(one.parameters), one.operation
        assert one.produces == "application/json", one.operation
