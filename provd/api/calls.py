"""The calls of a company at this moment: who talks to whom, and ending one (SF-009)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from provd.api.call import Call
from provd.api.elsewhere import edge_of
from provd.api.endpoint import Endpoint, Group, Streamed
from provd.api.following import Following
from provd.api.performing import perform
from provd.api.schema import choice, define, listing, nullable, number, obj, text
from provd.api.scope import OWN, SITE
from provd.api.stream import AGAIN_MS, HEARTBEAT, KIND, frame
from provd.errors import NotFound
from provd.store import user_finding, users
from provd.store.database import Store

group = Group("calls", "The calls that are on (SF-009), as the process of the company has them.", at_home=True)

MOST = 500
"""Calls that are listed; `total` says how many there are."""
DIRECTIONS = ("internal", "inbound", "outbound")
STATES = ("ringing", "talking", "held", "parked", "application")
PARTY = define(
    "CallParty",
    obj(
        {
            "name": text(longest=401), "extension": text("Where it is a person of the company", 40),
            "number": text("Where it is not; empty for an anonymous caller", 128),
        }
    ),
)  # fmt: skip
ACTIVE = define(
    "ActiveCall",
    obj(
        {
            "id": text("As in the call's events and history", 80), "direction": choice(DIRECTIONS),
            "caller": PARTY, "called": PARTY, "dialed": text("The digits that were dialled", 128),
            "state": choice(STATES, "held: one has put the other on hold; application: the server speaks with it"),
            "place": text("The orbit of a parked call, or which application has it: `voicemail 103`", 200),
            "ringing": listing(PARTY, "Who is rung at this moment", 1000),
            "began": {"type": "number", "description": "Epoch seconds"},
            "answered": nullable({"type": "number", "description": "Epoch seconds; null while it rings"}),
        }
    ),
)  # fmt: skip
ACTIVES = obj(
    {
        "items": listing(ACTIVE, f"The oldest first, at most {MOST}", MOST), "total": number("How many there are"),
        "next": {"type": "null"},
    }
)  # fmt: skip
CALLS = "/domains/{domain}/calls"


@group.get(CALLS, "calls.read", ACTIVES, narrow=True)
async def list_calls(call: Call) -> Any:
    """List the calls that are on

    An office manager sees those of the company, a site manager those of the site, everybody else the own ones."""
    edge = edge_of(call)
    if edge is None or not edge.calls:
        return {"items": [], "total": 0, "next": None}
    assert call.domain is not None
    mine = await call.services.store.run(_mine, call) if call.reach in (OWN, SITE) else None
    found, total = edge.calls.active(call.domain.name, mine)
    answered = edge.calls.watching.answered
    return {"items": [_shown(one, answered.get(one.id)) for one in found], "total": total, "next": None}


@group.delete(f"{CALLS}/{{call}}", "calls.write")
async def delete_call(call: Call) -> None:
    """Hang up a call

    For everybody in it. It is in the history with the one who ended it in the audit trail."""
    edge, number_of = edge_of(call), call.path["call"][:80]
    assert call.domain is not None
    found = edge.calls.find(call.domain.name, number_of) if edge is not None and edge.calls else None
    if found is None:
        raise NotFound("This call is over, or there never was one of this id.")
    await call.services.store.run(_noted, call, found)
    edge.calls.hang_up(call.domain.name, number_of)


@group.get(f"{CALLS}/stream", "calls.read", None, narrow=True, produces=KIND, at_home=False)
async def follow_calls(call: Call) -> Streamed:
    """Follow the calls that are on

    `event: calls` carries the whole list, at once and after every change. A key may hold 50 streams."""
    assert call.domain is not None
    follower = await call.services.live.follow(call.domain.id, (), owner=call.who.name)
    following = Following(call.services, call.domain, follower)
    return Streamed(_frames(call, following), following.close)


async def _frames(call: Call, following: Following) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % AGAIN_MS
    listing_of: Endpoint = next(one for one in group.endpoints if one.work is list_calls)
    told: Any = None
    while True:
        asked = Call(call.services, listing_of, call.who, call.path, {}, None, call.clock, address=call.address)
        found = await perform(call.services.store, asked, lambda: None)
        yield frame("calls", found) if found != told else b": nothing new\n\n"
        told = found
        if not await following.news(HEARTBEAT):
            return


def _mine(store: Store, call: Call) -> frozenset[str]:
    """The extensions whose calls the caller may see."""
    who = call.who
    if call.reach == SITE:
        return user_finding.extensions_of_site(store, call.domain_id, who.site_id) if who.site_id else frozenset()
    return frozenset({users.get(store, call.domain_id, who.user_id).extension}) if who.user_id else frozenset()


def _noted(store: Store, call: Call, one: Any) -> None:
    ends = [one.caller.extension or one.caller.number, one.called.extension or one.called.number]
    with store.transaction():
        call.audit(store, "delete", "call", one.id, {"between": [ends, []]})


def _shown(one: Any, answered: float | None) -> dict[str, Any]:
    return {
        "id": one.id, "direction": one.direction, "caller": _party(one.caller), "called": _party(one.called),
        "dialed": one.dialed, "state": one.state, "place": one.place,
        "ringing": [_party(party) for party in one.ringing], "began": one.began,
        "answered": answered if one.state != "ringing" else None,
    }  # fmt: skip


def _party(party: Any) -> dict[str, str]:
    return {"name": party.name, "extension": party.extension, "number": party.number}
