"""What the page of a phone says: its lines, its update, its window, what was saved.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from phone_manager.views import keys_words

TOLD: Mapping[str, str] = {
    "now": "The phone is told now.",
    "idle": "The phone is told as soon as no call is on.",
    "tonight": "The phone is told in its nightly window.",
}
VERDICTS: Mapping[str, tuple[str, str]] = {
    "ok": ("Well", "ok"), "broken": ("Broken", "bad"), "unknown": ("Not known yet", "off"),
    "waiting": ("Waiting", "wait"),
}  # fmt: skip
REGISTRATIONS: Mapping[str, tuple[str, str]] = {
    "registered": ("Registered", "ok"), "restored": ("Registered, not heard of since the server’s restart", "warn"),
    "unreachable": ("Its connection is gone", "bad"), "": ("Not registered", "bad"),
}  # fmt: skip
_STEPS = ("Waiting", "Notified", "Answered", "Fetched", "Done")
_REACHED: Mapping[str, int] = {"waiting": 0, "sending": 1, "acknowledged": 2, "fetched": 3, "done": 4}
MOST_LINES = 4000


def lines(rows: Sequence[Mapping[str, Any]], found: Iterable[Mapping[str, Any]], own: str) -> list[dict[str, Any]]:
    """The lines of the phone `own` (a MAC), each with `here`, its registrations from this phone, `elsewhere`, those of
    the same device from others, and `mark`, the word and kind of how it is."""
    every = list(found)
    made = []
    for row in rows:
        mine = [one for one in every if one["device"] == row["device"]]
        here = [one for one in mine if one["phone"] in (own, None)]
        state = "registered" if any(one["state"] == "registered" for one in here) else here[0]["state"] if here else ""
        elsewhere = [one for one in mine if one["phone"] not in (own, None)]
        made.append({**row, "here": here, "elsewhere": elsewhere, "mark": REGISTRATIONS[state]})
    return made


def steps(resync: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """The way of an update: (word, `done`, `here`, `bad` or empty). Empty where none is known."""
    if resync is None:
        return []
    if resync["phase"] == "stopped":
        reached = 3 if resync["fetched"] else 1 if resync["sent"] else 0
        return [
            (word, "done" if place < reached else "bad" if place == reached else "")
            for place, word in enumerate(_STEPS)
        ]
    reached = _REACHED.get(resync["phase"], 0)
    over = resync["phase"] == "done"
    return [
        (word, "done" if place < reached or over else "here" if place == reached else "")
        for place, word in enumerate(_STEPS)
    ]


def first_broken(diagnosis: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The check to mend first."""
    return next((one for one in diagnosis["checks"] if one["name"] == diagnosis["first_broken"]), None)


def window(phone: Mapping[str, Any], now: float) -> float | None:
    """Until when (epoch seconds) the phone's own bootstrap window is open; None when it is not."""
    until = (phone["admission"] or {}).get("open_until", 0)
    return until if until > now else None


def changes(changed: Mapping[str, Sequence[Any]]) -> list[tuple[str, str, str]]:
    """What a version changed: (what, before, after)."""
    return [
        (keys_words.change_title(name), keys_words.content(name, pair[0]), keys_words.content(name, pair[1]))
        if name != "…"
        else ("…", "", str(pair[1]))
        for name, pair in changed.items()
    ]


def diff_lines(diff: str) -> list[tuple[str, str]]:
    """A unified difference as (CSS class, line), at most MOST_LINES of it."""
    kinds = {"+": "add", "-": "del", "@": "hunk"}
    every = diff.splitlines()
    found = [
        ("hunk" if line.startswith(("+++", "---")) and place < 2 else kinds.get(line[:1], ""), line)
        for place, line in enumerate(every[:MOST_LINES])
    ]
    more = len(every) - MOST_LINES
    return [*found, ("hunk", f"… {more} more lines")] if more > 0 else found
