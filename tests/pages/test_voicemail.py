"""Mailboxes in the browser: messages heard, saved, deleted and sent on; greetings; settings; whose they are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provd.sounds import Sounds
from provd.store import domains, users, voicemails
from provd.store.database import Store
from sip_edge.media.wav import head
from tests.live import LiveServer
from tests.pages.visitor import Visitor

BOX = "/c/acme.example/voicemail/107"


def leave(store: Store, folder: Path, name: str) -> int:
    acme = domains.by_name(store, "acme.example")
    user = users.by_extension(store, acme.id, "107")
    kept = Sounds(folder / "voicemail").keep(acme.id, user.id, head(16_000) + bytes(16_000))
    left = {"number": "+12145550199", "name": name}
    return voicemails.add(store, acme.id, user.id, kept.file, kept.seconds, kept.octets, int(time.time()), **left).id


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("voicemail")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[LiveServer]:
    with LiveServer(folder) as running:
        yield running


def test_the_rail_leads_to_the_own_mailbox(person: Visitor) -> None:
    assert person.get("/c/acme.example/voicemail").location == BOX
    assert "No new messages" in person.get(BOX).text


def test_a_message_is_saved_taken_back_and_deleted(server: LiveServer, folder: Path, person: Visitor) -> None:
    one = server.store(leave, folder, "<i>Bob</i>")
    seen = person.get(BOX)
    assert "&lt;i&gt;Bob&lt;/i&gt;" in seen.html and "New (1)" in seen.text and "0:01" in seen.text
    assert person.post(BOX, {"do": "saved", "message": str(one), "folder": "new"}).status == 303
    after = person.get(BOX)
    assert "Saved (1)" in after.text and "do=new" in after.html, "it can be taken back"
    assert person.post(f"{BOX}?do=new&message={one}&folder=new", {}).status == 303
    assert "New (1)" in person.get(BOX).text
    person.post(BOX, {"do": "trash", "message": str(one)})
    assert "Delete for good" in person.get(f"{BOX}?folder=trash").text
    person.post(BOX, {"do": "clear", "folder": "trash"})
    assert "Trash (0)" in person.get(BOX).text


def test_a_message_is_sent_on_or_says_why_not(server: LiveServer, folder: Path, person: Visitor) -> None:
    one = server.store(leave, folder, "Carol")
    wrong = person.post(BOX, {"do": "forward", "message": str(one), "extensions": "108, 999"})
    assert wrong.status == 404 and "999" in wrong.text
    assert person.post(BOX, {"do": "forward", "message": str(one), "extensions": "108"}).status == 303
    other = Visitor(server).sign_in("108")
    assert "Carol" in other.get(BOX.replace("107", "108")).text


def test_the_audio_is_for_its_owner(server: LiveServer, folder: Path, person: Visitor) -> None:
    one = server.store(leave, folder, "Dan")
    seen = person.get(f"{BOX}/messages/{one}/audio?download=1")
    assert seen.headers["content-type"] == "audio/wav" and f"voicemail-{one}.wav" in seen.headers["content-disposition"]
    stranger = Visitor(server).sign_in("108")
    assert stranger.get(f"{BOX}/messages/{one}/audio").status == 403
    assert stranger.get(BOX).status == 403
    assert "media-src 'self'" in person.get(BOX).headers["content-security-policy"]


def test_settings_are_saved_and_nothing_typed_is_lost(person: Visitor) -> None:
    page = f"{BOX}/settings"
    sent = {"enabled": "1", "operator": "101", "copies": "108", "mail": "link", "after_mail": "leave",
            "reminder_minutes": "15", "reminder_mails": "don@acme.example", "announce_time": "1"}  # fmt: skip
    assert person.post(page, sent).status == 303
    seen = person.get(page)
    assert 'value="101"' in seen.html and "don@acme.example" in seen.html
    wrong = person.post(page, {**sent, "copies": "999", "operator": "reception"})
    assert wrong.status == 422 and 'value="reception"' in wrong.html and "There is no user 999" in wrong.text


def test_all_messages_are_cleared_and_the_rest_stays(server: LiveServer, folder: Path, person: Visitor) -> None:
    server.store(leave, folder, "Eve")
    assert "vtext.com" in person.get(f"{BOX}/settings").text
    assert person.post(f"{BOX}/settings", {"do": "clear"}).status == 303
    seen = person.get(BOX).text
    assert "New (0)" in seen and "Saved (0)" in seen


def test_greetings_say_what_is_missing(person: Visitor) -> None:
    page = f"{BOX}/greetings"
    assert "Standard greeting" in person.get(page).text
    wrong = person.post(page, {"do": "upload", "name": "Away"})
    assert wrong.status == 422 and "Choose an audio file first." in wrong.text and 'value="Away"' in wrong.html


def test_a_greeting_is_spoken_heard_first_and_renamed(person: Visitor) -> None:
    page = f"{BOX}/greetings"
    assert "Woman, US" in person.get(page).text
    heard = person.post(f"{page}/preview", {"words": "We are away.", "voice": "flite:rms"})
    assert heard.headers["content-type"] == "audio/wav" and heard.status == 200
    assert "We are away" not in person.get(page).text, "nothing is kept"
    assert (
        person.post(page, {"do": "speak", "name": "Away", "words": "We are away.", "voice": "flite:rms"}).status == 303
    )
    seen = person.get(page)
    greeting = seen.html.partition('name="greeting" value="')[2].partition('"')[0]
    assert "Spoken text" in seen.text
    assert person.post(page, {"do": "rename", "greeting": greeting, "name": "<b>Out</b>"}).status == 303
    assert "&lt;b&gt;Out&lt;/b&gt;" in person.get(page).html
    wrong = person.post(page, {"do": "speak", "name": "Odd", "words": "Hello.", "voice": "nobody"})
    assert wrong.status == 422 and "There is no such voice" in wrong.text and "Hello." in wrong.html
    assert person.post(page, {"do": "speak-name", "words": "Donald Knuth"}).status == 303
    assert "Part of the standard greeting." in person.get(page).text
    assert person.post(page, {"do": "unname"}).status == 303
    assert person.post(page, {"do": "delete", "greeting": greeting}).status == 303


def test_a_call_that_cannot_be_made_says_why_and_keeps_what_was_typed(person: Visitor) -> None:
    page = f"{BOX}/greetings"
    wrong = person.post(page, {"do": "call", "to": "107", "name": "Holiday"})
    assert wrong.status == 409 and "No phone of 107 is registered" in wrong.text
    assert 'value="Holiday"' in wrong.html and 'value="107"' in wrong.html
    assert person.post(page, {"do": "call-name", "to": "somewhere"}).status == 422
    assert person.get(f"{page}/call/none").location == page, "a call that is gone leads back"


def test_the_provider_chooses_a_mailbox(provider: Visitor) -> None:
    seen = provider.get("/c/acme.example/voicemail")
    assert BOX in seen.html
    assert "Voicemail of Donald Knuth" in provider.get(BOX).text


@pytest.mark.browser
def test_a_mailbox_in_a_browser(browse: Any, axe: Any, server: LiveServer, folder: Path) -> None:
    server.store(leave, folder, "Frank")
    page = browse("107", BOX)
    axe(page)
    page.locator("li", has_text="Frank").get_by_role("button", name="Save").click()
    page.get_by_text("Saved.", exact=True).wait_for()
    for name in ("greetings", "settings"):
        for theme, width in (("light", 1440), ("dark", 390)):
            shown = browse("107", f"{BOX}/{name}", theme=theme, width=width)
            axe(shown)
            assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
