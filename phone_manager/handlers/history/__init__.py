"""The history of calls, its exports and its archives."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.history import blocking, exports, files, history

_START = r"/c/(?P<domain>[^/]+)/history"

ROUTES: list[tuple[str, Any]] = [
    (_START, history.History),
    (rf"{_START}/export", history.HistoryExport),
    (rf"{_START}/exports", exports.Exports),
    (rf"{_START}/exports/(?P<schedule>new|[0-9]+)", exports.ExportPage),
    (rf"{_START}/exports/files/(?P<export>[0-9]+)", files.ExportFile),
    (rf"{_START}/archives", files.Archives),
    (rf"{_START}/archives/(?P<archive>[0-9]+)", files.Archive),
    (rf"{_START}/(?P<cdr>[0-9]+)", history.CallPage),
    (rf"{_START}/(?P<cdr>[0-9]+)/block", blocking.Block),
    (rf"{_START}/(?P<cdr>[0-9]+)/unblock", blocking.Unblock),
]
