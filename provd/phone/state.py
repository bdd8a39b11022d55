"""How a phone is, in one word and one sentence.  (pure)

Rules of this file: one word a phone, the one that says what to do first. Refused comes before everything, because
nothing that is changed reaches such a phone; then whether it was ever here; then whether it can be called; then
whether it has what was set for it.
"""

from __future__ import annotations

from typing import NamedTuple

STATES = ("registered", "unregistered", "waiting", "pending", "refused", "never")
EXPECTED_FOR = 7 * 86_400
"""Seconds after it was set up in which a phone that never came is on its way, and not forgotten."""


class Seen(NamedTuple):
    """What is known of one phone. Times are epoch seconds; None for what never happened.

    `present`: the configuration that it took last is the one of now. `lines` is how many devices are on it,
    `registered` how many of them are registered from it, at `addresses`. `open_until`: the end of its bootstrap
    window, 0 for none.
    """

    created: int
    last_contact: int | None = None
    fetched_at: int | None = None
    present: bool = False
    refused_at: int | None = None
    refused_why: str = ""
    refused_address: str = ""
    lines: int = 0
    registered: int = 0
    addresses: tuple[str, ...] = ()
    open_until: int = 0


def state(seen: Seen, now: float) -> str:
    """One of STATES."""
    if seen.refused_at is not None and not _stranger(seen):
        return "refused"
    if seen.last_contact is None and not seen.registered:
        expected = now < seen.open_until or now - seen.created < EXPECTED_FOR
        return "waiting" if expected else "never"
    if not seen.registered:
        return "unregistered"
    return "registered" if seen.present else "pending"


def _stranger(seen: Seen) -> bool:
    """Whether the request that was refused came from somewhere else than the phone, which has all it needs: anybody
    who reads a MAC off a label can ask for its file."""
    return seen.present and bool(seen.registered) and seen.refused_address not in seen.addresses


def sentence(seen: Seen, now: float) -> str:
    """Why the phone has its state, in one sentence or two."""
    match state(seen, now):
        case "refused":
            why = seen.refused_why or "It was refused its configuration."
            return f"{why} That was {ago(now - (seen.refused_at or now))}, from {seen.refused_address or 'nowhere'}."
        case "waiting":
            return _waiting(seen, now)
        case "never":
            since = ago(now - seen.created)
            return f"It was set up {since} and never asked for anything; point it at its provisioning address."
        case "unregistered":
            return _unregistered(seen, now)
        case "pending":
            return f"{_lines(seen)} {_taken(seen, now)}"
        case _:
            return f"Up to date. It took its configuration {ago(now - (seen.fetched_at or now))}. {_lines(seen)}"


def _waiting(seen: Seen, now: float) -> str:
    if now < seen.open_until:
        left = length(seen.open_until - now)
        return f"It never asked for anything yet; for {left} more it gets its configuration without a proof."
    return "It never asked for anything yet; point it at its provisioning address."


def _unregistered(seen: Seen, now: float) -> str:
    if not seen.lines:
        return f"No device is on its lines, so it has nothing to register. {_taken(seen, now)}"
    last = f"It was last heard of {ago(now - seen.last_contact)}." if seen.last_contact is not None else ""
    return f"It is not registered. {last} {_taken(seen, now)}".replace("  ", " ")


def _lines(seen: Seen) -> str:
    where = f" from {', '.join(seen.addresses[:3])}" if seen.addresses else ""
    if seen.registered >= seen.lines:
        return f"It is registered{where}."
    return f"{seen.registered} of its {seen.lines} lines are registered{where}."


def _taken(seen: Seen, now: float) -> str:
    if seen.present:
        return f"It has its present configuration, taken {ago(now - (seen.fetched_at or now))}."
    if seen.fetched_at is None:
        return "It never took a configuration from here."
    return f"It changed since it took its configuration {ago(now - seen.fetched_at)}; a resync brings it."


_UNITS = ((86_400 * 365, "year"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def length(seconds: float) -> str:
    """A length of time as people say it, in its greatest unit: `3 minutes`."""
    whole = max(0, int(seconds))
    for size, name in _UNITS:
        if whole >= size:
            count = whole // size
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return "0 seconds"


def ago(seconds: float) -> str:
    """How long ago: `12 minutes ago`, or `just now`."""
    return "just now" if seconds < 5 else f"{length(seconds)} ago"
