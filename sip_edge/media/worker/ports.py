"""Pairs of ports: RTP on the even one, RTCP above it (RFC 3550 section 11)."""

from __future__ import annotations

import socket
from collections import deque

from sip_edge.message.errors import SipError

TRIES = 64
BUFFER = 65_536


class Ports:
    """The even ports of a range; one that is freed comes up again last, so that late packets find nobody."""

    def __init__(self, bind: str, first: int, last: int) -> None:
        self._bind = bind
        self._free = deque(range(first + first % 2, last, 2))

    @property
    def free(self) -> int:
        """How many pairs are left."""
        return len(self._free)

    def take(self) -> tuple[int, socket.socket, socket.socket]:
        """→ a port and its two sockets. Raises SipError(503) when none can be had."""
        for _ in range(min(TRIES, len(self._free))):
            port = self._free.popleft()
            try:
                rtp = self._open(port)
            except OSError:
                self._free.append(port)
                continue
            try:
                return port, rtp, self._open(port + 1)
            except OSError:
                rtp.close()
                self._free.append(port)
        raise SipError(503, "No port for audio is free; widen the setting rtp_ports.")

    def _open(self, port: int) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            opened.setblocking(False)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0xB8)  # expedited forwarding, RFC 3246
            opened.bind((self._bind, port))
        except OSError:
            opened.close()
            raise
        return opened

    def give_back(self, port: int) -> None:
        """A port whose sockets are closed."""
        self._free.append(port)
