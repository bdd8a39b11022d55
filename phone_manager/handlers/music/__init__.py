"""Music on hold of the company and of people."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.music import listing, one, sounds

_START = r"/c/(?P<domain>[^/]+)/music"
_USER = rf"{_START}/(?P<user>[0-9]+)"

ROUTES: list[tuple[str, Any]] = [
    (_START, listing.Owners),
    (rf"{_START}/company", one.CompanyMusic),
    (rf"{_START}/company/call/(?P<recordingcall>[\w.-]+)", one.CompanyCall),
    (rf"{_START}/company/tracks/(?P<track>[0-9]+)/audio", sounds.CompanyTrack),
    (rf"{_START}/standard/(?P<track>[0-9]+)/audio", sounds.Standard),
    (_USER, one.UserMusic),
    (rf"{_USER}/call/(?P<recordingcall>[\w.-]+)", one.UserCall),
    (rf"{_USER}/tracks/(?P<track>[0-9]+)/audio", sounds.UserTrack),
]
