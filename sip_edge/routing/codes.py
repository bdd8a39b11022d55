"""Feature codes: which digits do what. Companies choose a table and change single codes; platforms disagree.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from provd.errors import Problem

_CODE = re.compile(r"[*#][0-9*#]{1,5}|[0-9]{3,6}")
NOTHING, PERHAPS, NEEDED = "nothing", "perhaps", "needed"


@dataclass(frozen=True, slots=True)
class Function:
    """Something that is dialled. `follows`: whether digits come after the code, and `meaning` what they are."""

    name: str
    title: str
    follows: str = NOTHING
    meaning: str = ""


FUNCTIONS: MappingProxyType[str, Function] = MappingProxyType(
    {
        one.name: one
        for one in (
            Function("queue_login", "Log in to all queues"),
            Function("queue_logout", "Log out of all queues"),
            Function("queue_one_call", "Log in for one call"),
            Function("queue_toggle", "Available or not in all queues"),
            Function("timeframe_toggle", "Rules of a time frame on or off", NEEDED, "the number of the time frame"),
            Function("record_start", "Start recording"),
            Function("record_stop", "Stop recording"),
            Function("park_dynamic", "Park in a free orbit"),
            Function("park_retrieve", "Take a parked call back", NEEDED, "the orbit"),
            Function("pickup_extension", "Answer a colleague's phone", NEEDED, "the extension that rings"),
            Function("pickup_domain", "Answer any phone of the company"),
            Function("pickup_department", "Answer any phone of the department"),
            Function("pickup_site", "Answer any phone of the site"),
            Function("move_call", "Take the own call to this phone"),
            Function("forward_always_on", "Forward every call", PERHAPS, "where to"),
            Function("forward_always_off", "Forward calls no more"),
            Function("forward_busy_on", "Forward calls when busy", PERHAPS, "where to"),
            Function("forward_busy_off", "Forward calls when busy no more"),
            Function("forward_no_answer_on", "Forward unanswered calls", PERHAPS, "where to"),
            Function("forward_no_answer_off", "Forward unanswered calls no more"),
            Function("dnd_on", "Do not disturb"),
            Function("dnd_off", "Disturb again"),
            Function("anonymous_reject_on", "Refuse callers without a number"),
            Function("anonymous_reject_off", "Take callers without a number"),
            Function("hot_desk_in", "Log in on this phone"),
            Function("hot_desk_out", "Log out of this phone"),
            Function("voicemail_direct", "Leave a message for somebody", NEEDED, "the extension"),
            Function("voicemail_access", "Hear the own messages"),
            Function("intercom", "Speak to a colleague's phone", NEEDED, "the extension"),
            Function("off_net", "Call outside though the number is one of the company", NEEDED, "the number"),
            Function("private_call", "Call without showing the number", NEEDED, "the number"),
            Function("return_call", "Call the last caller back"),
            Function("support", "Call the provider's support"),
        )
    }
)

_SHARED = {
    "queue_login": ("*51",), "queue_logout": ("*52",), "queue_toggle": ("*53",), "timeframe_toggle": ("*54",),
    "park_dynamic": ("***",), "park_retrieve": ("*55",), "pickup_extension": ("*35",), "pickup_domain": ("*36",),
    "pickup_department": ("*37",), "pickup_site": ("*34",), "move_call": ("*38",), "forward_always_off": ("*73",),
    "forward_busy_off": ("*91",), "forward_no_answer_off": ("*93",), "dnd_on": ("*78",), "dnd_off": ("*79",),
    "anonymous_reject_on": ("*77",), "anonymous_reject_off": ("*87",), "hot_desk_in": ("*44",),
    "hot_desk_out": ("*46",), "voicemail_direct": ("*61",), "voicemail_access": ("*62",), "off_net": ("*66",),
    "private_call": ("*67",), "return_call": ("*69",), "support": ("4357",),
}  # fmt: skip
Table = Mapping[str, tuple[str, ...]]
"""The codes of each function, the one that is shown first. A function without codes cannot be dialled."""

# platform-facts.md section 7: what the guides say stands; the rest is from the neighbouring platforms.
TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "stratus": {
            **_SHARED, "queue_one_call": ("*50",), "record_start": ("*98",), "record_stop": ("*99",),
            "forward_always_on": ("*72",), "forward_busy_on": ("*90",), "forward_no_answer_on": ("*92",),
            "intercom": ("*80",),
        },
        "skyswitch": {
            **_SHARED, "intercom": ("*50",), "forward_always_on": ("*40", "*72"), "forward_busy_on": ("*41", "*90"),
            "forward_no_answer_on": ("*42", "*92"),
        },
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dialled:
    """A feature code that was dialled, and the digits after it."""

    function: str
    argument: str


def changed(table: Table, own: Mapping[str, str]) -> Table:
    """A table with a company's own codes in it; an empty one takes a function away."""
    return {**table, **{name: (code,) if code else () for name, code in own.items()}}


def problems(table: Table) -> list[Problem]:
    """What is wrong with a table: two functions with one code, a code that hides another, a code that is none."""
    found: list[Problem] = []
    owners: dict[str, str] = {}
    for name, code in ((name, code) for name, codes in table.items() for code in codes):
        field = f"codes.{name[:40]}"
        if name not in FUNCTIONS:
            found.append(Problem(field, f"There is no function {name[:40]} that a code could be for."))
        elif not _CODE.fullmatch(code):
            found.append(Problem(field, f"“{code[:20]}” is not a code; write * or # and digits, or 3 to 6 digits."))
        elif code in owners:
            other = FUNCTIONS[owners[code]].title
            found.append(Problem(field, f"{code} is the code of “{other}” already; choose another."))
        else:
            owners[code] = name
    for code, name in owners.items():
        hidden = [other for other in owners if other != code and other.startswith(code)]
        if hidden and FUNCTIONS[name].follows != NOTHING:
            text = f"{code} takes digits after it, so that {hidden[0]} could not be dialled; choose another."
            found.append(Problem(f"codes.{name}", text))
    return found


def dialled(table: Table, digits: str) -> Dialled | None:
    """The function that these digits call, None when they are no code. A code with digits needs them."""
    for code, name in _longest_first(tuple((code, name) for name, codes in table.items() for code in codes)):
        if digits.startswith(code):
            rest, follows = digits[len(code) :], FUNCTIONS[name].follows
            if (rest and follows != NOTHING) or (not rest and follows != NEEDED):
                return Dialled(name, rest)
    return None


@lru_cache(256)
def _longest_first(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))
