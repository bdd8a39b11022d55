"""Which process of this machine a company lives in.  (pure)

Rules of this file: every process must come to the same result from the name alone, without asking anybody. All that
is of one company (registrations, lamps, resyncs, traces, calls) is in the memory of its one process, so nothing of it
has to be kept equal between processes.
"""

from __future__ import annotations

from zlib import crc32


def home(domain: str, count: int) -> int:
    """The number of the process, 0 … `count` - 1, that the company with the SIP domain `domain` lives in."""
    return crc32(domain.lower().encode("utf-8", "replace")) % count if count > 1 else 0
