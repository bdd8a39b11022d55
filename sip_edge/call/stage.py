"""How far a call, and each of its legs, has come.  (pure)"""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """How far a call has come."""

    ROUTING = "routing"
    NAMING = "naming"
    """The caller is asked for a name."""
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


OPEN = (Phase.ROUTING, Phase.NAMING, Phase.RINGING)
"""Nobody has the call, and the caller is still there."""


class Stage(StrEnum):
    """How far a leg has come."""

    WAITING = "waiting"
    CALLED = "called"
    ASKED = "asked"
    """Answered, but only who presses 1 has the call."""
    TAKING = "taking"
    """It was asked and takes the call: its audio is being connected."""
    JOINING = "joining"
    """Answered; its audio is being connected."""
    CANCELLED = "cancelled"


DECIDING = frozenset((Stage.ASKED, Stage.TAKING, Stage.JOINING))
"""Stages of a leg that has answered and has not got the call yet."""
CONNECTING = frozenset((Stage.TAKING, Stage.JOINING))
