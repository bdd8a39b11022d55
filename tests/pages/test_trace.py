"""The SIP messages of a phone as a ladder: turned on, read, turned off."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from phone_manager.views import ladder
from tests.live import LiveServer
from tests.pages.many_phones import MACS, Office, standing
from tests.pages.visitor import Visitor

DESK = f"/c/acme.example/phones/{MACS[0]}"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with standing(tmp_path_factory.mktemp("trace"), 1) as running:
        yield running


@pytest.fixture(scope="module")
def server(office: Office) -> LiveServer:
    """The pages of this file are those of this office."""
    return office.server


def test_messages_appear_while_it_is_on_and_go_with_it(office: Office, manager: Visitor) -> None:
    assert "It is not traced" in manager.get(f"{DESK}/trace").text
    assert "for 5 minutes" in manager.follow(f"{DESK}/trace", {"do": "on", "minutes": "5"}).text
    manager.post(DESK, {"do": "update", "when": "now"})
    seen = office.until(lambda: "200 OK (REGISTER" in (seen := manager.get(f"{DESK}/trace")).text and seen)
    assert "check-sync" in seen.text and "from the phone" in seen.text and "response=••••••••" in seen.text
    assert "It is not traced" in manager.follow(f"{DESK}/trace", {"do": "off"}).text
    assert manager.post(f"{DESK}/trace", {"do": "off"}).status == 404
    assert manager.post(f"{DESK}/trace", {"do": "on", "minutes": "999"}).status == 422
    assert manager.post(f"{DESK}/trace", {"do": "on", "minutes": "x"}).status == 422


def test_the_ladder_grows_in_a_stream(office: Office, server: LiveServer, manager: Visitor) -> None:
    manager.post(f"{DESK}/trace", {"do": "on", "minutes": "5"})
    connection = http.client.HTTPConnection("127.0.0.1", server.services.addresses.http, timeout=20)
    cookies = "; ".join(f"{name}={value}" for name, value in manager.cookies.items())
    connection.request("GET", f"{DESK}/trace/live", headers={"Cookie": cookies})
    answer = connection.getresponse()
    manager.post(DESK, {"do": "update", "when": "now"})
    told = ""
    while "NOTIFY sip:2000@" not in told:
        told += answer.readline().decode()
    assert "event: ladder" in told
    connection.close()
    manager.post(f"{DESK}/trace", {"do": "off"})


def test_refusals_stand_out_and_challenges_do_not() -> None:
    def rung(label: str) -> dict[str, Any]:
        where = {"transport": "UDP", "address": "192.0.2.1", "port": 5060}
        return {"number": 1, "at": 1_700_000_000.25, "way": "out", "label": label, "line": "", "text": "", **where}

    labels = [
        "403 Forbidden (REGISTER 1)",
        "401 Unauthorized (REGISTER 1)",
        "200 OK (BYE 2)",
        "404 Not Found (INVITE 1)",
    ]
    assert [one.bad for one in ladder.rows([rung(label) for label in labels], "UTC")] == [True, False, False, True]
    first, second, *_ = ladder.rows([rung("A"), {**rung("B"), "at": 1_700_000_001.5}], "UTC")
    assert (first.clock, first.after, second.after) == ("22:13:20.250", "", "+1.250 s")
    assert first.over == "UDP 192.0.2.1:5060"


@pytest.mark.browser
def test_a_technician_watches_a_phone_register(
    browse: Callable[..., Any], axe: Callable[[Any], None], manager: Visitor
) -> None:
    page = browse("101", f"{DESK}/trace", width=390)
    axe(page)
    page.get_by_role("button", name="Turn on").click()
    page.get_by_text("No message yet.").wait_for()
    manager.post(DESK, {"do": "update", "when": "now"})
    rung = page.get_by_role("list", name="Messages, oldest first").get_by_text("NOTIFY sip:2000@").first
    rung.wait_for()
    rung.click()
    page.get_by_text("Event: check-sync").first.wait_for()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Turn off and forget").click()
    page.get_by_text("It is not traced").wait_for()
