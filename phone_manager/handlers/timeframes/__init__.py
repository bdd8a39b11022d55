"""Time frames of a company and of its people."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.timeframes import timeframes

_COMPANY = r"/c/(?P<domain>[^/]+)/timeframes"
_OWN = r"/c/(?P<domain>[^/]+)/users/(?P<user>[^/]+)/timeframes"

ROUTES: list[tuple[str, Any]] = [
    route
    for start in (_COMPANY, _OWN)
    for route in (
        (start, timeframes.TimeFrames),
        (rf"{start}/new", timeframes.NewTimeFrame),
        (rf"{start}/(?P<number>\d+)", timeframes.TimeFrame),
    )
] + [(rf"{_COMPANY}/(?P<number>\d+)/toggle", timeframes.Toggle)]
