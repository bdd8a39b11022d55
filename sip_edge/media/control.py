"""The frames between the SIP process and its media workers: one JSON object a line.  (pure)

A request `{"id": 7, "do": "open", "call": …, "leg": …, …}` is answered by `{"id": 7, "ok": {…}}` or
`{"id": 7, "error": [488, "A sentence."]}`; a worker tells events by itself: `{"event": "dtmf", …}`.
"""

from __future__ import annotations

import json
from typing import Any

from sip_edge.media.event import CallLost, Dtmf, FirstPacket, MediaEvent, PlayEnded, RecordEnded, RtpSilence

Message = dict[str, Any]
MAX_LINE = 262_144
EVENTS: dict[str, type[MediaEvent]] = {
    "first_packet": FirstPacket,
    "dtmf": Dtmf,
    "play_ended": PlayEnded,
    "record_ended": RecordEnded,
    "rtp_silence": RtpSilence,
    "call_lost": CallLost,
}


def pack(message: Message) -> bytes:
    """A message as it goes through the socket."""
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"


class Lines:
    """The messages in a stream of octets that come in any pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are complete by `data`. Raises ValueError when the other end writes something else."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_LINE:
            raise ValueError("A control line is too long.")
        return [json.loads(line) for line in lines]


def event(message: Message) -> MediaEvent:
    """The event that a worker tells."""
    said = dict(message)
    return EVENTS[said.pop("event")](**said)
