"""Offers and answers of one dialog: who may offer a session now (RFC 3264, RFC 3261 section 14, RFC 3311).  (pure)

Descriptions themselves are not looked at: only whose offer is waiting for its answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sip_edge.message.errors import SipError

RETRY_AFTER = 10
"""The most seconds a 500 for crossing INVITEs asks for (RFC 3261 section 14.2)."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is open between the two ends."""

    our_offer: bool = False
    """Have we offered, and no answer has come?"""
    their_offer: bool = False
    """Have they offered, and we have not answered?"""
    our_invite: bool = False
    """Is an INVITE of ours without its final response?"""
    their_invite: bool = False
    """Is an INVITE of theirs without our final response?"""

    @property
    def may_offer(self) -> bool:
        """May we send an offer, in UPDATE or in a response (RFC 3311 section 5.1)?"""
        return not self.our_offer and not self.their_offer

    @property
    def may_invite(self) -> bool:
        """May we send a re-INVITE (RFC 3261 section 14.1)?"""
        return self.may_offer and not self.our_invite and not self.their_invite

    def inviting(self, *, offer: bool) -> Exchange:
        """We send an INVITE. Raises ValueError when `may_invite` says no."""
        if not self.may_invite:
            raise ValueError("A re-INVITE must wait until the exchange before it is over.")
        return replace(self, our_invite=True, our_offer=offer)

    def offering(self) -> Exchange:
        """We send an offer by other means: UPDATE, PRACK, or the response to an INVITE without one."""
        if not self.may_offer:
            raise ValueError("An offer must wait until the one before it is answered.")
        return replace(self, our_offer=True)

    def invited(self, *, offer: bool, seconds: int) -> Exchange:
        """An INVITE has come in. `seconds` (0 to 10, by chance) is what a 500 asks the peer to wait.

        Raises SipError 500 when an INVITE of theirs is open, 491 when one of ours or an offer of ours is (RFC 3261
        section 14.2).
        """
        if self.their_invite:
            wait = str(min(max(seconds, 0), RETRY_AFTER))
            raise SipError(500, "The INVITE before this one is not answered yet.", (("Retry-After", wait),))
        if self.our_invite or self.our_offer:
            raise SipError(491, "An INVITE or offer of this server is on its way.")
        return replace(self, their_invite=True, their_offer=offer)

    def updated(self, *, offer: bool, seconds: int) -> Exchange:
        """An UPDATE has come in; one without an offer is always welcome.

        Raises SipError 491 when an offer of ours is open, 500 when one of theirs is (RFC 3311 section 5.2).
        """
        if not offer:
            return self
        if self.our_offer:
            raise SipError(491, "An offer of this server is on its way.")
        if self.their_offer:
            wait = str(min(max(seconds, 0), RETRY_AFTER))
            raise SipError(500, "The offer before this one is not answered yet.", (("Retry-After", wait),))
        return replace(self, their_offer=True)

    def answered(self) -> Exchange:
        """The open offer has its answer, from whichever side."""
        return replace(self, our_offer=False, their_offer=False)

    def invite_over(self, *, ours: bool) -> Exchange:
        """An INVITE has its final response; an offer that got no answer with it is void."""
        if ours:
            return replace(self, our_invite=False, our_offer=False)
        return replace(self, their_invite=False, their_offer=False)

    def invite_accepted(self, *, ours: bool) -> Exchange:
        """An INVITE has its 2xx; what it offers stays open until the ACK answers it."""
        return replace(self, our_invite=False) if ours else replace(self, their_invite=False)


def pause(*, ours: bool, chance: float) -> float:
    """Seconds until we try again after 491: 2.1 to 4 for the owner of the Call-ID, else 0 to 2 (RFC 3261 section 14.1).

    `chance` is 0 to 1; the result is in steps of 10 ms.
    """
    low, high = (2.1, 4.0) if ours else (0.0, 2.0)
    return round(low + (high - low) * min(max(chance, 0.0), 1.0), 2)
