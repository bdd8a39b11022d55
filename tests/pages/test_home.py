"""Home says what needs the reader; the palette finds anything; the provider sees companies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from phone_manager.views import home
from phone_manager.views.rail import entries
from provd.api.scope import Who
from tests.live import YEALINK, LiveServer
from tests.pages.visitor import Visitor

HOME = "/c/acme.example/"


def test_a_manager_sees_states_own_phones_and_that_nothing_is_wrong(manager: Visitor) -> None:
    seen = manager.get(HOME)
    assert seen.status == 200
    for words in ("What needs you", "Nothing is wrong", "11 phones", "My phones", "Yealink T46U"):
        assert words in seen.text
    assert f'href="{HOME}phones?state=waiting"' in seen.html


def test_a_person_sees_their_own_phones_only(person: Visitor) -> None:
    seen = person.get(HOME)
    assert "Grandstream GXP2170" in seen.text and "What needs you" not in seen.text
    assert "Yealink" not in seen.text and "Recent changes" not in seen.text


def test_a_refused_phone_is_named_with_its_reason_and_a_link(server: LiveServer, manager: Visitor) -> None:
    server.get(f"/p/{YEALINK}.cfg")  # a phone that everybody knows, without its token
    server.call(server.services.recorder.flush())
    seen = manager.get(HOME)
    assert "1 phone is refused a configuration. It brought no proof of who it is" in seen.text
    assert f'href="{HOME}phones?state=refused"' in seen.html


def test_for_htmx_only_what_changes_is_sent(manager: Visitor) -> None:
    seen = manager.get(HOME, HX_Request="true")
    assert "<html" not in seen.html and "What needs you" in seen.text


@pytest.mark.parametrize(
    ("said", "page"),
    [
        ("hopper", "users/102"), ("0101", f"phones/{YEALINK}"), ("templ", "templates"), ("107", "users/107"),
        ("sales", "users?department="),
    ],
)  # fmt: skip
def test_the_palette_finds_people_phones_and_pages(manager: Visitor, said: str, page: str) -> None:
    seen = manager.get(f"/palette?domain=acme.example&q={said}", HX_Request="true")
    addresses = re.findall(r'href="([^"]+)"', seen.html)
    assert any(address.startswith(HOME + page) for address in addresses), addresses


def test_the_palette_says_when_there_is_nothing_and_escapes_what_was_typed(manager: Visitor) -> None:
    seen = manager.get("/palette?domain=acme.example&q=%3Cb%3Ezzz", HX_Request="true")
    assert "&lt;b&gt;zzz" in seen.html and "<b>zzz" not in seen.html


def test_the_palette_shows_a_person_no_more_than_they_may_see(person: Visitor) -> None:
    seen = person.get("/palette?domain=acme.example&q=ada", HX_Request="true")
    assert "users/101" not in seen.html
    assert "Settings" not in person.get("/palette?domain=acme.example&q=", HX_Request="true").text


def test_the_provider_makes_a_company_and_goes_in(provider: Visitor, manager: Visitor) -> None:
    assert "acme.example" in provider.get("/companies").text
    assert "refused" in provider.get("/companies/acme.example/needs").text
    wrong = provider.post("/companies/new", {"name": "Not A Name", "description": "Zoë & Co", "time_zone": "UTC"})
    assert wrong.status == 422 and "Zoë &amp; Co" in wrong.html and "wrong" in wrong.html
    fields = {"name": "zoe.example", "description": "Zoë & Co", "time_zone": "Europe/Paris", "country": "FR"}
    made = provider.post("/companies/new", fields)
    assert made.location == "/c/zoe.example/settings"
    assert "No phones yet" in provider.get("/c/zoe.example/").text
    assert manager.get("/c/zoe.example/").status == 404


@pytest.mark.parametrize("path", ["/companies", "/companies/new", "/companies/acme.example/needs"])
def test_companies_are_the_providers(manager: Visitor, path: str) -> None:
    assert manager.get(path).status == 403
    assert 'href="/companies"' not in manager.get(HOME).html


def test_the_bar_of_states_is_whole() -> None:
    found = home.shares({"registered": 3, "refused": 1, "never": 0})
    assert found == [("registered", 3, 0.0, 75.0), ("refused", 1, 75.0, 25.0)]
    assert home.shares({}) == []


def test_the_rail_links_only_what_a_role_may_open() -> None:
    titles = {
        scope: [entry.title for entry in entries(Who("x", scope, 1, 1, 1), company=True)]
        for scope in ("basic_user", "office_manager")
    }
    assert {"Home", "Phone Hardware", "Answering Rules", "Voicemail", "Models"} <= set(titles["basic_user"])
    assert not {"Users", "Phone Numbers", "Trunks", "Jobs", "Activity", "Settings"} & set(titles["basic_user"])
    assert {"Users", "Phone Numbers", "Templates", "Activity", "Settings"} <= set(titles["office_manager"])
    assert "Companies" not in titles["office_manager"]


@pytest.mark.browser
def test_the_palette_by_keyboard(browse: Callable[..., Any], axe: Callable[[Any], None]) -> None:
    page = browse("101", HOME)
    axe(page)
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search phones, people, pages")
    box.fill("hopper")
    page.get_by_role("option", name=re.compile("^Grace Hopper")).wait_for()
    axe(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/users/102")


@pytest.mark.browser
@pytest.mark.parametrize(("login", "path"), [("101", HOME), ("admin", "/companies"), ("admin", "/companies/new")])
def test_nothing_is_wrong_for_those_who_use_it_otherwise(
    browse: Callable[..., Any], axe: Callable[[Any], None], login: str, path: str
) -> None:
    page = browse(login, path, theme="dark", width=390)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
