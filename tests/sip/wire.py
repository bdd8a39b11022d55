"""Wire fixtures of tests/wire/sip as octets: the notation of RFC 4475 section 2, undone."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "wire" / "sip"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))

_ONE_LINE = re.compile(r"<allOneLine>\n(.*?)\n</allOneLine>", re.S)
_REPEAT = re.compile(r"<repeat count=(\d+)>(.*?)</repeat>")
_HEX = re.compile(r"<hex>([0-9A-F]*)</hex>")


def load(name: str) -> bytes:
    """The octets of fixture `name`."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="ascii")
    text = _ONE_LINE.sub(lambda match: match[1].replace("\n", ""), text)
    text = _REPEAT.sub(lambda match: match[2] * int(match[1]), text)
    text = text.replace("\n", "\r\n")
    return _HEX.sub(lambda match: bytes.fromhex(match[1]).decode("latin-1"), text).encode("latin-1")


def lines(*rows: str, body: bytes = b"") -> bytes:
    """A message of our own: rows joined by CRLF, an empty line, the body."""
    return "\r\n".join((*rows, "", "")).encode("utf-8", "surrogateescape") + body


def request(method: str = "OPTIONS", *more: str, uri: str = "sip:pbx.example.com", body: bytes = b"") -> bytes:
    """A sound request with `more` header rows; a row for a header it has already takes that one's place."""
    rows = {
        "via": "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74b43;rport",
        "max-forwards": "Max-Forwards: 70",
        "from": "From: <sip:101@example.com>;tag=9fxced76sl",
        "to": "To: <sip:102@example.com>",
        "call-id": "Call-ID: 3848276298220188511@192.0.2.1",
        "cseq": f"CSeq: 1 {method}",
    }
    extra = []
    for row in more:
        name = row.partition(":")[0].strip().lower()
        if name in rows:
            rows[name] = row
        else:
            extra.append(row)
    if body and not any(row.lower().startswith(("content-length", "l:")) for row in extra):
        extra.append(f"Content-Length: {len(body)}")
    return lines(f"{method} {uri} SIP/2.0", *rows.values(), *extra, body=body)


def register(number: int = 1) -> bytes:
    """The REGISTER of a desk phone, as large as they come (about 890 octets); `number` makes it another phone's."""
    credentials = (
        f'username="{1000 + number}", realm="pbx.example.com", nonce="5f1e2d3c4b5a69788796a5b4c3d2e1f0", '
        f'uri="sip:pbx.example.com:5060", response="{number:032x}", cnonce="0a4f113b", nc=00000001, qop=auth, '
        "algorithm=MD5"
    )
    return lines(
        "REGISTER sip:pbx.example.com:5060 SIP/2.0",
        f"Via: SIP/2.0/UDP 192.0.2.{number % 250}:5091;branch=z9hG4bK-524287-1---f4d5ae5a7c3b{number:04x};rport",
        "Max-Forwards: 70",
        f"Contact: <sip:{1000 + number}@192.0.2.{number % 250}:5091;rinstance=2b2fcf4ecf4b{number:04x}>;expires=3600"
        f';+sip.instance="<urn:uuid:00000000-0000-1000-8000-00085d2a{number:04x}>"',
        f'To: "Desk {number}" <sip:{1000 + number}@pbx.example.com>',
        f'From: "Desk {number}" <sip:{1000 + number}@pbx.example.com>;tag=2d5f{number:04x}',
        f"Call-ID: MTQ3ZDVkYTk4YzA0ZjU2N2M{number}@192.0.2.1",
        f"CSeq: {number + 1} REGISTER",
        "Expires: 3600",
        "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, INFO, SUBSCRIBE, MESSAGE, UPDATE",
        "Supported: path, gruu, outbound",
        "User-Agent: Deskphone T46 66.86.0.15",
        f"Authorization: Digest {credentials}",
        "Content-Length: 0",
    )
