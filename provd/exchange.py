"""What a phone asks and what it gets, whatever the protocol.  (pure)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """The subject and issuer names of a TLS client certificate that a vendor's CA has signed."""

    common_name: str
    issuer: str


@dataclass(frozen=True, slots=True)
class PhoneRequest:
    """One request of a phone for a file.

    `path` is percent-decoded and has no leading slash (`p/<token>/001565aabbcc.cfg`); `protocol` is `http`, `https`
    or `tftp`; `authorization` is the raw header of RFC 7616 and `uri` the request target it was made for; `query` is
    the decoded query; `if_none_match` the header of RFC 9110 §13.1.2.
    """

    path: str
    address: str
    protocol: str
    method: str = "GET"
    user_agent: str = ""
    certificate: Certificate | None = None
    authorization: str = ""
    uri: str = ""
    if_none_match: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: `body` for rendered files, `stored` for a file on disk (firmware), never both.

    `status` is an HTTP status (200, 304, 401, 404, 429, 503); TFTP maps it to its error codes.
    `compressed` makes, and keeps, the gzip form of `body`.
    """

    status: int
    body: bytes = b""
    stored: Path | None = None
    content_type: str = "application/octet-stream"
    etag: str = ""
    challenge: tuple[str, ...] = ()
    compressed: Callable[[], bytes] | None = None
