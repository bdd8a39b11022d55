"""The demo company's time frames, phone numbers and answering rules."""

from __future__ import annotations

from typing import Any

from provd.answering.reading import read
from provd.store import answer_rules, phone_numbers, sites, timeframes, users
from provd.store.database import Store

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVENING, ALL_DAY = {"start": "17:00", "end": "08:00"}, {"start": "00:00", "end": "24:00"}
NIGHT = {day: [EVENING] for day in WORKDAYS[:4]} | {
    "fri": [{"start": "17:00", "end": "24:00"}], "sat": [ALL_DAY], "sun": [ALL_DAY],
    "mon": [{"start": "00:00", "end": "08:00"}, EVENING],
}  # fmt: skip
KEPT = ("New Year's Day", "Memorial Day", "Independence Day", "Labor Day", "Thanksgiving Day", "Christmas Day")
HOLIDAYS = [
    {"country": "US", "name": name, "observance": {"sat": "prior_workday", "sun": "next_workday"}} for name in KEPT
]
# name, times: the first gets number 1, which the reception's toggle key names
FRAMES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Night", {"when": "days_of_week", "days": NIGHT}),
    ("Open hours", {"when": "days_of_week", "days": {day: [{"start": "08:00", "end": "17:00"}] for day in WORKDAYS}}),
    ("Lunch", {"when": "days_of_week", "days": {day: [{"start": "12:00", "end": "13:00"}] for day in WORKDAYS}}),
    ("Holidays US", {"when": "holidays", "holidays": HOLIDAYS}),
)
AT_HOME = {"when": "days_of_week", "days": {"tue": [{"start": "08:00", "end": "16:00"}]}}

# number, site, treatment, destination, caller-ID prefix, notes: most go to the inbound routing user (SF-112, SF-253)
NUMBERS = (
    ("+12145550140", "Dallas", "user", "8900", "", "Main number"),
    ("+12145550141", "Dallas", "user", "8900", "AD ", "In the advertisement of this year"),
    ("+13035550140", "Denver", "user", "8900", "DEN ", "Main number of Denver"),
    ("+12145550142", "Dallas", "user", "101", "", ""),
    ("+13035550142", "Denver", "user", "109", "", ""),
    ("+12145550143", "Dallas", "voicemail", "107", "", "Orders by voice mail"),
    ("+12145550144", None, "pstn", "+12145550190", "", "Building security"),
    ("+12145550145", None, "call_queue", "400", "SUP ", "Support"),
    ("+12145550146", None, "available", "", "", ""),
)

# extension, number of the time frame (None: the default rule), what else the rule says
RULES: tuple[tuple[str, int | None, dict[str, Any]], ...] = (
    ("8900", 2, {"always": {"kind": "user", "value": "101"}}),
    ("8900", 4, {"always": {"kind": "voicemail", "value": "101"}}),
    ("8900", None, {"always": {"kind": "voicemail", "value": "101"}}),
    ("107", 5, {
        "ring": "several", "own_all": True, "seconds": 30,
        "others": [{"to": {"kind": "external", "value": "+12145550190"}, "delay": 10, "confirm": True}],
    }),
)  # fmt: skip


def load(store: Store, domain_id: int, now: int) -> None:
    """Make the frames and the numbers; the company has its sites and people."""
    for name, times in FRAMES:
        timeframes.create(store, domain_id, name, times, now)
    owner = users.by_extension(store, domain_id, "107")
    timeframes.create(store, domain_id, "At home", AT_HOME, now, user_id=owner.id)
    places = {site.name: site.id for site in sites.find(store, domain_id)}
    for number, site, treatment, destination, prefix, notes in NUMBERS:
        phone_numbers.create(
            store, domain_id, number, now, site_id=places[site] if site else None, treatment=treatment,
            destination=destination, caller_id_prefix=prefix, notes=notes,
        )  # fmt: skip
    for extension, frame, said in RULES:
        rule = read({"timeframe": frame, **said}, "US")
        save = answer_rules.update if frame is None else answer_rules.create
        save(store, domain_id, users.by_extension(store, domain_id, extension).id, rule, now)
