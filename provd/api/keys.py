"""Line keys of phones and of templates: set, give back, fill, clear, cascade, move. One editor serves both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from provd.api import board as boards
from provd.api import conflict
from provd.api.board import Board, as_json, position
from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.layering import KEY, KEY_FIELDS, etag
from provd.api.problems import FINDING
from provd.api.schema import Schema, define, listing, nullable, number, obj, page, switch, table, text
from provd.errors import Forbidden, Invalid, NotFound, Problem
from provd.phone import arrange
from provd.phone.directory import static_cascade
from provd.phone.key import Key, Position
from provd.store.database import Store

group = Group(
    "keys",
    "Line keys of phones and templates (SF-258 to SF-276, SF-286). Basic users set the keys of their own phones that "
    "are not locked. Every change is made on what is there now; with If-Match only on the version that it names, else "
    "412 tells who changed what.",
)

POSITION = text("`7` on the phone, `m1.7` on expansion module 1", 8)
PLACES = listing(POSITION, most=600)
ORIGIN = text("The layer that says so")
CHOSEN = define(
    "ChosenKey",
    obj(
        {
            "position": POSITION, **KEY_FIELDS, "origin": ORIGIN, "own": switch("Of this phone or template itself"),
            "shown": text("The label as the phone shows it", 1000),
            "filled": switch("By a cascade, or a line that takes a free place: nothing was chosen for this key"),
        }
    ),
)  # fmt: skip
SAVED: Schema = define(
    "SavedKeys",
    obj({"revision": number(), "keys": table(KEY, "The own keys"), "warnings": listing(FINDING, "What may surprise")}),
)
EMPTY: dict[str, Any] = {"kind": "none"}
FILLED: dict[str, Schema] = {"filled": number("1 lists what cascades and lines fill, too", 0, 1, default=0)}

MANY = obj({"keys": table(nullable(KEY), "By position; null gives a key back to the layers below", 600)})
CASCADE = obj(
    {
        "position": POSITION, "dynamic": switch("Follows the directory at every update; else a snapshot of today"),
        "department": text("Only people of this department", 200), "line": number("The phone's line", 1, 64),
    },
    required=("position", "dynamic"),
)  # fmt: skip
CLEAR = obj(
    {"position": POSITION, "following": switch("Also every key after it"), "positions": PLACES}, required=()
)  # fmt: skip
ORDER = obj(
    {
        "move": POSITION, "to": POSITION, "swap": listing(POSITION, most=2, minItems=2),
        "order": listing(POSITION, "These places, in the order in which their keys shall stand", 600),
    },
    required=(),
)  # fmt: skip


def list_keys(board: Board, call: Call) -> Any:
    """List the keys of {what} as they were chosen

    With the layer that each is from; `filled=1` adds what cascades and lines fill, as {what} shows it."""
    call.etag = etag(board.layer)
    places = board.filled if call.query["filled"] else board.merged.keys
    return {"items": [_chosen(board, place) for place in sorted(places)], "next": None}


def _chosen(board: Board, place: Position) -> dict[str, Any]:
    chosen = board.merged.keys.get(place)
    filled = chosen is None or chosen.value.kind == "cascade"
    sourced = board.filled.get(place, chosen) if filled and board.call.query.get("filled") else chosen
    assert sourced is not None, "the place is one of those that have a key"
    own = sourced.kind == board.layer.kind
    label = board.shown(place, sourced, board.merged.values).label
    told = {"position": str(place), **asdict(sourced.value), "origin": sourced.origin, "own": own, "shown": label}
    return {**told, "filled": sourced is not chosen}


def get_key(board: Board, call: Call) -> Any:
    """Get a key of {what} as it was chosen"""
    place = position(call.path["position"])
    call.etag = etag(board.layer)
    if place not in board.merged.keys:
        raise NotFound(f"Nothing is set on key {place}.")
    return _chosen(board, place)


def put_key(board: Board, call: Call) -> Any:
    """Set a key of {what}

    The other keys stay as they are, whoever changed them last; If-Match is possible, not needed."""
    place = position(call.path["position"])
    _may_set(board, place, call.body)
    return board.saved({**board.layer.keys, str(place): call.body}, f"key {place} set")


def _may_set(board: Board, place: Position, key: Any) -> None:
    board.guard(place)
    if key is not None and key.get("locked") and not board.locks:
        raise Forbidden("Only managers lock keys; leave `locked` out.")


def delete_key(board: Board, call: Call) -> Any:
    """Give a key of {what} back to the layers below

    What they say is on it again; `clear` leaves it empty."""
    place, keys = position(call.path["position"]), dict(board.layer.keys)
    board.guard(place)
    if keys.pop(str(place), None) is None:
        raise NotFound(f"There is nothing of its own on key {place}.")
    return board.saved(keys, f"key {place} given back")


def put_keys(board: Board, call: Call) -> Any:
    """Set many keys of {what} at once

    As one version, all or none; keys that are not named stay as they are."""
    keys = dict(board.layer.keys)
    for said, key in call.body["keys"].items():
        place = position(said, f"keys.{said[:20]}")
        _may_set(board, place, key)
        keys.pop(str(place), None)
        keys |= {str(place): key} if key is not None else {}
    count = len(call.body["keys"])
    return board.saved(keys, f"{count} keys set" if count != 1 else "1 key set")


def post_cascade(board: Board, call: Call) -> Any:
    """Cascade the directory from a key of {what} on

    Fills this and the free keys after it with people, in the order of the directory of {what} (SF-272, SF-273). A key
    after it that has something keeps it. Who finds no place is counted in the warnings."""
    start = position(call.body["position"])
    board.guard(start)
    wish = Key("cascade", call.body.get("department", ""), None, call.body.get("line", 1))
    keys = dict(board.layer.keys)
    if call.body["dynamic"]:
        keys[str(start)] = as_json({start: wish})[str(start)]
    else:
        chosen = {place: sourced.value for place, sourced in board.merged.keys.items()} | {start: wish}
        made = static_cascade(start, chosen, board.places, board.contacts, board.own_extensions)
        keys.pop(str(start), None)
        keys |= as_json(made)
    return board.saved(keys, f"directory cascaded from key {start}")


def post_clear(board: Board, call: Call) -> Any:
    """Clear keys of {what}

    `position`, with `following` also all after it, or the `positions` named. A cleared key is empty, whatever the
    layers below say (SF-274, SF-275). Locked keys stay for those who may not edit them."""
    named, what = _to_clear(board, call.body)

    def cleared(place: Position) -> bool:
        return place in named and board.unlocked(place)

    own = {place: key for place, key in board.own.items() if not cleared(place)}
    for _ in range(2):  # a cascade below is emptied first, then what it had kept others from
        left = [place for place, sourced in board.with_own(own).items() if sourced.value.kind != "none"]
        left += [
            place for place, one in board.filled_with(own).items() if one.value.kind != "none" and one.kind != "default"
        ]
        own |= {place: Key("none") for place in left if cleared(place)}
    return board.saved(as_json(own), f"{what} cleared")


def _to_clear(board: Board, body: dict[str, Any]) -> tuple[frozenset[Position], str]:
    """Which places, and what to call them; single ones that are locked are refused."""
    if "positions" in body:
        places = [position(said, "positions") for said in body["positions"]]
    elif "position" in body:
        places = [position(body["position"])]
    else:
        raise Invalid([Problem("position", "Say which keys: position, or positions.")])
    if body.get("following") and len(places) == 1:
        start = places[0]
        after = {place for place in (*board.places, *board.merged.keys) if place >= start}
        return frozenset(after), f"key {start} and all after it"
    board.guard(*places)
    return frozenset(places), f"key {places[0]}" if len(places) == 1 else f"{len(places)} keys"


def post_order(board: Board, call: Call) -> Any:
    """Move keys of {what}

    `move` and `to`: the keys between close up, as when a row is dragged. `swap`: two take each other's place. `order`:
    the keys of these places stand in this order afterwards. Expansion modules follow the phone's own keys (SF-276).
    Inherited keys move, too: they become own ones where they go. Locked keys stay for those who may not edit them."""
    try:
        sources, what = _sources(board, call.body)
    except ValueError as error:
        raise Invalid([Problem("order", str(error))]) from None
    board.guard(*sorted(sources))
    visible = board.visible(board.merged.keys)
    started = position(call.body["move"], "move") if "move" in call.body else None
    if started is not None and started not in visible and started in board.filled:
        text = f"Key {started} is filled by a cascade; move the cascade, or make it a snapshot first."
        raise Invalid([Problem("move", text)])
    wanted = arrange.rearranged(visible, sources)
    below = {place: sourced.value for place, sourced in board.inherited.keys.items()}
    own = arrange.own_keys(board.own, below, wanted)
    # A line that nobody chose takes the first free place: where it would jump now, it is held where it was.
    expected = {**visible, **{place: key for place, key in wanted.items() if key is not None}}
    then = board.visible(board.with_own(own))
    own |= {
        place: key
        for place, key in expected.items()
        if key != then.get(place) and (place not in wanted or wanted[place] is not None)
    }
    return board.saved(as_json(own), what)


def _sources(board: Board, body: dict[str, Any]) -> tuple[arrange.Sources, str]:
    given = [name for name in ("move", "swap", "order") if name in body]
    if len(given) != 1 or ("to" in body) != (given == ["move"]):
        raise ValueError("Say one of: move with to, swap, or order.")
    if given == ["move"]:
        start, to = position(body["move"], "move"), position(body["to"], "to")
        return arrange.moved(board.places, start, to, board.locked), f"key {start} moved to {to}"
    places = [position(said, given[0]) for said in body[given[0]]]
    if given == ["swap"]:
        return arrange.swapped(board.places, places[0], places[1]), f"keys {places[0]} and {places[1]} swapped"
    return arrange.ordered(board.places, places), f"{len(places)} keys put in order"


# The same endpoints for phones and for templates

BoardOf = Callable[[Store, Call], Board]
Work = Callable[[Board, Call], Any]


def declare(above: str, what: str, read: str, write: str, board_of: BoardOf) -> None:
    """The endpoints below `above`, which is a phone or a template."""

    def work(function: Work) -> Callable[[Store, Call], Any]:
        def endpoint(store: Store, call: Call) -> Any:
            board = board_of(store, call)
            if call.endpoint.writes:
                conflict.guard(store, call, board.target, board.layer)
            return function(board, call)

        endpoint.__doc__ = (function.__doc__ or "").replace("{what}", what)
        return endpoint

    saving: dict[str, Any] = {"versioned": True, "configured": True}
    posting: dict[str, Any] = {**saving, "status": 200}
    keys, key = f"{above}/keys", f"{above}/keys/{{position}}"
    group.get(keys, read, page(CHOSEN), query=FILLED, configured=True)(work(list_keys))
    group.get(key, read, CHOSEN, configured=True)(work(get_key))
    group.put(key, write, SAVED, body=KEY, **saving)(work(put_key))
    group.delete(key, write, answer=SAVED, **posting)(work(delete_key))
    group.put(keys, write, SAVED, body=MANY, **saving)(work(put_keys))
    group.post(f"{keys}/cascade", write, SAVED, body=CASCADE, **posting)(work(post_cascade))
    group.post(f"{keys}/clear", write, SAVED, body=CLEAR, **posting)(work(post_clear))
    group.post(f"{keys}/order", write, SAVED, body=ORDER, **posting)(work(post_order))


declare("/phones/{mac}", "a phone", "phones.read", "phones.keys", boards.of_phone)
declare(
    "/domains/{domain}/phonetemplates/{template}", "a template", "templates.read", "templates.write",
    boards.of_template,
)  # fmt: skip
