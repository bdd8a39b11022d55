"""What the pages of jobs say: what a job is, how far it is, and how far each of its phones is.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phone_manager.views.words import counted

UNDER_WAY = frozenset({"waiting", "running", "halted"})
STATES: Mapping[str, tuple[str, str]] = {
    "waiting": ("Waiting", "wait"), "running": ("Running", "wait"), "halted": ("Halted", "bad"),
    "stopped": ("Stopped", "off"), "done": ("Done", "ok"), "failed": ("Failed", "bad"),
    "cancelled": ("Cancelled", "off"),
}  # fmt: skip
ITEMS: Mapping[str, tuple[str, str]] = {
    "waiting": ("Queued", "off"), "written": ("Saved", "wait"), "notified": ("Notified", "wait"),
    "fetched": ("Fetched", "wait"), "applied": ("Applied", "ok"), "failed": ("Failed", "bad"),
    "stopped": ("Stopped", "off"), "unaffected": ("Unaffected", "off"), "done": ("Done", "ok"),
}  # fmt: skip
"""State of an item → its word and the kind of its mark; in the order of the tabs."""
_PARTS = (
    ("job-good", ("applied", "done", "unaffected")), ("job-way", ("fetched", "notified", "written")),
    ("job-bad", ("failed",)), ("job-off", ("stopped",)), ("job-wait", ("waiting",)),
)  # fmt: skip
_WHEN = {"now": "now", "idle": "when idle", "tonight": "tonight"}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the bar: CSS class, where it begins and how wide it is, of 100."""

    css: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Step:
    """A step of one phone: its word, `done`, `here`, `bad` or empty, and when it was taken (epoch seconds)."""

    word: str
    how: str
    at: float | None


def title(job: Mapping[str, Any], model: str = "") -> str:
    """What a job is, in some words; `model` as people call it."""
    about = job["result"]
    name = str(about.get("name", ""))
    if job["kind"] == "apply_template":
        return f"Template {name}"
    if job["kind"] == "resync_template":
        return f"Newest version of template {name}"
    if job["kind"] == "firmware":
        return f"Firmware {about.get('version', '')} for {model or about.get('model', '')}"
    if job["kind"] == "roll_back":
        return f"Job {job['parent']} taken back" if job["parent"] else "A job taken back"
    return str(job["kind"]).replace("_", " ").capitalize()


def when(job: Mapping[str, Any]) -> str:
    """When its phones are told."""
    said = job["result"].get("resync")
    return f"Phones are told {_WHEN.get(said, said)}." if said else "Phones take it at their nightly update."


def bar(counts: Mapping[str, int], total: int) -> list[Part]:
    """The progress as pieces of a bar of the width 100."""
    found, x = [], 0.0
    for css, names in _PARTS:
        width = 100 * sum(counts.get(name, 0) for name in names) / total if total else 0.0
        if width:
            found.append(Part(css, round(x, 2), round(width, 2)))
        x += width
    return found


def progress(job: Mapping[str, Any]) -> str:
    """How far it is: `180 of 200 phones have it; 18 on their way, 2 failed.`"""
    counts, total = job["counts"], job["total"]

    def of(*names: str) -> int:
        return sum(counts.get(name, 0) for name in names)

    more = [
        f"{count} {words}"
        for count, words in (
            (of("fetched", "notified"), "on their way"), (of("written"), "saved"), (of("waiting"), "queued"),
            (of("failed"), "failed"), (of("stopped"), "stopped"), (of("unaffected"), "unaffected"),
        )
        if count
    ]  # fmt: skip
    told = f"{of('applied', 'done')} of {counted(total, 'phone')} {'has' if total == 1 else 'have'} it"
    return f"{told}; {', '.join(more)}." if more else f"{told}."


def steps(item: Mapping[str, Any], *, told: bool) -> list[Step]:
    """The way of one phone: queued (or saved, once it is) → notified → fetched → applied; without `told`, queued →
    saved → applied. Empty for a phone that the job does not concern."""
    state = item["state"]
    if state in ("unaffected", "stopped", "done"):
        return []
    if told:
        first = ("Queued", None) if item["written"] is None else ("Saved", item["written"])
        way = [first, ("Notified", item["notified"]), ("Fetched", item["fetched"])]
    else:
        way = [("Queued", None), ("Saved", item["written"])]
    applied = item["at"] if state == "applied" else None
    way.append(("Applied", applied))
    reached = max((place for place, (_, at) in enumerate(way) if at is not None), default=0)
    found = []
    for place, (word, at) in enumerate(way):
        how = "done" if place < reached or state == "applied" else "here" if place == reached else ""
        if state == "failed" and place == min(reached + 1, len(way) - 1):
            how = "bad"
        elif state == "failed" and place == reached:
            how = "done"
        found.append(Step(word, how, at))
    return found


def stages(job: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The stages of a job that has several: (sentence, `done`, `here` or empty)."""
    said: Sequence[Mapping[str, Any]] = job["result"].get("stages", ())
    if len(said) < 2:
        return []
    found, over = [], job["state"] not in UNDER_WAY
    for place, stage in enumerate(said):
        upto, before = stage["upto"], said[place - 1]["upto"] if place else 0
        if upto is None:
            words = f"the other {counted(max(0, job['total'] - before), 'phone')}"
        else:
            words = f"{'the first' if not place else 'up to'} {counted(upto, 'phone')}"
        how = "done" if place < job["stage"] or (over and job["state"] == "done") else "here"
        found.append((words, how if place <= job["stage"] or how == "done" else ""))
    return found


def halted_at(job: Mapping[str, Any]) -> str:
    """What a person can do with a job that halted."""
    return "Nothing more is written until you continue." if job["state"] == "halted" else ""


def may_do(job: Mapping[str, Any]) -> frozenset[str]:
    """Which of stop, continue, retry and rollback make sense now."""
    counts, state = job["counts"], job["state"]
    found = set()
    if state in UNDER_WAY:
        found.add("stop")
    if state == "halted" or (state == "stopped" and counts.get("stopped")):
        found.add("continue")
    if counts.get("failed") and state not in ("waiting", "running"):
        found.add("retry")
    changed = sum(counts.get(name, 0) for name in ("applied", "written", "notified", "fetched", "failed", "done"))
    if job["kind"] != "resync_template" and changed and not job["taken_back_by"]:
        found.add("rollback")
    return frozenset(found)


def tabs(counts: Mapping[str, int]) -> Iterable[tuple[str, str, int]]:
    """(state, its word, how many items) of those states that some item is in."""
    return [(name, words[0], counts[name]) for name, words in ITEMS.items() if counts.get(name)]
