"""What the stack has seen since it started, for metrics."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class StackCounters:
    """Messages and what became of them; the transports count octets and connections."""

    requests: dict[str, int] = field(default_factory=dict)
    """New ones, by method."""
    answers: dict[int, int] = field(default_factory=dict)
    """By status."""
    repeated: int = 0
    """Requests that had been here before: answered again, or still at work on."""
    responses: int = 0
    """To requests of ours."""
    not_admitted: int = 0
    malformed: int = 0
    """No SIP message at all, or a response that must be thrown away."""
    refused: int = 0
    """Requests that failed a check of RFC 3261 and were answered with it."""
    unmatched: int = 0
    """Responses nobody asked for, and ACKs for nothing."""
    timeouts: int = 0
    transport_errors: int = 0
    handler_errors: int = 0
    overload: int = 0
