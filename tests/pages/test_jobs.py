"""Jobs: looked at, stopped, continued, tried again, taken back; followed live; by whom."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from phone_manager.views import jobs as views
from provd.store import domains, layers
from tests.live import LiveServer
from tests.pages.visitor import Seen, Visitor

START = "/c/acme.example"
T54W, T46U = "249ad8000111", "805ec0000101"


def until(visitor: Visitor, job: str, words: str) -> Seen:
    """The page of the job as soon as it says so."""
    end = time.monotonic() + 20
    visitor.get(job)  # the notice is told once
    while words not in (seen := visitor.get(job)).text:
        assert time.monotonic() < end, seen.text
    return seen


@pytest.fixture(scope="module")
def parked(server: LiveServer, manager: Visitor) -> str:
    """The address of a template that changes the T54W."""
    made = manager.post(f"{START}/templates/new", {"name": "Parked", "model": "yealink-t54w"})
    template = made.location.removesuffix("/keys")
    company = server.store(domains.by_name, "acme.example").id
    keys = {"9": {"kind": "park", "target": "707", "label": "Park 707"}}
    number = int(template.rsplit("/", 1)[1])
    server.store(layers.save, company, "template", number, int(time.time()), who="Ada", values={}, keys=keys)
    return template


def begin(manager: Visitor, template: str, macs: list[str], when: str = "") -> str:
    seen = manager.post(f"{template}/apply", {"macs": macs, "do": "apply", "when": when})
    assert seen.status == 303, seen.text
    return seen.location


def test_saved_only_a_job_is_done_and_is_taken_back(manager: Visitor, parked: str) -> None:
    job = begin(manager, parked, [T54W])
    seen = until(manager, job, "Done 0 of 1 phone has it; 1 saved.")
    assert "Phones take it at their nightly update" in seen.text
    assert "24:9a:d8:00:01:11" in seen.text and "You may close this page" not in seen.text
    back = manager.post(job, {"do": "rollback"})
    assert f"Job {job.rsplit('/', 1)[1]} taken back" in until(manager, back.location, "Done ").text
    assert "Taken back by job" in manager.get(job).text
    again = manager.post(job, {"do": "stop"})
    assert again.status == 409 and "over already" in again.text


def test_a_job_that_waits_for_phones_is_stopped_and_goes_on(manager: Visitor, parked: str) -> None:
    job = begin(manager, parked, [T54W], "now")
    seen = until(manager, job, "1 saved")
    assert "You may close this page" in seen.text and 'value="stop"' in seen.html
    stopped = manager.follow(job, {"do": "stop"})
    assert "The job is stopped." in stopped.text and 'value="stop"' not in stopped.html
    manager.post(job, {"do": "rollback"})


def test_what_failed_is_tried_again(manager: Visitor, parked: str) -> None:
    job = begin(manager, parked, [T46U])
    seen = until(manager, job, "1 failed")
    assert "choose another template" in seen.text and 'value="retry"' in seen.html
    assert "tried again" in manager.follow(job, {"do": "retry"}).text
    assert manager.post(job, {"do": "nonsense"}).status == 404
    assert manager.get(f"{job}?state=nonsense").status == 404


def test_the_list_has_the_newest_first(manager: Visitor, parked: str) -> None:
    job = begin(manager, parked, [T46U])
    seen = manager.get(f"{START}/jobs")
    assert re.search(r"jobs/\d+", seen.html)[0] == job.removeprefix(f"{START}/")  # type: ignore[index]
    assert "Template Parked" in seen.text


def test_a_job_of_another_company_is_not_there(server: LiveServer, manager: Visitor, parked: str) -> None:
    job = begin(manager, parked, [T46U])
    server.store(domains.create, "elsewhere.example", int(time.time()), time_zone="UTC")
    provider = Visitor(server).sign_in("admin")
    assert provider.get(job).status == 200
    assert provider.get(job.replace("acme.example", "elsewhere.example")).status == 404
    assert manager.get(f"{START}/jobs/999999").status == 404


def test_its_stream_tells_what_changes(server: LiveServer, manager: Visitor, parked: str) -> None:
    job = begin(manager, parked, [T54W], "now")
    connection = http.client.HTTPConnection("127.0.0.1", server.services.addresses.http, timeout=20)
    cookies = "; ".join(f"{name}={value}" for name, value in manager.cookies.items())
    connection.request("GET", f"{job}/live", headers={"Cookie": cookies})
    answer = connection.getresponse()
    assert answer.getheader("Content-Type", "").startswith("text/event-stream")
    told = ""
    while "1 saved" not in told:
        told += answer.readline().decode()
    manager.post(job, {"do": "stop"})
    while "Stopped" not in told:
        told += answer.readline().decode()
    assert "event: progress" in told and "event: phones" in told
    connection.close()
    manager.post(job, {"do": "rollback"})


def test_a_phone_goes_from_queued_to_applied() -> None:
    item: dict[str, Any] = {"state": "notified", "written": 1.0, "notified": 2.0, "fetched": None, "at": 2.0}
    assert [(one.word, one.how) for one in views.steps(item, told=True)] == [
        ("Saved", "done"), ("Notified", "here"), ("Fetched", ""), ("Applied", "")
    ]  # fmt: skip
    queued = views.steps({**item, "state": "waiting", "written": None, "notified": None}, told=True)
    assert [(one.word, one.how) for one in queued][:2] == [("Queued", "here"), ("Notified", "")]
    failed = views.steps({**item, "state": "failed"}, told=True)
    assert [one.how for one in failed] == ["done", "done", "bad", ""]
    applied = views.steps({**item, "state": "applied", "fetched": 3.0, "at": 4.0}, told=True)
    assert {one.how for one in applied} == {"done"} and applied[-1].at == 4.0
    assert views.steps({**item, "state": "unaffected"}, told=True) == []


def test_the_bar_is_as_long_as_the_counts() -> None:
    parts = views.bar({"applied": 50, "notified": 25, "failed": 5, "waiting": 20}, 100)
    assert [(one.css, one.x, one.width) for one in parts] == [
        ("job-good", 0, 50), ("job-way", 50, 25), ("job-bad", 75, 5), ("job-wait", 80, 20)
    ]  # fmt: skip
    assert views.bar({}, 0) == []


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_a_job_is_followed_without_a_reload(
    browse: Callable[..., Any], axe: Callable[[Any], None], manager: Visitor, parked: str, theme: str, width: int
) -> None:
    from playwright.sync_api import expect

    job = begin(manager, parked, [T54W, T46U], "now")
    page = browse("101", job, theme=theme, width=width)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    axe(page)
    manager.post(job, {"do": "stop"})
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.get_by_role("region", name="Progress")).to_contain_text("Stopped")
    axe(page)
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("taken back")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
