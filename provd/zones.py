"""IANA time zones, read from the tzdata package once each."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import available_timezones

from provd.phone.zone import Zone, parse_posix

known_zones = lru_cache(1)(available_timezones)


@lru_cache(512)
def zone(name: str) -> Zone:
    """The rules that hold in `name` from now on; UTC where there is no such zone."""
    if name not in known_zones():
        return Zone("UTC", 0, "UTC0")
    try:
        content = files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    except FileNotFoundError:  # `localtime` and the like: files of one machine, not zones
        return Zone("UTC", 0, "UTC0")
    # A TZif file of version 2 or later ends with the POSIX string between two line feeds (RFC 9636 §3.3).
    return parse_posix(name, content.rstrip(b"\n").rsplit(b"\n", 1)[-1].decode("ascii"))
