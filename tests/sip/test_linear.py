"""Four times the input takes about four times the time, for input made to be slow."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from sip_edge.message import Address, Limits, MediaType, SipError, Uri, Via, header, parameters, parse
from sip_edge.message.digest import Credentials
from sip_edge.message.multipart import Multipart
from sip_edge.message.sdp import Session
from sip_edge.message.stream import Framer
from tests.sip import wire

SIZE = 4_000
ROOMY = Limits(message=10**7, head=10**7, line=10**7, headers=10**6, values=10**6, body=10**7)
MIXED = MediaType.parse("multipart/mixed;boundary=b")


def drip(size: int) -> None:
    framer = Framer(ROOMY)
    for _ in range(size):
        framer.feed(b"x")


CASES: dict[str, Callable[[int], object]] = {
    "open quote": lambda n: Address.parse('"' + "a" * n),
    "escapes": lambda n: Address.parse('"' + "\\a" * n + "x"),
    "open bracket": lambda n: Address.parse("<" + "a" * n),
    "brackets": lambda n: Address.parse("<" * n),
    "name of blanks": lambda n: Address.parse(" " * n + "x"),
    "semicolons": lambda n: Address.parse("<sip:h>" + ";" * n),
    "parameters": lambda n: Address.parse("<sip:h>" + ";a=b" * n + "="),
    "parameter of quotes": lambda n: Address.parse("<sip:h>;a=" + '"' * n),
    "find": lambda n: parameters.find(';x="y"' + ";a=b" * n, "tag"),
    "find twins": lambda n: parameters.find(";tag=1" * n, "tag"),
    "uri of colons": lambda n: Uri.parse("sip:" + ":" * n),
    "uri of ats": lambda n: Uri.parse("sip:" + "a@" * n),
    "uri without at": lambda n: Uri.parse("sip:" + "a:" * n),
    "uri parameters": lambda n: Uri.parse("sip:h" + ";a" * n + "<").parameter("z"),
    "uri headers": lambda n: Uri.parse("sip:h?" + "a=b&" * n).header("z"),
    "percents": lambda n: Uri.parse("sip:" + "%41%" * n + "@h").username,
    "tel": lambda n: Uri.parse("tel:" + "1-" * n).number,
    "via": lambda n: Via.parse("SIP/2.0/UDP h" + ";a=b" * n + ","),
    "via blanks": lambda n: Via.parse("SIP" + " " * n + "x"),
    "commas": lambda n: header.split_values("," * n + '"'),
    "commas in brackets": lambda n: header.split_values('<,>,"\'",' * n),
    "digest": lambda n: Credentials.parse("Digest " + 'a="b", ' * n),
    "digest blanks": lambda n: Credentials.parse("Digest a" + " " * n + "x"),
    "media type": lambda n: MediaType.parse("a/b" + ";a=b" * n + "/"),
    "headers": lambda n: parse(b"A b SIP/2.0\r\n" + b"X: y\r\n" * n + b"\r\n", ROOMY),
    "folds": lambda n: parse(b"A b SIP/2.0\r\nTo: x" + b"\r\n y" * n + b"\r\n\r\n", ROOMY).headers.first("to"),
    "fold blanks": lambda n: parse(b"A b SIP/2.0\r\nTo: x" + b" " * n + b"\r\n y\r\n\r\n", ROOMY).headers.first("to"),
    "request line": lambda n: parse(b"A " + b"SIP/2" * n + b"\r\n\r\n", ROOMY),
    "request blanks": lambda n: parse(b"A" + b" " * n + b"\r\n\r\n", ROOMY),
    "vias": lambda n: parse(wire.request("A", *["v: SIP/2.0/UDP h"] * n), ROOMY).headers.values("via", 10**6),
    "contacts": lambda n: parse(wire.request("A", "m: " + "<sip:h>," * n), ROOMY).headers.values("m", 10**6),
    "description": lambda n: Session.parse(b"v=0\r\no=- 1 1 IN IP4 h\r\ns=" + b"x" * n),
    "media line": lambda n: Session.parse(b"v=0\r\no=- 1 1 IN IP4 h\r\nm=audio 1 x" + b" 0" * n),
    "boundaries": lambda n: Multipart.parse(b"--b\r\n\r\n" + b"\r\n--c" * n, MIXED),
    "drip": drip,
    "blank lines": lambda n: Framer(ROOMY).feed(b"\n" * n),
    "pings": lambda n: Framer(ROOMY).feed(b"\r\n\r\n" * n),
    "frames": lambda n: Framer(ROOMY).feed(wire.lines("A b SIP/2.0", "l:0") * (n // 20)),
}


def fastest(run: Callable[[int], object], size: int) -> float:
    """The best of several runs, seconds of this process's own time."""
    best = 1e9
    for _ in range(5):
        start = time.process_time()
        with contextlib.suppress(SipError):
            run(size)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("name", CASES)
def test_time_is_linear(name: str) -> None:
    """Linear is 4, quadratic 16; 9 leaves room for a busy machine, and what takes under 2 ms is fast enough."""
    small, large = fastest(CASES[name], SIZE), fastest(CASES[name], 4 * SIZE)
    assert large < 0.002 or large < 9 * small


def test_the_largest_message_takes_no_time() -> None:
    """A message at every limit at once, parsed and checked, stays far below a retransmission interval."""
    data = wire.request("OPTIONS", *["v: SIP/2.0/UDP h;branch=z9hG4bK1"] * 100, "m: " + ",".join(["<sip:a@h>"] * 120))
    assert fastest(lambda _: parse(data).contacts and parse(data).vias, 0) < 0.05
