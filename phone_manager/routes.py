"""Every page's address."""

from __future__ import annotations

from typing import Any

from tornado.web import Application

from phone_manager.base import Nowhere
from phone_manager.handlers import (
    account,
    company,
    hardware,
    history,
    home,
    keys,
    music,
    numbers,
    people,
    phone,
    routing,
    templates,
    timeframes,
    voicemail,
)
from phone_manager.site import Site
from phone_manager.statics import StaticHandler

AREAS = (
    account, home, people, hardware, phone, keys, templates, numbers, timeframes, routing, history, voicemail, music,
    company,
)  # fmt: skip
# The first words of all pages: what begins otherwise is a phone's.
FIRST = "c|companies|knocking|models|trunks|sign-in|sign-out|forgotten|welcome|reset|me|theme|palette|styleguide"


def routes(services: Any) -> list[Any]:
    """The routes of the pages, to be mounted before those of phones."""
    given = {"site": Site(services)}
    found = [(pattern, handler, given) for area in AREAS for pattern, handler in area.ROUTES]
    pages = Application([*found, (r"/.*", Nowhere, given)], log_function=lambda handler: None)
    return [
        (r"/static/([0-9a-f]{10})/([\w./-]{1,200})", StaticHandler),
        (rf"/(?:(?:{FIRST})(?:/.*)?)?", pages),
    ]
