"""baresip with a voice: it sends a tone of its own into calls, and what it heard is compared by frequency."""

from __future__ import annotations

import math
import struct
import time
import wave
from collections.abc import Iterable
from pathlib import Path

from provd.simulate.reading import ReadAccount
from tests.clients.baresip import PATIENCE, Baresip

RATE = 8000
SECONDS = 60


class Talker(Baresip):
    """`tone` in Hz is what it says all the time."""

    def __init__(
        self, folder: Path, account: ReadAccount, tone: int, *, extra: str = "", ca: bytes = b"", wide: bool = False
    ) -> None:
        """`wide`: it speaks G.722 and nothing else."""
        self._tone, self._wide = tone, wide
        codec = "G722/16000/1" if wide else "PCMU/8000/1"
        super().__init__(folder, account, ca=ca, extra=f"{extra};audio_codecs={codec}")
        _write_tone(folder / "voice.wav", tone)

    def _config(self, *, trusting: bool) -> str:
        lines = [
            f"audio_source aufile,{self._folder / 'voice.wav'}",
            f"audio_player aufile,{self._folder / 'heard.wav'}",
            f"audio_alert aufile,{self._folder / 'alert.wav'}",
            "jitter_buffer_delay 0-0",  # that of baresip 1.0 drops whoever takes the place of another
            "ausrc_srate 8000",
            "auplay_srate 8000",
            "ausrc_channels 1",
            "auplay_channels 1",
            "module aufile.so",
            "module sndfile.so",
            f"snd_path {self._folder}",
            *(["module g722.so"] if self._wide else []),
        ]
        plain = super()._config(trusting=trusting)
        head, mark, rest = plain.partition("module g711.so")
        return head + mark + "\n" + "\n".join(lines) + rest

    def __enter__(self) -> Talker:
        super().__enter__()
        return self

    def press(self, key: str) -> None:
        """Press a key, told as events (RFC 4733)."""
        self.ask("sndcode", key)

    def hears(self, tone: int, others: Iterable[int] = ()) -> bool:
        """Does it hear this tone, louder than each of the others, within PATIENCE seconds?"""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for path in sorted(self._folder.glob("dump-*-dec.wav"), reverse=True)[:1]:
                samples = _last_second(path, 2 if self._wide else 1)
                if len(samples) >= RATE // 2 and all(
                    power(samples, tone) > 20 * power(samples, other) + 1e-6 for other in others
                ):
                    return True
            time.sleep(0.05)
        return False


def power(samples: list[float], frequency: int) -> float:
    """How much of a frequency is in samples of -1 to 1 (Goertzel)."""
    step = 2 * math.cos(2 * math.pi * frequency / RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + step * last - before
    return (last * last + before * before - step * last * before) / max(1, len(samples)) ** 2


def _write_tone(path: Path, tone: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        second = [round(12_000 * math.sin(2 * math.pi * tone * place / RATE)) for place in range(RATE)]
        file.writeframes(struct.pack(f"<{RATE}h", *second) * SECONDS)


def _last_second(path: Path, step: int) -> list[float]:
    """What was recorded last, every `step`th sample; the file is being written still, so its header says nothing of its
    length."""
    data = path.read_bytes()[44:]
    data = data[: len(data) // 2 * 2][-2 * RATE * step :]
    return [value / 32768 for (value,) in list(struct.iter_unpack("<h", data))[::step]]
