"""Reliable provisional responses: RSeq, RAck and PRACK (RFC 3262).  (pure)"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sip_edge.message.cseq import RAck
from sip_edge.message.errors import SipError
from sip_edge.message.message import Request, Response

TAG = "100rel"
_LIMIT = 2**31


@dataclass(frozen=True, slots=True)
class Sending:
    """Our side of an INVITE that came in: which reliable response is waiting for its PRACK."""

    next_rseq: int
    """Chosen by chance from 1 to 2**31 - 1 for the first (section 3)."""
    waiting: int | None = None
    """The RSeq that has not been acknowledged yet."""

    @property
    def may_send(self) -> bool:
        """May another reliable response go out? One at a time, as section 3 demands before the first is known."""
        return self.waiting is None

    def sending(self) -> tuple[Sending, tuple[tuple[str, str], ...]]:
        """We send one: the state after it, and the headers it carries. Raises ValueError when one is waiting."""
        if self.waiting is not None:
            raise ValueError("A reliable response must wait until the one before it is acknowledged.")
        rows = (("Require", TAG), ("RSeq", str(self.next_rseq)))
        following = self.next_rseq + 1 if self.next_rseq + 1 < _LIMIT else 1
        return Sending(following, self.next_rseq), rows

    def acknowledged(self, prack: Request, invite: Request) -> Sending:
        """The state after a PRACK. Raises SipError(481) when it acknowledges nothing of ours (section 3)."""
        wanted = None if self.waiting is None else RAck(self.waiting, invite.cseq.number, invite.method)
        if wanted is None or prack.rack != wanted:
            raise SipError(481, "The PRACK acknowledges no response of this server.")
        return replace(self, waiting=None)


def wanted(invite: Request, *, we_need: bool = False) -> bool:
    """Are provisional responses to `invite` (101 to 199) to be sent reliably?

    True when the caller requires it, or when we need it and the caller can. Raises SipError(421) when we need it and
    the caller cannot.
    """
    if TAG in invite.options("require"):
        return True
    if not we_need:
        return False
    if TAG not in invite.supported:
        raise SipError(421, "This call needs reliable provisional responses.", (("Require", TAG),))
    return True


@dataclass(frozen=True, slots=True)
class Receiving:
    """Our side of an INVITE that we sent, for one of its forks: how far the reliable responses have come."""

    last: int | None = None
    """The RSeq acknowledged last, None before the first."""

    def received(self, response: Response) -> tuple[Receiving, RAck | None]:
        """The state after a provisional response, and what to PRACK (section 4).

        None for a response that is not reliable, one that came before, and one that came too early: that one is
        passed over, and the peer sends it again. Raises SipError(400) for an RSeq that is none.
        """
        rseq = response.number("rseq")
        if rseq is None or TAG not in response.options("require") or not 100 < response.status < 200:
            return self, None
        if not 0 < rseq < _LIMIT:
            raise SipError(400, "RSeq must be 1 to 2147483647.")
        if self.last is not None and rseq != self.last + 1:
            return self, None
        return Receiving(rseq), RAck(rseq, response.cseq.number, response.cseq.method)
