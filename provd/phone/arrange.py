"""Keys moved to other places, and the smallest set of own keys that makes it so.  (pure)

Rules of this file: what people see is what they move, whichever layer it is from. A rearrangement says for every place
that changes where its key comes from; what a phone or template then has of its own is only what differs from what it
inherits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provd.phone.key import Key, Position

Sources = Mapping[Position, Position]
"""{place: the place that its key comes from}, for the places that change."""


def moved(places: Sequence[Position], start: Position, to: Position, fixed: frozenset[Position]) -> Sources:
    """The key of `start` goes to `to`, and those between close up, as when a row of a list is dragged (SF-276).

    `places` are all of the phone's, in order; those in `fixed` stay, and the others pass over them. Raises ValueError
    with a sentence when one of the two is no place, or is fixed.
    """
    for place in (start, to):
        _known(place, places)
        if place in fixed:
            raise ValueError(f"Key {place} is locked and stays where it is.")
    between = [place for place in places if min(start, to) <= place <= max(start, to) and place not in fixed]
    turned = between[1:] + between[:1] if start < to else between[-1:] + between[:-1]
    return {place: source for place, source in zip(between, turned, strict=True) if place != source}


def swapped(places: Sequence[Position], one: Position, other: Position) -> Sources:
    """Two keys take each other's place. Raises ValueError with a sentence when one of the two is no place."""
    _known(one, places)
    _known(other, places)
    return {one: other, other: one} if one != other else {}


def ordered(places: Sequence[Position], order: Sequence[Position]) -> Sources:
    """The keys of the places in `order` take these same places, the first named the first of them, and so on.

    Raises ValueError with a sentence for a place that is none, or that is named twice.
    """
    for place in order:
        _known(place, places)
    if len(set(order)) != len(order):
        twice = next(place for place in order if order.count(place) > 1)
        raise ValueError(f"Key {twice} is named twice in the order.")
    return {place: source for place, source in zip(sorted(order), order, strict=True) if place != source}


def _known(place: Position, places: Sequence[Position]) -> None:
    if place not in places:
        raise ValueError(f"There is no key {place} here; the last one is key {places[-1]}." if places else "No keys.")


def rearranged(visible: Mapping[Position, Key], sources: Sources) -> dict[Position, Key | None]:
    """What the places that change hold afterwards; None for nothing. `visible` are the keys people see."""
    found: dict[Position, Key | None] = {}
    for place, source in sources.items():
        key = visible.get(source)
        found[place] = None if key is None or key.kind == "none" else key
    return found


def own_keys(
    own: Mapping[Position, Key], below: Mapping[Position, Key], wanted: Mapping[Position, Key | None]
) -> dict[Position, Key]:
    """The own keys with which the places in `wanted` hold what is wanted, and the others what they held.

    `own` are the own keys before, `below` the keys that are inherited. A place that is to be empty over an inherited
    key gets one that does nothing.
    """
    made = dict(own)
    for place, key in wanted.items():
        inherited = below.get(place)
        made.pop(place, None)
        if key is not None and key != inherited:
            made[place] = key
        elif key is None and inherited is not None and inherited.kind != "none":
            made[place] = Key("none")
    return made
