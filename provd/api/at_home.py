"""The other end of `elsewhere`: what other processes ask of this one, because a company lives here."""

from __future__ import annotations

from typing import Any

from provd.api import elsewhere
from provd.api.call import Call
from provd.api.endpoint import Endpoint
from provd.api.events import write
from provd.api.following import CHANGED, calls_changed
from provd.api.performing import perform
from provd.api.routes import endpoints
from provd.errors import ProvdError
from provd.serve.pages import measures


def answer(services: Any) -> None:
    """Answer the questions of the other processes from now on."""
    by_operation = {endpoint.operation: endpoint for endpoint in endpoints() if endpoint.at_home}

    async def call(question: Any) -> Any:
        return await _performed(services, by_operation[question["operation"]], question)

    async def written(_question: Any) -> Any:
        await write(services)

    async def measured(_question: Any) -> Any:
        return measures(services)

    async def changed(question: Any) -> Any:
        return await calls_changed(services, question)

    services.neighbours.answer(CHANGED, changed)
    services.neighbours.answer(elsewhere.CALL, call)
    services.neighbours.answer(elsewhere.WRITE, written)
    services.neighbours.answer(elsewhere.MEASURES, measured)


async def _performed(services: Any, endpoint: Endpoint, said: Any) -> Any:
    call = Call(
        services, endpoint, elsewhere.who_of(said["who"]), said["path"], said["query"], None, said["clock"],
        said["if_match"], said["address"],
    )  # fmt: skip
    try:
        done = await perform(services.store, call, lambda: said["body"])
    except ProvdError as error:
        return {"refused": elsewhere.refused(error)}
    for after in call.after:
        after()
    return {"answer": done, "etag": call.etag, "location": call.location}
