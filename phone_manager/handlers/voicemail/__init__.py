"""Mailboxes of users."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.voicemail import greetings, inbox, settings

_START = r"/c/(?P<domain>[^/]+)/voicemail"
_USER = rf"{_START}/(?P<user>[0-9]+)"

ROUTES: list[tuple[str, Any]] = [
    (_START, inbox.Own),
    (_USER, inbox.Inbox),
    (rf"{_USER}/messages/(?P<voicemail>[0-9]+)/audio", inbox.MessageAudio),
    (rf"{_USER}/greetings", greetings.Greetings),
    (rf"{_USER}/greetings/(?P<greeting>[0-9]+)/audio", greetings.GreetingAudio),
    (rf"{_USER}/greetings/preview", greetings.Preview),
    (rf"{_USER}/greetings/call/(?P<recordingcall>[A-Za-z0-9_-]+)", greetings.Recording),
    (rf"{_USER}/name/audio", greetings.NameAudio),
    (rf"{_USER}/settings", settings.MailboxSettings),
]
