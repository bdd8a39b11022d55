"""Calls about what only the process of a company knows (registrations, resyncs, traces), passed on to that process.

Whoever gets the call finds and guards what it is about, so that a refusal costs nobody else anything; the process that
does the work guards it again, for the call comes to it as it came to us.
"""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from typing import Any

from provd.api.call import Call
from provd.api.problems import Refused
from provd.api.scope import Who
from provd.errors import Invalid, Problem, ProvdError
from provd.neighbours import Away

CALL, WRITE, MEASURES = "call", "write", "measures"
"""Names of the questions."""


async def forward(call: Call) -> Any:
    """Have the process of the company do the work of `call`. Raises the ProvdError that it was refused with there."""
    assert call.domain is not None
    neighbours = call.services.neighbours
    told = await neighbours.ask(neighbours.home(call.domain.name), CALL, asked(call))
    if "refused" in told:
        raise _error(told["refused"])
    call.etag, call.location = told["etag"], told["location"]
    return told["answer"]


def asked(call: Call) -> dict[str, Any]:
    """A call as JSON."""
    who = {item.name: getattr(call.who, item.name) for item in dataclasses.fields(Who)}
    return {
        "operation": call.endpoint.operation,
        "who": {name: sorted(value) if isinstance(value, frozenset) else value for name, value in who.items()},
        "path": dict(call.path), "query": dict(call.query), "body": call.body, "clock": call.clock,
        "if_match": call.if_match, "address": call.address,
    }  # fmt: skip


def who_of(said: dict[str, Any]) -> Who:
    """Whoever asked, from `asked`."""
    given: dict[str, Any] = {name: frozenset(one) if isinstance(one, list) else one for name, one in said.items()}
    return Who(**given)


def refused(error: ProvdError) -> dict[str, Any]:
    """An error as JSON."""
    problems = error.problems if isinstance(error, Invalid) else ()
    found = [[one.field, one.text, one.severity] for one in problems]
    return {"status": error.status, "text": str(error), "problems": found}


def _error(said: dict[str, Any]) -> ProvdError:
    if said["problems"]:
        return Invalid([Problem(field, text, severity) for field, text, severity in said["problems"]])
    return Refused(said["status"], said["text"])


def edge_of(call: Call) -> Any:
    """The SIP edge of this process, when it has the company that the call is about; else None."""
    here = call.domain is not None and call.services.neighbours.mine(call.domain.name)
    return call.services.sip if here else None


async def written_at_home(services: Any, domain: str) -> None:
    """Have the process that the company lives in write what has happened; a moment's silence of it is no failure."""
    neighbours = services.neighbours
    if not neighbours.mine(domain):
        with suppress(Away):
            await neighbours.ask(neighbours.home(domain), WRITE, None)
