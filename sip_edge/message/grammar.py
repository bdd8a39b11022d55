"""The productions of RFC 3261 section 25.1 that the other modules are built from.  (pure)

Every repetition is possessive (`++`, `*+`): what the peer sends cannot make a match go back over what it has read,
so each pattern takes time linear in its input.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote as percent_quote
from urllib.parse import unquote as percent_unquote

TOKEN = r"[A-Za-z0-9\-.!%*_+`'~]++"  # noqa: S105  (a token of the grammar, no secret)
"""token"""
# Single characters may repeat possessively (`*+`); groups may not: Python before 3.11.5 matches those wrongly
# (CPython issue 106052), and Debian 12 has 3.11.2. Each repeated group here begins with a character of its own, so
# that plain repetition never goes back far.
LWS = r"[ \t]*+"
"""LWS after unfolding; RFC 3261 section 7.3.1 turns a fold into one space"""
QUOTED = r'"[^"\\]*+(?:\\.[^"\\]*+)*"'
"""quoted-string; any octet but the quote and the backslash, UTF-8 or not"""
HOST = r"(?:\[[0-9A-Fa-f:.]++\]|[A-Za-z0-9._\-]++)"
"""host, with the underscore that real networks use in names"""
VALUE = r'[^\x00-\x20\x7f;,"<>]++'
"""gen-value without its quoted form: token or host, and the `=` and `/` that phones put there"""

_TOKEN = re.compile(rf"{TOKEN}\Z")
_ESCAPED_PAIR = re.compile(r"\\(.)", re.S)
_FOLD = re.compile(r"[ \t]*\r\n[ \t]+")
_DATE = re.compile(  # SIP-date: RFC 1123 and always GMT (RFC 3261 section 20.17)
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d GMT\Z"
)


def is_token(text: str) -> bool:
    """Is `text` one RFC 3261 token: a method, an option tag, a header name, a parameter name?"""
    return _TOKEN.match(text) is not None


def is_date(text: str) -> bool:
    """Is `text` a SIP-date (RFC 3261 section 20.17): RFC 1123 form, zone GMT?"""
    return _DATE.match(text) is not None


def unfold(text: str) -> str:
    """`text` with every line fold turned into one space (RFC 3261 section 7.3.1)."""
    return _FOLD.sub(" ", text) if "\r\n" in text else text


def unquote(text: str) -> str:
    """The text inside a quoted-string, backslash pairs resolved; any other `text` comes back as it is."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    inner = text[1:-1]
    return _ESCAPED_PAIR.sub(r"\1", inner) if "\\" in inner else inner


def quote(text: str) -> str:
    """`text` as a quoted-string.

    Raises ValueError for CR and LF, which a quoted-pair may not carry (RFC 3261 section 25.1) and which would end
    the header.
    """
    if "\r" in text or "\n" in text:
        raise ValueError("A quoted string cannot hold a line break; remove it.")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unescape(text: str) -> str:
    """`text` with %HH resolved once (RFC 3261 section 19.1.2); a `%` that is no escape stays. Octets that are not
    UTF-8 become surrogates and go back to the same octets."""
    return percent_unquote(text, errors="surrogateescape") if "%" in text else text


def escape(text: str, safe: str) -> str:
    """`text` with every octet but RFC 3261's unreserved ones and those in `safe` written as %HH."""
    return percent_quote(text, safe="-_.!~*'()" + safe, errors="surrogateescape")


def is_host(host: str) -> bool:
    """Is `host`, which matched HOST, a host: a name, an IPv4 address, or a valid IPv6 address in brackets?"""
    if host[:1] != "[":
        return True
    try:
        IPv6Address(host[1:-1])
    except AddressValueError:
        return False
    return True
