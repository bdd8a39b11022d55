"""Media types: Content-Type and the ranges in Accept.  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sip_edge.message import parameters
from sip_edge.message.errors import SipError
from sip_edge.message.grammar import LWS, TOKEN

_TYPE = re.compile(rf"({TOKEN}){LWS}/{LWS}({TOKEN}){LWS}(;.*)?\Z", re.S)


@dataclass(frozen=True)
class MediaType:
    """`type/subtype;parameters` (RFC 3261 section 20.15); `*` stands for anything in Accept (section 20.1)."""

    type: str
    subtype: str
    parameters: str = ""

    @classmethod
    def parse(cls, text: str) -> MediaType:
        """The media type or range in `text`, names in lower case. Raises SipError(400)."""
        match = _TYPE.match(text)
        if match is None or not parameters.valid(match[3] or ""):
            raise SipError(400, "A media type must be type/subtype with well-formed parameters.")
        return cls(match[1].lower(), match[2].lower(), match[3] or "")

    def __str__(self) -> str:
        return f"{self.name}{self.parameters}"

    @property
    def name(self) -> str:
        """`type/subtype` without parameters, lower case."""
        return f"{self.type}/{self.subtype}"

    def parameter(self, name: str) -> str | None:
        """The value of parameter `name` (lower case), unquoted, None when absent."""
        return parameters.find(self.parameters, name)

    def accepts(self, name: str) -> bool:
        """Does this range take a body of media type `name` (`type/subtype`, lower case)? q=0 takes nothing."""
        if _is_zero(self.parameter("q")):
            return False
        if self.type == "*":
            return True
        return name == self.name or (self.subtype == "*" and name.startswith(f"{self.type}/"))


def _is_zero(q: str | None) -> bool:
    return q is not None and q.strip("0.") == "" and q[:1] == "0"
