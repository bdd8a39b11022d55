"""Test calls that go elsewhere after a change: said to whoever made it, where they may know."""

from __future__ import annotations

from phone_manager.base import Page
from phone_manager.views.rules import moved_words


async def moved(page: Page) -> str:
    """A sentence to put behind a notice; empty when every test call goes where it should, or the person may not try
    calls."""
    if not page.may("calls.try"):
        return ""
    cases = (await page.ask("GET", "/domains/{domain}/trycall/cases")).body["items"]
    return moved_words([one for one in cases if one["moved"]])
