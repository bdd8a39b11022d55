"""Requests that a client transaction makes of its own request: ACK for a refusal, and CANCEL.  (pure)"""

from __future__ import annotations

from sip_edge.message.message import Request, Response


def ack(invite: Request, response: Response) -> Request:
    """The ACK for a 3xx to 6xx response to `invite` (RFC 3261 section 17.1.1.3), in the same transaction."""
    return _twin(invite, "ACK", response.headers.all("to")[0])


def cancel(request: Request, reason: str = "") -> Request:
    """The CANCEL for `request` (RFC 3261 section 9.1): the same branch, To without a tag as it was sent; `reason` is
    its Reason (RFC 3326)."""
    made = _twin(request, "CANCEL", request.headers.all("to")[0])
    return made.with_headers(made.headers.with_added("Reason", reason)) if reason else made


def _twin(request: Request, method: str, to: str) -> Request:
    headers = [
        ("Via", str(request.via)),
        ("Max-Forwards", "70"),
        ("From", request.headers.all("from")[0]),
        ("To", to),
        ("Call-ID", request.call_id),
        ("CSeq", f"{request.cseq.number} {method}"),
        *(("Route", route) for route in request.headers.all("route")),
    ]
    return Request.build(method, request.target, headers)
