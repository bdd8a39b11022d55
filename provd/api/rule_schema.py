"""Answering rules as the API shows and takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provd.answering.reading import doubts, write
from provd.answering.rule import DESTINATIONS, FORWARDS, LONGEST_DELAY, MOST_OTHERS, RINGS
from provd.answering.sentence import told
from provd.api.problems import FINDING, findings
from provd.api.schema import Schema, choice, define, listing, nullable, number, obj, switch, text
from provd.errors import Problem
from provd.store.routing_rows import SavedRule

DESTINATION = define(
    "Destination",
    obj(
        {
            "kind": choice(tuple(DESTINATIONS)),
            "value": text("Extension, phone (101a) or outside number", 60),
            "confirm": switch("Who answers an outside number must press 1, so that its mailbox cannot take the call"),
        },
        required=("kind", "value"),
        about="A place to send a call to; of a user the own rules apply, a phone rings without any",
    ),
)
OTHER = define(
    "RingToo",
    obj(
        {
            "to": DESTINATION,
            "delay": number("Seconds after the first phones", 0, LONGEST_DELAY),
            "confirm": switch("An outside phone must press 1, so that its mailbox cannot take the call"),
        },
        required=("to",),
        about="One more place to ring",
    ),
)
FIELDS: dict[str, Schema] = {
    "enabled": switch("Off: the rule is passed over (SF-091)"),
    "do_not_disturb": switch("Nothing rings"),
    "screening": switch("Callers say their name first"),
    "ring": choice(tuple(RINGS), "What rings"),
    "own": switch("With `several`: the bare extension"),
    "own_all": switch("With `several`: all phones of the user"),
    "others": listing(OTHER, "With `several`: more places", MOST_OTHERS),
    "seconds": nullable(number("How long to ring; null is until somebody answers", 5, 1200)),
    **{name: nullable(DESTINATION) | {"description": f"Where calls go: {words}"} for name, words in FORWARDS.items()},
}
MOVED = define(
    "MovedCall",
    obj(
        {
            "name": text("The test call"),
            "expected": listing(text(longest=2000), "What should become of it"),
            "now": listing(text(longest=2000), "What becomes of it now"),
        }
    ),
)
RULE = define(
    "AnswerRule",
    obj(
        {
            "timeframe": nullable(number("Its time frame; null for the default rule")),
            "name": text("The time frame's name, `*` for the default rule"),
            "active": switch("Whether it decides on calls now"),
            "why": nullable(text("Why it is in force", 500)),
            "sentence": text("The rule in words", 4000),
            **FIELDS,
            "problems": listing(FINDING, "What may surprise"),
            "moved": listing(MOVED, "After a change: test calls that go elsewhere now, for those who may try calls"),
        },
        required=("timeframe", "name", "active", "why", "sentence", "problems", *FIELDS),
    ),
)


def shown(
    saved: SavedRule, extension: str, names: Mapping[str, str], why: str | None, moved: Sequence[Any] | None = None
) -> dict[str, Any]:
    """A rule as answers show it; `why` it is in force, None for one that is not."""
    found = {
        **write(saved.rule), "timeframe": saved.rule.frame, "name": saved.frame or "*", "active": why is not None,
        "why": why, "sentence": told(saved.rule, saved.frame, names),
        "problems": findings([*doubts(saved.rule, extension), *_gone(saved)]),
    }  # fmt: skip
    return found if moved is None else found | {"moved": list(moved)}


def _gone(saved: SavedRule) -> list[Problem]:
    """Places that are not there any more."""
    return [
        Problem(field, f"{to} is not there any more; choose another place.", "warning")
        for field, to in saved.rule.targets()
        if to.value.endswith("(gone)")
    ]
