"""What a server must answer to a request before anybody looks at what it asks for.  (pure)

Rules of this file:
- Every rule that RFC 3261 sections 8.2 and 16.3 ask for, and RFC 4475 tries, is here and nowhere else.
- A rule raises SipError with the status code to answer; nothing here answers, counts or logs.
- Syntax comes first, the method second, then what the request asks of us; a response is either good or thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sip_edge.message import header
from sip_edge.message.errors import SipError
from sip_edge.message.grammar import is_date, is_token
from sip_edge.message.limits import DEFAULT, Limits
from sip_edge.message.media_type import MediaType
from sip_edge.message.message import Message, Request, Response
from sip_edge.message.via import MAGIC

_METHODS = "INVITE ACK BYE CANCEL OPTIONS REGISTER PRACK UPDATE SUBSCRIBE NOTIFY PUBLISH MESSAGE REFER INFO"
KNOWN_METHODS = frozenset(_METHODS.split())
"""Methods with an RFC of their own: refused with 405 where not served, others with 501 (RFC 3261 section 8.2.1)."""

_RARE = frozenset(("route", "record-route", "path", "date"))
_WRAPPED = frozenset(("content-disposition", "content-encoding"))
_ASKING = frozenset(("require", "accept"))


@dataclass(frozen=True)
class Abilities:
    """What one server element does; everything it does not do is refused with the right code."""

    methods: tuple[str, ...] = ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "SUBSCRIBE", "NOTIFY")
    schemes: tuple[str, ...] = ("sip", "sips", "tel")
    """Of the Request-URI, lower case."""
    extensions: frozenset[str] = frozenset()
    """Option tags a request may Require, lower case."""
    bodies: tuple[str, ...] = ("application/sdp",)
    """Media types of request bodies, `type/subtype`; `multipart/mixed` where its parts are looked at."""
    answers: tuple[str, ...] = ("application/sdp",)
    """Media types an INVITE must be ready to accept one of (RFC 3261 section 20.1)."""
    own: frozenset[tuple[str, int]] = frozenset()
    """The (host, port) pairs this element writes into its own Via: a request that has one has looped."""
    limits: Limits = field(default=DEFAULT)


def check_request(request: Request, abilities: Abilities) -> None:
    """Raise the SipError a server answers `request` with; return when there is nothing to refuse.

    400 syntax, 505 version, 501 and 405 method, 416 scheme, 482 loop, 420 extension, 413, 415 and 406 body.
    ACK is never answered (RFC 3261 section 8.2): its caller drops what is raised for one.
    """
    check_syntax(request)
    method = request.method
    if method not in abilities.methods:
        raise _refused_method(method, abilities)
    if request.uri.scheme not in abilities.schemes:
        raise SipError(416, "This server does not know the scheme of the Request-URI.")
    if abilities.own and any(via.sent_by in abilities.own for via in request.vias):
        raise SipError(482, "The request has passed this server before.")
    if request.body:
        check_body(request, abilities)
    if request.headers.has_any(_ASKING):
        if method not in ("ACK", "CANCEL"):
            check_extensions(request.options("require"), abilities)
        if method == "INVITE" and "accept" in request.headers:
            _check_accept(request, abilities)


def check_syntax(request: Request) -> None:
    """Raise SipError 505 or 400 when `request` does not follow RFC 3261 sections 7, 8.1.1 and 20."""
    headers = request.headers
    if request.version != "SIP/2.0":
        raise SipError(505, "This server speaks SIP/2.0 only.")
    if request.fault is not None:
        raise request.fault
    _check_common(request)
    method = request.method
    if request.cseq.method != method:
        # RFC 4475 section 3.1.2.18: for a method nobody knows, 501 lasts longer than 400.
        if method not in KNOWN_METHODS:
            raise SipError(501, "This server does not know the method, and CSeq names another one.")
        raise SipError(400, "CSeq must name the method of the request line.")
    if request.uri.headers is not None:
        raise SipError(400, "A Request-URI must not carry headers.")  # RFC 3261 section 19.1.1, table 1
    if (request.max_forwards or 0) > 255:
        raise SipError(400, "Max-Forwards must be at most 255.")
    if request.via.branch == MAGIC:
        raise SipError(400, "The branch of the topmost Via has no identifier after its magic cookie.")
    if method == "REGISTER" and not request.to.uri.is_sip:
        raise SipError(400, "To must hold a sip or sips address of record.")  # RFC 3261 section 10.3
    if headers.has_any(_RARE):
        _check_rare(request)


def _check_rare(request: Request) -> None:
    for name in ("route", "record-route", "path"):
        request.addresses(name)
    date = request.headers.first("date")
    if date is not None and not is_date(date):
        raise SipError(400, "Date must be an RFC 1123 date in GMT.")


def check_response(response: Response) -> None:
    """Raise SipError when a user agent must throw `response` away (RFC 3261 sections 8.1.3.3 and 18.1.2).

    The code says nothing then: nobody answers a response.
    """
    if response.fault is not None:
        raise response.fault
    _check_common(response)
    if len(response.vias) != 1:
        raise SipError(400, "A response for a user agent must have one Via.")
    response.number("retry-after")
    for warning in response.headers.values("warning"):
        if not (warning[:3].isascii() and warning[:3].isdigit() and warning[3:4] == " "):
            raise SipError(400, "A Warning must start with three digits.")


def check_forwarding(request: Request, passed: frozenset[str] = frozenset()) -> None:
    """Raise the SipError an element answers instead of sending `request` on (RFC 3261 section 16.3).

    483 when Max-Forwards is used up, 420 for a Proxy-Require tag that is not in `passed` (lower case).
    """
    if request.max_forwards == 0:
        raise SipError(483, "The request has used up its Max-Forwards.")
    unknown = [tag for tag in request.options("proxy-require") if tag not in passed]
    if unknown:
        raise _bad_extension(unknown)


def check_extensions(required: tuple[str, ...], abilities: Abilities) -> None:
    """Raise SipError 420 with Unsupported when an option tag is required that `abilities` lack."""
    unknown = [tag for tag in required if tag not in abilities.extensions]
    if unknown:
        raise _bad_extension(unknown)


def check_body(request: Request, abilities: Abilities) -> None:
    """Raise SipError 413 or 415 when the body is too large or of a kind this server does not read.

    A body marked `handling=optional` (RFC 3261 section 20.11) may be ignored, so its type is not refused.
    """
    if len(request.body) > abilities.limits.body:
        raise SipError(413, "The body is larger than this server takes.")
    if request.headers.has_any(_WRAPPED):
        disposition = request.field("content-disposition")
        if disposition is not None and (disposition.parameter("handling") or "").lower() == "optional":
            return
        if any(encoding != "identity" for encoding in request.options("content-encoding")):
            raise SipError(415, "This server reads plain bodies only.", (("Accept-Encoding", "identity"),))
    kind = request.content_type
    if kind is None:
        raise SipError(400, "A body needs a Content-Type.")  # RFC 3261 section 20.15
    if kind.name not in abilities.bodies:
        accept = ", ".join(abilities.bodies)
        raise SipError(415, "This server does not read bodies of that type.", (("Accept", accept),))


def _check_common(message: Message) -> None:
    """What request and response share: the mandatory headers, once each, and every typed header well formed."""
    repeated = message.headers.repeated()
    if repeated is not None:
        raise SipError(400, f"The message has more than one {header.wire(repeated)} header.")
    message.read_core()
    _ = message.expires, message.contacts
    if not message.call_id or "\0" in message.call_id:
        raise SipError(400, "Call-ID must not be empty, nor hold a NUL.")


def _refused_method(method: str, abilities: Abilities) -> SipError:
    allow = (("Allow", ", ".join(abilities.methods)),)
    if method in KNOWN_METHODS:
        return SipError(405, "This server does not serve that method.", allow)
    return SipError(501, "This server does not know that method.", allow)


def _bad_extension(unknown: list[str]) -> SipError:
    named = tuple(dict.fromkeys(unknown))
    if not all(is_token(tag) for tag in named):  # it would be written back
        return SipError(400, "An option tag that is required is no token.")
    return SipError(420, "The request requires an extension this server lacks.", (("Unsupported", ", ".join(named)),))


def _check_accept(request: Request, abilities: Abilities) -> None:
    ranges = [MediaType.parse(value) for value in request.headers.values("accept")]
    if not any(one.accepts(answer) for one in ranges for answer in abilities.answers):
        raise SipError(406, "The caller accepts none of the bodies this server answers with.")
