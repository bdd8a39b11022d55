"""Every route of the REST API."""

from __future__ import annotations

from functools import cache
from typing import Any

from provd.api import (
    account,
    adding,
    answering,
    answerrules,
    apikeys,
    apply,
    audits,
    calls,
    catalogue,
    cdrs,
    contacts,
    devices,
    diagnosis,
    directory,
    docs,
    domains,
    drafts,
    effective,
    events,
    export_files,
    featurecodes,
    greetings,
    holidays,
    home,
    keys,
    lamps,
    layers,
    music,
    musiccalls,
    musicowners,
    number_sheets,
    numberfilters,
    own_password,
    people,
    people_list,
    phone_list,
    phonenumbers,
    phonetemplates,
    places,
    recordingcalls,
    registrations,
    resellers,
    resync,
    rollouts,
    search,
    sentences,
    sheets,
    statuses,
    stream,
    swapping,
    timeframes,
    trace,
    trunks,
    trycall,
    users,
    voicemails,
)
from provd.api.endpoint import Endpoint, Group
from provd.api.gate import Gate
from provd.api.handler import ApiHandler, NothingHandler

GROUPS: tuple[Group, ...] = (
    domains.group, places.group, users.group, people_list.group, people.group, devices.group, contacts.group,
    phone_list.group, layers.group, keys.group, drafts.group, lamps.group,
    effective.group, events.group, phonetemplates.group, apply.group, catalogue.group, apikeys.group,
    audits.group, resellers.group, account.group, own_password.group, search.group, home.group,
    adding.group, sheets.group, swapping.group, directory.group, diagnosis.group,
    registrations.group, resync.group, rollouts.group, stream.group, trace.group,
    timeframes.group, holidays.group, number_sheets.group, phonenumbers.group,
    voicemails.group, greetings.group, recordingcalls.group, sentences.group,
    music.group, musiccalls.group, musicowners.group,
    cdrs.group, export_files.group, calls.group, statuses.group,
    answerrules.group, answering.group, numberfilters.group, featurecodes.group, trycall.group, trunks.group,
)  # fmt: skip


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Every endpoint; of two paths that both match, the one with more fixed words first."""
    found = [endpoint for group in GROUPS for endpoint in group.endpoints]
    return tuple(sorted(found, key=lambda endpoint: _rank(endpoint.path)))


def _rank(path: str) -> list[str]:
    return [f"\x7f{part}" if part.startswith("{") else part for part in path.split("/")]


def routes(services: Any) -> list[Any]:
    """The routes under /api/."""
    gate = Gate(services.store)
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints():
        by_path.setdefault(endpoint.pattern, {})[endpoint.method] = endpoint
    given = {"services": services, "gate": gate}
    found: list[Any] = [(pattern, ApiHandler, {**given, "endpoints": methods}) for pattern, methods in by_path.items()]
    return [*docs.routes(GROUPS, endpoints()), *found, (r"/api/.*", NothingHandler, {**given, "endpoints": {}})]
