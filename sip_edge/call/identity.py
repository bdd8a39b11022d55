"""Who calls, as headers say it: read from an INVITE, and written into ours.  (pure)"""

from __future__ import annotations

from sip_edge.message.address import Address
from sip_edge.message.errors import SipError
from sip_edge.message.grammar import quote
from sip_edge.message.message import Request
from sip_edge.message.uri import Uri, sip
from sip_edge.routing.decision import CallerId
from sip_edge.routing.facts import MOST_HOPS

ANONYMOUS = "anonymous"
LONGEST_NAME = 64
Pairs = list[tuple[str, str]]


def who(request: Request) -> CallerId:
    """The caller of an INVITE of a carrier: P-Asserted-Identity before From (RFC 3325), nobody when they are private.

    The number is as the carrier writes it; of a header that cannot be read, nothing is taken.
    """
    private = "id" in request.options("privacy") or "user" in request.options("privacy")
    shown = _address(request, "p-asserted-identity") or request.from_
    digits = _number(shown.uri)
    if private or digits.lower() == ANONYMOUS or shown.uri.host.lower() == "anonymous.invalid":
        return CallerId(private=True)
    return CallerId(digits, clean(shown.name or request.from_.name))


def proven(request: Request) -> str:
    """The verdict on the caller's number, as `verstat` tells it (3GPP TS 24.229 section 7.2A.20): A, B or C, `failed`,
    or "" where nobody said."""
    for address in (_address(request, "p-asserted-identity"), request.from_):
        uri = address.uri if address is not None else None
        verdict = (uri.parameter("verstat") or _in_user(uri)) if uri is not None else ""
        if verdict.lower().startswith("tn-validation-failed"):
            return "failed"
        if verdict.lower().startswith("tn-validation-passed"):
            level = verdict[-1:].upper()
            return level if verdict[-2:-1] == "-" and level in "ABC" else "A"
    return ""


def _in_user(uri: Uri) -> str:
    """`sip:+1214…;verstat=…@host`: carriers write it as a parameter of the number."""
    return (uri.user or "").partition(";verstat=")[2].partition(";")[0]


def hops(request: Request) -> tuple[str, ...]:
    """Who has sent the call on already, oldest first, the user part each: Diversion (RFC 5806, the latest on top), else
    the History-Info entries that name a reason (RFC 7044)."""
    try:
        diverted = [one.uri.username for one in request.addresses("diversion")][::-1]
        if not diverted and "history-info" in request.headers:
            entries = request.addresses("history-info")
            diverted = [one.uri.username for one in entries if one.uri.header("reason")]
    except SipError:
        return ()
    return tuple(diverted[-MOST_HOPS:])


def caller_headers(shown: CallerId, host: str, tag: str) -> Pairs:
    """From, P-Asserted-Identity and Privacy of an INVITE of ours; `host` is the company, or the carrier's."""
    if shown.private or not shown.number:
        name = f"{quote(clean(shown.name))} " if shown.name and not shown.private else '"Anonymous" '
        own = f"<sip:{shown.number}@{host}>" if shown.number else ""
        asserted = [("P-Asserted-Identity", own)] if own else []
        return [("From", f"{name}<sip:anonymous@anonymous.invalid>;tag={tag}"), *asserted, ("Privacy", "id")]
    uri = sip(shown.number, host)
    name = f"{quote(clean(shown.name))} " if shown.name else ""
    return [("From", f"{name}<{uri}>;tag={tag}"), ("P-Asserted-Identity", f"{name}<{uri}>")]


def diversions(sent_on: tuple[str, ...], domain: str, why: str) -> Pairs:
    """Diversion of an INVITE of ours, the latest on top; `why` is busy or no_answer for that one."""
    reasons = {"busy": "user-busy", "no_answer": "no-answer"}
    found = []
    for place, hop in enumerate(reversed(sent_on[-MOST_HOPS:])):
        reason = reasons.get(why, "unconditional") if place == 0 else "unknown"
        found.append(("Diversion", f"<{sip(hop, domain)}>;reason={reason}"))
    return found


def clean(name: str) -> str:
    """A name as it may stand in a header and on a display."""
    return "".join(letter for letter in name[:LONGEST_NAME] if letter.isprintable()).strip()


def dialled(uri: Uri) -> str:
    """The digits of a Request-URI: of a tel URI too, without parameters of the number."""
    return _number(uri)


def _number(uri: Uri) -> str:
    return uri.number or "" if uri.scheme == "tel" else uri.username.partition(";")[0]


def _address(request: Request, name: str) -> Address | None:
    try:
        found = request.addresses(name) if name in request.headers.index else ()
    except SipError:
        return None
    return next((one for one in found if one.uri.is_sip or one.uri.scheme == "tel"), None)
