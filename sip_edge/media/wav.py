"""WAV files of 8 or 16 kHz, mono, 16 bit linear or μ-law: reading and writing their bytes.  (pure)"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from sip_edge.media.g711 import Samples, decode

LINEAR, MU_LAW = 1, 7
HEAD = 44


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file holds: samples per second and the samples."""

    rate: int
    samples: Samples

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def head(octets: int, rate: int = 8_000) -> bytes:
    """The first 44 octets of a 16-bit mono file with `octets` of samples."""
    shape = struct.pack("<HHIIHH", LINEAR, 1, rate, rate * 2, 2, 16)
    return (
        b"RIFF" + struct.pack("<I", 36 + octets) + b"WAVEfmt \x10\0\0\0" + shape + b"data" + struct.pack("<I", octets)
    )


def mu_law_file(codes: bytes) -> bytes:
    """A whole μ-law file of 8 kHz (RFC 2361 format 7)."""
    shape = struct.pack("<HHIIHHH", MU_LAW, 1, 8_000, 8_000, 1, 8, 0)
    fact = b"fact\4\0\0\0" + struct.pack("<I", len(codes))
    body = (
        b"WAVEfmt \x12\0\0\0"
        + shape
        + fact
        + b"data"
        + struct.pack("<I", len(codes))
        + codes
        + b"\0" * (len(codes) % 2)
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def parse(content: bytes) -> Sound:
    """The sound in a file's content. Raises ValueError with a sentence.

    A file that was cut off, as by a crash while it was recorded, counts as far as it goes.
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise ValueError("This is no WAV file.")
    place, shape = 12, (0, 0, 0, 0)
    while place + 8 <= len(content):
        name, size = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        chunk = content[place + 8 : place + 8 + size]
        if name == b"fmt " and len(chunk) >= 16:
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
            shape = (kind, channels, rate, bits)
        if name == b"data":
            return _sound(shape, chunk)
        place += 8 + size + size % 2
    raise ValueError("This WAV file holds no sound.")


def _sound(shape: tuple[int, int, int, int], chunk: bytes) -> Sound:
    kind, channels, rate, bits = shape
    if channels != 1 or rate not in (8_000, 16_000) or (kind, bits) not in ((LINEAR, 16), (MU_LAW, 8)):
        raise ValueError("A sound to play is mono, of 8 or 16 kHz, in 16 bit linear or μ-law.")
    if kind == MU_LAW:
        return Sound(rate, decode("PCMU/8000", chunk))
    return Sound(rate, np.frombuffer(chunk[: len(chunk) & ~1], "<i2").astype(np.int16))
