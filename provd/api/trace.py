"""Traces: the SIP messages of a phone as a ladder, for a bounded time, because a technician turned that on."""

from __future__ import annotations

from typing import Any

from provd.api import reads
from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.schema import choice, define, listing, number, obj, switch, text
from provd.errors import Conflict, NotFound
from provd.store.database import Store

group = Group(
    "trace",
    "The SIP messages of a phone as a ladder. Passwords, credentials, media keys and what people write or dial are cut "
    "out before a message is kept. The last 500 messages of a phone are kept, of at most 20 phones at once.",
    at_home=True,
)

MINUTES = 60
MOMENT = {"type": "number", "description": "Epoch seconds"}
MESSAGE = define(
    "TracedMessage",
    obj(
        {
            "number": number("Counts the messages of this trace"), "at": MOMENT,
            "way": choice(("in", "out"), "in: from the phone"), "transport": text(), "address": text(),
            "port": number(), "label": text("What it is about", 10_000), "line": text("Its line of the ladder", 10_000),
            "text": text("The message, with ?full=1", 40_000),
        },
        required=("number", "at", "way", "transport", "address", "port", "label", "line"),
    ),
)  # fmt: skip
TRACE = define(
    "Trace",
    obj(
        {
            "mac": text(), "on": switch("Whether messages are still added"), "since": MOMENT, "until": MOMENT,
            "missed": number("Messages that were not kept, or made room for later ones"),
            "head": text("The line above the ladder"), "messages": listing(MESSAGE),
        }
    ),
)  # fmt: skip
QUERY = {
    "after": number("Only messages with a higher number", 0), "full": number("1 adds the messages themselves", 0, 1)
}  # fmt: skip


def _traces(call: Call) -> Any:
    traces = getattr(call.services.sip, "traces", None)
    if traces is None:
        raise Conflict("The SIP edge does not run in this process; add sip to its roles, or ask the one that has it.")
    return traces


def _shown(found: Any, query: Any) -> dict[str, Any]:
    head, lines = found.ladder()
    messages = []
    for step, line in zip(found.steps, lines, strict=True):
        if step.number > query.get("after", 0):
            told = {"number": step.number, "at": step.at, "way": step.way, "transport": step.protocol}
            told |= {"address": step.address, "port": step.port, "label": step.label, "line": line}
            messages.append({**told, "text": step.text} if query.get("full") else told)
    return {
        "mac": found.mac, "on": found.on, "since": found.since, "until": found.until, "missed": found.missed,
        "head": head, "messages": messages,
    }  # fmt: skip


@group.post(
    "/phones/{mac}/trace", "phones.write", TRACE, status=200,
    body=obj({"minutes": number("How long", 1, MINUTES, default=5)}, required=()),
)  # fmt: skip
async def start_trace(call: Call) -> Any:
    """Trace a phone's SIP messages

    For so many minutes from now, 5 unless said; asking again lets it go on. A trace can be read for an hour after its
    end."""
    traces, phone = _traces(call), call.the_phone
    minutes = call.body.get("minutes", 5)
    lines = await call.services.store.run(_lines, call)
    found = traces.start(phone.mac, minutes, lines)
    await call.services.store.run(_noted, call, "trace", {"minutes": [None, minutes]})
    return _shown(found, {})


@group.get("/phones/{mac}/trace", "phones.write", TRACE, query=QUERY)
async def get_trace(call: Call) -> Any:
    """Get the trace of a phone"""
    found = _traces(call).get(call.the_phone.mac)
    if found is None:
        raise NotFound("This phone is not traced; POST to the same path turns it on.")
    return _shown(found, call.query)


@group.delete("/phones/{mac}/trace", "phones.write")
async def stop_trace(call: Call) -> None:
    """End the trace of a phone and forget it"""
    if not _traces(call).stop(call.the_phone.mac):
        raise NotFound("This phone is not traced.")
    await call.services.store.run(_noted, call, "forget trace", {})


def _lines(store: Store, call: Call) -> list[tuple[str, str]]:
    assert call.domain is not None
    phone_id = call.the_phone.id
    return [(call.domain.name, line["device"]) for line in reads.lines_of(store, [phone_id])[phone_id]]


def _noted(store: Store, call: Call, action: str, changed: dict[str, Any]) -> None:
    with store.transaction():
        call.audit(store, action, "phone", call.the_phone.mac, changed)
