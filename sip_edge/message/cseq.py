"""CSeq and RAck: the numbers that order the requests of a dialog.  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sip_edge.message.errors import SipError
from sip_edge.message.grammar import TOKEN

_CSEQ = re.compile(rf"([0-9]++)[ \t]++({TOKEN})\Z")
_RACK = re.compile(rf"([0-9]++)[ \t]++([0-9]++)[ \t]++({TOKEN})\Z")
_LIMIT = 2**31
_new = object.__new__


@dataclass(frozen=True)
class CSeq:
    """A sequence number below 2**31 and the method it belongs to (RFC 3261 section 8.1.1.5)."""

    number: int
    method: str

    @classmethod
    def parse(cls, text: str) -> CSeq:
        """The CSeq value in `text`; leading zeros are fine. Raises SipError(400)."""
        match = _CSEQ.match(text)
        if match is None:
            raise SipError(400, "CSeq must be a number and a method.")
        number = _number(match[1], "CSeq")
        self = _new(cls)
        into = self.__dict__
        into["number"] = number
        into["method"] = match[2]
        return self

    def __str__(self) -> str:
        return f"{self.number} {self.method}"


@dataclass(frozen=True)
class RAck:
    """Which reliable provisional response a PRACK acknowledges (RFC 3262 section 7.2)."""

    rseq: int
    cseq: int
    method: str

    @classmethod
    def parse(cls, text: str) -> RAck:
        """The RAck value in `text`. Raises SipError(400)."""
        match = _RACK.match(text)
        if match is None:
            raise SipError(400, "RAck must be two numbers and a method.")
        return cls(_number(match[1], "RAck"), _number(match[2], "RAck"), match[3])

    def __str__(self) -> str:
        return f"{self.rseq} {self.cseq} {self.method}"


def _number(digits: str, name: str) -> int:
    # A longer number than this would cost time to convert before it is refused.
    if len(digits) > 20 or (number := int(digits)) >= _LIMIT:
        raise SipError(400, f"The number in {name} must be below 2147483648.")
    return number
