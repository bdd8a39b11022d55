"""What happened to a phone as a picture, and the same in words."""

from __future__ import annotations

from typing import Any

from phone_manager.views import timeline
from tests.live import YEALINK, LiveServer
from tests.pages.visitor import Visitor

PAGE = f"/c/acme.example/phones/{YEALINK}/timeline"
DAY = 86_400.0
NOON = 1_795_392_000.0  # 2026-11-23 00:00 UTC


def told(**more: Any) -> dict[str, Any]:
    return {"start": NOON - DAY, "end": NOON, "strips": [], "ticks": [], "share": 0.0, "cut": False} | more


def test_strips_and_ticks_stand_where_they_happened() -> None:
    strip = {"device": "101@acme.example", "start": NOON - DAY / 2, "end": NOON - DAY / 4, "open": False}
    tick = {"at": NOON - DAY / 4, "kind": "refused", "text": "Why not.", "event": 7, "count": 3}
    drawn = timeline.draw(told(strips=[strip], ticks=[tick], share=0.25), "UTC")
    assert [(bar.x, bar.width) for bar in drawn.bars] == [(50.0, 25.0)]
    assert drawn.bars[0].words == "101 registered Sun 12:00:00 to Sun 18:00:00"
    (mark,) = drawn.marks
    assert mark.x == 75.0 and mark.words == "Sun 18:00:00 · Refused (3 times): Why not."
    assert [name for name, _ in drawn.rows] == ["101", "Files", "Updates", "Changes"]
    assert drawn.summary == "In the last 24 h it was registered 25 % of the time. 3 × refused."


def test_no_two_rows_share_a_place_and_all_are_inside() -> None:
    devices = [f"10{number}@acme.example" for number in range(5)]
    strips = [{"device": one, "start": NOON - 60, "end": NOON, "open": True} for one in devices]
    drawn = timeline.draw(told(strips=strips), "America/Chicago")
    places = [y for _, y in drawn.rows]
    assert len(set(places)) == 8 and max(places) < drawn.height
    assert all(0 <= bar.x <= 100 and bar.width > 0 for bar in drawn.bars)


def test_the_axis_has_hours_of_a_day_and_days_of_a_week() -> None:
    assert [one.words for one in timeline.draw(told(), "UTC").axis] == ["04:00", "08:00", "12:00", "16:00", "20:00"]
    week = timeline.draw(told(start=NOON - 7 * DAY), "America/Chicago").axis
    assert [one.words for one in week] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def test_an_event_of_a_kind_that_is_new_still_has_words() -> None:
    assert timeline.event({"kind": "something_else"}) == ("Something else", "off")
    assert timeline.event({"kind": "refused"}) == ("Refused", "bad")


def test_the_list_is_narrowed_and_paged(server: LiveServer, manager: Visitor) -> None:
    for _ in range(60):
        server.get(f"/p/{server.token}/{YEALINK}.cfg")
    server.get(f"/p/{server.token}/{YEALINK}-none.boot")
    first = manager.get(f"{PAGE}?kind=fetched")
    assert first.html.count('id="event-') == 50 and "Older" in first.text
    partial = manager.get(f"{PAGE}?kind=registered", HX_Request="true")
    assert "Nothing of this kind happened." in partial.text and "<html" not in partial.html
    older = first.html.partition("cursor=")[2].partition('"')[0]
    second = manager.get(f"{PAGE}?kind=fetched&days=1&cursor={older}")
    assert 'id="event-' in second.html and "Newest" in second.text
    assert "In the last 168 h" in manager.get(f"{PAGE}?days=7").text
