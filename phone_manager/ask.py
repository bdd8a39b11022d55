"""The API from inside: pages ask the same endpoints as programs do, with the same rights and the same checks."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from provd.api import routes
from provd.api.arriving import Arriving
from provd.api.call import Call
from provd.api.endpoint import Endpoint
from provd.api.performing import perform
from provd.api.scope import Who
from provd.errors import Invalid


@cache
def endpoints() -> Mapping[tuple[str, str], Endpoint]:
    """Every endpoint by method and path, as it is declared."""
    return {(endpoint.method, endpoint.path): endpoint for endpoint in routes.endpoints()}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint returned, the version it is of, and where what it made can be found."""

    body: Any
    etag: str = ""
    location: str = ""


async def ask(
    services: Any,
    who: Who,
    method: str,
    path: str,
    *,
    values: Mapping[str, Any],
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    if_match: str = "",
    address: str = "",
    upload: Arriving | None = None,
) -> Answer:
    """Do what `method` and `path` (as declared: `/phones/{mac}`) stand for, on behalf of `who`.

    `values` fill the path; `upload` is the audio of endpoints that take some, in place of a field of `body`. Raises
    ProvdError as the API would answer it, and KeyError for an endpoint that is not there.
    """
    endpoint = endpoints()[method, path]
    filled = {name: str(values[name]) for name in endpoint.parameters}
    wanted = {name: schema["default"] for name, schema in endpoint.query.items() if "default" in schema}
    wanted |= {name: value for name, value in (query or {}).items() if value not in (None, "")}
    wrong = endpoint.query_validator.problems(wanted)
    if wrong:
        raise Invalid(wrong)
    call = Call(services, endpoint, who, filled, wanted, None, time.time(), if_match, address, upload=upload)
    answer = await perform(services.store, call, lambda: body)
    for done in call.after:
        done()
    return Answer(answer, call.etag, call.location)
