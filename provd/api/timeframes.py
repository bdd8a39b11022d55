"""Time frames of the company and of its people: when rules hold."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, cut, old_and_new
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.framing import (
    CALENDAR,
    CHANGES,
    FRAME,
    NEW_FRAME,
    PREVIEW,
    WINDOW,
    ZONE,
    calendar,
    shown,
    times_of,
    zone_of,
)
from provd.api.schema import Schema, define, listing, number, obj, page, switch, text
from provd.errors import Conflict, Forbidden, NotFound
from provd.store import timeframes, users
from provd.store.database import Store
from provd.store.routing_rows import SavedFrame
from provd.timeframe.reading import read

group = Group(
    "timeframes",
    "Time frames (SF-078 to SF-089): the company's, which every rule may use, and each person's own. A frame goes by "
    "the clock of the person whose rule it is.",
)

CASCADE: dict[str, Schema] = {"cascade": number("1 deletes it though keys name it; they do nothing then", 0, 1)}
USERS = listing(text(longest=20), "Extensions of those whose rules are switched", 1000, minItems=1)
TOGGLED = define(
    "ToggledTimeFrame",
    obj(
        {
            "number": number(low=1),
            "enabled": listing(text(longest=20), "Extensions whose rules of the frame were switched on now"),
            "disabled": listing(text(longest=20), "Extensions whose rules of the frame were switched off now"),
        }
    ),
)


@group.get("/domains/{domain}/timeframes", "timeframes.read", page(FRAME), query={**PAGING, **SEARCH, **ZONE})
def list_timeframes(store: Store, call: Call) -> Any:
    """List the company's time frames

    `active` is for somebody in `zone`, else in the company's."""
    zone = zone_of(call)
    found = cut(timeframes.find(store, call.domain_id), call.query, lambda frame: frame.name)
    off = timeframes.switched_off(store, call.domain_id)
    return {**found, "items": [shown(frame, zone, call.clock, off) for frame in found["items"]]}


@group.post("/domains/{domain}/timeframes", "timeframes.write", FRAME, body=NEW_FRAME)
def create_timeframe(store: Store, call: Call) -> Any:
    """Create a time frame of the company

    It gets a number, which toggle keys and their code name it by."""
    return _create(store, call, None)


@group.post("/domains/{domain}/timeframes/preview", "timeframes.read", CALENDAR, body=PREVIEW, status=200)
def preview_timeframe(store: Store, call: Call) -> Any:
    """Show when times would hold that are not saved yet"""
    body = call.body
    frame = read(times_of(body, {}), body.get("forced", "schedule"))
    return calendar(frame, zone_of(call, body.get("zone", "")), body["from"], body["to"])


@group.get("/domains/{domain}/timeframes/{timeframe}", "timeframes.read", FRAME, query=ZONE)
def get_timeframe(store: Store, call: Call) -> Any:
    """Get a time frame of the company"""
    return _shown(store, call, _shared(store, call))


@group.patch("/domains/{domain}/timeframes/{timeframe}", "timeframes.write", FRAME, body=CHANGES)
def patch_timeframe(store: Store, call: Call) -> Any:
    """Change a time frame of the company

    With `when`, the times are those of the body; without it, those given replace their part. `forced` holds the frame
    on or off whatever its times say."""
    return _patch(store, call, _shared(store, call))


@group.delete("/domains/{domain}/timeframes/{timeframe}", "timeframes.write", query=CASCADE)
def delete_timeframe(store: Store, call: Call) -> None:
    """Delete a time frame of the company

    Refused while keys toggle it, unless `cascade`."""
    _delete(store, call, _shared(store, call))


@group.get("/domains/{domain}/timeframes/{timeframe}/calendar", "timeframes.read", CALENDAR, query={**WINDOW, **ZONE})
def get_calendar(store: Store, call: Call) -> Any:
    """Show when a time frame of the company is in force"""
    return _calendar(call, _shared(store, call))


@group.post(
    "/domains/{domain}/timeframes/{timeframe}/toggle", "timeframes.write", TOGGLED,
    body=obj({"enabled": switch("On or off"), "users": USERS}), status=200,
)  # fmt: skip
def toggle_timeframe(store: Store, call: Call) -> Any:
    """Switch the rules of several users that use the frame on or off

    The rules keep their place (SF-087). The lamps of toggle keys follow."""
    frame = _shared(store, call)
    wanted = {users.by_extension(store, call.domain_id, one[:40]).id: one for one in call.body["users"]}
    return _toggle(store, call, frame, wanted, call.body["enabled"])


@group.get(
    "/domains/{domain}/users/{user}/timeframes", "timeframes.owned", page(FRAME), query={**PAGING, **SEARCH}
)  # fmt: skip
def list_own_timeframes(store: Store, call: Call) -> Any:
    """List the time frames that a user's rules may use

    The user's own before the company's (SF-088); `active` is by the user's clock."""
    mine = timeframes.find(store, call.domain_id, call.the_user.id)
    found = cut(mine, call.query, lambda frame: frame.name)
    zone, off = zone_of(call), timeframes.switched_off(store, call.domain_id)
    return {**found, "items": [shown(frame, zone, call.clock, off, call.the_user) for frame in found["items"]]}


@group.post("/domains/{domain}/users/{user}/timeframes", "timeframes.own", FRAME, body=NEW_FRAME)
def create_own_timeframe(store: Store, call: Call) -> Any:
    """Create a time frame of a user"""
    return _create(store, call, call.the_user.id)


@group.get("/domains/{domain}/users/{user}/timeframes/{timeframe}", "timeframes.owned", FRAME)
def get_own_timeframe(store: Store, call: Call) -> Any:
    """Get a time frame that a user's rules may use"""
    return _shown(store, call, _usable(store, call))


@group.patch("/domains/{domain}/users/{user}/timeframes/{timeframe}", "timeframes.own", FRAME, body=CHANGES)
def patch_own_timeframe(store: Store, call: Call) -> Any:
    """Change a time frame of a user

    As with the company's, which cannot be changed here."""
    return _patch(store, call, _owned(store, call))


@group.delete("/domains/{domain}/users/{user}/timeframes/{timeframe}", "timeframes.own", query=CASCADE)
def delete_own_timeframe(store: Store, call: Call) -> None:
    """Delete a time frame of a user

    Refused while keys toggle it, unless `cascade`."""
    _delete(store, call, _owned(store, call))


@group.get(
    "/domains/{domain}/users/{user}/timeframes/{timeframe}/calendar", "timeframes.owned", CALENDAR, query=WINDOW
)  # fmt: skip
def get_own_calendar(store: Store, call: Call) -> Any:
    """Show when a time frame is in force for a user"""
    return _calendar(call, _usable(store, call))


@group.post(
    "/domains/{domain}/users/{user}/timeframes/{timeframe}/toggle", "timeframes.own", TOGGLED,
    body=obj({"enabled": switch("On or off; without it, the other of the two")}, required=()), status=200,
)  # fmt: skip
def toggle_own_timeframe(store: Store, call: Call) -> Any:
    """Switch a user's rules that use the frame on or off

    What a toggle key does; the company's frames are switched for this user only."""
    user = call.the_user
    return _toggle(store, call, _usable(store, call), {user.id: user.extension}, call.body.get("enabled"))


def _shared(store: Store, call: Call) -> SavedFrame:
    """The frame of the company that the path names."""
    found = timeframes.get(store, call.domain_id, call.id("timeframe"))
    if found.user_id is not None:
        raise NotFound(f"Time frame {found.number} is a person's own, not the company's.")
    return found


def _usable(store: Store, call: Call) -> SavedFrame:
    """A frame that the user's rules may use."""
    found = timeframes.get(store, call.domain_id, call.id("timeframe"))
    if found.user_id not in (None, call.the_user.id):
        raise NotFound("There is no such time frame here.")
    return found


def _owned(store: Store, call: Call) -> SavedFrame:
    """A frame of the user's own (SF-080)."""
    found = _usable(store, call)
    if found.user_id is None:
        raise Forbidden(f"The time frame {found.name} is the company's; it is changed among the company's time frames.")
    return found


def _shown(store: Store, call: Call, frame: SavedFrame) -> dict[str, Any]:
    off = timeframes.switched_off(store, call.domain_id)
    return shown(frame, zone_of(call), call.clock, off, call.user)


def _calendar(call: Call, frame: SavedFrame) -> Any:
    return calendar(frame.frame, zone_of(call), call.query.get("from"), call.query.get("to"))


def _create(store: Store, call: Call, user_id: int | None) -> dict[str, Any]:
    body = call.body
    made = timeframes.create(
        store, call.domain_id, body["name"], times_of(body, {}), call.now, user_id=user_id,
        forced=body.get("forced", "schedule"),
    )  # fmt: skip
    call.audit(store, "create", "timeframe", made.number, {name: [None, value] for name, value in body.items()})
    owner = f"/users/{call.the_user.extension}" if user_id else ""
    call.location = f"/api/v2/domains/{call.path['domain']}{owner}/timeframes/{made.number}"
    return _shown(store, call, made)


def _patch(store: Store, call: Call, before: SavedFrame) -> dict[str, Any]:
    fields = {name: call.body[name] for name in ("name", "forced") if name in call.body}
    if call.body.keys() - {"name", "forced"}:
        fields["times"] = times_of(call.body, before.times)
    after = timeframes.update(store, call.domain_id, before.number, call.now, **fields)
    call.audit(store, "update", "timeframe", before.number, old_and_new(before, after, fields))
    return _shown(store, call, after)


def _delete(store: Store, call: Call, frame: SavedFrame) -> None:
    found = [f"key {position} of {kind} {ref}" for kind, ref, position in _keys(store, frame)]
    if found and not call.query.get("cascade"):
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        said = ", ".join(found[:5])
        raise Conflict(f"The time frame {frame.name} is toggled by {said}{more}; change these, or give cascade=1.")
    timeframes.delete(store, frame.domain_id, frame.number, call.now)
    call.audit(store, "delete", "timeframe", frame.number, {"name": [frame.name, None], "keys": [found, []]})


def _keys(store: Store, frame: SavedFrame) -> list[tuple[str, str, str]]:
    return timeframes.keys(store, frame.domain_id, frame.number)


def _toggle(store: Store, call: Call, frame: SavedFrame, wanted: dict[int, str], enabled: bool | None) -> Any:
    changed = timeframes.toggle(store, frame.domain_id, frame.number, wanted, call.now, enabled=enabled)
    done = {True: [wanted[one] for one, on in changed.items() if on]}
    done[False] = [wanted[one] for one, on in changed.items() if not on]
    if changed:
        call.audit(store, "toggle", "timeframe", frame.number, {"on": [[], done[True]], "off": [[], done[False]]})
    return {"number": frame.number, "enabled": done[True], "disabled": done[False]}
