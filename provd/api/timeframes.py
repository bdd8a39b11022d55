"""Time frames of the company and of its people: when rules hold."""

from __future__ import annotations

from collections.abc import Callable
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
    look_up_holidays,
    shown,
    times_of,
    zone_of,
)
from provd.api.gate import off_the_loop
from provd.api.schema import Schema, define, listing, number, obj, page, switch, text
from provd.api.scope import reach
from provd.errors import Conflict, Forbidden, NotFound
from provd.store import answer_rules, timeframes, users
from provd.store.database import Store
from provd.store.routing_rows import SavedFrame
from provd.store.rows import User
from provd.timeframe.reading import read

group = Group(
    "timeframes",
    "Time frames (SF-078 to SF-089): the company's, which every rule may use, and each person's own. A frame goes by "
    "the clock of the person whose rule it is.",
)

Off = list[tuple[int, str]]
"""Number of a frame, and the extension of somebody whose rules of it are switched off."""

CASCADE: dict[str, Schema] = {
    "cascade": number("1 deletes it with the rules that use it; keys that name it do nothing then", 0, 1)
}
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
async def list_timeframes(call: Call) -> Any:
    """List the company's time frames

    `active` is for somebody in `zone`, else in the company's."""
    return await _listed(call, None)


@group.post("/domains/{domain}/timeframes", "timeframes.write", FRAME, body=NEW_FRAME)
async def create_timeframe(call: Call) -> Any:
    """Create a time frame of the company

    It gets a number, which toggle keys and their code name it by."""
    return await _saved(call, _create, None)


@group.post("/domains/{domain}/timeframes/preview", "timeframes.read", CALENDAR, body=PREVIEW, status=200)
async def preview_timeframe(call: Call) -> Any:
    """Show when times would hold that are not saved yet"""
    body = call.body
    frame = await off_the_loop(read, times_of(body, {}), body.get("forced", "schedule"))
    return await off_the_loop(calendar, frame, zone_of(call, body.get("zone", "")), body["from"], body["to"])


@group.get("/domains/{domain}/timeframes/{timeframe}", "timeframes.read", FRAME, query=ZONE)
async def get_timeframe(call: Call) -> Any:
    """Get a time frame of the company"""
    return await _saved(call, _shared)


@group.patch("/domains/{domain}/timeframes/{timeframe}", "timeframes.write", FRAME, body=CHANGES)
async def patch_timeframe(call: Call) -> Any:
    """Change a time frame of the company

    With `when`, the times are those of the body; without it, those given replace their part. `forced` holds the frame
    on or off whatever its times say."""
    return await _saved(call, _patch, _shared)


@group.delete("/domains/{domain}/timeframes/{timeframe}", "timeframes.write", query=CASCADE)
def delete_timeframe(store: Store, call: Call) -> None:
    """Delete a time frame of the company

    Refused while rules use it or keys toggle it, unless `cascade`."""
    _delete(store, call, _shared(store, call))


@group.get("/domains/{domain}/timeframes/{timeframe}/calendar", "timeframes.read", CALENDAR, query={**WINDOW, **ZONE})
async def get_calendar(call: Call) -> Any:
    """Show when a time frame of the company is in force"""
    return await _calendar(call, _shared)


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
async def list_own_timeframes(call: Call) -> Any:
    """List the time frames that a user's rules may use

    The user's own before the company's (SF-088); `active` is by the user's clock."""
    return await _listed(call, call.the_user.id)


@group.post("/domains/{domain}/users/{user}/timeframes", "timeframes.own", FRAME, body=NEW_FRAME)
async def create_own_timeframe(call: Call) -> Any:
    """Create a time frame of a user"""
    return await _saved(call, _create, call.the_user.id)


@group.get("/domains/{domain}/users/{user}/timeframes/{timeframe}", "timeframes.owned", FRAME)
async def get_own_timeframe(call: Call) -> Any:
    """Get a time frame that a user's rules may use"""
    return await _saved(call, _usable)


@group.patch("/domains/{domain}/users/{user}/timeframes/{timeframe}", "timeframes.own", FRAME, body=CHANGES)
async def patch_own_timeframe(call: Call) -> Any:
    """Change a time frame of a user

    As with the company's, which cannot be changed here."""
    return await _saved(call, _patch, _owned)


@group.delete("/domains/{domain}/users/{user}/timeframes/{timeframe}", "timeframes.own", query=CASCADE)
def delete_own_timeframe(store: Store, call: Call) -> None:
    """Delete a time frame of a user

    Refused while rules use it or keys toggle it, unless `cascade`."""
    _delete(store, call, _owned(store, call))


@group.get(
    "/domains/{domain}/users/{user}/timeframes/{timeframe}/calendar", "timeframes.owned", CALENDAR, query=WINDOW
)  # fmt: skip
async def get_own_calendar(call: Call) -> Any:
    """Show when a time frame is in force for a user"""
    return await _calendar(call, _usable)


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


async def _listed(call: Call, user_id: int | None) -> dict[str, Any]:
    saved, off = await call.services.store.run(_rows, call, user_id)
    found, zone = cut(saved, call.query, lambda frame: frame.name), zone_of(call)
    return {**found, "items": await off_the_loop(_all_shown, found["items"], zone, call.clock, off, call.user)}


def _rows(store: Store, call: Call, user_id: int | None) -> tuple[list[SavedFrame], Off]:
    return timeframes.find(store, call.domain_id, user_id), _off(store, call)


def _off(store: Store, call: Call) -> Off:
    """Whose rules are off is told to those who may switch them: of all people, or of the one that the path names."""
    if call.user is None and not reach(call.who, "timeframes.write"):
        return []
    return timeframes.switched_off(store, call.domain_id)


def _all_shown(frames: list[SavedFrame], zone: str, now: float, off: Off, user: User | None) -> list[dict[str, Any]]:
    return [shown(frame, zone, now, off, user) for frame in frames]


async def _saved(call: Call, work: Callable[..., SavedFrame], *more: Any) -> dict[str, Any]:
    """The frame that some work in a transaction answers, as it is shown. What takes long, which is what countries
    keep, is worked out in a thread before and after it."""
    zone = zone_of(call)
    await off_the_loop(look_up_holidays, call.body or {})
    saved, off = await call.services.store.run(_worked, call, work, *more)
    return await off_the_loop(shown, saved, zone, call.clock, off, call.user)  # type: ignore[no-any-return]


def _worked(store: Store, call: Call, work: Callable[..., SavedFrame], *more: Any) -> tuple[SavedFrame, Off]:
    if not call.endpoint.writes:
        return work(store, call, *more), _off(store, call)
    with store.transaction():
        return work(store, call, *more), _off(store, call)


async def _calendar(call: Call, work: Callable[..., SavedFrame]) -> Any:
    saved = await call.services.store.run(work, call)
    window = (call.query.get("from"), call.query.get("to"))
    return await off_the_loop(lambda: calendar(saved.frame, zone_of(call), *window))


def _create(store: Store, call: Call, user_id: int | None) -> SavedFrame:
    body = call.body
    made = timeframes.create(
        store, call.domain_id, body["name"], times_of(body, {}), call.now, user_id=user_id,
        forced=body.get("forced", "schedule"),
    )  # fmt: skip
    call.audit(store, "create", "timeframe", made.number, {name: [None, value] for name, value in body.items()})
    owner = f"/users/{call.the_user.extension}" if user_id else ""
    call.location = f"/api/v2/domains/{call.path['domain']}{owner}/timeframes/{made.number}"
    return made


def _patch(store: Store, call: Call, found: Callable[[Store, Call], SavedFrame]) -> SavedFrame:
    before = found(store, call)
    fields = {name: call.body[name] for name in ("name", "forced") if name in call.body}
    if call.body.keys() - {"name", "forced"}:
        fields["times"] = times_of(call.body, before.times)
    after = timeframes.update(store, call.domain_id, before.number, call.now, **fields)
    call.audit(store, "update", "timeframe", before.number, old_and_new(before, after, fields))
    return after


def _delete(store: Store, call: Call, frame: SavedFrame) -> None:
    keys = [f"key {position} of {kind} {ref}" for kind, ref, position in _keys(store, frame)]
    rules = [f"{extension} {name}".strip() for extension, name in answer_rules.using(store, frame)]
    if (keys or rules) and not call.query.get("cascade"):
        uses = [f"used by rules of {_few(rules)}"] * bool(rules) + [f"toggled by {_few(keys)}"] * bool(keys)
        raise Conflict(f"The time frame {frame.name} is {' and '.join(uses)}; change these, or give cascade=1.")
    timeframes.delete(store, frame.domain_id, frame.number, call.now)
    changed = {"name": [frame.name, None], "keys": [keys, []], "rules": [rules, []]}
    call.audit(store, "delete", "timeframe", frame.number, changed)


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _keys(store: Store, frame: SavedFrame) -> list[tuple[str, str, str]]:
    return timeframes.keys(store, frame.domain_id, frame.number)


def _toggle(store: Store, call: Call, frame: SavedFrame, wanted: dict[int, str], enabled: bool | None) -> Any:
    changed = timeframes.toggle(store, frame.domain_id, frame.number, wanted, call.now, enabled=enabled)
    done = {True: [wanted[one] for one, on in changed.items() if on]}
    done[False] = [wanted[one] for one, on in changed.items() if not on]
    if changed:
        call.audit(store, "toggle", "timeframe", frame.number, {"on": [[], done[True]], "off": [[], done[False]]})
    return {"number": frame.number, "enabled": done[True], "disabled": done[False]}
