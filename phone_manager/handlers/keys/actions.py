"""What the buttons of the key editor do to the draft; each ends in a sentence that is also read aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from phone_manager.handlers.keys.subject import KeysPage, Subject
from phone_manager.views import keys_sorting as sorting
from provd.errors import Invalid, NotFound, Problem, ProvdError
from provd.phone.key import KINDS, Position

LIKE_NUMBERS = ("extension", "number")
"""What kinds of targets a key keeps when it becomes another kind."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, and the key to look at next."""

    text: str
    position: Position | None


async def done(page: KeysPage, subject: Subject, what: str, position: Position | None) -> Done:
    """Do `what`: of the draft as a whole, or of the key at `position`. Raises what the API says, and NotFound."""
    if position is None:
        return await _whole(page, subject, what)
    if what in ("up", "down", "move"):
        return await moved(page, subject, position, _aim(page, subject, what, position))
    text = await _key(page, subject, what, position)
    return Done(text, position)


async def _whole(page: KeysPage, subject: Subject, what: str) -> Done:
    match what:
        case "undo":
            await page.on(subject, "POST", "/draft/undo")
            return Done("The last step is undone.", None)
        case "discard":
            await page.on(subject, "DELETE", "/draft")
            return Done("All changes are discarded.", None)
        case "choose":
            wish = {"name": page.field("name"), "take": page.field("take")}
            await page.on(subject, "POST", "/draft/choose", body=wish)
            return Done("Yours stays." if wish["take"] == "mine" else "Theirs is taken.", None)
        case "order":
            start = page.place(subject, page.field("move"))
            return await moved(page, subject, start, page.place(subject, page.field("to")))
        case "clear-chosen":
            return Done(await _cleared(page, subject), None)
        case "sort-label" | "sort-target":
            return Done(await _sorted(page, subject, what), None)
    raise NotFound("There is no such action here.")


def _chosen(page: KeysPage, subject: Subject) -> list[str]:
    return [str(page.place(subject, one)) for one in page.sent.get("chosen", [])]


async def _cleared(page: KeysPage, subject: Subject) -> str:
    chosen = _chosen(page, subject)
    if not chosen:
        raise Invalid([Problem("chosen", "No key is chosen; tick some in the list.")])
    await page.on(subject, "POST", "/draft/keys/clear", body={"positions": chosen})
    return f"Key {chosen[0]} is cleared." if len(chosen) == 1 else f"{len(chosen)} keys are cleared."


async def _sorted(page: KeysPage, subject: Subject, what: str) -> str:
    draft = await page.on(subject, "GET", "/draft")
    order = sorting.order(draft["keys"], _chosen(page, subject), what, locks=subject.manages)
    if len(order) < 2:
        raise Invalid([Problem("chosen", "There is nothing to sort; lines and empty keys stay where they are.")])
    await page.on(subject, "POST", "/draft/keys/order", body={"order": order})
    return f"{len(order)} keys are sorted by {sorting.BY[what]}."


async def moved(page: KeysPage, subject: Subject, start: Position, to: Position) -> Done:
    """Move a key; those between close up."""
    try:
        key = await page.on(subject, "GET", "/draft/keys/{position}", values={"position": str(start)})
        name = key["shown"] or f"Key {start}"
    except ProvdError:
        name = f"Key {start}"
    await page.on(subject, "POST", "/draft/keys/order", body={"move": str(start), "to": str(to)})
    return Done(f"{name} moved to key {to} of {len(subject.places)}.", to)


def _aim(page: KeysPage, subject: Subject, what: str, position: Position) -> Position:
    places = subject.places
    at = places.index(position)
    if what == "move":
        return page.place(subject, page.field("page_to") or page.field("to").strip())
    beside = at - 1 if what == "up" else at + 1
    if not 0 <= beside < len(places):
        raise Invalid([Problem("to", f"Key {position} is the {'first' if what == 'up' else 'last'} one.")])
    return places[beside]


async def _key(page: KeysPage, subject: Subject, what: str, position: Position) -> str:
    here: dict[str, Any] = {"values": {"position": str(position)}}
    match what:
        case "set":
            await page.on(subject, "PUT", "/draft/keys/{position}", body=key_sent(page, subject), **here)
            return f"Key {position} is changed."
        case "own":
            key = await page.on(subject, "GET", "/draft/keys/{position}", **here)
            body = {name: key[name] for name in ("kind", "target", "label", "line", "locked")}
            await page.on(subject, "PUT", "/draft/keys/{position}", body=_plain(body), **here)
            return f"Key {position} is the {subject.kind}’s own now."
        case "back":
            await page.on(subject, "DELETE", "/draft/keys/{position}", **here)
            return f"Key {position} is given back."
        case "clear" | "clear-after":
            following = what == "clear-after"
            body = {"position": str(position), "following": following}
            await page.on(subject, "POST", "/draft/keys/clear", body=body)
            return f"Key {position} and all after it are cleared." if following else f"Key {position} is cleared."
        case "cascade" | "cascade-now":
            wish = {"position": str(position), "dynamic": what == "cascade", "department": page.field("department")}
            found = await page.on(subject, "POST", "/draft/keys/cascade", body=wish)
            left = [one["text"] for one in found["warnings"] if one["field"] == "keys" and "place" in one["text"]]
            return " ".join([f"The directory is cascaded from key {position}.", *left])
    raise NotFound("There is no such action here.")


def key_sent(page: KeysPage, subject: Subject) -> dict[str, Any]:
    """The key that the panel's form sent, as the API wants it."""
    kind = KINDS.get(page.field("kind", "none"))
    if kind is None:
        raise Invalid([Problem("kind", "There is no such kind of key.")])
    before = KINDS.get(page.field("was", ""), kind)
    alike = before.target == kind.target or {before.target, kind.target} <= set(LIKE_NUMBERS)
    target = page.field("target").strip() if kind.target != "none" and alike else ""
    line = page.field("line", "1")
    body = {
        "kind": kind.name, "target": target.partition(" — ")[0].strip(), "label": page.field("label").strip() or None,
        "line": int(line) if line.isascii() and line.isdecimal() and len(line) < 4 else 1,
    }  # fmt: skip
    if subject.manages:
        body["locked"] = page.field("locked") == "1"
    return _plain(body)


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """Without what is usual: a key is written in one way only."""
    usual = {"target": "", "label": None, "line": 1, "locked": False}
    return {name: value for name, value in body.items() if name not in usual or usual[name] != value}
