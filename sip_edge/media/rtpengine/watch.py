"""What rtpengine's answer to `query` tells of legs: their first packet, and silence.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sip_edge.media.event import FirstPacket, MediaEvent, RtpSilence

LOOK_SECONDS = 1.0


@dataclass(slots=True)
class Seen:
    """A leg at the last look: packets, and looks since they grew."""

    packets: int = 0
    looks: int = 0
    told: bool = False


def look(call: str, seen: dict[str, Seen], answer: dict[str, Any], silence: float) -> list[MediaEvent]:
    """What is new in an answer; `seen` is kept from look to look, LOOK_SECONDS apart."""
    told: list[MediaEvent] = []
    for leg, tag in answer.get("tags", {}).items():
        medias = tag.get("medias") or [{}]
        streams = medias[0].get("streams") or [{}]
        packets = int(streams[0].get("stats", {}).get("packets", 0))
        one = seen.setdefault(leg, Seen())
        if packets and not one.packets:
            told.append(FirstPacket(call, leg))
        expected = {"recv"} <= set(medias[0].get("flags", ()))
        if packets != one.packets or not expected:
            one.packets, one.looks, one.told = packets, 0, False
            continue
        one.looks += 1
        if one.looks * LOOK_SECONDS >= silence and not one.told:
            one.told = True
            told.append(RtpSilence(call, leg, one.looks * LOOK_SECONDS))
    return told
