"""ua-profile (RFC 6080) as factory-new phones ask it by multicast: which MAC asks, and the answering URL.  (pure)"""

from __future__ import annotations

import re

from sip_edge.message.message import Request
from sip_edge.presence.document import Document

EVENT = "ua-profile"
CONTENT_TYPE = "application/url"
GROUP = "224.0.1.75"
"""The multicast address of SIP plug and play (sip.mcast.net)."""
_MAC = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])")


def mac_of(request: Request) -> str | None:
    """The MAC a plug-and-play SUBSCRIBE names, 12 lower-case hexadecimal digits; None when it names none.

    Phones write `sip:MAC%3a805ec0000101@224.0.1.75` into Request-URI, From or both. Raises SipError(400) for a broken
    From or Request-URI.
    """
    for name in (request.uri.username, request.from_.uri.username):
        found = _MAC.search(name.lower().replace(":", "").replace("-", "").removeprefix("mac"))
        if found:
            return found[0]
    return None


def document(url: str) -> Document:
    """The body with the URL. Raises ValueError for a URL with white space or line breaks."""
    if not url.isprintable() or " " in url:
        raise ValueError("A provisioning URL cannot hold blanks or line breaks.")
    return Document(CONTENT_TYPE, url.encode())
