"""The trail of changes: found by who, what and when; old and new; no secrets."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from phone_manager.views import trail
from provd.store import audit, domains
from tests.live import LiveServer
from tests.pages.visitor import Visitor

ACTIVITY = "/c/acme.example/activity"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("trail")) as running:
        yield running


def test_an_empty_trail_says_what_would_be_here(manager: Visitor) -> None:
    assert "Nothing was changed yet" in manager.get(ACTIVITY).text


def test_who_changed_what_from_what_to_what(manager: Visitor, provider: Visitor) -> None:
    manager.post("/c/acme.example/users/107", {"first_name": "<b>Don</b>", "last_name": "Knuth"})
    manager.post("/me/pin", {"voicemail_pin": "2719"})
    provider.post("/c/acme.example/sites", {"do": "site", "name": "Austin"})
    seen = manager.get(ACTIVITY)
    assert "101@acme.example changed user 107@acme.example" in seen.text
    assert '<del dir="auto">Donald</del> → <ins dir="auto">&lt;b&gt;Don&lt;/b&gt;</ins>' in seen.html
    assert 'href="/c/acme.example/users/107"' in seen.html and "admin added site" in seen.text
    assert "2719" not in seen.html and "voicemail pin" in seen.text


def test_it_is_found_by_who_what_and_when(manager: Visitor) -> None:
    def rows(query: str) -> str:
        return manager.get(f"{ACTIVITY}?{query}", HX_Request="true").text

    assert "Austin" in rows("who=admin") and "107@acme" not in rows("who=admin")
    assert "Austin" in rows("noun=site&action=create") and "107@acme" not in rows("noun=site")
    assert "107@acme" in rows("ref=107@acme.example") and "Austin" not in rows("ref=107@acme.example")
    assert "No change fits these filters" in rows("until=2020-01-01")
    assert "Austin" in rows("since=2020-01-01") and "No change fits" in rows("since=2999-01-01")
    assert "Austin" in rows("since=not-a-day")
    chips = manager.get(f"{ACTIVITY}?who=admin&noun=site").html
    assert f'href="{ACTIVITY}?noun=site"' in chips and f'href="{ACTIVITY}?who=admin"' in chips


def test_a_long_trail_is_read_page_by_page(server: LiveServer, manager: Visitor) -> None:
    acme = server.store(domains.by_name, "acme.example")

    def many(store: object) -> None:
        for number in range(150):
            audit.record(
                store, int(time.time()), who="loader", domain_id=acme.id, action="create", noun="contact",  # type: ignore[arg-type]
                ref=f"c{number:03}",
            )  # fmt: skip

    server.store(many)
    first = manager.get(f"{ACTIVITY}?who=loader")
    assert "c149" in first.text and "c049" not in first.text
    older = next(part.split('"')[0] for part in first.html.split('href="') if "cursor=" in part).replace("&amp;", "&")
    second = manager.get(older)
    assert "c049" in second.text and "c149" not in second.text and "The latest" in second.text


def test_only_managers_of_the_whole_company_read_it(server: LiveServer, person: Visitor) -> None:
    for login in ("102", "106"):
        visitor = Visitor(server).sign_in(login)
        assert visitor.get(ACTIVITY).status == 403 and ACTIVITY not in visitor.get("/c/acme.example/users").html
    assert person.get(ACTIVITY).status == 403


@pytest.mark.parametrize(
    ("noun", "ref", "action", "wanted"),
    [
        ("user", "107@acme.example", "update", ("users", "107")),
        ("device", "101wp", "update", ("users", "101")),
        ("phone layer", "805ec0000101", "update", ("phones", "805ec0000101")),
        ("file", "805ec0000101 y.cfg", "show", ("phones", "805ec0000101")),
        ("user", "zoe@acme.example", "update", ()),
        ("user", "107@acme.example", "delete", ()),
        ("site", "Denver", "update", ("sites",)),
        ("api key", "7", "create", ()),
    ],
)
def test_where_a_thing_is(noun: str, ref: str, action: str, wanted: tuple[str, ...]) -> None:
    assert trail.place(noun, ref, action) == wanted


def test_values_are_told_in_words_and_in_bounds() -> None:
    assert [trail.told(one) for one in (None, [], True, ["a", 1], {"b": None})] == [
        "",
        "",
        "yes",
        "a, 1",
        "",
    ]
    busy = {"kind": "voicemail", "value": "102"}
    cell = {"kind": "external", "value": "+12145550190", "confirm": True}
    assert trail.told({"always": None, "busy": busy, "on_dnd": cell}) == (
        "busy: Voicemail 102, on dnd: Outside number +12145550190 (press 1 to take it)"
    )
    assert trail.told([{"delay": 5, "to": busy}, {"kind": ["?"]}]) == "delay: 5, to: Voicemail 102; kind: ?"
    many = {"at": 1, "who": "a", "action": "import", "noun": "phone_number", "ref": "acme.example", "changed": {}}
    assert trail.line(many).what == "imported phone numbers of"
    rule = {"at": 1, "who": "a", "action": "update", "noun": "answer_rule", "ref": "101 *", "changed": {}}
    assert (trail.line(rule).what, trail.line(rule).ref) == ("changed answering rule of", "101 Default")
    assert len(trail.told("x" * 5000)) == trail.LONGEST + 1
    assert trail.day("2026-03-29", "Europe/Berlin", end=True) == 1774821600
    assert trail.day("9999-12-31", "UTC", end=True) is None
