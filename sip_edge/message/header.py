"""Header names: long, compact and canonical forms; which may stand once, which hold lists, and how lists split.

(pure)
"""

from __future__ import annotations

import re

from sip_edge.message.errors import SipError
from sip_edge.message.grammar import QUOTED, is_token

COMPACT = {
    # RFC 3261 section 7.3.3 and the IANA registry of compact forms
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}

_LISTS = """
accept accept-contact accept-encoding accept-language alert-info allow allow-events call-info contact
content-encoding content-language error-info feature-caps history-info diversion in-reply-to p-asserted-identity
p-associated-uri p-preferred-identity path privacy proxy-require reason record-route recv-info reject-contact
request-disposition require resource-priority route security-client security-server security-verify service-route
supported unsupported via warning
"""
_SINGLE = """
call-id content-disposition content-length content-type cseq date event expires from max-forwards min-expires min-se
mime-version rack refer-to referred-by replaces reply-to retry-after rseq session-expires sip-etag sip-if-match
subject subscription-state target-dialog timestamp to user-agent
"""
_OTHER = """
authorization proxy-authorization proxy-authenticate www-authenticate server organization priority
content-transfer-encoding p-access-network-info
"""

LISTS = frozenset(_LISTS.split())
"""Canonical names of the headers whose values may be joined by commas (RFC 3261 section 7.3.1 and extensions)."""
SINGLE = frozenset(_SINGLE.split())
"""Canonical names of the headers that may stand once; two of them are two different truths."""

_ODD = {
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "mime-version": "MIME-Version",
    "rack": "RAck",
    "rseq": "RSeq",
    "sip-etag": "SIP-ETag",
    "sip-if-match": "SIP-If-Match",
    "www-authenticate": "WWW-Authenticate",
    "min-se": "Min-SE",
    "p-associated-uri": "P-Associated-URI",
}
_ITEM = re.compile(rf'{QUOTED}|<[^>]*+>|[^",<]++', re.S)

_known = {name: name for name in [*COMPACT.values(), *LISTS, *SINGLE, *_ODD]}


def wire(name: str) -> str:
    """`name` (any form) as it is written on the wire: `call-id` → `Call-ID`, `v` → `Via`."""
    canonical_name = canonical(name)
    return _ODD.get(canonical_name) or "-".join(part.capitalize() for part in canonical_name.split("-"))


# Names as phones write them, so that the hot path finds a canonical name with one look-up. Compact forms too.
CANONICAL = {**_known, **COMPACT, **{letter.upper(): name for letter, name in COMPACT.items()}}


def canonical(name: str) -> str:
    """The canonical form of a header name: long, in lower case, no white space around it."""
    known = CANONICAL.get(name)
    if known is not None:
        return known
    lowered = name.strip(" \t").lower()
    return COMPACT.get(lowered, lowered)


CANONICAL.update({wire(name): name for name in [*_known, *_OTHER.split()]})


def split_values(text: str) -> list[str]:
    """The values of a comma-separated header, white space trimmed; commas in quotes and in <> do not split.

    An empty value stays in the list as "" (whoever parses it says what is wrong with it). Raises SipError(400) for
    a quote or an angle bracket that is never closed. Time is linear in `text`.
    """
    if "," not in text:
        return [text.strip(" \t")]
    if '"' not in text and "<" not in text:
        return [value.strip(" \t") for value in text.split(",")]
    values: list[str] = []
    start = place = 0
    end = len(text)
    while place < end:
        if text[place] == ",":
            values.append(text[start:place].strip(" \t"))
            place += 1
            start = place
            continue
        match = _ITEM.match(text, place)
        if match is None:
            raise SipError(400, "A header has a quote or an angle bracket that is never closed.")
        place = match.end()
    values.append(text[start:].strip(" \t"))
    return values


def line(name: str, value: str) -> str:
    """One header line without its CRLF, for headers we write ourselves.

    Raises ValueError when `name` is no token or `value` holds CR, LF or NUL: it would smuggle a header in.
    """
    if name not in CANONICAL and not is_token(name):
        raise ValueError("A header name must be a token of RFC 3261.")
    if "\r" in value or "\n" in value or "\x00" in value:
        raise ValueError(f"The value of {name} holds a line break or a NUL; remove it.")
    return f"{name}: {value}"
