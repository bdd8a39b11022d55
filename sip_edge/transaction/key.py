"""What transactions, merged requests and acknowledgements are found by.  (pure)"""

from __future__ import annotations

import hashlib
import hmac

from sip_edge.message.errors import SipError
from sip_edge.message.message import Message, Request, Response
from sip_edge.message.via import MAGIC
from sip_edge.transaction.effect import Key


def server_key(request: Request, method: str | None = None) -> Key:
    """The key of the server transaction `request` belongs to (RFC 3261 section 17.2.3).

    ACK has the key of its INVITE; `method` asks for another one at the same branch (INVITE for a CANCEL). A request
    without the magic cookie is matched as RFC 2543 did. Raises SipError(400) when a header it needs is broken.
    """
    kind = method or ("INVITE" if request.method == "ACK" else request.method)
    via = request.via
    branch = via.branch
    if branch is not None and branch.startswith(MAGIC) and branch != MAGIC:
        return ("server", branch, *via.sent_by, kind)
    return ("server", request.target, request.from_.tag, request.call_id, request.cseq.number, str(via), kind)


def client_key(message: Request | Response) -> Key:
    """The key of the client transaction that sent a request, or that a response is for (section 17.1.3).

    Raises SipError(400) when Via or CSeq is missing or broken.
    """
    method = message.method if isinstance(message, Request) else message.cseq.method
    return ("client", message.via.branch, method)


def merged_key(request: Request) -> Key | None:
    """What two copies of one request that took different ways have in common (section 8.2.2.2).

    None for a request that cannot be merged: inside a dialog, ACK, CANCEL, or from an element without tags.
    """
    tag = request.from_.tag
    if request.method in ("ACK", "CANCEL") or tag is None or request.to.tag is not None:
        return None
    return ("merged", tag, request.call_id, request.cseq.number, request.cseq.method)


def acknowledgement_key(message: Message) -> Key:
    """What an ACK has in common with the 2xx it acknowledges (section 13.2.2.4): dialog and CSeq number."""
    return ("2xx", message.call_id, message.from_.tag, message.to.tag, message.cseq.number)


def provisional_key(message: Message, cseq: int, rseq: int) -> Key:
    """What a PRACK has in common with the reliable provisional response it acknowledges (RFC 3262 section 4)."""
    return ("1xx", message.call_id, message.from_.tag, message.to.tag, cseq, rseq)


def to_tag(secret: bytes, request: Request) -> str:
    """A To tag for answers to `request`: the same for its repetitions, not to be guessed (sections 8.2.7, 19.3)."""
    try:
        own = "\n".join((request.call_id, str(request.from_.tag), str(request.via.branch), request.cseq.method))
    except SipError:
        own = request.start_line
    return hmac.new(secret, own.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()[:20]
