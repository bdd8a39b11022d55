"""Recordings that somebody is called for: what is wanted, how far the call is, and how what was said is kept."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from provd.sounds import Sound, Sounds
from provd.store import domains, mailboxes, users
from provd.store.database import Store

RINGING, TALKING, KEPT, UNANSWERED, BUSY, ENDED = "ringing", "talking", "kept", "unanswered", "busy", "ended"
STATES = (RINGING, TALKING, KEPT, UNANSWERED, BUSY, ENDED)
Save = Callable[[Store, Sound, int], str]
"""Saves a recording's row, in a transaction, given the time; → the file that is not needed any more, or nothing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be recorded: `what` the sentences are about (greeting, name, recording), at most `longest` seconds,
    into the folder of `user_id` (None: the company's) in `sounds`. Phones show `title` as the caller."""

    what: str
    title: str
    longest: float
    sounds: Sounds
    user_id: int | None
    save: Save


@dataclass(slots=True)
class Progress:
    """How far a call is; `application` is what for, `at` when it last changed, by the clock of whoever made it."""

    id: str
    domain: str
    owner: str
    to: str
    application: str
    state: str
    at: float
    reason: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more can come of it."""
        return self.state not in (RINGING, TALKING)


def keep_own(
    store: Store, domain_id: int, user_id: int, sound: Sound, what: str, name: str, now: int, *, choose: bool = True
) -> str:
    """Save a `greeting`, which callers hear from now on if `choose`, or the `name` of a user; → the file that is not
    needed any more. Raises Conflict when it does not fit."""
    if what == "name":
        return mailboxes.set_name(store, domain_id, user_id, sound.file, sound.seconds, sound.octets)
    zone = ZoneInfo(users.get(store, domain_id, user_id).time_zone or domains.get(store, domain_id).time_zone or "UTC")
    title = name or f"{datetime.datetime.fromtimestamp(now, zone):By phone, %d %b %H:%M}"
    mailboxes.add_greeting(
        store, domain_id, user_id, title, sound.file, sound.seconds, sound.octets, now, source="phone", choose=choose
    )
    return ""
