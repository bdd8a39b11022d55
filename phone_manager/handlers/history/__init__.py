"""The history of calls."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.history import history

_START = r"/c/(?P<domain>[^/]+)/history"

ROUTES: list[tuple[str, Any]] = [
    (_START, history.History),
    (rf"{_START}/export", history.HistoryExport),
    (rf"{_START}/(?P<cdr>[0-9]+)", history.CallPage),
]
