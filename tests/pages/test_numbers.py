"""Phone Numbers: found, edited, exported; given out by the provider only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.pages.visitor import Visitor

PAGE = "/c/acme.example/numbers"
FIELDS = {"treatment": "user", "destination": "102", "caller_id_prefix": "Sales ", "notes": "Zoë <b>", "enabled": "1"}


@pytest.fixture(scope="module")
def number(provider: Visitor) -> str:
    seen = provider.follow(f"{PAGE}/new", FIELDS | {"number": "214 555 0177"})
    assert "(214) 555-0177" in seen.text
    return "+12145550177"


def test_a_manager_finds_and_edits_a_number(manager: Visitor, number: str) -> None:
    found = manager.get(f"{PAGE}?search=0177", HX_Request="true")
    assert "User 102 Grace Hopper" in found.text and "<html" not in found.html and "Zoë &lt;b&gt;" in found.html
    seen = manager.follow(f"{PAGE}/{number}", FIELDS | {"destination": "107", "enabled": ""})
    assert "User 107 Donald Knuth" in seen.text and "switched off" in seen.text


def test_a_treatment_that_comes_later_is_kept_and_says_so(manager: Visitor, number: str) -> None:
    seen = manager.follow(f"{PAGE}/{number}", FIELDS | {"treatment": "call_queue", "destination": "500"})
    assert "Call Queue 500" in seen.text and "callers hear" in seen.text


def test_a_destination_that_is_not_there_is_refused_beside_its_field(manager: Visitor, number: str) -> None:
    seen = manager.post(f"{PAGE}/{number}", FIELDS | {"destination": "999", "notes": "kept"})
    assert seen.status in (404, 422) and 'value="999"' in seen.html and "kept" in seen.html


def test_the_second_box_is_that_of_the_treatment(manager: Visitor, number: str) -> None:
    boxes = {"destination.user": "101", "destination.number": "303 555 0190", "destination.extension": "400"}
    for treatment, told in (
        ("user", "User 101"), ("voicemail", "Voicemail 101"), ("pstn", "PSTN Number +13035550190"),
        ("conference", "Conference 400"), ("available", "Available"),
    ):  # fmt: skip
        fields = {**FIELDS, **boxes, "treatment": treatment}
        del fields["destination"]
        assert told in manager.follow(f"{PAGE}/{number}", fields).text, treatment
    wrong = manager.post(f"{PAGE}/{number}", {**FIELDS, "treatment": "pstn", "destination.number": "12"})
    assert wrong.status == 422 and 'name="destination.number" value="12"' in wrong.html


def test_numbers_come_from_a_spreadsheet(provider: Visitor, manager: Visitor, number: str) -> None:
    assert manager.get(f"{PAGE}/import").status == 403 and f"{PAGE}/import" not in manager.get(PAGE).html
    assert f"{PAGE}/import" in provider.get(PAGE).html
    lines = f"number,treatment,destination\n{number},User,108\n2145550171,Voicemail,101\n12,User,101\n"
    done = provider.post(f"{PAGE}/import", {"csv": lines})
    assert "1 new, 1 changed, 1 left out" in done.text and "Line 4: 12:" in done.text
    assert "Voicemail 101" in manager.get(f"{PAGE}?search=0171").text
    provider.post(f"{PAGE}/+12145550171", {"do": "delete"})


def test_the_list_goes_into_a_spreadsheet(manager: Visitor, number: str) -> None:
    seen = manager.get(f"{PAGE}/export?search=0177")
    assert seen.headers["content-type"].startswith("text/csv") and seen.html.splitlines()[1].startswith(number)


def test_only_the_provider_gives_out_and_takes_off(manager: Visitor, provider: Visitor, number: str) -> None:
    assert manager.get(f"{PAGE}/new").status == 403
    assert f"{PAGE}/new" not in manager.get(PAGE).html
    assert manager.post(f"{PAGE}/{number}", {"do": "delete"}).status == 403
    provider.follow(f"{PAGE}/new", FIELDS | {"number": "+12145550188"})
    assert "taken off" in provider.follow(f"{PAGE}/+12145550188", {"do": "delete"}).text


def test_numbers_are_not_for_everybody(person: Visitor) -> None:
    assert person.get(PAGE).status == 403 and PAGE not in person.get("/c/acme.example/").html


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_numbers_by_keyboard_and_reader(
    browse: Callable[..., Any], axe: Callable[[Any], None], number: str, theme: str, width: int
) -> None:
    page = browse("101", PAGE, theme=theme, width=width)
    axe(page)
    page.get_by_role("searchbox", name="Search", exact=True).fill("0177")
    page.wait_for_url("**search=0177**")
    page.get_by_role("link", name="Edit (214) 555-0177").click()
    page.get_by_role("heading", name="(214) 555-0177").wait_for()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
