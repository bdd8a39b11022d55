"""The server calls a cell through the company's trunk: only who presses 1 records something, and nothing is left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provd.store import trunks
from tests.clients.call_office import CallOffice
from tests.clients.served import within
from tests.clients.test_recording_call import Manager
from tests.clients.wire_phone import WirePhone
from tests.pages.visitor import Visitor

pytestmark = [pytest.mark.client]
CELL, MAIN = "+13035550177", "+12145550140"
SAYS = 700
LIST = "/users/101/greetings"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    with CallOffice(tmp_path_factory.mktemp("cell") / "var") as running:
        yield running


@pytest.fixture(scope="module")
def asks(office: CallOffice) -> Manager:
    return Manager(office)


@pytest.fixture(scope="module")
def cell(office: CallOffice) -> Iterator[WirePhone]:
    with WirePhone(office, "cell", SAYS, trunk=True) as phone:
        now = int(time.time())
        office.store(trunks.create, office.company_id, "carrier", "127.0.0.1", now, port=phone.port)
        office.call(office.calls.trunks.refresh())
        yield phone


def recorded(office: CallOffice) -> list[Path]:
    """Every recording of every mailbox."""
    return sorted((office.services.settings.data_dir / "voicemail").rglob("*.wav"))


def over(asks: Manager, made: Any) -> str:
    """How a call ended."""

    def look() -> str:
        state = str(asks("GET", f"{LIST}/call/{made['id']}")["state"])
        return "" if state in ("ringing", "talking") else state

    return str(within(15, look))


def test_a_cell_records_a_greeting(office: CallOffice, asks: Manager, cell: WirePhone) -> None:
    made = asks("POST", f"{LIST}/call", {"to": "303 555 0177", "name": "On the road"})
    into = cell.rung().accept()
    assert into.invite.uri.user == CELL and "Ada Lovelace" in str(into.invite.from_)
    cell.voice.press("1")
    assert within(15, lambda: any(one.stat().st_size > 16_000 for one in recorded(office)))
    cell.voice.press("#")
    while asks("GET", f"{LIST}/call/{made['id']}")["state"] == "talking":
        cell.voice.press("1")
        time.sleep(0.2)
    assert over(asks, made) == "kept"
    into.hung_up()
    office.quiet()
    (one,) = asks("GET", LIST)["items"]
    assert (one["name"], one["active"]) == ("On the road", False) and one["seconds"] > 0.9


def test_an_answering_machine_records_nothing(office: CallOffice, asks: Manager, cell: WirePhone) -> None:
    before = recorded(office)
    with office.hurried():
        made = asks("POST", f"{LIST}/call", {"to": CELL})
        into = cell.rung().accept()
        into.bye()
    assert over(asks, made) == "ended"
    office.quiet()
    assert recorded(office) == before


def test_a_cell_that_is_busy_is_said_to_be(office: CallOffice, asks: Manager, cell: WirePhone) -> None:
    made = asks("POST", f"{LIST}/call", {"to": CELL})
    into = cell.rung()
    into.reply(486)
    assert over(asks, made) == "busy"
    office.quiet()


def test_the_page_follows_the_call(office: CallOffice, asks: Manager, cell: WirePhone) -> None:
    ada, page = Visitor(office).sign_in("101"), "/c/acme.example/voicemail/101/greetings"
    follows = ada.post(page, {"do": "call", "to": CELL, "name": "Lunch"}).location
    seen = ada.get(follows)
    assert f"{CELL} rings: answer it and press 1." in seen.text and "every 2s" in seen.html
    into = cell.rung().accept()
    part = ada.get(follows, HX_Request="true")
    assert "Speak after the tone" in part.text and "<main" not in part.html and "every 2s" in part.html
    into.bye()
    within(15, lambda: "nothing was kept" in ada.get(follows, HX_Request="true").text)
    part = ada.get(follows, HX_Request="true")
    assert "every 2s" not in part.html and "Call for a greeting" in part.text
    office.quiet()
