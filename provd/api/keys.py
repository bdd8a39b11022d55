"""Single keys of a phone: set, clear, cascade. The rest of its layer stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from provd.api.call import Call, precondition
from provd.api.configured import Configured, refuse_new_errors
from provd.api.endpoint import Group
from provd.api.layering import KEY, KEY_FIELDS, candidate, etag, save
from provd.api.layers import phone_target
from provd.api.problems import FINDING, findings
from provd.api.schema import Schema, define, listing, number, obj, page, switch, table, text
from provd.errors import Forbidden, Invalid, NotFound, Problem
from provd.phone.directory import static_cascade
from provd.phone.key import Key, Position
from provd.store.database import Store
from provd.store.rows import Layer

group = Group(
    "keys",
    "Single keys of a phone (SF-258 to SF-275). Basic users set the keys of their own phones that are not locked.",
)

POSITION = text("`7` on the phone, `m1.7` on expansion module 1", 8)
ORIGIN = text("The layer that says so")
CHOSEN = define(
    "ChosenKey", obj({"position": POSITION, **KEY_FIELDS, "origin": ORIGIN, "own": switch("Of this phone")})
)
SAVED: Schema = define(
    "SavedKeys",
    obj({"revision": number(), "keys": table(KEY, "The phone's own keys"), "warnings": listing(FINDING)}),
)
EMPTY: dict[str, Any] = {"kind": "none"}


def _position(said: str) -> Position:
    try:
        return Position.parse(said)
    except ValueError as error:
        raise Invalid([Problem("position", str(error))]) from None


def _start(store: Store, call: Call) -> Configured:
    now = Configured.read(store, call, call.the_phone)
    precondition(call.if_match, etag(now.layer))
    return now


def _unlocked(store: Store, call: Call, now: Configured, position: Position) -> bool:
    """Whether the caller may edit this key (SF-270)."""
    there = now.merged.keys.get(position)
    return there is None or not there.value.locked or call.may(store, "phones.locked_keys")


def _guard(store: Store, call: Call, now: Configured, position: Position) -> None:
    if not _unlocked(store, call, now, position):
        raise Forbidden(f"Key {position} is locked; ask your office manager to change it.")


def _finish(store: Store, call: Call, now: Configured, keys: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """Save the phone's layer with these keys of its own, unless that breaks something."""
    target = phone_target(call)
    before: Layer = now.layer
    made = replace(before, keys=candidate({"keys": keys}, before, target).keys)
    warnings = refuse_new_errors(now.problems(store), now.with_layer(made).problems(store))
    after = save(store, call, target, before, made, reason)
    return {"revision": after.revision, "keys": dict(after.keys), "warnings": findings(warnings)}


def _own(now: Configured) -> dict[str, Any]:
    return dict(now.layer.keys)


@group.get("/phones/{mac}/keys", "phones.read", page(CHOSEN), configured=True)
def list_keys(store: Store, call: Call) -> Any:
    """List the keys of a phone as they were chosen

    With the layer that each is from; `effective` shows them with cascades filled."""
    now = Configured.read(store, call, call.the_phone)
    call.etag = etag(now.layer)
    return {"items": [_chosen(now, place) for place in sorted(now.merged.keys)], "next": None}


def _chosen(now: Configured, position: Position) -> dict[str, Any]:
    sourced = now.merged.keys[position]
    own = sourced.kind == "phone"
    return {"position": str(position), **asdict(sourced.value), "origin": sourced.origin, "own": own}


@group.get("/phones/{mac}/keys/{position}", "phones.read", CHOSEN, configured=True)
def get_key(store: Store, call: Call) -> Any:
    """Get a key as it was chosen"""
    now, position = Configured.read(store, call, call.the_phone), _position(call.path["position"])
    call.etag = etag(now.layer)
    if position not in now.merged.keys:
        raise NotFound(f"Nothing is set on key {position}.")
    return _chosen(now, position)


@group.put("/phones/{mac}/keys/{position}", "phones.keys", SAVED, body=KEY, versioned=True, configured=True)
def put_key(store: Store, call: Call) -> Any:
    """Set a key

    The phone's other keys stay as they are, whoever changed them last; If-Match is possible, not needed."""
    now, position = _start(store, call), _position(call.path["position"])
    _guard(store, call, now, position)
    if call.body.get("locked") and not call.may(store, "phones.locked_keys"):
        raise Forbidden("Only managers lock keys; leave `locked` out.")
    return _finish(store, call, now, {**_own(now), str(position): call.body}, f"key {position} set")


@group.delete("/phones/{mac}/keys/{position}", "phones.keys", answer=SAVED, status=200, versioned=True, configured=True)
def delete_key(store: Store, call: Call) -> Any:
    """Give a key back to the layers below

    What the template, site or company says is on it again; `clear` leaves it empty."""
    now, position = _start(store, call), _position(call.path["position"])
    _guard(store, call, now, position)
    keys = _own(now)
    if keys.pop(str(position), None) is None:
        raise NotFound(f"The phone has nothing of its own on key {position}.")
    return _finish(store, call, now, keys, f"key {position} given back")


CASCADE = obj(
    {
        "position": POSITION, "dynamic": switch("Follows the directory at every update; else a snapshot of today"),
        "department": text("Only people of this department", 200), "line": number("The phone's line", 1, 64),
    },
    required=("position", "dynamic"),
)  # fmt: skip


@group.post(
    "/phones/{mac}/keys/cascade", "phones.keys", SAVED, body=CASCADE, status=200, versioned=True, configured=True
)
def post_cascade(store: Store, call: Call) -> Any:
    """Cascade the directory from a key on

    Fills this and the free keys after it with people, in the order of the phone's directory (SF-272, SF-273). A key
    after it that has something keeps it. Who finds no place is counted in the warnings."""
    now, start = _start(store, call), _position(call.body["position"])
    _guard(store, call, now, start)
    cascade = Key("cascade", call.body.get("department", ""), None, int(call.body.get("line", 1)))
    if call.body["dynamic"]:
        keys = {**_own(now), str(start): _json(cascade)}
    else:
        chosen = {place: sourced.value for place, sourced in now.merged.keys.items()} | {start: cascade}
        places = now.model.positions(len(now.taken.phone.expansions))
        made = static_cascade(start, chosen, places, now.config.contacts, now.own_extensions)
        keys = _own(now)
        keys.pop(str(start), None)
        keys |= {str(place): _json(key) for place, key in made.items()}
    return _finish(store, call, now, keys, f"directory cascaded from key {start}")


def _json(key: Key) -> dict[str, Any]:
    """A key as layers keep it, without what is the default."""
    said = {"kind": key.kind, "target": key.target, "label": key.label, "line": key.line, "locked": key.locked}
    default = asdict(Key(key.kind))
    return {name: value for name, value in said.items() if name == "kind" or value != default[name]}


CLEAR = obj({"position": POSITION, "following": switch("Also every key after it")}, required=("position",))


@group.post("/phones/{mac}/keys/clear", "phones.keys", SAVED, body=CLEAR, status=200, versioned=True, configured=True)
def post_clear(store: Store, call: Call) -> Any:
    """Clear a key, or it and all after it

    A cleared key is empty, whatever a template says (SF-274, SF-275). Locked keys stay for those who may not edit
    them."""
    now, start = _start(store, call), _position(call.body["position"])
    following = call.body.get("following", False)
    if not following:
        _guard(store, call, now, start)

    def cleared(place: Position) -> bool:
        inside = place >= start if following else place == start
        return inside and _unlocked(store, call, now, place)

    keys = {place: key for place, key in _own(now).items() if not cleared(Position.parse(place))}
    for _ in range(2):  # a cascade below is emptied first, then what it had kept others from
        bare = now.with_layer(replace(now.layer, keys=keys))
        left = [place for place, sourced in bare.merged.keys.items() if sourced.value.kind != "none"]
        left += [key.position for key in bare.config.keys if key.kind != "none" and key.origin != "default"]
        keys |= {str(place): EMPTY for place in left if cleared(place)}
    what = f"key {start} and all after it" if following else f"key {start}"
    return _finish(store, call, now, keys, f"{what} cleared")
