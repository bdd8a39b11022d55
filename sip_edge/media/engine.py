"""What a media engine does for a call.  (pure)

Two engines serve this interface: `sip_edge.media.local` (our worker processes) and `sip_edge.media.rtpengine`.
A call that needs neither relay nor application does not use an engine at all: its descriptions pass unchanged.

A call (a name the caller of this interface chooses) has legs (names unique in the call). A leg is one peer's audio: it
has its own port here, its own codec and its own description, whose o= line and port stay the same for the whole call.

Relay, A calls B:                offer(call, "a", A's SDP, to="b") → the SDP for B's INVITE
                                 answer(call, "b", B's SDP, to="a") → the SDP for A's 183 or 200; they hear each other
Several B at once:               offer(…, to="b1"), offer(…, to="b2"): each has its own port; the latest answer(…) wins
re-INVITE, hold, from either:    offer and answer again, same legs
Application (voicemail, music):  accept(call, "a", A's SDP) → the SDP for A's 200; then play, record, listen
Engine calls somebody:           invite(call, "b", like="a") → the SDP for B's INVITE; then answer(call, "b", B's SDP)
Join, part:                      bridge(call, "a", "b"); part(call, "a"); then play to each of them

Every coroutine raises SipError: 488 when the description holds no audio that can be carried, 400 when it is none,
481 when call or leg is unknown, 503 when the engine is not there or out of ports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sip_edge.media.event import MediaEvent

Listener = Callable[[MediaEvent], None]


@dataclass(frozen=True, slots=True)
class File:
    """An audio file to play, or a part of one: 8 kHz mono WAV (16 bit linear or μ-law)."""

    path: str
    start: float = 0.0
    """Seconds into the file; behind its end nothing is left to play."""
    seconds: float | None = None
    """How long; None, or more than there is: to its end."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A tone to play: ringback, dial, busy, reorder or beep, as the region has it; without seconds until stopped."""

    name: str
    region: str = "us"
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing, for `seconds`."""

    seconds: float


Clip = File | Tone | Silence


@dataclass(frozen=True, slots=True)
class Peer:
    """What is known of a leg's other end besides its description."""

    address: str = ""
    """Where its SIP messages come from: audio from that network is its audio too, when it sits behind a NAT."""
    srtp: bool = False
    """Must it be spoken to in SRTP (RFC 4568)? True for phones registered over TLS. Only asked where we offer."""
    key: bytes = field(default=b"", repr=False)
    """The SRTP key by which it knows us already: a leg that is opened for it goes on with that, for not every phone
    takes a new one in the middle of a call. b"": a new one."""


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """When a recording ends by itself."""

    seconds: float = 180.0
    silence: float | None = None
    """Seconds of silence that end it (they are cut off); None: never."""
    digits: str = ""
    """Keys of a recorded leg that end it."""


ANYONE = Peer()


class MediaEngine(Protocol):
    """See the module."""

    def subscribe(self, listener: Listener) -> None:
        """Have `listener` called with every event, in order, on the event loop."""

    async def offer(
        self,
        call: str,
        leg: str,
        sdp: bytes,
        *,
        to: str,
        peer: Peer = ANYONE,
        to_peer: Peer = ANYONE,
        plain: bool = False,
    ) -> bytes:
        """`leg`'s offer as it goes on to `to`. `plain`: only codecs that we can play and record ourselves (G.711)."""

    async def answer(self, call: str, leg: str, sdp: bytes, *, to: str = "", peer: Peer = ANYONE) -> bytes:
        """`leg`'s answer as it goes back to `to`, and the two are bridged; without `to` (after `invite`) b""."""

    async def accept(self, call: str, leg: str, sdp: bytes, *, peer: Peer = ANYONE) -> bytes:
        """Our own answer to `leg`'s offer (again: to its re-INVITE); it hears silence until something is played."""

    async def invite(self, call: str, leg: str, *, like: str = "", peer: Peer = ANYONE) -> bytes:
        """Our own offer to a new leg (again: for a re-INVITE), with the codec of leg `like` so that they can be
        bridged."""

    async def bridge(self, call: str, one: str, other: str) -> None:
        """The two hear each other, and nobody else. What is played to them goes on instead of the other's voice."""

    async def part(self, call: str, leg: str) -> None:
        """`leg` hears nobody and is heard by nobody."""

    async def delete(self, call: str, leg: str = "") -> None:
        """Free a leg (without a name: the call). Unknown ones are no error; both ends of a race may do it."""

    async def play(self, call: str, leg: str, clips: Sequence[Clip], *, repeat: int = 1, shuffle: bool = False) -> str:
        """Play clips to a leg, one after the other, `repeat` times over (0: for ever), in random order if `shuffle`;
        replaces what plays. → the name that PlayEnded will carry."""

    async def stop(self, call: str, leg: str) -> None:
        """Stop what plays to a leg, if anything does."""

    async def record(self, call: str, legs: Sequence[str], path: str, limits: RecordLimits) -> str:
        """Record what the legs say, mixed, into a new 8 kHz 16-bit mono WAV file. → RecordEnded's name."""

    async def stop_record(self, call: str, record: str) -> None:
        """End a recording, if it still runs."""

    async def listen(self, call: str, leg: str, on: bool = True) -> None:
        """Tell the keys of a leg (Dtmf): telephone-event, and tones in the audio when that was not negotiated."""

    async def digits(self, call: str, leg: str, digits: str) -> None:
        """Send keys to a leg."""

    async def block(self, call: str, leg: str, *, audio: bool = False, dtmf: bool = False) -> None:
        """Keep a leg's audio and/or keys from the leg it is bridged with; the last word counts."""
