"""What phones do, as it happens: server-sent events for programs; pages use provd/live.py in the same way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Any

from provd.api.call import Call
from provd.api.endpoint import Group, Streamed
from provd.api.events import shown
from provd.api.json_text import dump
from provd.live import GAP, Follower

group = Group(
    "streams",
    "What phones do, as it happens, as server-sent events (text/event-stream). `event: phone` carries a PhoneEvent; "
    "its `id` is 0 when it is of the moment only and not in the lists (`refreshed`, `unreachable`). `event: gap` says "
    "that some is missing: read the lists anew. A comment comes every 15 seconds. Come back with the header "
    "`Last-Event-ID`, as browsers do by themselves, and what was missed comes first. A key may hold 50 streams; one "
    "ends when its key does, or may no longer read there.",
)

HEARTBEAT = 15.0
AGAIN_MS = 3_000
"""What a reader is told to wait before it comes back."""
KIND = "text/event-stream; charset=utf-8"


@group.get("/domains/{domain}/events/stream", "events.read", None, produces=KIND)
async def follow_company(call: Call) -> Streamed:
    """Follow the events of all phones of a company"""
    return await _followed(call, None)


@group.get("/phones/{mac}/events/stream", "phones.read", None, produces=KIND)
async def follow_phone(call: Call) -> Streamed:
    """Follow the events of a phone"""
    return await _followed(call, (call.the_phone.mac,))


async def _followed(call: Call, macs: Collection[str] | None) -> Streamed:
    after = call.last_event_id
    known = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else None
    follower = await call.services.live.follow(call.domain_id, macs, owner=call.who.name, after=known)
    return Streamed(frames(follower), follower.close)


async def frames(follower: Follower) -> AsyncIterator[bytes]:
    """Everything that `follower` is told, ready to send."""
    yield b"retry: %d\n" % AGAIN_MS + frame(id=follower.position)
    while (some := await follower.take(HEARTBEAT)) is not None:
        for one in some:
            if one is GAP:
                yield frame("gap", {"text": "Some events are missing here; read the lists anew."})
            else:
                yield frame("phone", shown(one), one.id)
        if not some:
            yield b": nothing new\n" + frame(id=follower.position)


def frame(event: str = "", data: Any = None, id: int = 0) -> bytes:
    """One block of an event stream; one without data only says how far the reader is (id 0: nothing of that)."""
    lines = [f"id: {id}".encode()] if id else []
    if event:
        lines += [b"event: " + event.encode(), b"data: " + dump(data)]
    return b"\n".join(lines) + b"\n\n"
