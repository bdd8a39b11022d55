"""What rtpengine is given to play, and for how long that sounds."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sip_edge.media import g711, tones, wav
from sip_edge.media.engine import Clip, File, Silence, Tone
from sip_edge.media.rtpengine.client import Client
from sip_edge.message.errors import SipError

LARGEST = 48_000
"""Octets of sound that fit into a datagram; a longer file goes by its path, which rtpengine must be able to read."""
MU = "PCMU/8000"
ROUNDS = 1_000_000
MAX_KEYS = 32


def _blob(clip: Tone | Silence) -> tuple[bytes, float | None]:
    """A tone or silence as a file's content, and the seconds it is to sound; None: until it is stopped."""
    if isinstance(clip, Silence):
        return wav.mu_law_file(g711.SILENCE[MU] * 800), clip.seconds
    samples = tones.tone(clip.name, clip.region)
    once = len(samples) / tones.RATE if clip.name in tones.ONCE else None
    return wav.mu_law_file(g711.encode(MU, samples)), clip.seconds if clip.seconds is not None else once


def keys(digits: str) -> bytes:
    """The tones of keys as a file's content, as many as fit."""
    pause = np.zeros(480, np.int16)
    parts = [part for key in digits[:MAX_KEYS] for part in (tones.key_tone(key), pause)]
    return wav.mu_law_file(g711.encode(MU, np.concatenate(parts)))


def _file(clip: File) -> tuple[dict[str, object], float | None]:
    """A file as it is; a part of one as a file of its own, where that fits into a datagram. Raises SipError(404)."""
    try:
        content = Path(clip.path).read_bytes()
        sound = wav.parse(content)
    except (OSError, ValueError) as error:
        raise SipError(404, f"A sound cannot be played: {error}") from error
    if clip.start or clip.seconds is not None:
        first = round(clip.start * sound.rate)
        last = len(sound.samples) if clip.seconds is None else first + round(clip.seconds * sound.rate)
        samples = sound.samples[first:last].astype("<i2").tobytes()
        content = wav.head(len(samples), sound.rate) + samples
        if len(content) > LARGEST:
            raise SipError(404, "A part of a file that rtpengine is to play may last three seconds at most.")
    return ({"blob": content} if len(content) <= LARGEST else {"file": clip.path}), 0.0


def read(clips: Sequence[Clip]) -> list[tuple[dict[str, object], float | None]]:
    """What to ask for each clip, and its seconds: 0 for as long as rtpengine says. Raises SipError(404)."""
    asked: list[tuple[dict[str, object], float | None]] = []
    for clip in clips:
        if isinstance(clip, File):
            asked.append(_file(clip))
        elif isinstance(clip, Tone) and clip.name not in tones.NAMES:
            raise SipError(404, "There is no such tone.")
        else:
            blob, seconds = _blob(clip)
            asked.append(({"blob": blob, "repeat-times": ROUNDS}, seconds))
    return asked


async def play(
    client: Client,
    names: dict[str, str],
    asked: list[tuple[dict[str, object], float | None]],
    repeat: int,
    shuffle: bool,
) -> None:
    """Play one after the other, `repeat` times over (0: for ever), to the leg that `names` names."""
    rounds = 0
    while repeat == 0 or rounds < repeat:
        rounds += 1
        for each, seconds in random.sample(asked, len(asked)) if shuffle else asked:
            answer = await client.ask("play media", **names, **each)
            if seconds is None:
                await asyncio.Event().wait()  # until it is stopped
            await asyncio.sleep(seconds or float(answer.get("duration", 0)) / 1_000)
    await client.ask("stop media", **names)
