#!/usr/bin/env python3
"""SIP message layer: requests per second on one core, no two of them the same.

Goal: at least 40,000 REGISTER/s for parse + check + typed reading of the core headers + serialize.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from sip_edge.message import Request, parse
from sip_edge.message.check import Abilities, check_request
from sip_edge.message.digest import offers
from sip_edge.message.sdp import Session
from tests.sip import wire

EDGE = Abilities(extensions=frozenset(("path",)))
COUNT, RUNS = 5_000, 7
SDP = (
    b"v=0\r\no=- 20518 20518 IN IP4 192.0.2.1\r\ns=SDP data\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    b"m=audio 11780 RTP/AVP 0 8 18 9 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    b"a=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\na=rtpmap:9 G722/8000\r\n"
    b"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
)


def register(number: int) -> bytes:
    """An 890-octet REGISTER with digest credentials, another phone for every number."""
    return wire.register(number)


def invite(number: int) -> bytes:
    """An INVITE with a description, another call for every number."""
    return wire.request(
        "INVITE",
        f"Via: SIP/2.0/UDP 192.0.2.{number % 250}:5091;branch=z9hG4bK2104763{number};rport",
        "Route: <sip:pbx.example.com:5060;lr>",
        f'From: "Desk {number}" <sip:{number}@pbx.example.com>;tag=14096{number}',
        f"Call-ID: 0_2283736102{number}@192.0.2.1",
        f"Contact: <sip:{number}@192.0.2.1:5091>",
        "Content-Type: application/sdp",
        "Supported: replaces,timer",
        "Allow-Events: talk,hold,conference,refer,check-sync",
        "Session-Expires: 1800;refresher=uac",
        "User-Agent: Deskphone T46 66.86.0.15",
        body=SDP,
    )


def read(data: bytes) -> Request:
    """Parse, check and read what every request is asked for."""
    request = parse(data)
    assert isinstance(request, Request)
    check_request(request, EDGE)
    _ = request.via, request.from_, request.to, request.to.uri, request.call_id, request.cseq, request.uri
    _ = request.contacts, request.max_forwards, request.expires
    return request


def whole(data: bytes) -> bytes:
    """The figure of the goal."""
    return bytes(read(data))


def answered(data: bytes) -> bytes:
    """What a registrar does on top: source address into Via, credentials read, 200 written."""
    request = read(data).arrived("203.0.113.5", 40000)
    _ = offers(request.headers.all("authorization"))
    return bytes(request.reply(200, to_tag="5f1e2d3c", headers=[("Contact", str(request.contacts[0]))]))


def with_description(data: bytes) -> bytes:
    """An INVITE whose session description is read and written too."""
    request = read(data)
    return bytes(request) + bytes(Session.parse(request.body))


def per_second(work: Callable[[bytes], object], messages: list[bytes]) -> tuple[float, float]:
    """(median, least) messages per second of this process's own time, over RUNS runs: load beside it counts little."""
    rates = []
    for _ in range(RUNS):
        gc.collect()
        start = time.process_time()
        for data in messages:
            work(data)
        rates.append(len(messages) / (time.process_time() - start))
    return statistics.median(rates), min(rates)


def main() -> int:
    """Print one line a figure; exit 1 when the goal is missed."""
    registers = [register(number) for number in range(COUNT)]
    invites = [invite(number) for number in range(COUNT)]
    rows: list[tuple[str, Callable[[bytes], object], list[bytes]]] = [
        ("REGISTER parse", parse, registers),
        ("REGISTER parse + check + typed + serialize", whole, registers),
        ("REGISTER to its 200, credentials read", answered, registers),
        ("INVITE parse + check + typed + serialize", whole, invites),
        ("INVITE with its description", with_description, invites),
    ]
    figures = {}
    for name, work, messages in rows:
        figures[name], least = per_second(work, messages)
        print(f"sip_message: {name}: {figures[name]:,.0f}/s (least {least:,.0f}/s)")
    return 0 if figures[rows[1][0]] >= 40_000 else 1


if __name__ == "__main__":
    sys.exit(main())
