"""What becomes of a REFER, told to who asked for it (RFC 3515 section 2.4.4)."""

from __future__ import annotations

from sip_edge.call.invites import Wire
from sip_edge.call.leg import Leg
from sip_edge.message.status import phrase

LASTS = 120
"""Seconds that are said to be left of a subscription whose REFER is still carried out."""


class Notice:
    """The subscription that a REFER makes; it ends with the first final status."""

    def __init__(self, wire: Wire, leg: Leg, number: int) -> None:
        """`number` is the CSeq of the REFER, its id where a dialog has several."""
        self._wire = wire
        self._leg = leg
        self._number = number
        self._last = 0

    def say(self, status: int) -> None:
        """Tell a status, once each, in the order of progress; nothing after a final one, nor to a leg that is gone."""
        if self._leg.over or self._last >= 200 or status == self._last:
            return
        self._last = status
        state = f"active;expires={LASTS}" if status < 200 else "terminated;reason=noresource"
        rows = [
            self._wire.contact(self._leg),
            ("Event", f"refer;id={self._number}"),
            ("Subscription-State", state),
            ("Content-Type", "message/sipfrag;version=2.0"),
        ]
        self._wire.ask(self._leg, "NOTIFY", rows, f"SIP/2.0 {status} {phrase(status)}\r\n".encode())
