"""What goes between a virtual phone and its server, whatever the protocol.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Ask:
    """What a phone's script wants: the file at `url`, or with `method` HEAD a look at it.

    `optional` means that a server without it is no fault. `login` is the (user, password) this file is asked with,
    `agent` a User-Agent in place of the phone's usual one.
    """

    url: str
    method: str = "GET"
    optional: bool = False
    login: tuple[str, str] | None = field(default=None, repr=False)
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it goes out, `after` so many seconds of waiting. TFTP has no use for the headers."""

    url: str
    method: str
    headers: Mapping[str, str] = field(repr=False)
    after: float = 0.0

    @property
    def scheme(self) -> str:
        """http, https, tftp …"""
        return self.url.partition("://")[0].lower()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: an HTTP status (TFTP errors are mapped to them), headers by lower-case name, the body.

    `status` 0 means no answer, and `error` says why. `ms` is how long it took, in milliseconds.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    error: str = ""
    ms: float = 0.0

    @property
    def ok(self) -> bool:
        """The file, or what a HEAD asks for, is there."""
        return self.status == 200

    @property
    def silent(self) -> bool:
        """No answer, or one that asks for patience: the phone tries again later (RFC 9110 §15.6.4, RFC 6585 §4)."""
        return self.status == 0 or self.status == 429 or self.status >= 500

    def header(self, name: str) -> str:
        """The first value of a header; "" without one."""
        return next((value for key, value in self.headers if key == name), "")

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a header that may come more than once, such as `www-authenticate`."""
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True)
class Made:
    """A request that was made: the file's name without host and token, what came back, how long it took.

    `same` means that the phone has what it had before: a 304, or the same bytes once more.
    """

    name: str
    method: str
    status: int
    size: int
    ms: float
    same: bool = False
