"""What passes from one side of a call to the other besides descriptions: who is there, and answers."""

from __future__ import annotations

from sip_edge.call import identity
from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.routing.decision import CallerId
from sip_edge.stack_request import ServerRequest

Rows = list[tuple[str, str]]


def asserted(one: Conversation, leg: Leg) -> Rows:
    """Who is at the other side, for displays: P-Asserted-Identity without the rest."""
    rows = identity.caller_headers(CallerId(leg.end.shown, leg.end.name), one.domain, "x")
    return [row for row in rows if row[0] == "P-Asserted-Identity"]


def told(asked: ServerRequest, status: int) -> None:
    """Pass an answer on; what is about our own request means nothing to others."""
    asked.reply(488 if status in (401, 407, 420, 422) else status)
