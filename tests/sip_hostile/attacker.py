"""Somebody who sends what nobody should, from an address of the loopback of its own."""

from __future__ import annotations

import itertools
import socket
from contextlib import suppress

from tests.clients.scenes import DOMAIN

ADDRESS = "127.0.0.66"
_numbers = itertools.count(1)


class Attacker:
    """A UDP socket that is never in a hurry to listen."""

    def __init__(self, server: tuple[str, int], address: str = ADDRESS) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.setblocking(False)
        self._server = server

    def __enter__(self) -> Attacker:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def here(self) -> str:
        """Its address and port."""
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    def send(self, data: bytes) -> None:
        """One datagram; one that does not fit into a full buffer is lost, as on any network."""
        with suppress(BlockingIOError):
            self._socket.sendto(data, self._server)

    def heard(self) -> list[bytes]:
        """Everything that has come so far."""
        found: list[bytes] = []
        while True:
            try:
                found.append(self._socket.recv(65_535))
            except BlockingIOError:
                return found


def connect(server: tuple[str, int], address: str = ADDRESS) -> socket.socket:
    """A TCP connection."""
    return socket.create_connection(server, 5, (address, 0))


def message(method: str = "OPTIONS", *more: str, via: str = "", user: str = "101", protocol: str = "UDP") -> bytes:
    """A sound request for the demo company; a header in `more` takes the place of the one it would have."""
    number = next(_numbers)
    rows = {
        "Via": f"SIP/2.0/{protocol} {via or '192.0.2.1:5060'};branch=z9hG4bKevil{number}",
        "Max-Forwards": "70",
        "From": f"<sip:{user}@{DOMAIN}>;tag=evil{number}",
        "To": f"<sip:{user}@{DOMAIN}>",
        "Call-ID": f"evil-{number}",
        "CSeq": f"1 {method}",
        "Contact": f"<sip:{user}@192.0.2.1>",
        "Content-Length": "0",
    }
    for row in more:
        name, _, value = row.partition(": ")
        rows[name] = value
    lines = [f"{method} sip:{DOMAIN} SIP/2.0", *(f"{name}: {value}" for name, value in rows.items())]
    return "\r\n".join([*lines, "", ""]).encode()
