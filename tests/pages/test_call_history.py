"""Call history in the browser: the list with its filters, one call step by step, notes, the CSV; who sees what."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from provd.store import call_events, cdrs, domains
from provd.store.database import Store
from sip_edge.call.event import CallEvent
from tests.live import LiveServer
from tests.pages.visitor import Visitor

HISTORY = "/c/acme.example/history"


def talk(store: Store, call: str, extension: str, name: str, *, answered: bool = True, ago: int = 300) -> None:
    acme, at = domains.by_name(store, "acme.example").id, time.time() - ago
    events: list[Any] = [
        CallEvent(call, at, acme, "began", 1, number="+12145550199", name=name, called="2145550100"),
        CallEvent(call, at, acme, "decided", reason="It is a number of the company.\nIt rings 107."),
        CallEvent(call, at + 1, acme, "ringing", 2, extension=extension, name="Donald Knuth"),
    ]
    events += [CallEvent(call, at + 5, acme, "answered", 2, extension=extension)] if answered else []
    events += [CallEvent(call, at + 68, acme, "ended", status=200 if answered else 480)]
    call_events.add(store, events)
    cdrs.follow(store)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("calls")) as running:
        running.store(talk, "c1", "107", "<b>Bob</b>", answered=True, ago=400)
        running.store(talk, "c2", "108", "Eve", answered=False, ago=300)
        yield running


def test_a_list_of_calls_with_names_that_stay_text(manager: Visitor) -> None:
    seen = manager.get(HISTORY)
    assert seen.status == 200 and "&lt;b&gt;Bob&lt;/b&gt;" in seen.html and "<b>Bob" not in seen.html
    assert "Missed Eve +12145550199" in seen.text and "1:03" in seen.text and "Not answered" in seen.text
    assert f'href="{HISTORY}"' in manager.get("/c/acme.example/").html


def test_filters_are_in_the_address_and_can_be_taken_off(manager: Visitor) -> None:
    missed = manager.get(f"{HISTORY}?type=missed&caller=(214)+555-0199")
    assert "Eve" in missed.text and "Bob" not in missed.text
    assert f'href="{HISTORY}?type=missed"' in missed.html
    assert "No call fits these filters" in manager.get(f"{HISTORY}?dialed=777", HX_Request="true").text
    assert "Bob" in manager.get(f"{HISTORY}?user=107").text
    long = manager.get(f"{HISTORY}?since=2020-01-01&until=2020-12-31")
    assert long.status == 422 and "31 days" in long.text and 'value="2020-01-01"' in long.html


def test_one_call_is_told_step_by_step_and_noted(manager: Visitor) -> None:
    address = _first(manager)
    seen = manager.get(address)
    assert "It is a number of the company.</span><br>" in seen.html and "Donald Knuth (108) is called" in seen.text
    assert manager.post(address, {"note": "Call back", "disposition": "Lead", "reason": ""}).status == 303
    assert "Call back" in manager.get(address).text
    wrong = manager.post(address, {"note": "x" * 501, "disposition": "kept"})
    assert wrong.status == 422 and 'value="kept"' in wrong.html


def _first(visitor: Visitor) -> str:
    return visitor.get(HISTORY).html.split('" aria-label="Call flow')[0].rsplit('href="', 1)[1]


def test_a_person_sees_the_own_calls_and_no_others(manager: Visitor, person: Visitor) -> None:
    seen = person.get(HISTORY)
    assert "Your calls" in seen.text and "Eve" not in seen.text and "f-user" not in seen.html
    assert person.get(_first(manager)).status == 403
    assert person.get(f"{HISTORY}?user=108").status == 403
    assert manager.get("/c/rival.example/history").status == 404


def test_the_export_is_what_the_filters_show(manager: Visitor) -> None:
    seen = manager.get(f"{HISTORY}/export?type=missed")
    assert seen.headers["content-disposition"] == 'attachment; filename="calls.csv"'
    assert "Eve,+12145550199,2145550100" in seen.html and "Bob" not in seen.html


def test_a_caller_is_blocked_from_a_row_and_let_through_again(manager: Visitor, person: Visitor) -> None:
    asked = manager.get(_first(manager) + "/block")
    assert "Block +12145550199?" in asked.text and "For the whole company" in asked.text
    assert manager.post(_first(manager) + "/block", {"whose": "company"}).status == 303
    listed = manager.get(HISTORY)
    assert "is blocked" in listed.text and "Unblock +12145550199" in listed.html and "The company blocks" in listed.html
    again = manager.post(_first(manager) + "/block", {"whose": "company"})
    assert again.status == 409 and "on the list already" in again.text
    theirs = person.get(HISTORY)
    assert "Blocked number" in theirs.html and "Unblock" not in theirs.html, "it is not theirs to take off"
    assert manager.post(_first(manager) + "/unblock?whose=company", {}).status == 303
    assert "Blocked number" not in manager.get(HISTORY).html
    assert person.post(_first(person) + "/block", {"whose": "company"}).status == 403
    assert person.post(_first(person) + "/block", {"whose": "own"}).status == 303
    assert "Unblock +12145550199" in person.get(HISTORY).html and "Blocked number" not in manager.get(HISTORY).html
    assert person.post(_first(person) + "/unblock", {}).status == 303


def test_columns_are_picked_and_remembered(manager: Visitor) -> None:
    seen = manager.get(f"{HISTORY}?columns=from&columns=duration")
    assert 'data-name="From"' in seen.html and 'data-name="Dialed"' not in seen.html
    assert 'data-name="Dialed"' not in manager.get(HISTORY).html
    everything = "&".join(
        f"columns={name}" for name in ("call", "from_name", "from", "dialed", "to", "date", "duration")
    )
    assert 'data-name="Dialed"' in manager.get(f"{HISTORY}?{everything}&columns=disposition").html
    assert 'href="tel:+12145550199"' in manager.get(HISTORY).html


@pytest.mark.browser
def test_a_call_is_found_and_read_in_a_browser(browse: Any, axe: Any, server: LiveServer) -> None:
    for theme, width in (("light", 1440), ("dark", 390)):
        page = browse("101", HISTORY, theme=theme, width=width)
        axe(page)
        if width > 600:
            page.get_by_label("Type").select_option("Missed")
        else:
            page.get_by_role("navigation", name="Kinds of calls").get_by_role("link", name="Missed").click()
        page.locator("#calls .chip").wait_for()
        page.get_by_role("link", name="Call flow of the call from Eve").click()
        page.get_by_role("heading", name="Call flow").wait_for()
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
