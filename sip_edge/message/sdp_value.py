"""What stands in the o=, c= and rtpmap lines of a session description (RFC 8866).  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sip_edge.message.errors import SipError

_CONNECTION = re.compile(r"(\S+) +(\S+) +([^\s/]+)(/\S*)?\s*\Z")
_ORIGIN = re.compile(r"(\S+) +([0-9]{1,20}) +([0-9]{1,20}) +(\S+) +(\S+) +(\S+)\s*\Z")
_RTPMAP = re.compile(r"([0-9]{1,3})[ ]+([^\s/]+)/([0-9]{1,9})(?:/([0-9]{1,3}))?\s*\Z")
BAD = "The session description does not follow RFC 8866."


@dataclass(frozen=True, slots=True)
class Connection:
    """A c= line (RFC 8866 section 5.7)."""

    address: str
    address_type: str = "IP4"
    network: str = "IN"
    suffix: str = ""
    """`/ttl` and `/count` of multicast, as written."""

    @classmethod
    def parse(cls, text: str) -> Connection:
        """The value of a c= line. Raises SipError(400)."""
        match = _CONNECTION.match(text)
        if match is None:
            raise SipError(400, BAD)
        return cls(match[3], match[2], match[1], match[4] or "")

    def __str__(self) -> str:
        return f"{self.network} {self.address_type} {self.address}{self.suffix}"

    @property
    def on_hold(self) -> bool:
        """Is this the 0.0.0.0 of an RFC 2543 hold?"""
        return self.address == "0.0.0.0"  # noqa: S104  (compared, not bound)


@dataclass(frozen=True, slots=True)
class Origin:
    """An o= line (RFC 8866 section 5.2)."""

    username: str
    session: int
    version: int
    network: str
    address_type: str
    address: str

    @classmethod
    def parse(cls, text: str) -> Origin:
        """The value of an o= line. Raises SipError(400)."""
        match = _ORIGIN.match(text)
        if match is None:
            raise SipError(400, BAD)
        return cls(match[1], int(match[2]), int(match[3]), match[4], match[5], match[6])

    def __str__(self) -> str:
        return f"{self.username} {self.session} {self.version} {self.network} {self.address_type} {self.address}"


@dataclass(frozen=True, slots=True)
class Codec:
    """An rtpmap: payload type, encoding name as written, clock rate in Hz, channels (RFC 8866 section 6.6)."""

    payload: int
    name: str
    clock: int
    channels: int = 1

    @classmethod
    def read(cls, text: str) -> Codec | None:
        """The value of an rtpmap attribute; None when it is none."""
        match = _RTPMAP.match(text)
        if match is None:
            return None
        return cls(int(match[1]), match[2], int(match[3]), int(match[4] or 1))

    def __str__(self) -> str:
        return f"{self.payload} {self.name}/{self.clock}" + (f"/{self.channels}" if self.channels != 1 else "")


# Payload types with a fixed meaning that phones use without an rtpmap (RFC 3551 section 6).
STATIC = {
    0: Codec(0, "PCMU", 8000),
    3: Codec(3, "GSM", 8000),
    4: Codec(4, "G723", 8000),
    8: Codec(8, "PCMA", 8000),
    9: Codec(9, "G722", 8000),
    13: Codec(13, "CN", 8000),
    15: Codec(15, "G728", 8000),
    18: Codec(18, "G729", 8000),
    31: Codec(31, "H261", 90000),
    34: Codec(34, "H263", 90000),
}
