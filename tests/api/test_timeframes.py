"""Time frames through the API: the company's, people's own, their calendars."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.api.conftest import RIVAL, Api

FRAMES = "/domains/acme.example/timeframes"
OWN = "/domains/acme.example/users/107/timeframes"
NIGHTLY = {"fri": [{"start": "22:00", "end": "02:00"}]}


def at(text: str, zone: str = "America/Chicago") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


@pytest.mark.gen_test
async def test_a_frame_with_everything_comes_back_as_it_was_sent(api: Api) -> None:
    key = api.key("office_manager")
    body: dict[str, Any] = {
        "name": "Closed", "when": "custom", "days": NIGHTLY,
        "repeat": {"kind": "weeks", "every": 2, "starts": "2027-01-04", "ends": "2027-12-31"},
        "dates": [
            {"start": "2027-12-24T12:00", "end": "2027-12-26T08:00"},
            {"start": "2026-11-27T00:00", "end": "2026-11-28T00:00", "repeat": {"kind": "yearly_ordinal_weekday"}},
        ],
        "holidays": [
            {
                "country": "US", "region": "TX", "name": "Christmas Day", "start": "08:00", "end": "12:00",
                "observance": {"sat": "prior_workday"}, "workweek": ["mon", "tue", "wed", "thu"], "year": None,
            },
        ],
        "forced": "schedule",
    }  # fmt: skip
    made = await api(key, "POST", FRAMES, body)
    assert made.status == 201 and made.headers["Location"].endswith(f"/timeframes/{made.body['number']}")
    assert {name: made.body[name] for name in body} == body
    again = await api(key, "GET", f"{FRAMES}/{made.body['number']}")
    assert again.body == made.body | {name: again.body[name] for name in ("active", "reason", "next")}
    assert again.body["sentence"].startswith("Fri 22:00–02:00 the next day, every 2 weeks from 2027-01-04")
    assert (again.body["owner"], again.body["zone"]) == ("company", "America/Chicago")
    trail = (await api(key, "GET", "/audits?domain=acme.example")).body["items"][0]
    assert (trail["action"], trail["noun"], trail["ref"]) == ("create", "timeframe", str(made.body["number"]))


@pytest.mark.gen_test
async def test_a_change_says_all_times_or_a_part_of_them(api: Api) -> None:
    key = api.key("office_manager")
    path = f"{FRAMES}/2"
    renamed = (await api(key, "PATCH", path, {"name": "Opening hours"})).body
    assert renamed["name"] == "Opening hours" and len(renamed["days"]) == 5
    part = (await api(key, "PATCH", path, {"days": NIGHTLY})).body
    assert part["days"] == NIGHTLY and part["when"] == "days_of_week"
    whole = (await api(key, "PATCH", path, {"when": "always"})).body
    assert whole["days"] == {} and whole["active"] and whole["reason"] == "always" and whole["next"] is None
    held = (await api(key, "PATCH", path, {"forced": "off"})).body
    assert not held["active"] and held["sentence"] == "Switched off, whatever its times say"
    assert (await api(key, "PATCH", path, {"name": "Lunch"})).status == 409
    assert (await api(key, "DELETE", f"{path}?cascade=1")).status == 204
    assert (await api(key, "GET", path)).status == 404


@pytest.mark.gen_test
async def test_times_that_cannot_be_are_told_field_by_field(api: Api) -> None:
    key = api.key("office_manager")
    days = {"when": "days_of_week", "days": {"mon": [{"start": "25:00", "end": "9"}]}}
    for body, field in (
        (days, "days.mon.0"),
        ({"when": "days_of_week"}, "when"),
        ({"when": "always", "days": NIGHTLY}, "days"),
        ({"when": "specific_dates", "dates": [{"start": "2027-02-30T00:00", "end": "2027-03-01T00:00"}]}, "dates.0"),
        ({"when": "specific_dates", "dates": [{"start": "2027-02-02T00:00", "end": "2027-02-01T00:00"}]}, "dates.0"),
        (
            {"when": "specific_dates", "dates": [
                {"start": "2027-09-13T00:00", "end": "2027-09-14T00:00", "repeat": {"kind": "yearly_first_weekday"}}]},
            "dates.0.repeat.kind",
        ),
        ({"when": "holidays", "holidays": [{"country": "US", "name": "Nonesuch Day"}]}, "holidays.0.name"),
        ({"when": "holidays", "holidays": [{"country": "ZZ", "name": "Christmas Day"}]}, "holidays.0.name"),
        (
            {"when": "holidays", "holidays": [{"country": "US", "name": "Christmas Day", "workweek": ["mon"]}]},
            "holidays.0.workweek",
        ),
        ({"when": "days_of_week", "days": NIGHTLY, "repeat": {"kind": "weeks", "starts": "soon"}}, "repeat.starts"),
        ({"when": "sometimes"}, "when"),
    ):  # fmt: skip
        answer = await api(key, "POST", FRAMES, {"name": "New", **body})
        assert answer.status == 422, body
        assert field in [error["field"] for error in answer.body["errors"]], (field, answer.body)
    assert (await api(key, "POST", FRAMES, {"name": " ", "when": "always"})).status == 422
    assert len((await api(key, "GET", FRAMES)).body["items"]) == 4


@pytest.mark.gen_test
async def test_the_calendar_follows_the_clock_of_whoever_asks(api: Api) -> None:
    key = api.key("office_manager")
    night = {"name": "Late", "when": "days_of_week", "days": NIGHTLY}
    number = (await api(key, "POST", FRAMES, night)).body["number"]
    window = f"from={at('2027-03-12T00:00')}&to={at('2027-03-20T00:00')}"
    shown = (await api(key, "GET", f"{FRAMES}/{number}/calendar?{window}")).body
    friday: dict[str, Any] = {
        "start": at("2027-03-12T22:00"),
        "end": at("2027-03-13T02:00"),
        "title": "Friday 22:00–02:00 the next day",
    }
    assert shown["ranges"][0] == friday and len(shown["ranges"]) == 2
    assert shown["next"][:2] == [{"at": friday["start"], "active": True}, {"at": friday["end"], "active": False}]
    denver = (await api(key, "GET", f"{FRAMES}/{number}/calendar?{window}&zone=America/Denver")).body
    assert denver["ranges"][0]["start"] == friday["start"] + 3600
    assert (await api(key, "PATCH", "/domains/~/users/109", {"time_zone": "Europe/Berlin"})).status == 200
    path = f"/domains/~/users/109/timeframes/{number}/calendar?{window}"
    berlin = (await api(key, "GET", path)).body
    assert berlin["zone"] == "Europe/Berlin" and berlin["ranges"][0]["start"] == at("2027-03-12T22:00", "Europe/Berlin")
    for wrong in ("from=10&to=5", f"from=0&to={200 * 86400}", "", f"{window}&zone=Mars/Base"):
        assert (await api(key, "GET", f"{FRAMES}/{number}/calendar?{wrong}")).status == 422, wrong


@pytest.mark.gen_test
async def test_a_preview_shows_what_is_not_saved(api: Api) -> None:
    key = api.key("office_manager")
    date = {"start": "2028-02-29T00:00", "end": "2028-03-01T00:00", "repeat": {"kind": "yearly_date"}}
    body = {"when": "specific_dates", "dates": [date], "from": at("2028-02-01T00:00"), "to": at("2028-04-01T00:00")}
    shown = (await api(key, "POST", f"{FRAMES}/preview", body)).body
    assert [one["start"] for one in shown["ranges"]] == [at("2028-02-29T00:00")]
    rule = {
        "entry": 0,
        "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "next": ["2028-02-29", "2032-02-29", "2036-02-29"],
    }
    assert shown["recurrences"] == [rule]
    assert len((await api(key, "GET", FRAMES)).body["items"]) == 4


@pytest.mark.gen_test
async def test_the_own_come_before_the_companys_and_may_have_the_same_name(api: Api) -> None:
    donald = api.key("basic_user", user="107")
    made = await api(donald, "POST", "/domains/~/users/~/timeframes", {"name": "Lunch", "when": "always"})
    assert made.status == 201
    names = [(one["name"], one["owner"]) for one in (await api(donald, "GET", OWN)).body["items"]]
    assert names == [
        ("At home", "user"), ("Lunch", "user"), ("Holidays US", "company"), ("Lunch", "company"),
        ("Night", "company"), ("Open hours", "company"),
    ]  # fmt: skip
    shared = [one["name"] for one in (await api(donald, "GET", f"{FRAMES}?search=o")).body["items"]]
    assert shared == ["Holidays US", "Open hours"]
    assert (await api(donald, "POST", OWN, {"name": "Lunch", "when": "always"})).status == 409
    assert (await api(api.key("office_manager"), "GET", f"{FRAMES}/{made.body['number']}")).status == 404
    rival = api.key("office_manager", RIVAL)
    assert (await api(rival, "GET", FRAMES)).status == 404
    assert (await api(rival, "GET", "/domains/~/timeframes/1")).status == 404


@pytest.mark.gen_test
async def test_holidays_are_listed_by_country_region_and_year(api: Api) -> None:
    key = api.key("basic_user", user="107")
    countries = (await api(key, "GET", "/holidays?search=us")).body["items"]
    assert [one["country"] for one in countries] == ["US"] and "TX" in countries[0]["regions"]
    texas = (await api(key, "GET", "/holidays/US?region=TX&year=2027")).body
    assert {"date": "2027-03-02", "name": "Texas Independence Day"} in texas["holidays"]
    assert {"region": "TX", "name": "Texas"} in texas["regions"]
    assert (await api(key, "GET", "/holidays/US?region=BY")).status == 404
    assert (await api(key, "GET", "/holidays/ZZ")).status == 404
