"""Home as it happens: calls appear, change and end without anybody doing anything; rule, status, and hanging up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from phone_manager.views import calls_now, home
from provd import demo
from provd.app import open_store
from provd.store import devices, domains
from tests.call.phones import Desk, Incoming, Outgoing
from tests.call.scenes import House
from tests.fakes import FakeFlow
from tests.live import LiveServer
from tests.pages.visitor import Visitor
from tests.registrar.scenes import password

HOME = "/c/acme.example/"


class Office:
    """Desk phones of Acme on the server's own loop."""

    def __init__(self, server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self._server = server
        edge = server.services.sip
        assert edge is not None and edge.calls is not None
        self.calls = edge.calls
        self._flows: dict[tuple[str, int], FakeFlow] = {}
        monkeypatch.setattr(self.calls.controller.wire, "_udp_flow", lambda host, port: self._flows.get((host, port)))
        self._house = cast(House, SimpleNamespace(stack=edge.stack, edge=edge, flows=self._flows))
        server.call(server.services.companies.of("acme.example"))

    def do(self, work: Callable[[], Any]) -> Any:
        """Do something where the stack lives."""

        async def run() -> Any:
            return work()

        return self._server.call(run())

    def call(self) -> tuple[Outgoing, Incoming]:
        """101 calls 102, whose phone has the INVITE."""
        ada, grace = self.do(lambda: (Desk(self._house, "101"), Desk(self._house, "102").register()))
        return self.do(lambda: (ada.call("102"), grace.rung()))

    def over(self) -> None:
        """End every call."""
        for one in self.calls.active("acme.example")[0]:
            self.do(lambda one=one: self.calls.hang_up("acme.example", one.id))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The demo company, whose desk phones have passwords that are known."""
    made = LiveServer(tmp_path_factory.mktemp("home"))
    store = open_store(made.settings)
    demo.load(store, made.settings)
    acme = domains.by_name(store, "acme.example").id
    for name in ("101", "102"):
        devices.set_password(store, acme, devices.by_name(store, acme, name).id, 1, password(name))
    store.close()
    with made:
        yield made


@pytest.fixture
def office(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    made = Office(server, monkeypatch)
    yield made
    made.over()


def test_a_call_is_on_the_page_of_those_who_may_see_it(
    office: Office, server: LiveServer, manager: Visitor, person: Visitor
) -> None:
    assert "Nobody is on the phone." in manager.get(HOME).text
    out, into = office.call()
    seen = manager.get(HOME).text
    assert "Ada Lovelace 101 Grace Hopper 102 Ringing" in re.sub(r"\s+", " ", seen)
    office.do(into.answer)
    office.do(out.answered)
    assert "Talking" in manager.get(HOME).text
    assert "You are in no call." in person.get(HOME).text
    assert "Ada Lovelace 101" in Visitor(server).sign_in("102").get(HOME).text, "her own call"


def test_a_manager_hangs_up_and_a_person_cannot(office: Office, server: LiveServer, manager: Visitor) -> None:
    out, into = office.call()
    office.do(into.answer)
    office.do(out.answered)
    ((one,), _) = office.calls.active("acme.example")
    grace = Visitor(server).sign_in("102")
    assert "Hang up for both" not in grace.get(HOME).html
    assert grace.post(HOME, {"do": "hang_up", "call": one.id}).status == 403
    assert manager.post(HOME, {"do": "hang_up", "call": one.id}).status == 303
    assert office.calls.active("acme.example") == ([], 0)
    gone = manager.post(HOME, {"do": "hang_up", "call": one.id})
    assert gone.status == 404 and "This call is over" in gone.text


def test_a_status_is_said_seen_taken_back_and_bounded(manager: Visitor, person: Visitor) -> None:
    assert person.post(HOME, {"do": "status", "status": "<b>Lunch</b> until 2"}).location == HOME
    seen = manager.get(HOME)
    assert "Donald Knuth 107 <b>Lunch</b> until 2" in re.sub(r"\s+", " ", seen.text) and "<b>Lunch" not in seen.html
    assert "<b>Lunch</b> until 2" in manager.get("/c/acme.example/users").text
    long = person.post(HOME, {"do": "status", "status": "x" * 141})
    assert long.status == 422 and "at most 140 characters" in long.text and "x" * 141 in long.html
    person.post(HOME, {"do": "status", "status": "whatever", "clear": "1"})
    assert "Lunch" not in manager.get(HOME).text
    assert "Lunch" in person.post(f"{HOME}?do=status&status=Lunch", {}).location or "Lunch" in person.get(HOME).html


def test_the_rule_in_force_is_picked_and_taken_back(person: Visitor) -> None:
    seen = person.get(HOME)
    assert "Active answering rule" in seen.text and "It ends" in seen.text
    assert person.post(HOME, {"do": "choose", "chosen": "0"}).location == HOME
    assert "as 107 has chosen. It stays until you go back to the clock." in person.get(HOME).text
    assert person.post(f"{HOME}?do=choose&chosen=clock", {}).location == HOME
    assert "has chosen" not in person.get(HOME).text.partition("Which rule decides")[0].partition("It ends")[0]
    assert person.post(HOME, {"do": "choose", "chosen": "99"}).status in (404, 422)
    assert person.post(HOME, {"do": "dance"}).status == 400


def test_the_provider_is_nobody_there(provider: Visitor) -> None:
    seen = provider.get(HOME)
    assert seen.status == 200 and "Status message" not in seen.text
    assert provider.post(HOME, {"do": "status", "status": "x"}).status == 404


def test_calls_in_words() -> None:
    ada = {"name": "Ada", "extension": "101", "number": ""}
    hidden = {"name": "", "extension": "", "number": ""}
    row = {
        "id": "1", "direction": "inbound", "caller": hidden, "called": ada, "state": "parked", "place": "701",
        "ringing": [], "began": 5.0, "answered": None,
    }  # fmt: skip
    (one,) = calls_now.lines([row])
    assert (one.caller.name, one.called.digits, one.word, one.since) == ("Hidden number", "101", "Parked in 701", 5.0)
    places = {
        "voicemail 101": "In the voicemail of 101", "feature voicemail_access": "Listening to voicemail",
        "announcement": "Hears an announcement", "": "With the server",
    }  # fmt: skip
    for place, words in places.items():
        assert calls_now.lines([row | {"state": "application", "place": place}])[0].word == words
    rung = [ada, {"name": "", "extension": "", "number": "+13035550190"}]
    assert calls_now.lines([row | {"state": "ringing", "ringing": rung}])[0].more == "rings Ada, +13035550190"
    assert calls_now.lines([row | {"state": "ringing", "ringing": [ada]}])[0].more == ""


def test_until_when_as_one_says_it() -> None:
    now = 1_806_985_600  # Monday 5 April 2027, 23:26:40 in Chicago
    zone = "America/Chicago"
    assert home.until(now + 600, now, zone) == "today at 23:36"
    assert home.until(now + 3600, now, zone) == "tomorrow at 00:26"
    assert home.until(now + 3 * 86_400, now, zone) == "on Thursday 8 April at 23:26"
    assert home.until(now + 300 * 86_400, now, zone).endswith("2028 at 22:26")
    assert home.until(None, now, zone) == ""


@pytest.mark.browser
def test_calls_come_tick_and_go_by_themselves(
    office: Office, browse: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    page = browse("101", HOME, theme="dark", width=390)
    calls = page.get_by_role("region", name="Active calls")
    calls.get_by_text("Nobody is on the phone.").wait_for()
    out, into = office.call()
    calls.get_by_text("Ringing").wait_for(timeout=2000)
    calls.locator("summary").click()
    office.do(into.answer)
    office.do(out.answered)
    calls.get_by_text("Talking").wait_for(timeout=2000)
    calls.get_by_text(re.compile(r"^0:0[1-9]$")).wait_for()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "Ada Lovelace to Grace Hopper" in calls.locator("summary").inner_text()
    calls.get_by_role("button", name="Hang up for both").click()  # the menu has stayed open through the changes
    page.get_by_text("The call is ended for everybody in it.").wait_for()
    calls.get_by_text("Nobody is on the phone.").wait_for()
