"""Pages: people."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.people import activity, adding, devices, listing, profile, recycle, selected, sites

COMPANY = r"/c/(?P<domain>[^/]+)"
USER = r"/users/(?P<user>[0-9]{1,20})"

ROUTES: list[tuple[str, Any]] = [
    (COMPANY + r"/users", listing.Users),
    (COMPANY + r"/users/add", adding.Add),
    (COMPANY + r"/users/selected", selected.Selected),
    (COMPANY + USER, profile.Profile),
    (COMPANY + USER + "/devices", devices.Devices),
    (COMPANY + USER + "/recycle", recycle.Recycle),
    (COMPANY + USER + "/second-factor", profile.SecondFactorOff),
    (COMPANY + r"/sites", sites.Sites),
    (COMPANY + r"/sites/(?P<site>[0-9]{1,9})", sites.Site),
    (COMPANY + r"/activity", activity.Activity),
]
