"""Music on hold in Chromium: a message is spoken, a song dragged, and every state of the page is accessible."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sip_edge.media.wav import head

pytestmark = pytest.mark.browser
OWN = "/c/acme.example/music/107"


def test_a_person_adds_songs_and_puts_them_in_order(
    browse: Callable[..., Any], axe: Callable[[Any], None], tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    sound = tmp_path / "song.wav"
    sound.write_bytes(head(16_000) + bytes(16_000))
    page = browse("107", OWN)
    songs = page.get_by_role("region", name="Music", exact=True).get_by_role("listitem")
    for name in ("Jazz", "Blues", "Soul"):
        page.get_by_role("link", name="Add music").click()
        dialog = page.get_by_role("dialog", name="Add music")
        dialog.get_by_label("Song name").fill(name)
        dialog.get_by_label("Audio file").set_input_files(sound)
        dialog.get_by_role("button", name="Add music").click()
        expect(page.get_by_role("status").first).to_contain_text(f"{name} is there.")
    last = page.locator(".track").nth(2)
    page.locator(".track-grip").nth(0).drag_to(last, target_position={"x": 300, "y": 120})
    expect(page.get_by_role("status").first).to_contain_text("The order is saved.")
    expect(songs.locator(".message-who")).to_contain_text(["Blues", "Soul", "Jazz"])
    page.get_by_role("button", name="Undo").click()
    expect(songs.locator(".message-who")).to_contain_text(["Jazz", "Blues", "Soul"])
    page.get_by_role("button", name="Move Soul up").click()
    expect(songs.locator(".message-who")).to_contain_text(["Jazz", "Soul", "Blues"])
    page.get_by_text("Delete Soul").click()
    page.get_by_role("button", name="Delete Soul for good").click()
    expect(songs.locator(".message-who")).to_contain_text(["Jazz", "Blues"])
    page.get_by_label("Time between messages").fill("90")
    expect(page.locator("output")).to_have_text("90")
    axe(page)
    expect(page.locator("main")).to_match_aria_snapshot("""
- heading "My Music on Hold" [level=1]
- paragraph: Callers who wait for you hear 2 songs.
- region "Music":
  - heading "Music" [level=2]
  - list:
    - listitem:
      - paragraph: /Jazz/
    - listitem:
      - paragraph: /Blues/
""")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_state_of_the_pages_is_accessible(
    browse: Callable[..., Any], axe: Callable[[Any], None], theme: str
) -> None:
    page = browse("101", "/c/acme.example/music", theme=theme, width=390)
    axe(page)
    for path in ("company", "company?add=song", "company?add=message", "107?add=introduction", "108"):
        page.goto(f"/c/acme.example/music/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    if shutil.which("flite"):
        page.goto("/c/acme.example/music/company?add=message")
        dialog = page.get_by_role("dialog", name="Add message")
        dialog.get_by_role("textbox", name="Name").fill("Hours")
        dialog.get_by_label("Record by phone").check()
        dialog.get_by_label("Call me at").wait_for()
        axe(page)
        dialog.get_by_label("Text-to-speech").check()
        dialog.get_by_role("button", name="Add message").click()
        dialog.get_by_text("Write a text of at most").wait_for()
        axe(page)
        assert dialog.get_by_role("textbox", name="Name").input_value() == "Hours"
