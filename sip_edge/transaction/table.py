"""The words transaction tables are written in: states, events, timers, acts, steps.  (pure)

A machine of RFC 3261 section 17 is a dict of (state, input) → (state, acts). What is not in the dict is ignored, and
nothing outside the dicts decides what a transaction does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a transaction stands; each machine uses some of them."""

    START = "start"
    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    """RFC 6026: a 2xx went by, retransmissions and forked answers may still come."""
    UNACKNOWLEDGED = "unacknowledged"
    """A response of the core that must be repeated until it is acknowledged."""
    TERMINATED = "terminated"


class Event(StrEnum):
    """What happens to a transaction besides its timers."""

    BEGIN = "begin"
    """The request is there: from the user (client) or from the network (server)."""
    REQUEST = "request again"
    """A server receives its request once more."""
    ACK = "ACK"
    """A server, or the core, is acknowledged: by ACK, and a reliable provisional response by PRACK."""
    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    FAILURE = "300-699"
    FINAL = "200-699"
    """Responses: received by a client, handed down by the user to a server."""
    TRANSPORT_ERROR = "transport error"


class Timer(StrEnum):
    """RFC 3261 table 4, RFC 6026 for L and M; the last four are named by what they do."""

    A = "timer A"
    B = "timer B"
    D = "timer D"
    E = "timer E"
    F = "timer F"
    G = "timer G"
    H = "timer H"
    I = "timer I"  # noqa: E741  (the RFC's letter)
    J = "timer J"
    K = "timer K"
    L = "timer L"
    M = "timer M"
    TRYING = "timer 100"
    """A server of an INVITE answers 100 when its user has said nothing for 200 ms (section 17.2.1)."""
    CANCEL = "timer CANCEL"
    """How long a cancelled INVITE is waited for (section 9.1)."""
    REPEAT = "timer repeat"
    """When the core sends a 2xx or a reliable provisional response again."""
    UNHEARD = "timer unheard"
    """When the core gives up waiting for the acknowledgement."""


class Do(StrEnum):
    """What a step makes happen."""

    SEND_REQUEST = "send request"
    SEND_ACK = "send ACK"
    SEND_TRYING = "send 100"
    SEND_RESPONSE = "send response"
    RESEND = "resend last response"
    TELL = "tell user"
    TIMEOUT = "tell user: timeout"
    ERROR = "tell user: transport"


@dataclass(frozen=True, slots=True)
class Arm:
    """Start a timer; `slow` starts E at T2 (section 17.1.2.2)."""

    timer: Timer
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop a timer that has lost its meaning."""

    timer: Timer


Input = Event | Timer
Act = Do | Arm | Stop


@dataclass(frozen=True, slots=True)
class Step:
    """The state that follows and the acts on the way, in order."""

    state: State
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One machine: its name, where the RFC draws it, and its cells."""

    name: str
    source: str
    cells: Mapping[tuple[State, Input], Step]

    @property
    def states(self) -> tuple[State, ...]:
        """Every state of this machine, in the order they appear."""
        seen = [state for key, step in self.cells.items() for state in (key[0], step.state)]
        return tuple(dict.fromkeys(seen))

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Every input of this machine, in the order they appear."""
        return tuple(dict.fromkeys(key[1] for key in self.cells))
