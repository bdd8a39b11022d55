"""Time Frames: written as people say them, seen in a month, switched for many."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from phone_manager.views import timeframes as view
from provd.errors import Problem
from tests.pages.visitor import Visitor

PAGE = "/c/acme.example/timeframes"
HOURS = {"name": "Shop", "when": "days_of_week", "forced": "schedule", "days.mon": "9-12, 13:00–17:30", "days.sat": ""}


def sent(fields: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in fields.items()}


def test_the_list_says_when_each_holds_and_what_comes_next(manager: Visitor) -> None:
    seen = manager.get(PAGE)
    for words in ("Open hours #2", "Mon to Fri 08:00–17:00", "Holidays US", "begins", "Bulk toggle"):
        assert words in seen.text


def test_a_frame_is_added_changed_and_deleted(manager: Visitor) -> None:
    made = manager.follow(f"{PAGE}/new", HOURS)
    assert "Saved: Mon 09:00–12:00 and 13:00–17:30" in made.text and "Next changes" in made.text
    seen = manager.get(PAGE)
    number = seen.html.split('dir="auto"><b>Shop')[0].rsplit("timeframes/", 1)[1].split('"')[0]
    held = manager.follow(f"{PAGE}/{number}", HOURS | {"forced": "on"})
    assert "Active" in held.text and "held on" in manager.get(PAGE).text
    assert "deleted" in manager.follow(f"{PAGE}/{number}", {"do": "delete"}).text


def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(manager: Visitor) -> None:
    seen = manager.post(f"{PAGE}/new", HOURS | {"name": "Odd <b>", "days.tue": "from nine"})
    assert seen.status == 422
    assert "“from nine” on Tuesday is not a range; write 9:00-17:00" in seen.text
    assert (
        'value="from nine"' in seen.html and 'value="9-12, 13:00–17:30"' in seen.html and "Odd &lt;b&gt;" in seen.html
    )
    taken = manager.post(f"{PAGE}/new", HOURS | {"name": "Lunch"})
    assert taken.status == 409 and "Lunch" in taken.text


def test_holidays_are_chosen_from_a_country_and_kept_as_they_are(manager: Visitor) -> None:
    form = manager.get(f"{PAGE}/new?country=DE&region=BY")
    assert 'value="DE|BY|Christmas Day"' in form.html or 'value="DE|BY|Erster Weihnachtstag"' in form.html
    name = form.html.split('value="DE|BY|')[1].split('"')[0]
    fields = {"name": "Bayern", "when": "holidays", "forced": "schedule", "add": f"DE|BY|{name}"}
    made = manager.follow(f"{PAGE}/new", fields)
    assert name in made.text and "DE-BY" in made.text


def test_a_deleted_frame_that_keys_toggle_is_kept_and_named(manager: Visitor) -> None:
    seen = manager.post(f"{PAGE}/1", {"do": "delete"})
    assert seen.status == 409 and "key" in seen.text


def test_rules_are_switched_for_many_at_once(manager: Visitor) -> None:
    page = f"{PAGE}/2/toggle"
    seen = manager.follow(page, {"users": ["107", "108"], "enabled": "0"})
    assert "Switched off for 2 of 2 users." in seen.text and "rules off" in seen.text
    assert "107, 108" in manager.get(PAGE).text
    assert "Switched on for 2 of 2" in manager.follow(page, {"users": ["107", "108"], "enabled": "1"}).text
    assert "Nobody was chosen" in manager.follow(page, {"enabled": "1"}).text


def test_a_person_writes_their_own_and_reads_the_companys(person: Visitor) -> None:
    own = "/c/acme.example/users/107/timeframes"
    seen = person.get(own)
    assert "Open hours" in seen.text and "Add a time frame" in seen.text
    assert "own" in person.follow(f"{own}/new", HOURS | {"name": "Mine"}).text or "Mine" in person.get(own).text
    assert person.post(f"{PAGE}/new", HOURS).status == 403
    assert person.get(f"{PAGE}/2/toggle").status == 403
    assert "Add a time frame" not in person.get(PAGE).text
    assert person.get("/c/acme.example/users/108/timeframes").status == 403


def test_ranges_are_read_as_people_write_them() -> None:
    problems: list[Problem] = []
    found = view.read_days(sent({"days.mon": "9-12;1300–1730", "days.fri": "22:00 to 6", "days.sun": "x"}), problems)
    assert found == {
        "mon": [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:30"}],
        "fri": [{"start": "22:00", "end": "06:00"}],
    }
    assert [problem.field for problem in problems] == ["days.sun"]


def test_a_form_of_a_frame_says_the_same_frame_again() -> None:
    fields = {
        "name": "All", "when": "custom", "forced": "schedule", "days.mon": "09:00–17:00", "repeat.kind": "weeks",
        "repeat.starts": "2026-11-23", "repeat.every": "2", "repeat.ends": "", "dates.0.start": "2026-12-24T12:00",
        "dates.0.end": "2026-12-24T18:00", "dates.0.kind": "yearly_date", "dates.0.every": "1", "dates.0.ends": "",
        "dates.1.start": "", "holidays.0.keep": "1", "holidays.0.country": "US", "holidays.0.name": "Labor Day",
        "holidays.0.sat": "prior_workday", "holidays.0.year": "2027", "holidays.1.country": "US",
        "holidays.1.name": "Removed",
    }  # fmt: skip
    body = view.times(sent(fields), [])
    assert body["repeat"] == {"kind": "weeks", "every": 2, "ends": None, "starts": "2026-11-23"}
    assert [date["start"] for date in body["dates"]] == ["2026-12-24T12:00"]
    assert body["holidays"] == [
        {"country": "US", "name": "Labor Day", "year": 2027, "observance": {"sat": "prior_workday"}}
    ]


def test_a_month_has_its_ranges_on_the_right_days_also_over_midnight() -> None:
    zone, today = "America/Chicago", datetime.date(2026, 11, 22)
    start = view.midnight(datetime.date(2026, 11, 23), zone) + 22 * 3600
    ranges = [{"start": start, "end": start + 8 * 3600, "title": "Night"}]
    first, weeks = view.weeks(ranges, "2026-11", zone, today)
    days = {day.date: day for week in weeks for day in week}
    assert first == datetime.date(2026, 11, 1) and len(days) % 7 == 0 and weeks[0][0].date.weekday() == 0
    assert days[datetime.date(2026, 11, 23)].ranges == (("22:00", "24:00", "Night"),)
    assert days[datetime.date(2026, 11, 24)].ranges == (("00:00", "06:00", "Night"),)
    assert days[today].today and view.neighbours(first) == ("2026-10", "2026-12")
    assert view.window("nonsense", today)[0] == first


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
@pytest.mark.parametrize("path", ["", "/2", "/4", "/new", "/2/toggle"])
def test_time_frames_are_usable_by_everybody(
    browse: Callable[..., Any], axe: Callable[[Any], None], path: str, theme: str, width: int
) -> None:
    page = browse("101", PAGE + path, theme=theme, width=width)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_whose_frames_are_found_by_name(manager: Visitor, person: Visitor) -> None:
    seen = manager.get(PAGE)
    assert 'value="107 Donald Knuth"' in seen.html
    assert manager.get(f"{PAGE}?whose=107+Donald+Knuth").location == "/c/acme.example/users/107/timeframes"
    assert "The company’s" in manager.get("/c/acme.example/users/107/timeframes").text
    bare = person.get(PAGE)
    assert "Whose" not in bare.text and 'href="/c/acme.example/users/107/timeframes"' in bare.html


def test_who_saves_a_frame_hears_which_test_calls_go_elsewhere(manager: Visitor) -> None:
    made = manager.follow(f"{PAGE}/new", HOURS | {"name": "Tested"})
    number = made.html.split("/timeframes/")[1].split("?")[0].split("/")[0].split('"')[0]
    rules = "/c/acme.example/users/107/rules"
    rule = {"timeframe": number, "enabled": "1", "ring": "all", "seconds": "25", "always.kind": "voicemail"}
    assert manager.post(f"{rules}/new", rule | {"always.value": "107"}).status == 303
    asked = {"called": "107", "extension": "101", "at": "2027-04-05T10:00", "name": "Monday at ten"}
    assert "Kept" in manager.follow("/c/acme.example/try", asked | {"do": "keep"}).text
    held = manager.follow(f"{PAGE}/{number}", HOURS | {"name": "Tested", "forced": "off"})
    assert "A test call goes elsewhere now: Monday at ten." in held.text
    assert "elsewhere" not in manager.follow(f"{PAGE}/{number}", HOURS | {"name": "Tested"}).text


@pytest.mark.browser
def test_monday_is_copied_to_the_other_workdays(browse: Callable[..., Any]) -> None:
    page = browse("101", f"{PAGE}/new")
    page.get_by_label("When", exact=True).select_option("days_of_week")
    page.get_by_label("Monday").fill("8:00-12:00, 13:00-17:00")
    page.get_by_role("button", name="Copy Monday to Tuesday–Friday").click()
    days = ("Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    assert [page.get_by_label(day).input_value() for day in days] == ["8:00-12:00, 13:00-17:00"] * 4 + ["", ""]


@pytest.mark.browser
def test_a_holiday_is_found_by_its_name(browse: Callable[..., Any]) -> None:
    page = browse("101", f"{PAGE}/new")
    page.get_by_label("When", exact=True).select_option("holidays")
    page.get_by_label("Find a holiday").fill("christ")
    assert page.locator("#known label:visible").all_inner_texts()[0].startswith("Christmas Day")
    assert page.locator("#known label:visible").count() < page.locator("#known label").count()
