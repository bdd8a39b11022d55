"""name-addr and addr-spec: what stands in From, To, Contact, Route, Refer-To and their like.  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sip_edge.message import parameters
from sip_edge.message.errors import SipError
from sip_edge.message.grammar import LWS, QUOTED, quote, unquote
from sip_edge.message.lazy import lazy
from sip_edge.message.parameters import PARAMETERS
from sip_edge.message.uri import SIP_TEXT, Uri

# A display name is a quoted string or tokens. Other characters outside quotes (accents, brackets) are taken, as
# RFC 4475 section 3.1.2.15 allows, and written back quoted; a comma is not: it would split Contact elsewhere.
_DISPLAY = rf'{LWS}(?:({QUOTED}){LWS}|([^"<>,;\x00-\x08\x0a-\x1f\x7f]*+))'
_NAME_ADDR = re.compile(rf"{_DISPLAY}<([^<>]*+)>{LWS}({PARAMETERS})\Z", re.S)
# Nearly every address is this one, so it is matched in one go: name, sip URI, header parameters.
_SIP_NAME_ADDR = re.compile(rf"{_DISPLAY}<({SIP_TEXT})>{LWS}({PARAMETERS})\Z", re.S)
_TOKENS = re.compile(r"[A-Za-z0-9\-.!%*_+`'~ \t]*+\Z")
_DIGITS = re.compile(r"[0-9]{1,20}\Z")
_QVALUE = re.compile(r"0(?:\.[0-9]{0,3})?\Z|1(?:\.0{0,3})?\Z")
_new = object.__new__

DEFAULT_EXPIRES = 3600
"""What a malformed expires parameter counts as (RFC 3261 section 20.10)."""
MAX_EXPIRES = 2**32 - 1


@dataclass(frozen=True)
class Address:
    """A URI with the name shown for it and the header parameters that follow (RFC 3261 section 20.10)."""

    target: str
    """The URI as written; `uri` takes it apart."""
    display: str = ""
    """The display name as written: a quoted string with its quotes, or tokens."""
    parameters: str = ""
    """`;tag=…;expires=…` as written."""

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address `text` is, in either form. Raises SipError(400).

        In the form without brackets everything after the first `;` belongs to the header, and a URI holding `?` or
        `,` is not allowed (RFC 3261 section 20).
        """
        match = _SIP_NAME_ADDR.match(text)
        if match is None or "[" in text:
            return cls._parse_other(text)
        self = _new(cls)  # as in Uri.parse
        into = self.__dict__
        quoted, plain, into["target"], into["parameters"] = match.groups()
        into["display"] = plain.strip(" \t") if quoted is None else quoted
        return self

    @classmethod
    def _parse_other(cls, text: str) -> Address:
        match = _NAME_ADDR.match(text)
        if match is not None:
            quoted, plain, target, trailing = match.groups()
            self = cls(target, quoted or plain.strip(" \t"), trailing)
        else:
            target, mark, rest = text.partition(";")
            if "<" in target or "?" in target or "," in target:
                raise SipError(400, "An address needs its URI in angle brackets and its display name in quotes.")
            if not parameters.valid(mark + rest):
                raise SipError(400, "The parameters after an address are not well formed.")
            self = cls(target.strip(" \t"), "", mark + rest)
        _ = self.uri  # refuses a URI that is none
        return self

    @classmethod
    def of(cls, uri: Uri, name: str = "", tag: str | None = None) -> Address:
        """An address for `uri` shown as `name`; raises ValueError for a line break in the name."""
        given = "" if tag is None else parameters.format_one("tag", tag)
        return cls(str(uri), quote(name) if name else "", given)

    @lazy
    def uri(self) -> Uri:
        """The URI, taken apart."""
        return Uri.parse(self.target)

    def __str__(self) -> str:
        """The address with its URI in brackets, which is right everywhere."""
        if not self.display:
            return f"<{self.target}>{self.parameters}"
        shown = self.display
        if shown[0] != '"' and not _TOKENS.match(shown):
            shown = quote(shown)
        return f"{shown} <{self.target}>{self.parameters}"

    @property
    def name(self) -> str:
        """The display name as people read it: no quotes, no backslashes; "" when there is none."""
        return unquote(self.display)

    @lazy
    def tag(self) -> str | None:
        """The tag parameter (RFC 3261 section 19.3), None when absent."""
        return parameters.find(self.parameters, "tag")

    @property
    def expires(self) -> int | None:
        """The expires parameter in seconds, None when absent; malformed counts as 3600, too large as 2**32-1."""
        text = parameters.find(self.parameters, "expires")
        if text is None:
            return None
        if not text.isascii() or not text.isdigit():
            return DEFAULT_EXPIRES
        return min(int(text), MAX_EXPIRES) if _DIGITS.match(text) else MAX_EXPIRES

    @property
    def q(self) -> float:
        """The q parameter, 0.0 to 1.0; 1.0 when absent or malformed (RFC 3261 section 16.6 step 5)."""
        text = parameters.find(self.parameters, "q")
        return float(text) if text is not None and _QVALUE.match(text) else 1.0

    @property
    def instance(self) -> str | None:
        """The `+sip.instance` URN without its quotes and brackets (RFC 5626 section 4.1), None when absent."""
        text = self.parameter("+sip.instance")
        if text is None:
            return None
        return text[1:-1] if text[:1] == "<" and text[-1:] == ">" else text

    def parameter(self, name: str) -> str | None:
        """The value of header parameter `name` (lower case), unquoted; "" for a flag, None when absent."""
        return parameters.find(self.parameters, name)

    def with_parameter(self, name: str, value: str | None = None) -> Address:
        """This address with a header parameter set (None: a flag)."""
        return replace(self, parameters=parameters.added(self.parameters, name, value))

    def without_parameter(self, name: str) -> Address:
        """This address without a header parameter."""
        return replace(self, parameters=parameters.removed(self.parameters, name))

    def with_tag(self, tag: str) -> Address:
        """This address with its tag set."""
        return self.with_parameter("tag", tag)
