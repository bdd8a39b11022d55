"""`python -m provd.audio.decoding SOURCE NARROW WIDE LONGEST`: what converts; says a line of JSON."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

MEMORY = 1_500_000_000
CPU_SECONDS = 110
BLOCK = 65_536
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,aac,amr,asf,aiff,caf,wav,w64"
"""What ffmpeg may take a file for: no playlist and nothing else that names other files."""
NO_AUDIO = "This is no audio that can be read here; upload WAV, FLAC, Ogg or MP3."
Floats = NDArray[np.float32]


class Output:
    """A WAV file that grows."""

    def __init__(self, path: str, source: int, rate: int) -> None:
        self._file = soundfile.SoundFile(path, "w", rate, 1, "PCM_16", format="WAV")
        self._stream = soxr.ResampleStream(source, rate, 1, dtype="float32", quality="HQ")
        self.rate, self.written = rate, 0

    def write(self, samples: Floats, *, last: bool = False) -> None:
        """More samples of the source's rate."""
        made = np.clip(self._stream.resample_chunk(samples, last=last), -1.0, 1.0)
        self._file.write(made)
        self.written += len(made)
        if last:
            self._file.close()


def convert(path: str, narrow: str, wide: str, longest: float) -> float:
    """→ seconds. Raises ValueError with a sentence; soundfile.LibsndfileError for what it cannot read."""
    with soundfile.SoundFile(path) as source:
        if source.channels > 16 or not 4_000 <= source.samplerate <= 384_000:
            raise ValueError(NO_AUDIO)
        outputs = [Output(narrow, source.samplerate, 8_000), Output(wide, source.samplerate, 16_000)]
        count = 0
        for block in source.blocks(BLOCK, dtype="float32", always_2d=True):
            count += len(block)
            if count > longest * source.samplerate:
                raise ValueError(f"The audio is longer than {longest / 60:g} minutes.")
            mono = np.nan_to_num(block.mean(axis=1))
            for output in outputs:
                output.write(mono)
    if not count:
        raise ValueError("The file holds no sound.")
    for output in outputs:
        output.write(np.zeros(0, np.float32), last=True)
    return outputs[0].written / 8_000


def by_ffmpeg(path: str, longest: float, folder: str) -> str:
    """The file as WAV. Raises ValueError with a sentence when ffmpeg is missing or finds no audio."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise ValueError(NO_AUDIO)
    made = str(Path(folder) / "decoded.wav")
    only = ["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", CONTAINERS]
    shape = ["-map", "0:a:0", "-t", str(longest + 1), "-ac", "1", "-ar", "48000", "-c:a", "pcm_s16le"]
    done = subprocess.run(  # noqa: S603
        [program, *only, "-i", f"file:{path}", *shape, f"file:{made}"], check=False, capture_output=True
    )
    if done.returncode:
        raise ValueError(NO_AUDIO)
    return made


def main() -> None:
    """Convert, or say in a sentence why not."""
    path, narrow, wide, longest = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        try:
            seconds = convert(path, narrow, wide, float(longest))
        except soundfile.LibsndfileError:
            with tempfile.TemporaryDirectory() as folder:
                seconds = convert(by_ffmpeg(path, float(longest), folder), narrow, wide, float(longest))
        print(json.dumps({"seconds": seconds}))
    except (ValueError, MemoryError, soundfile.LibsndfileError) as error:
        print(json.dumps({"problem": str(error) if isinstance(error, ValueError) else NO_AUDIO}))
    except OSError as error:
        print(json.dumps({"problem": f"The converted audio cannot be written: {error.strerror}."}))


if __name__ == "__main__":
    main()
