"""An endpoint's work, whoever asks: over HTTP, from a page in the process, from another process."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call
from provd.api.elsewhere import forward
from provd.api.endpoint import ORDINARY_BODY, Endpoint
from provd.api.gate import off_the_loop
from provd.errors import Invalid
from provd.store.database import Store


async def perform(store: Store, call: Call, read_body: Any) -> Any:
    """Find, guard, read the body, work: in one go, and in one transaction where the work writes."""
    endpoint = call.endpoint
    if endpoint.body is not None or endpoint.configured or endpoint.asynchronous:
        await store.run(may, call)  # 403 and 404 come before what is wrong with the body
        heavy = endpoint.largest > ORDINARY_BODY
        given = (endpoint, read_body, call.upload is not None)
        call.body = await off_the_loop(checked_body, *given) if heavy else checked_body(*given)
    if endpoint.configured and call.domain is not None:
        call.directory = await call.services.configurator.directory(call.domain)
    if endpoint.at_home and call.domain and not call.services.neighbours.mine(call.domain.name):
        return await forward(call)
    if endpoint.asynchronous:
        return await endpoint.work(call)
    return await store.run(_work, call)


def may(store: Store, call: Call) -> None:
    """Finds what a call is about, if whoever asks may; raises NotFound and Forbidden."""
    call.find(store)


def _work(store: Store, call: Call) -> Any:
    if not call.endpoint.writes:
        call.find(store)
        return call.endpoint.work(store, call)
    with store.transaction():
        call.find(store)
        return call.endpoint.work(store, call)


def checked_body(endpoint: Endpoint, read_body: Any, uploaded: bool = False) -> Any:
    """The body, if it fits its schema, without the audio where that has been `uploaded`; raises Refused or Invalid."""
    validator = endpoint.beside_validator if uploaded else endpoint.body_validator
    if validator is None:
        return None
    body = read_body()
    found = validator.problems(body)
    if found:
        raise Invalid(found)
    return body
