"""Callers that nobody wants: what can be done with them.  (pure)"""

from __future__ import annotations

from types import MappingProxyType

SPAM = MappingProxyType(
    {
        "ring": "Ring as normal",
        "voicemail": "Send to voicemail",
        "drop": "Drop the call",
        "screen": "Screen the call",
    }
)
"""What is done with callers whose number their carrier could not prove (SF-115)."""
