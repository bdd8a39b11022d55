"""One read over TFTP as a phone does it: datagrams in, datagrams out.  (pure)

RFC 1350 with blksize (RFC 2348) and tsize (RFC 2349), in lock-step. Timeouts are the caller's: it sends `last` again.
"""

from __future__ import annotations

from provd.simulate.wire import Reply

# An Ethernet frame less the headers of IPv4, UDP and TFTP, rounded down as phones do for tagged frames.
BLKSIZE = 1428
SIZE_LIMIT = 64 * 1024 * 1024

_RRQ, _DATA, _ACK, _ERROR, _OACK = 1, 3, 4, 5, 6
# Error codes of RFC 1350 (appendix) as HTTP statuses; any other is a server that cannot answer now.
_STATUS = {1: 404, 2: 403}


class TftpRead:
    """The state of one transfer. `last` is the datagram to send, and to send again on a timeout; `reply` is there
    when the transfer is over. With `look` the phone wants to know only whether the file is there."""

    def __init__(self, path: str, *, blksize: int = BLKSIZE, look: bool = False) -> None:
        words = [path.lstrip("/"), "octet", "tsize", "0"]
        words += ["blksize", str(blksize)] if blksize != 512 else []
        self.last = _RRQ.to_bytes(2, "big") + b"".join(word.encode() + b"\0" for word in words)
        self.reply: Reply | None = None
        self._look = look
        self._wanted = blksize
        self._size = 512
        self._block = 0
        self._parts: list[bytes] = []
        self._octets = 0
        self._port: int | None = None

    def receive(self, datagram: bytes, port: int) -> bytes | None:
        """Take a datagram of the server's `port` (its transfer id) and give what to send back, None for nothing."""
        if self._port is not None and port != self._port:
            return None  # another transfer's; RFC 1350 §4 leaves ours undisturbed
        code, rest = int.from_bytes(datagram[:2], "big"), datagram[2:]
        if code == _ERROR and len(rest) >= 2:
            self._error(rest)
            return None
        if code == _OACK and self._block == 0:
            self._port = port
            return self._options(rest)
        if code == _DATA and len(rest) >= 2:
            self._port = port
            return self._data(int.from_bytes(rest[:2], "big"), rest[2:])
        return None

    def _error(self, rest: bytes) -> None:
        number = int.from_bytes(rest[:2], "big")
        text = rest[2:].split(b"\0")[0].decode("ascii", "replace")[:100]
        self.reply = Reply(_STATUS.get(number, 503), error=f"TFTP error {number} {text}".strip())

    def _options(self, rest: bytes) -> bytes:
        words = [word.decode("ascii", "replace") for word in rest.split(b"\0")]
        said = {name.lower(): value for name, value in zip(words[::2], words[1::2], strict=False)}
        size = said.get("blksize", "512")
        if not (size.isdecimal() and 8 <= int(size) <= max(512, self._wanted)):
            return self._stop(Reply(503, error="TFTP blksize larger than asked"))
        self._size = int(size)
        if self._look:
            return self._stop(Reply(200))
        self.last = _ACK.to_bytes(2, "big") + b"\0\0"
        return self.last

    def _data(self, number: int, octets: bytes) -> bytes | None:
        if self._look:
            return self._stop(Reply(200))
        if number != (self._block + 1) & 0xFFFF:
            return None  # a block once more: answering it would double every datagram after it (RFC 1123 §4.2.3.1)
        self._block += 1
        self._octets += len(octets)
        if self._octets > SIZE_LIMIT:
            return self._stop(Reply(503, error="TFTP file larger than a phone takes"))
        self._parts.append(octets)
        self.last = _ACK.to_bytes(2, "big") + number.to_bytes(2, "big")
        if len(octets) < self._size:
            self.reply = Reply(200, body=b"".join(self._parts))
        return self.last

    def _stop(self, reply: Reply) -> bytes:
        """End the transfer from our side with an error, as RFC 2347 has it for a client that wants no more."""
        self.reply = reply
        self.last = _ERROR.to_bytes(2, "big") + b"\0\0stopped\0"
        return self.last
