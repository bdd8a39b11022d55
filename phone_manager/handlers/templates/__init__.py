"""Pages: templates of phones, applied to one or many, and the jobs that do it."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.templates import applying, templates
from phone_manager.handlers.templates import jobs as bulk

_TEMPLATE = r"/c/(?P<domain>[^/]+)/templates/(?P<template>[0-9]{1,9})"
_JOB = r"/c/(?P<domain>[^/]+)/jobs/(?P<job>[0-9]{1,12})"
ROUTES: list[tuple[str, Any]] = [
    (r"/c/(?P<domain>[^/]+)/templates", templates.Templates),
    (r"/c/(?P<domain>[^/]+)/templates/new", templates.NewTemplate),
    (_TEMPLATE, templates.OneTemplate),
    (f"{_TEMPLATE}/copy", templates.CopyTemplate),
    (f"{_TEMPLATE}/apply", applying.Apply),
    (r"/c/(?P<domain>[^/]+)/apply", applying.ApplyChosen),
    (r"/c/(?P<domain>[^/]+)/jobs", bulk.Jobs),
    (_JOB, bulk.OneJob),
    (f"{_JOB}/live", bulk.LiveJob),
]
