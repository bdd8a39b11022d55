"""One read transfer of RFC 1350, 2347 and 7440: datagrams and the time in, datagrams and the next timer out.  (pure)

Rules of this file: no socket, no clock, no timer. `now` is monotonic seconds; after every call the caller sends what
was returned and calls `expire` when `deadline` has passed. `outcome` is empty until the transfer is over.

The OACK is block 0: like a DATA block it is sent, repeated, and acknowledged by ACK 0 (RFC 2347).
"""

from __future__ import annotations

from collections.abc import Sequence

from provd.serve.tftp_content import Content
from provd.serve.tftp_options import Terms

DELIVERED = "delivered"  # the last block was acknowledged
CANCELLED = "cancelled"  # the client sent ERROR
SILENT = "silent"  # no acknowledgement after every repetition
OVERDUE = "overdue"  # acknowledged something now and then, but never got to the end

FIRST_TIMEOUT = 1.0
LONGEST_TIMEOUT = 8.0
# An address that never answered may be forged, and DATA is larger than the request: it gets three datagrams, not six.
UNPROVEN_RETRIES = 2
# How much of the file is kept ready, so that reading the disk overlaps with sending.
READ_AHEAD = 65536


class Transfer:
    """The sending side of one file; blocks are counted from 1 without wrapping, only the wire wraps at 65535 → 0."""

    __slots__ = (
        "_acked",
        "_began",
        "_blksize",
        "_content",
        "_ends",
        "_last",
        "_oack",
        "_repeated",
        "_retries",
        "_sent",
        "_timeout",
        "_tries",
        "_window",
        "deadline",
        "outcome",
        "resent",
    )

    def __init__(
        self,
        content: Content,
        terms: Terms,
        now: float,
        *,
        oack: bytes = b"",
        retries: int = 5,
        lifetime: float = 14400.0,
    ) -> None:
        self._content = content
        self._blksize = terms.blksize
        self._window = terms.windowsize
        self._timeout = float(terms.timeout) or FIRST_TIMEOUT
        self._oack = oack
        self._retries = retries
        self._ends = now + lifetime
        self._acked = -1 if oack else 0
        self._sent = self._acked
        self._began = self._acked
        self._last = -1  # number of the last block, once it was met
        self._tries = 0
        self._repeated = False
        self.deadline = now + FIRST_TIMEOUT
        self.outcome = ""
        self.resent = 0

    @property
    def proven(self) -> bool:
        """The client acknowledged something: its address is real."""
        return self._acked > self._began

    @property
    def quiet(self) -> bool:
        """The timer has already run out once since the last progress: the client may be gone."""
        return self._tries > 0

    @property
    def acknowledged(self) -> int:
        """Wire octets the client has for certain."""
        return max(0, self._acked) * self._blksize

    @property
    def hungry(self) -> bool:
        """More of the file should be read now."""
        content = self._content
        return not content.complete and content.ahead(self.acknowledged) < READ_AHEAD + self._window * self._blksize

    def begin(self, now: float) -> Sequence[bytes]:
        """The first datagrams: the OACK, or the first window."""
        return self._fill(now)

    def feed(self, octets: bytes, now: float, *, last: bool) -> Sequence[bytes]:
        """A further piece of the content, translated for the wire; `last` = the end of the file."""
        self._content.feed(octets, last=last, acknowledged=self.acknowledged)
        return () if self.outcome else self._fill(now)

    def receive(self, datagram: bytes, now: float) -> Sequence[bytes]:
        """A datagram of the client; raises ValueError when it is neither ACK nor ERROR (nothing changes then)."""
        if datagram[:2] != b"\0\4" or len(datagram) < 4:
            return self._not_ack(datagram)
        acked = self._acked
        ahead = ((datagram[2] << 8 | datagram[3]) - acked) & 0xFFFF
        if not 0 < ahead <= self._sent - acked:
            return self._repeat_window(now) if ahead == 0 else ()
        acked += ahead
        self._acked = acked
        self._tries = 0
        if acked == self._last:
            self.outcome = DELIVERED
            return ()
        if now > self._ends:
            self.outcome = OVERDUE
            return ()
        # An ACK inside the window reports a gap (RFC 7440 §4): go on right behind it, and only once.
        self._repeated = acked < self._sent
        if self._repeated:
            self._rewind()
        return self._fill(now)

    def repeat(self, now: float) -> Sequence[bytes]:
        """The same request came again before anything was acknowledged: the first datagram got lost, or is late."""
        if self.outcome or self.proven:
            return ()
        deadline = self.deadline
        self._rewind()
        datagrams = self._fill(now)
        self.deadline = deadline  # only the client's ACK moves the timer on, or requests alone could hold a transfer
        return datagrams

    def expire(self, now: float) -> Sequence[bytes]:
        """The time is at or past `deadline`: repeat what is not acknowledged, or give up (`outcome`)."""
        if self.outcome:
            return ()
        if now > self._ends:
            self.outcome = OVERDUE
            return ()
        if self._sent == self._acked:  # nothing is under way: the disk is slow, not the client
            return self._fill(now)
        self._tries += 1
        if self._tries > (self._retries if self.proven else min(self._retries, UNPROVEN_RETRIES)):
            self.outcome = SILENT
            return ()
        self._rewind()
        self._repeated = False
        return self._fill(now)

    def _not_ack(self, datagram: bytes) -> Sequence[bytes]:
        if datagram[:2] == b"\0\5" and len(datagram) >= 4:
            self.outcome = CANCELLED
            return ()
        raise ValueError("neither ACK nor ERROR")

    def _repeat_window(self, now: float) -> Sequence[bytes]:
        """ACK of what was acknowledged before.

        In lock-step it must not cause DATA, or every block would go out twice from there on (RFC 1123 §4.2.3.1). With
        a window it says that the first block of the window is missing; then the window goes out again, once.
        """
        if self._window == 1 or self._repeated or self._acked < 0:
            return ()
        self._repeated = True
        self._rewind()
        return self._fill(now)

    def _rewind(self) -> None:
        self.resent += self._sent - self._acked
        self._sent = self._acked

    def _fill(self, now: float) -> Sequence[bytes]:
        """Send up to the end of the window, or as far as the content has arrived, and set the timer."""
        sent, acked, size = self._sent, self._acked, self._blksize
        self.deadline = now + (self._backed_off() if self._tries or acked == self._began else self._timeout)
        if acked < 0:
            self._sent = 0
            return (self._oack,)
        datagrams = []
        end = acked + self._window
        while sent < end and sent != self._last:
            octets = self._content.block(sent * size, size)
            if octets is None:
                break
            sent += 1
            datagrams.append(b"\0\3" + (sent & 0xFFFF).to_bytes(2, "big") + octets)
            if len(octets) < size:
                self._last = sent
        self._sent = sent
        return datagrams

    def _backed_off(self) -> float:
        """RFC 1123 §4.2.3.2: exponential. A long `timeout` of the client counts once it has proved to be there."""
        timeout = self._timeout if self.proven else FIRST_TIMEOUT
        return min(timeout * 2.0 ** min(self._tries, 8), max(timeout, LONGEST_TIMEOUT))
