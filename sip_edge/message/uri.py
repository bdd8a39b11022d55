"""URIs: sip and sips taken apart, tel and urn understood, every other scheme kept as it came.  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from sip_edge.message.errors import SipError
from sip_edge.message.grammar import HOST, escape, is_host, unescape
from sip_edge.message.lazy import lazy

# The parts are cut where RFC 3261 section 19.1.1 cuts them, and what stands in them is taken liberally: real phones
# dial `#31#` and `*97` unescaped. White space, controls, `<`, `>` and `"` can never be part of a URI.
_SCHEME = "[Ss][Ii][Pp][Ss]?"
_USER = r'[^\x00-\x20\x7f<>"@:]*+'
_AFTER_COLON = r'[^\x00-\x20\x7f<>"@]*+'
_PORT = (
    "0*+(?:[1-9][0-9]{0,3}+|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])(?![0-9])"  # 1…65535
)
_PARAMETERS = r'(?:;[^\x00-\x20\x7f<>"?;]*+)*'
_HEADERS = r'[^\x00-\x20\x7f<>"]*+'
SIP_TEXT = rf"{_SCHEME}:(?:{_USER}(?::{_AFTER_COLON})?@)?{HOST}(?::{_PORT})?{_PARAMETERS}(?:\?{_HEADERS})?"
"""A sip or sips URI as a pattern without groups, for patterns that hold one."""
_SIP = re.compile(
    rf"({_SCHEME}):(?:({_USER})(?::({_AFTER_COLON}))?@)?({HOST})(?::({_PORT}))?({_PARAMETERS})(?:\?({_HEADERS}))?\Z"
)
_ANY = re.compile(r'([A-Za-z][A-Za-z0-9+.\-]*+):([^\x00-\x20\x7f<>"]++)\Z')
_PARAMETER = re.compile(r";([^;=]*+)(?:=([^;]*+))?")
_SEPARATORS = str.maketrans("", "", "-.()")
_MUST_MATCH = ("user", "ttl", "method", "maddr", "transport")
_SHORT = 100
"""Characters of a URI that is remembered; longer ones would fill the memory for whoever sends them."""
_new = object.__new__


@dataclass(frozen=True)
class Uri:
    """A URI of any scheme (RFC 3261 section 19.1, RFC 3966 for tel, RFC 3986 for the rest).

    Text fields hold what stood in the message, escapes and all; the properties resolve escapes, once.
    """

    scheme: str
    """In lower case."""
    user: str | None = None
    """The user part of a sip or sips URI without its password; None when there is no `@`."""
    password: str | None = None
    host: str = ""
    """Name, IPv4 address, or IPv6 address in brackets, as written."""
    port: int | None = None
    parameters: str = ""
    """`;name=value` text of a sip, sips or tel URI."""
    headers: str | None = None
    """What follows the `?` of a sip or sips URI; None when there is no `?`."""
    opaque: str = ""
    """What follows the colon in any other scheme (for tel: the number as written)."""

    @classmethod
    def parse(cls, text: str) -> Uri:
        """The URI that `text` is, no brackets, no white space. Raises SipError(400)."""
        # A phone writes the same few URIs into every message, each several times.
        return _remembered(text) if len(text) <= _SHORT else cls._parse(text)

    @classmethod
    def _parse(cls, text: str) -> Uri:
        match = _SIP.match(text)
        if match is None:
            return cls._parse_other(text)
        # Several of these are made for every message; writing the fields at once is three times as fast as the
        # frozen constructor.
        self = _new(cls)
        into = self.__dict__
        scheme, into["user"], into["password"], host, port, into["parameters"], into["headers"] = match.groups()
        into["scheme"] = "sip" if scheme == "sip" else scheme.lower()
        into["host"] = host
        into["port"] = None if port is None else int(port)
        if host[0] == "[" and not is_host(host):
            raise SipError(400, "The IPv6 address of a SIP URI is not valid.")
        return self

    @classmethod
    def _parse_other(cls, text: str) -> Uri:
        match = _ANY.match(text)
        if match is None or match[1].lower() in ("sip", "sips"):
            raise SipError(400, "A URI does not follow the grammar of its scheme.")
        scheme, opaque, parameters = match[1].lower(), match[2], ""
        if scheme == "tel":
            opaque, mark, rest = opaque.partition(";")
            parameters = mark + rest
        return cls(scheme=scheme, parameters=parameters, opaque=opaque)

    def __str__(self) -> str:
        """The URI as text; what was parsed comes back (the scheme in lower case)."""
        if not self.host:
            return f"{self.scheme}:{self.opaque}{self.parameters}"
        secret = "" if self.password is None else f":{self.password}"
        who = "" if self.user is None else f"{self.user}{secret}@"
        port = "" if self.port is None else f":{self.port}"
        headers = "" if self.headers is None else f"?{self.headers}"
        return f"{self.scheme}:{who}{self.host}{port}{self.parameters}{headers}"

    @property
    def is_sip(self) -> bool:
        """Is the scheme sip or sips?"""
        return self.host != ""

    @lazy
    def username(self) -> str:
        """The user part with its escapes resolved ("" when there is none); it may hold any character, NUL too."""
        return unescape(self.user or "")

    @property
    def number(self) -> str | None:
        """The number of a tel URI without its visual separators (RFC 3966 section 3), None for other schemes."""
        return self.opaque.translate(_SEPARATORS) if self.scheme == "tel" else None

    @property
    def aor(self) -> str:
        """The canonical form a registrar looks addresses of record up by (RFC 3261 section 10.3 step 5).

        Parameters, headers, password and port dropped, escapes resolved, host in lower case. Other schemes come
        back whole.
        """
        if not self.is_sip:
            return str(self)
        who = f"{self.username}@" if self.user else ""
        return f"{self.scheme}:{who}{self.host.lower()}"

    def parameter(self, name: str) -> str | None:
        """The value of URI parameter `name` (lower case), escapes resolved; "" for a flag, None when absent."""
        for found, value in _PARAMETER.findall(self.parameters):
            if unescape(found).lower() == name:
                return unescape(value)
        return None

    @property
    def parameter_pairs(self) -> tuple[tuple[str, str], ...]:
        """Every parameter as (name in lower case, value or ""), escapes resolved, in order."""
        return tuple((unescape(n).lower(), unescape(v)) for n, v in _PARAMETER.findall(self.parameters))

    @property
    def header_pairs(self) -> tuple[tuple[str, str], ...]:
        """The headers after the `?` as (name, value), escapes resolved: `Replaces`, `Route` … in order."""
        if not self.headers:
            return ()
        parts = (part.partition("=") for part in self.headers.split("&"))
        return tuple((unescape(name), unescape(value)) for name, _, value in parts)

    def header(self, name: str) -> str | None:
        """The first header after the `?` called `name` (any case), escapes resolved, or None."""
        wanted = name.lower()
        return next((value for found, value in self.header_pairs if found.lower() == wanted), None)

    def with_parameter(self, name: str, value: str | None = None) -> Uri:
        """This URI with parameter `name` set (None: a flag), in its old place or at the end."""
        written = f";{escape(name, '')}" + ("" if value is None else f"={escape(value, '[]/:&+$')}")
        kept = [] if not self.parameters else self.parameters[1:].split(";")
        for place, part in enumerate(kept):
            if unescape(part.partition("=")[0]).lower() == name.lower():
                kept[place] = written[1:]
                return replace(self, parameters=";" + ";".join(kept))
        return replace(self, parameters=self.parameters + written)

    def without_parameter(self, name: str) -> Uri:
        """This URI without parameter `name`."""
        parts = self.parameters.split(";")[1:]
        kept = [part for part in parts if unescape(part.partition("=")[0]).lower() != name.lower()]
        return replace(self, parameters="".join(f";{part}" for part in kept))

    def with_header(self, name: str, value: str) -> Uri:
        """This URI with one more header after the `?`, escaped as RFC 3261 section 19.1.1 asks."""
        written = f"{escape(name, '[]/?:+$')}={escape(value, '[]/?:+$')}"
        return replace(self, headers=f"{self.headers}&{written}" if self.headers else written)

    def without_headers(self) -> Uri:
        """This URI without its headers: what a Request-URI must be (RFC 3261 section 19.1.5)."""
        return replace(self, headers=None)

    def equivalent(self, other: Uri) -> bool:
        """Do both name the same resource by the rules of RFC 3261 section 19.1.4?

        Not transitive, as the RFC says itself: a parameter in one of them only is ignored unless it is user, ttl,
        method, maddr or transport.
        """
        if not self.is_sip or not other.is_sip:
            return str(self).lower() == str(other).lower()
        if (self.scheme, self.username, self.port) != (other.scheme, other.username, other.port):
            return False
        if self.host.lower() != other.host.lower() or unescape(self.password or "") != unescape(other.password or ""):
            return False
        mine, theirs = dict(self.parameter_pairs), dict(other.parameter_pairs)
        if any((name in mine) != (name in theirs) for name in _MUST_MATCH):
            return False
        if any(mine[name].lower() != theirs[name].lower() for name in mine.keys() & theirs.keys()):
            return False
        return _header_set(self) == _header_set(other)


@lru_cache(4096)
def _remembered(text: str) -> Uri:
    return Uri._parse(text)


def _header_set(uri: Uri) -> list[tuple[str, str]]:
    return sorted((name.lower(), value) for name, value in uri.header_pairs)


def sip(user: str | None, host: str, port: int | None = None, *, secure: bool = False) -> Uri:
    """A sip (or sips) URI; `user` is plain text and gets the escapes it needs, an IPv6 `host` its brackets.

    Raises SipError(400) when `host` is no host.
    """
    where = f"[{host}]" if ":" in host and host[0] != "[" else host
    who = None if user is None else escape(user, "&=+$,;?/")
    plain = Uri.parse(f"{'sips' if secure else 'sip'}:{where}" + ("" if port is None else f":{port}"))
    return replace(plain, user=who)
