"""Bytes into a request or a response.  (pure)

A message that is broken but can still be answered comes out with its `fault`. Only what is no SIP message at all,
or over the limits, raises.
"""

from __future__ import annotations

import re

from sip_edge.message.errors import SipError
from sip_edge.message.grammar import TOKEN
from sip_edge.message.headers import Headers, text_of
from sip_edge.message.limits import DEFAULT, Limits
from sip_edge.message.message import REQUEST_LINE, Request, Response

_LOOSE = re.compile(rf"[ \t]*+({TOKEN})[ \t].*?(SIP/[0-9]++\.[0-9]++)[ \t]*+\Z", re.I | re.S)
_STATUS = re.compile(r"SIP/2\.0 ([1-6][0-9][0-9])(?: (.*))?\Z", re.I | re.S)
_LINES = re.compile(r"\r\n(?![ \t])")
_new = object.__new__


def parse(data: bytes, limits: Limits = DEFAULT) -> Request | Response:
    """The one message in `data` (a datagram, or what the stream framer cut out).

    Octets after the body that Content-Length promises are dropped (RFC 3261 section 18.3). Raises SipError(400 or
    513) for what is no SIP message or over `limits`; nobody is owed an answer to that. Time is linear in `data`.
    """
    if len(data) > limits.message:
        raise SipError(513, "The message is larger than this server takes.")
    if data[:1] in b"\r\n":  # RFC 3261 section 7.5
        data = data.lstrip(b"\r\n")
    head, end, body = data.partition(b"\r\n\r\n")
    fault = None
    if not end:
        head = head.removesuffix(b"\r\n")
        fault = SipError(400, "The message has no empty line after its headers.")
    text = head.decode("utf-8", "surrogateescape")
    lines = text.split("\r\n")
    if len(head.splitlines()) != len(lines) or head.endswith((b"\r", b"\n")):
        fault = SipError(400, "A header line holds a bare CR or LF.")
    if len(lines) > limits.headers or len(head) > limits.line:
        _bound(head, lines, limits)
    headers = Headers(lines[1:])
    if headers.malformed:  # or folded
        lines = _LINES.split(text)
        _bound(head, lines, limits)
        headers = Headers(lines[1:])
        if headers.malformed:
            fault = fault or SipError(400, "A header line has no colon, or a name that is no token.")
    given = headers.index.get("content-length")
    if given is not None:
        body, problem = _cut(given, body)
        fault = fault or problem
    if lines[0][:4].upper() == "SIP/":
        return _response(lines[0], headers, body, fault)
    return _request(lines[0], headers, body, fault)


def _bound(head: bytes, lines: list[str], limits: Limits) -> None:
    if len(head) > limits.head or len(lines) > limits.headers:
        raise SipError(513, "The headers are larger or more than this server takes.")
    if max(map(len, lines)) > limits.line:
        raise SipError(513, "A header line is longer than this server takes.")


def _cut(given: list[str], body: bytes) -> tuple[bytes, SipError | None]:
    """The body that the Content-Length values say, and what is wrong with that (RFC 3261 section 20.14)."""
    text = text_of(given[0])
    if len(given) > 1 or not text.isascii() or not text.isdigit() or len(text) > 10:
        return body, SipError(400, "Content-Length must stand once and be a number.")
    length = int(text)
    if length > len(body):
        return body, SipError(400, "The body is shorter than Content-Length says.")
    return body[:length], None


def _response(start: str, headers: Headers, body: bytes, fault: SipError | None) -> Response:
    match = _STATUS.match(start)
    if match is None:
        raise SipError(400, "The status line does not follow RFC 3261 section 7.2.")
    return Response(start, headers, body, fault, int(match[1]), match[2] or "")


def _request(start: str, headers: Headers, body: bytes, fault: SipError | None) -> Request:
    match = REQUEST_LINE.match(start)
    self = _new(Request)
    into = self.__dict__
    if match is None:
        loose = _LOOSE.match(start)
        if loose is None:
            raise SipError(400, "This is no SIP message: it has no request line and no status line.")
        into["method"], into["target"], into["version"] = loose[1], "", loose[2].upper()
        fault = SipError(400, "The request line must be method, URI and version with one space between.")
    else:
        into["method"], into["target"], version = match.groups()
        into["version"] = version if version == "SIP/2.0" else version.upper()
    into["start_line"] = start
    into["headers"] = headers
    into["body"] = body
    into["fault"] = fault
    return self
