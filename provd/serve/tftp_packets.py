"""Requests, OACKs and errors of TFTP, on tftpy's packet classes.

DATA and ACK are not here: they are the hot path and four fixed bytes each, see tftp_transfer.py and
docs/decisions/0005-tftp.md.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from tftpy.TftpPacketFactory import TftpPacketFactory
from tftpy.TftpPacketTypes import TftpPacketERR, TftpPacketOACK, TftpPacketRRQ, TftpPacketWRQ
from tftpy.TftpShared import TftpException

# Error codes of RFC 1350 (appendix).
UNDEFINED = 0
FILE_NOT_FOUND = 1
ACCESS_VIOLATION = 2
ILLEGAL_OPERATION = 4
UNKNOWN_TRANSFER = 5

# RFC 2347 allows 512 octets for a request; provisioning paths with a token may be that long alone.
MAX_REQUEST = 1024
MAX_PATH = 512
# File name, mode and sixteen options with their values; RFC 2348, 2349 and 7440 define four.
MAX_STRINGS = 2 + 2 * 16

_FACTORY = TftpPacketFactory()

# At DEBUG tftpy writes every file name, and a file name may hold a provisioning token; and every octet of it.
logging.getLogger("tftpy").setLevel(logging.WARNING)


class Malformed(ValueError):
    """A datagram that is not a request of RFC 1350 and 2347, or is larger than any phone sends."""


@dataclass(frozen=True, slots=True)
class FileRequest:
    """One RRQ (or WRQ, then `write`): path without leading slashes, mode and option names in lower case."""

    path: str
    mode: str
    write: bool = False
    options: Mapping[str, str] = field(default_factory=dict)


def read_request(datagram: bytes) -> FileRequest:
    """Datagram of the well-known port → FileRequest; raises Malformed for everything else."""
    if len(datagram) > MAX_REQUEST or datagram[:2] not in (b"\0\1", b"\0\2"):
        raise Malformed("not a TFTP request")
    # Boot ROMs exist that send their whole zeroed buffer: padding is not an (empty) option.
    if datagram.endswith(b"\0\0"):
        datagram = datagram.rstrip(b"\0") + b"\0"
    # Counted before tftpy walks the datagram byte by byte: a flood of options costs nothing.
    if datagram.count(0, 2) > MAX_STRINGS:
        raise Malformed("too many options")
    try:
        packet = _FACTORY.parse(datagram)
    except (TftpException, UnicodeDecodeError, struct.error) as error:
        raise Malformed(str(error)) from error
    if not isinstance(packet, TftpPacketRRQ | TftpPacketWRQ):
        raise Malformed("not a TFTP request")
    options = {name.lower(): value for name, value in packet.options.items()}  # RFC 2347: names ignore case
    return FileRequest(str(packet.filename).lstrip("/"), str(packet.mode), isinstance(packet, TftpPacketWRQ), options)


def oack(options: Mapping[str, int]) -> bytes:
    """The options the server agreed to → OACK datagram (RFC 2347); nothing agreed → empty."""
    if not options:
        return b""
    packet = TftpPacketOACK()
    packet.options = dict(options)
    return bytes(packet.encode().buffer)


def error(code: int, sentence: str) -> bytes:
    """Error code of RFC 1350 and the sentence the phone shows or logs → ERROR datagram."""
    packet = TftpPacketERR()
    packet.errorcode = code
    packet.errmsgs = {code: sentence.encode("ascii", "replace")}  # tftpy only knows fixed texts, none for code 0
    return bytes(packet.encode().buffer)
