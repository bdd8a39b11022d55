"""What the transaction layer asks of the stack around it, and tells the user above it.  (pure)"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from sip_edge.message.message import Request, Response
from sip_edge.transaction.table import Timer

Key = tuple[Hashable, ...]
"""What a transaction is found by."""
Flow = Hashable
"""Where octets go: whatever the transport layer handed in with a message; never looked into here."""


@dataclass(frozen=True, slots=True)
class Send:
    """Put these octets on this flow; tell `Layer.transport_error(key)` when that fails."""

    key: Key
    flow: Flow
    data: bytes


@dataclass(frozen=True, slots=True)
class Arrived:
    """A new request for the user: answer it with `Layer.respond(key, …)`."""

    key: Key
    request: Request
    flow: Flow


@dataclass(frozen=True, slots=True)
class Answered:
    """A response to a request of ours. An INVITE may bring several: provisional ones, and a 2xx for every fork."""

    key: Key
    response: Response


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The ACK for a 2xx; `key` is None when no 2xx of ours was waiting for it."""

    key: Key | None
    request: Request


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The caller has cancelled the INVITE `key`, which has no final answer yet: answer it 487."""

    key: Key
    request: Request


@dataclass(frozen=True, slots=True)
class Failed:
    """`key` got no answer (408 in the user's eyes), no ACK, or its transport broke (503)."""

    key: Key
    reason: str
    """`timeout` or `transport`."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A response to nothing we asked; counted and dropped."""

    response: Response


@dataclass(frozen=True, slots=True)
class Armed:
    """Between machine and layer: this timer is to fire after `delay` seconds; None stops it."""

    key: Key
    timer: Timer
    delay: float | None


Effect = Send | Arrived | Answered | Acknowledged | Cancelled | Failed | Unmatched
