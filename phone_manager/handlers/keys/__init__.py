"""Pages: the keys of a phone and of a template, with their settings and directory. One editor serves both."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.keys import dialogs, editor, outcome

_ABOVE = (
    r"/c/(?P<domain>[^/]+)/phones/(?P<mac>[^/]+)/keys",
    r"/c/(?P<domain>[^/]+)/templates/(?P<template>[0-9]{1,9})/keys",
)
_BELOW: tuple[tuple[str, Any], ...] = (
    ("", editor.Editor),
    (r"/(?P<position>(?:m[1-9]\.)?[0-9]{1,3})", editor.OneKey),
    ("/directory", dialogs.Directory),
    ("/settings", dialogs.Settings),
    ("/history", dialogs.History),
    ("/new-template", dialogs.NewTemplate),
    ("/targets", outcome.Targets),
    ("/preview", outcome.Preview),
    ("/live", outcome.Live),
)
ROUTES: list[tuple[str, Any]] = [(above + below, handler) for above in _ABOVE for below, handler in _BELOW]
