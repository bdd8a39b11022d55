"""Pages: one phone and the truth about it."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.phone import files, history, overview, tracing

# Any notation of a MAC; words such as `add` are other pages.
_PHONE = r"/c/(?P<domain>[^/]+)/phones/(?P<mac>[0-9A-Fa-f][0-9A-Fa-f:.%-]{10,30})"

ROUTES: list[tuple[str, Any]] = [
    (_PHONE, overview.Phone),
    (f"{_PHONE}/live", overview.LivePhone),
    (f"{_PHONE}/timeline", overview.Timeline),
    (f"{_PHONE}/trace", tracing.Trace),
    (f"{_PHONE}/trace/live", tracing.LiveTrace),
    (f"{_PHONE}/files", files.Files),
    (f"{_PHONE}/history", history.History),
    (rf"{_PHONE}/history/(?P<revision>[0-9]{{1,9}})", history.Version),
]
