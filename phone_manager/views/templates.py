"""What the pages of templates say.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from phone_manager.views.words import counted
from provd.phone.model import Model

STATE_WORDS: Mapping[str, str] = {
    "registered": "Registered", "pending": "Update pending", "unregistered": "Unregistered", "refused": "Refused",
    "waiting": "Waiting for first contact", "never": "Never seen",
}  # fmt: skip
OUTCOMES: Mapping[str, tuple[str, str, str]] = {
    "changes": ("Change", "ok", "would change"),
    "unaffected": ("Unaffected", "off", "would stay as it is|would stay as they are"),
    "cannot": ("Cannot", "bad", "cannot take it"),
}
"""Outcome of a dry run → its word, the kind of its mark, and what one phone, or many, would do."""
TIMES: Sequence[tuple[str, str, str]] = (
    ("", "Save only", "Each phone takes it at its nightly update, or when it restarts."),
    ("idle", "Save and update when idle", "Each phone is told as soon as no call is on."),
    ("now", "Save and update now", "Each phone is told at once, also while a call is on."),
    ("tonight", "Save and update tonight", "Each phone is told in its own moment of the nightly window."),
)
"""When phones are told, as the API has it; the words of the button; what it means."""
CANARY_ABOVE = 50


def models(known: Iterable[Model], counts: Mapping[str, int]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Models to choose from by vendor, as (id, words); those of which the company has phones first, with how many."""
    every = sorted(known, key=lambda one: (one.vendor, one.name))
    had = [(one.id, f"{one.vendor} {one.name} ({counts[one.id]})") for one in every if counts.get(one.id)]
    by_vendor = [
        (vendor, [(one.id, one.name) for one in some]) for vendor, some in groupby(every, lambda one: one.vendor)
    ]
    return [("Models of your phones", had), *by_vendor] if had else by_vendor


def macs(said: Iterable[str]) -> list[str]:
    """MACs that a form sent, each once: of boxes that were ticked, and pasted one a line or with commas between."""
    words = (word for one in said for word in one.replace(",", " ").replace(";", " ").split())
    return list(dict.fromkeys(word.strip() for word in words if word.strip()))


def sentence(counts: Mapping[str, int], total: int) -> str:
    """The dry run in a sentence: `Of 34 phones, 31 would change, 2 would stay as they are and 1 cannot take it.`"""
    parts = [
        f"{counts[name]:,} {words[2].split('|')[0 if counts[name] == 1 else -1]}"
        for name, words in OUTCOMES.items()
        if counts[name]
    ]
    if not parts:
        return "No phone is named."
    told = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"Of {counted(total, 'phone')}, {told}." if total > 1 else f"The phone {told[2:]}."


def by_model(phones: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """MACs by model, the model with most phones first."""
    found: dict[str, list[str]] = {}
    for one in phones:
        found.setdefault(one["model"], []).append(one["mac"])
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))
