"""The voice and the ears of a phone on a real socket: RTP in μ-law, a tone for a voice, keys as events or as tones."""

from __future__ import annotations

import math
import select
import socket
import threading
import time
from collections.abc import Iterable

import numpy as np

from sip_edge.media import g711, negotiation, rtp, tones
from sip_edge.media.dtmf import HIGH, KEYS, LOW
from tests.clients.talking import power

EVENT = 101
STEP = 0.02
PATIENCE = 8.0


class Voice:
    """It says its `tone` (Hz) all the time to where `heed` told; 0: it says nothing."""

    def __init__(self, tone: int = 0, address: str = "127.0.0.1") -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self.port = int(self._socket.getsockname()[1])
        self.to: tuple[str, int] | None = None
        self.packets: list[tuple[rtp.Packet, tuple[str, int]]] = []
        self._call = ""
        self._said = _sine(tone) if tone else b""
        self._urgent: list[tuple[bytes, int, bool]] = []
        self._sequence, self._stamp, self._event_stamp = 1, 160, 0
        self._end, self._heard_at = False, 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def heed(self, body: bytes, call: str = "") -> None:
        """Send to where the description of a call says, if it wants anything."""
        audio = negotiation.read(body)
        self._call = call
        self.to = (audio.address, audio.port) if audio.receives and audio.address else None

    def hush(self, call: str) -> None:
        """The call is over."""
        if call == self._call:
            self.to = None

    def close(self) -> None:
        """Say nothing any more."""
        self._end = True
        self._thread.join(2)
        self._socket.close()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._end:
            ready = select.select([self._socket], [], [], max(0.0, due - time.monotonic()))[0]
            if ready:
                data, source = self._socket.recvfrom(2048)
                packet = rtp.parse(data)
                if packet is not None:
                    self.packets.append((packet, source))
                    self._heard_at = time.monotonic()
            if time.monotonic() >= due:
                due += STEP
                self._say()

    def _say(self) -> None:
        urgent = self._urgent.pop(0) if self._urgent else None
        if self.to is None:
            return
        place = (self._stamp - 160) % 8000
        payload, kind, mark = urgent or (self._said[place : place + rtp.FRAME], 0, False)
        if payload:
            if mark:
                self._event_stamp = self._stamp
            stamp = self._event_stamp if kind == EVENT else self._stamp
            self._socket.sendto(rtp.build(kind, self._sequence, stamp, self.port, payload, mark), self.to)
            self._sequence += 1
        self._stamp += rtp.FRAME

    def press(self, key: str) -> None:
        """Press a key, told as events (RFC 4733)."""
        self._urgent += [(payload, EVENT, mark) for payload, mark in rtp.event_packets(key, 480)]

    def whistle(self, key: str, seconds: float = 0.12) -> None:
        """Press a key that is heard as its two tones."""
        row, column = divmod("".join(KEYS).index(key), 4)
        sound = g711.encode("PCMU/8000", tones.sine((LOW[row], HIGH[column]), seconds))
        self._urgent += [(sound[place : place + rtp.FRAME], 0, False) for place in range(0, len(sound), rtp.FRAME)]

    def heard(self, seconds: float = 0.25) -> list[float]:
        """The last samples that it heard."""
        last = [packet.payload for packet, _ in self.packets[-60:] if packet.payload_type == 0]
        wave = g711.decode("PCMU/8000", b"".join(last)).astype(np.float64) / 32768
        return [float(one) for one in wave[-round(seconds * 8000) :]]

    @property
    def silent(self) -> float:
        """For how many seconds nothing has come."""
        return time.monotonic() - self._heard_at

    def samples(self) -> g711.Samples:
        """All that it heard."""
        return g711.decode("PCMU/8000", b"".join(one.payload for one, _ in self.packets if one.payload_type == 0))

    def hears(self, tone: int, others: Iterable[int] = ()) -> bool:
        """Does it hear this tone now, louder than the others, at the latest in PATIENCE seconds?"""
        self.packets.clear()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found, besides = self.heard(), (*others, 3333)
            if len(found) >= 2000 and all(power(found, tone) > 20 * power(found, one) + 1e-6 for one in besides):
                return True
            time.sleep(0.01)
        return False

    @property
    def keys(self) -> str:
        """The keys that it heard as events."""
        ends = {one.timestamp: one.payload[0] for one, _ in self.packets if one.payload_type == EVENT}
        return "".join(rtp.KEYS[code] for code in ends.values())

    @property
    def sources(self) -> set[tuple[str, int]]:
        """Where what it heard came from."""
        return {source for _, source in self.packets}


def _sine(tone: int) -> bytes:
    wave = np.array([12_000 * math.sin(2 * math.pi * tone * place / 8000) for place in range(8000)])
    return g711.encode("PCMU/8000", wave.astype(np.int16))
