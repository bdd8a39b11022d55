"""Session timers (RFC 4028): a call whose end nobody heard is noticed.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sip_edge.message.errors import SipError
from sip_edge.message.field import Field
from sip_edge.message.message import Message, Request, Response

LEAST = 90
"""The smallest Min-SE there may be (section 4)."""


class Refresher(StrEnum):
    """Who sends the refreshes, as the parameter names it: by its part in the last INVITE or UPDATE."""

    CALLER = "uac"
    SERVER = "uas"


@dataclass(frozen=True, slots=True)
class Policy:
    """What we want of every session."""

    interval: int = 1800
    """Seconds we ask for (section 4 recommends 1800)."""
    least: int = LEAST
    """The shortest interval we take: our Min-SE."""


@dataclass(frozen=True, slots=True)
class SessionTimer:
    """What was agreed for a session, until the next refresh."""

    interval: int
    """Seconds from the last refresh to the end."""
    refresher: Refresher
    ours: bool
    """Are the refreshes ours to send?"""

    @property
    def refresh_after(self) -> float | None:
        """Seconds until we send a refresh: half the interval (section 10); None when the peer does."""
        return self.interval / 2 if self.ours else None

    @property
    def end_after(self) -> float:
        """Seconds without a refresh until we send BYE: 32 s, or a third, before the end (section 10)."""
        return self.interval - min(32.0, self.interval / 3)

    @property
    def field(self) -> Field:
        """The Session-Expires header for it."""
        return Field(str(self.interval)).with_parameter("refresher", self.refresher)


def _asked(message: Message) -> tuple[int | None, Refresher | None]:
    """(interval, refresher) of Session-Expires. Raises SipError(400)."""
    interval = message.number("session-expires")
    if interval is None:
        return None, None
    found = message.field("session-expires")
    who = ((found.parameter("refresher") if found else None) or "").lower()
    return interval, Refresher(who) if who in ("uac", "uas") else None


def at_server(request: Request, policy: Policy) -> SessionTimer:
    """What our 2xx to an INVITE or UPDATE agrees to (section 9, table 2).

    Raises SipError(422) with Min-SE when the interval asked for is too short, to a peer that knows what that means.
    """
    supported = "timer" in request.supported
    interval, refresher = _asked(request)
    if interval is not None and supported and interval < policy.least:
        raise SipError(422, "The session interval is too short.", (("Min-SE", str(policy.least)),))
    floor = max(policy.least, request.number("min-se") or LEAST)
    if interval is not None and supported:
        floor = min(floor, interval)  # what is asked for is never made longer
    if not supported:
        # The peer will not refresh; we can, and it need not know (table 2, first row).
        return SessionTimer(max(interval or policy.interval, floor), Refresher.SERVER, ours=True)
    agreed = policy.interval if interval is None else min(interval, policy.interval)
    who = refresher or Refresher.CALLER
    return SessionTimer(max(agreed, floor), who, ours=who is Refresher.SERVER)


def headers_of(session: SessionTimer, request: Request) -> list[tuple[str, str]]:
    """The headers of the 2xx that says so: Session-Expires, and Require when the caller has to act (section 9)."""
    if "timer" not in request.supported:
        return []
    rows = [("Session-Expires", str(session.field))]
    return [("Require", "timer"), *rows] if session.refresher is Refresher.CALLER else rows


def asking(
    policy: Policy, refused: Response | None = None, current: SessionTimer | None = None
) -> list[tuple[str, str]]:
    """The headers of our INVITE or UPDATE: what we want, or, after a 422, what its Min-SE makes of it (section 7).

    A refresh inside a session names the refresher the session has, so that it stays (section 7.4).
    """
    least = max(policy.least, (refused.number("min-se") or LEAST) if refused is not None else LEAST)
    interval = max(current.interval if current is not None else policy.interval, least)
    wanted = Field(str(interval))
    if current is not None:
        wanted = wanted.with_parameter("refresher", Refresher.CALLER if current.ours else Refresher.SERVER)
    rows = [("Supported", "timer"), ("Session-Expires", str(wanted))]
    return [*rows, ("Min-SE", str(least))] if least > LEAST else rows


def at_caller(response: Response, asked: int) -> SessionTimer | None:
    """What the peer's 2xx to our INVITE or UPDATE agrees to (section 7.2).

    Without Session-Expires the peer knows no timer: we refresh at the interval we `asked` for ourselves; 0 asks for
    none. Raises SipError(400) for an interval below 90 s, which nobody may set.
    """
    interval, refresher = _asked(response)
    if interval is None:
        return SessionTimer(asked, Refresher.CALLER, ours=True) if asked else None
    if interval < LEAST:
        raise SipError(400, "A session interval must be at least 90 seconds.")
    who = refresher or Refresher.CALLER
    return SessionTimer(interval, who, ours=who is Refresher.CALLER)
