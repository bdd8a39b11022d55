"""Whether two phones' audio can go directly.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from sip_edge.media.engine import Peer
from sip_edge.media.negotiation import inside, read, source_of
from sip_edge.message.errors import SipError


@dataclass(frozen=True, slots=True)
class Mode:
    """`relay`: the audio has to pass through the engine; `reason` is a sentence for the call's flow."""

    relay: bool
    reason: str


DIRECT = Mode(False, "The phones send their audio to each other.")


def mode(offer: bytes, caller: Peer, callee: Peer, *, callee_behind_nat: bool = False, needed: str = "") -> Mode:
    """How the audio of a call goes, from the caller's offer and where both are.

    `callee_behind_nat`: its Contact names another address than its messages come from. `needed`: why the engine is
    needed anyway (`The call is recorded.`). An offer without audio that we could carry goes directly: the callee says
    what it thinks of it.
    """
    if needed:
        return Mode(True, needed)
    try:
        audio = read(offer, caller)
    except SipError:
        return DIRECT
    if (audio.crypto is not None) != callee.srtp:
        return Mode(True, "One phone speaks SRTP and the other does not.")
    if callee_behind_nat or (not audio.address and not audio.on_hold):
        who = "called" if callee_behind_nat else "calling"
        return Mode(True, f"The {who} phone is behind a NAT.")
    called = source_of(callee)
    if audio.address and called and _inside(audio.address) != _inside(called):
        return Mode(True, "One phone is in a private network and the other is not.")
    return DIRECT


def _inside(address: str) -> bool:
    known = ip_address(address)
    return known.is_loopback or inside(known)
