"""Phone numbers of a company."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.numbers import numbers

_START = r"/c/(?P<domain>[^/]+)/numbers"

ROUTES: list[tuple[str, Any]] = [
    (_START, numbers.Numbers),
    (rf"{_START}/export", numbers.NumbersExport),
    (rf"{_START}/new", numbers.NewNumber),
    (rf"{_START}/import", numbers.ImportNumbers),
    (rf"{_START}/(?P<number>[^/]+)", numbers.NumberPage),
]
