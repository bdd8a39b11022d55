"""G.711 (ITU-T G.711): μ-law and A-law to 16-bit samples and back, by tables.  (pure)"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


def _decode_mu() -> Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _decode_a() -> Samples:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment = (code >> 4) & 7
    mantissa = (code & 15) << 4
    size = np.where(segment == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


def _encode(decoded: Samples) -> NDArray[np.uint8]:
    """For every sample (as unsigned 16 bit) the code whose value is nearest."""
    order = np.argsort(decoded, kind="stable")
    values = decoded[order].astype(np.int32)
    samples = np.arange(-32768, 32768, dtype=np.int32)
    above = np.clip(np.searchsorted(values, samples, side="right"), 1, 255)
    nearer = samples - values[above - 1] < values[above] - samples
    nearest = order[np.where(nearer, above - 1, above)].astype(np.uint8)
    return np.roll(nearest, -32768)


_DECODE = {"PCMU/8000": _decode_mu(), "PCMA/8000": _decode_a()}
_ENCODE = {name: _encode(table) for name, table in _DECODE.items()}
SILENCE = {"PCMU/8000": b"\xff", "PCMA/8000": b"\xd5"}
"""The code of a sample of silence."""


def decode(name: str, codes: bytes) -> Samples:
    """Codes of `PCMU/8000` or `PCMA/8000` → samples."""
    return _DECODE[name][np.frombuffer(codes, np.uint8)]


def encode(name: str, samples: Samples) -> bytes:
    """Samples → codes of `PCMU/8000` or `PCMA/8000`."""
    return _ENCODE[name][samples.view(np.uint16)].tobytes()


def recode(source: str, target: str) -> bytes:
    """The table for `bytes.translate` from one law to the other."""
    return encode(target, _DECODE[source])
