"""Who has music on hold of their own, and the standard music."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from provd.api.audio import WAV
from provd.api.call import Call, plain
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.gate import off_the_loop
from provd.api.schema import define, number, obj, page, switch, text
from provd.api.scope import OWN, SITE
from provd.errors import NotFound
from provd.music import standard
from provd.store import music_owners
from provd.store.database import Store

group = Group("musicowners", "Who has music on hold of their own (SF-317), and the standard music (SF-316).")

OWNER = define(
    "MusicOwner",
    obj(
        {
            "extension": text(), "name": text(), "songs": number(), "messages": number(), "introduction": switch(),
            "seconds": {"type": "number", "description": "Of all together"},
        }
    ),
)  # fmt: skip


@group.get(
    "/domains/{domain}/music/users", "music.owned", page(OWNER), narrow=True,
    query={**PAGING, **SEARCH, "all": number("1: also users without music on hold", 0, 1, default=0)},
)  # fmt: skip
def list_owners(store: Store, call: Call) -> Any:
    """List users who have music on hold of their own

    A site manager sees those of the site, a basic user only themself."""
    query, who = call.query, call.who
    if (call.reach == SITE and who.site_id is None) or (call.reach == OWN and who.user_id is None):
        return {"items": [], "next": None}
    cursor, limit = query.get("cursor", ""), query["limit"]
    start = int(cursor) if cursor.isascii() and cursor.isdecimal() and len(cursor) < 10 else 0
    found, more = music_owners.find(
        store, call.domain_id, with_music=not query["all"], search=query.get("search", ""),
        site_id=who.site_id if call.reach == SITE else None, user_id=who.user_id if call.reach == OWN else None,
        limit=limit, start=start,
    )  # fmt: skip
    return {"items": [plain(one) for one in found], "next": str(start + limit) if more else None}


STANDARD = obj({"track": number(low=1), "name": text(), "seconds": {"type": "number"}})


@group.get("/music/standard", "catalogue.read", page(STANDARD))
async def list_standard_music(call: Call) -> Any:
    """List the standard music

    It plays in companies that have no song of their own."""
    found = enumerate(standard.tracks(), 1)
    items = [{"track": n, "name": standard.title(one), "seconds": round(one.seconds, 1)} for n, one in found]
    return {"items": items, "next": None}


@group.get("/music/standard/{track}/audio", "catalogue.read", None, produces=WAV)
async def get_standard_audio(call: Call) -> Any:
    """Get what a piece of the standard music sounds like"""
    found = standard.tracks()
    number = call.id("track")
    if not 1 <= number <= len(found):
        raise NotFound("There is no such piece of standard music.")
    return await off_the_loop(Path(found[number - 1].path).read_bytes)
