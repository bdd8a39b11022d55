"""Addresses as phones make them from what DHCP or a file says.  (pure)"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_TOKEN = re.compile(r"\A/?p/[^/]+/")
_HOST = r"(?:[A-Za-z0-9_.~%-]+(?::[^@/]*)?@)?(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
_SOUND = re.compile(rf"[a-z][a-z0-9+.-]*://{_HOST}/[^\x00-\x20\x7f]*\Z", re.IGNORECASE)
LONGEST = 2048
# What stands in paths and queries as it is (RFC 3986 §3.3), and what is percent-encoded already.
_SAFE = "/?&=%:@!$'()*+,;~-._"


def given(text: str, scheme: str = "tftp") -> str:
    """The value of a DHCP option as a URL: a bare host means `scheme`, which is TFTP for all but Poly."""
    text = text.strip()
    if _SCHEME.match(text):
        return text if "/" in text.partition("://")[2] else f"{text}/"
    return f"{scheme}://{text.strip('/')}/"


def folder(url: str) -> str:
    """The folder a URL is in, with a slash at the end. A last part without a dot is a folder itself."""
    start, slash, last = url.partition("?")[0].rpartition("/")
    if "://" not in f"{start}{slash}" or start.endswith("/"):
        return f"{url}/"
    return f"{start}/" if not last or "." in last else f"{start}/{last}/"


def file_of(url: str) -> str:
    """The file that a URL names itself; "" when it is that of a folder."""
    last = url.partition("://")[2].partition("?")[0].rpartition("/")[2]
    return last if "." in last and "/" in url.partition("://")[2] else ""


def join(base: str, name: str) -> str:
    """`name` as seen from the folder of `base`: a whole URL, a path from the root, or a relative one with `../`."""
    name = name.strip()
    if _SCHEME.match(name):
        return encoded(name)
    home = folder(base)
    scheme, _, rest = home.partition("://")
    host, _, path = rest.partition("/")
    name, mark, query = name.partition("?")
    joined = posixpath.normpath(f"/{name}" if name.startswith("/") else f"/{path}{name}").lstrip("/")
    return encoded(f"{scheme}://{host}/{joined}{mark}{query}")


def encoded(url: str) -> str:
    """The URL with blanks and letters outside ASCII percent-encoded; brackets stay only around an IPv6 address."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}{slash}{quote(path, safe=_SAFE)}"


def with_term(url: str, parameter: str, term: str) -> str:
    """The URL with one more query parameter."""
    return f"{url}{'&' if '?' in url else '?'}{parameter}={quote(term, safe='')}"


def sound(url: str) -> bool:
    """Whether a phone can ask for this at all: a scheme, a host, perhaps a port, and not too long."""
    found = _SOUND.match(url) if len(url) <= LONGEST else None
    return found is not None and 0 < int(found["port"] or 1) <= 65535


def label(url: str) -> str:
    """What a report calls a URL: its path without the host and without the token, which is a secret."""
    path = url.partition("://")[2].partition("/")[2]
    return _TOKEN.sub("", path).removeprefix("p/")
