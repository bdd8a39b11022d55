"""Session timers of the legs that talk (RFC 4028): refreshes sent, and phones that died silently found.

Where audio passes through the server, a leg that sends none for half a minute is asked at once whether it is there: it
may only be muted, so its answer counts, not its silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sip_edge.call.invites import Invitation
from sip_edge.call.leg import Leg
from sip_edge.dialog import session_timer
from sip_edge.dialog.session_timer import Policy, SessionTimer
from sip_edge.media.engine import MediaEngine
from sip_edge.media.event import MediaEvent, RtpSilence
from sip_edge.message import Request, Response, SipError
from sip_edge.timers import Timer

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

TIMED = Policy()
GONE = frozenset((408, 481))
"""No answer, and "no such call": the other side has lost the call (RFC 5057 section 5.1)."""


class Sessions:
    """One a controller. Every leg that talks has one timer here."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._timers: dict[int, Timer] = {}

    def listen(self, engine: MediaEngine) -> None:
        """Hear of the silence of legs from the engine that their audio passes through."""
        engine.subscribe(self._silent)

    def _silent(self, event: MediaEvent) -> None:
        if not isinstance(event, RtpSilence):
            return
        one = self._controller.book.conversations.get(event.call)
        leg = one.legs.get(int(event.leg)) if one is not None and event.leg.isdecimal() else None
        if leg is not None:
            self.silent(leg)

    def silent(self, leg: Leg) -> None:
        """Nothing is heard of a leg: ask whether it is there."""
        if leg.talking and not leg.over:
            wire = self._controller.wire
            wire.ask(leg, "OPTIONS", [wire.contact(leg)], hear=lambda response: self._there(leg, response))

    def _there(self, leg: Leg, response: Response) -> None:
        if not leg.over and response.status in GONE:
            self._lost(leg, "No audio, and no answer")

    def agreed_with(self, leg: Leg, request: Request) -> list[tuple[str, str]]:
        """What our 2xx to an INVITE or UPDATE of a leg says of the session. Raises SipError(422) with Min-SE."""
        leg.session = session_timer.at_server(request, TIMED)
        return session_timer.headers_of(leg.session, request)

    def watch(self, leg: Leg) -> None:
        """The session was agreed on, or refreshed, just now."""
        self.forget(leg)
        if leg.session is None or leg.over:
            return
        after = leg.session.refresh_after
        if after is not None:
            self._timers[leg.number] = self._controller.stack.timers.after(after, self._refresh, leg)
        else:
            self._timers[leg.number] = self._controller.stack.timers.after(leg.session.end_after, self._lost, leg)

    def forget(self, leg: Leg) -> None:
        """The leg is over."""
        timer = self._timers.pop(leg.number, None)
        if timer is not None:
            timer.cancel()

    def _lost(self, leg: Leg, why: str = "Session timer expired") -> None:
        """Nothing was heard of the phone for a whole session, or it does not answer."""
        self.forget(leg)
        self._controller.wire.bye(leg, f'SIP;cause=408;text="{why}"')
        self._controller.hung_up(leg, "failed")

    def _refresh(self, leg: Leg) -> None:
        """Ask whether it is still there: by UPDATE without an offer, or by the same offer once more."""
        self._timers.pop(leg.number, None)
        if leg.over or leg.session is None:
            return
        rows = session_timer.asking(TIMED, current=leg.session)
        wire = self._controller.wire
        if leg.updates:
            wire.ask(leg, "UPDATE", [wire.contact(leg), *rows], hear=lambda response: self._heard(leg, response))
        elif leg.exchange.may_invite and leg.ours:
            wire.invite_again(leg, leg.ours, rows, lambda invitation, response: self._again(leg, invitation, response))
        else:
            self._timers[leg.number] = self._controller.stack.timers.after(5.0, self._refresh, leg)

    def _again(self, leg: Leg, invitation: Invitation, response: Response) -> None:
        if response.status < 300:
            invitation.acknowledge()
        self._heard(leg, response)

    def _heard(self, leg: Leg, response: Response) -> None:
        if leg.over:
            return
        if response.status in GONE:
            self._lost(leg)
            return
        if response.status < 300:
            try:
                leg.session = session_timer.at_caller(response, TIMED.interval) or leg.session
            except SipError:
                leg.session = SessionTimer(TIMED.interval, session_timer.Refresher.CALLER, ours=True)
        self.watch(leg)
