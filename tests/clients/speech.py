"""What was said to a phone, as pocketsphinx understands it: a recogniser of speech that is not ours."""

from __future__ import annotations

import re
import subprocess
import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import soxr

from sip_edge.media.g711 import Samples

PROGRAM = "pocketsphinx_continuous"
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def plain(sentence: str) -> str:
    """A sentence as a recogniser says it: words in small letters."""
    return " ".join(re.findall(r"[a-z']+", sentence.lower()))


def understood(samples: Samples, sentences: Iterable[str], folder: Path) -> str:
    """Which of the sentences are said in samples of 8 kHz, one after the other; empty for none of them. `<digit>` in a
    sentence stands for any digit."""
    choices = " | ".join(sentences)
    (folder / "heard.gram").write_text(
        f"#JSGF V1.0;\ngrammar heard;\n<digit> = {' | '.join(DIGITS)};\npublic <said> = ( {choices} )+;\n"
    )
    with wave.open(str(folder / "heard.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(soxr.resample(samples.astype(np.float32), 8000, 16_000).astype("<i2").tobytes())
    command = [PROGRAM, "-infile", "heard.wav", "-jsgf", "heard.gram", "-logfn", "heard.log"]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=True)
    return " ".join(said.stdout.split())
