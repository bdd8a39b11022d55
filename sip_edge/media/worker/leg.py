"""One leg's audio: who may send it, where it goes, and what is heard in it. Here every packet passes."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Network, ip_address
from typing import TYPE_CHECKING, Any

from pylibsrtp import Error as SrtpError
from pylibsrtp import Session as Srtp

from sip_edge.media import g711, rtp
from sip_edge.media.dtmf import Ear
from sip_edge.media.keys import Keys, Press
from sip_edge.media.worker.outgoing import Outgoing

if TYPE_CHECKING:
    from sip_edge.media.worker.recorder import Recorder

EVENT = "TELEPHONE-EVENT/8000"
LAWS = ("PCMU/8000", "PCMA/8000")
LARGEST = 2_048
Endpoint = tuple[str, int]
Tell = Callable[..., None]
RECODE = {pair: g711.recode(*pair) for pair in (LAWS, LAWS[::-1])}


class Leg:
    """The sockets of a leg and what is known of its peer."""

    def __init__(self, call: str, name: str, port: int, pair: tuple[socket.socket, socket.socket], tell: Tell) -> None:
        self.call, self.name, self.port = call, name, port
        self.phase = port // 2 % 4
        self.socket, self.control = pair
        self.out = Outgoing(self)
        self.partner: Leg | None = None
        self.target: Endpoint | None = None
        self.source: Endpoint | None = None
        """Who is listened to: the first that may, until the next description."""
        self.networks: tuple[IPv4Network, ...] = ()
        self.sends: dict[int, str] = {}
        self.takes: dict[str, int] = {}
        self.receives = self.expects = False
        self.keys: list[str] | None = None
        """SRTP keys, theirs and ours, in hexadecimal."""
        self.srtp_in: Srtp | None = None
        self.srtp_out: Srtp | None = None
        self.listening = self.block_audio = self.block_dtmf = self.playing = False
        self.recorders: list[Recorder] = []
        self.packets = self.refused = 0
        self.seen = 0
        """Packets at the last look for silence."""
        self.quiet_since = 0.0
        self.silence_told = False
        self._tell = tell
        self._keys, self._ear = Keys(), Ear()
        self._fast = False
        self._mapped: dict[int, tuple[int, bytes | None]] | None = None

    def tell(self, event: str, **said: Any) -> None:
        """An event of this leg."""
        self._tell(event, call=self.call, leg=self.name, **said)

    def describe(self, target: Endpoint | None, networks: tuple[IPv4Network, ...]) -> None:
        """A description came in: the next packet that may come decides who is listened to."""
        if target is not None or self.source is None or not set(networks) <= set(self.networks):
            self.target = target  # behind a NAT the old way is kept until audio comes by a new one
        self.source, self.networks = None, networks

    def settle(self) -> None:
        """Work out, after any change, whether packets can pass unread, and how payload types change on the way."""
        partner = self.partner
        self._mapped = None
        if partner is not None:
            mapped = {pt: _way(name, partner.takes) for pt, name in self.sends.items()}
            same = all(way is None or way == (pt, None) for pt, way in mapped.items()) and None not in mapped.values()
            self._mapped = None if same else {pt: way for pt, way in mapped.items() if way is not None}
        read = self.hearing or self.recorders or self.block_audio or self.block_dtmf or self._mapped is not None
        self._fast = not read and self.srtp_in is None

    @property
    def hearing(self) -> bool:
        """Does anybody want this leg's keys?"""
        return self.listening or any(one.limits.digits for one in self.recorders)

    def readable(self) -> None:
        """Take one packet and pass it on: the next has its turn after everybody else's, and asking for one more in vain
        would cost as much as a packet."""
        try:
            data, source = self.socket.recvfrom(LARGEST)
        except OSError:
            return
        if source != self.source:
            if not self._may_send(source):
                self.refused += 1
                return
            if self.srtp_in is None:
                self._lock(source)
        if not self._fast:
            self._pass_read(data, source)
            return
        self.packets += 1
        partner = self.partner
        if partner is not None and partner.receives and not partner.playing:
            partner.send(data)

    def _may_send(self, source: Endpoint) -> bool:
        if self.source is not None:
            return False
        address = ip_address(source[0])
        return any(address in network for network in self.networks)

    def _lock(self, source: Endpoint) -> None:
        self.source = self.target = source
        self.tell("first_packet")

    def send(self, data: bytes) -> None:
        """A packet to the peer; what cannot be sent is lost, as on any network."""
        if self.target is None:
            return
        try:
            self.socket.sendto(data if self.srtp_out is None else self.srtp_out.protect(data), self.target)
        except (OSError, SrtpError):
            return

    def _pass_read(self, data: bytes, source: Endpoint) -> None:
        if self.srtp_in is not None:
            try:
                data = self.srtp_in.unprotect(data)
            except (SrtpError, TypeError):
                self.refused += 1
                return
            if source != self.source:
                self._lock(source)  # only who has the key
        packet = rtp.parse(data)
        if packet is None:
            return
        self.packets += 1
        name = self.sends.get(packet.payload_type, "")
        self._hear(name, packet)
        if self.block_dtmf if name == EVENT else self.block_audio:
            return
        partner = self.partner
        if partner is None or not partner.receives or partner.playing:
            return
        if self._mapped is None:
            partner.send(data)
        elif (way := self._mapped.get(packet.payload_type)) is not None:
            payload = packet.payload if way[1] is None else packet.payload.translate(way[1])
            partner.send(rtp.build(way[0], packet.sequence, packet.timestamp, packet.ssrc, payload, packet.marker))

    def _hear(self, name: str, packet: rtp.Packet) -> None:
        if name == EVENT:
            self._pressed(self._keys.heard(packet, time.monotonic()) if self.hearing else [])
        elif name in LAWS and packet.payload:
            by_ear = self.hearing and EVENT not in self.sends.values()
            if by_ear or self.recorders:
                samples = g711.decode(name, packet.payload)
                now = time.monotonic()
                for one in self.recorders:
                    one.add(self, packet.timestamp, samples, now)
                if by_ear:
                    self._pressed(self._ear.heard(samples))

    def _pressed(self, presses: list[Press]) -> None:
        for press in presses:
            if self.listening:
                self.tell("dtmf", digit=press.digit, milliseconds=press.milliseconds)
            for one in list(self.recorders):
                one.pressed(press.digit, time.monotonic())

    def look(self, now: float, silence: float) -> None:
        """Now and then: keys whose end was lost, and a peer that has fallen silent for `silence` seconds."""
        if self.hearing:
            self._pressed(self._keys.due(now))
        if self.packets != self.seen or not self.expects or not self.quiet_since:  # it is looked at for the first time
            self.seen, self.quiet_since, self.silence_told = self.packets, now, False
        elif now - self.quiet_since >= silence and not self.silence_told:
            self.silence_told = True
            self.tell("rtp_silence", seconds=round(now - self.quiet_since, 1))

    def pass_control(self) -> None:
        """RTCP goes on to the partner when both speak plain RTP; SRTP's would have to be made anew, so it ends here."""
        try:
            data, source = self.control.recvfrom(LARGEST)
        except OSError:
            return
        partner = self.partner
        if partner is None or self.source is None or source[0] != self.source[0] or partner.playing:
            return
        if self.srtp_in is None and partner.srtp_out is None and partner.target is not None:
            with suppress(OSError, OverflowError):
                partner.control.sendto(data, (partner.target[0], partner.target[1] + 1))

    def close(self) -> None:
        """The sockets are gone after this."""
        self.socket.close()
        self.control.close()


def _way(name: str, takes: dict[str, int]) -> tuple[int, bytes | None] | None:
    """How a codec reaches a peer that takes others: its payload type there and the table that changes the law."""
    if name in takes:
        return takes[name], None
    other = next((law for law in takes if law in LAWS), None)
    if name in LAWS and other is not None:
        return takes[other], RECODE[name, other]
    return None
