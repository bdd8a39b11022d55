"""What happened in calls: the one log that histories, statistics and tests are made from.  (pure)

Rules of this file:
- An event is only ever added. Whoever replays the events of a call in their order knows all that can be known of it.
- A leg is one phone, or one outside number, in one call. Its number is the same for as long as it lives, also when it
  goes on in another call; leg 1 of a call is the one that the call began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

KINDS: MappingProxyType[str, str] = MappingProxyType(
    {
        "began": "The call came in. extension/device or number: who calls; called: what was dialled; detail.direction.",
        "decided": "Routing decided. reason: the steps, a line each; detail.action, detail.destination, detail.owner.",
        "ringing": "A phone of the call is called: leg, and its extension/device or number.",
        "alerting": "That phone says that it rings.",
        "screened": "The caller is asked for a name. reason: asked, then named or unnamed, with detail.seconds.",
        "asked": "That leg has answered, and has the call if it presses 1. reason: confirmation, or screening.",
        "accepted": "That leg was asked, and has pressed 1.",
        "answered": "That leg was answered. The first of a call is its beginning of talk.",
        "not_answered": "That leg ended unanswered: status; reason elsewhere, cancelled, busy, declined, failed, "
        "no_key (it was asked, and pressed none) or voicemail (it sent the caller there).",
        "forwarded": "It was sent on. reason: busy, no_answer, or voicemail (who answered wants that); detail.to.",
        "held": "That leg put the other on hold.",
        "resumed": "That leg took the other back.",
        "transferred": "That leg gave the call away. reason: blind or attended; detail.to, the digits it gave it to.",
        "replaced": "That leg was put in the place of another, detail.leg: taken over, moved or picked up (reason).",
        "parked": "That leg waits in an orbit: detail.orbit; extension: who parked it.",
        "retrieved": "That leg was taken out of its orbit, detail.orbit.",
        "recalled": "Nobody took that leg out of its orbit in time: it rings whoever parked it; detail.orbit.",
        "feature": "A feature code did something: detail.feature, detail.argument.",
        "application": "That leg speaks with an application: detail.application, detail.argument.",
        "relayed": "The audio of that leg passes through the server; reason says why.",
        "left": "That leg was in the call and is over; reason: hung_up (by it), ended (by the other), failed.",
        "ended": "The call is over: status of its final answer, 200 when it was answered; reason.",
    }
)


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One thing that happened in a call.

    `call` names the call in all its events; `at` is epoch seconds; `leg` is 0 where the call as a whole is meant.
    `number` is E.164, `extension` and `device` are of the company, `name` is what displays show; `called` are the
    digits that were dialled. `status` is a SIP status, 0 where there is none. `blocked`: a list of blocked callers, or
    a failed proof of the caller's number, decided.
    """

    call: str
    at: float
    domain_id: int
    kind: str
    leg: int = 0
    extension: str = ""
    device: str = ""
    number: str = ""
    name: str = ""
    called: str = ""
    status: int = 0
    reason: str = ""
    blocked: bool = False
    detail: Mapping[str, str] = field(default_factory=dict)
