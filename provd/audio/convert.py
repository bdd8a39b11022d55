"""Any audio file → 8 kHz and 16 kHz mono 16-bit WAV, in a process of its own with bounded memory, time and length.

WAV, FLAC, Ogg and MP3 are read by libsndfile; what browsers and phones record otherwise (M4A, WebM, AMR …) by ffmpeg
when that is installed. Only the converted files are kept.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provd.errors import Invalid, Problem, ProvdError

LARGEST = 200_000_000
SECONDS = 120
"""How long a conversion may take; an hour of MP3 takes some ten."""
AT_ONCE = 2

_turn = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Converted:
    """The files that were made: `narrow` of 8 kHz, `wide` of 16 kHz, and how long they last."""

    narrow: Path
    wide: Path
    seconds: float


async def convert(source: Path, narrow: Path, *, field: str = "file", longest: float = 3_600.0) -> Converted:
    """Make `narrow` (8 kHz) and beside it `<name>.16k.wav` from `source`, of at most `longest` seconds.

    Both appear whole or not at all. Raises Invalid with a sentence about `field` when the file holds no audio that can
    be read, is too large or too long.
    """
    if (await asyncio.to_thread(source.stat)).st_size > LARGEST:
        raise _refused(field, f"The file is larger than {LARGEST // 1_000_000} MB.")
    mark = secrets.token_hex(4)
    wide = wide_of(narrow)
    parts = [path.with_name(f".{path.name}.{mark}") for path in (narrow, wide)]
    command = [sys.executable, "-m", "provd.audio.decoding", str(source), *map(str, parts), str(longest)]
    try:
        async with _turn:
            said = await _run(command)
        if "problem" in said:
            raise _refused(field, str(said["problem"]))
        parts[0].replace(narrow)
        parts[1].replace(wide)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return Converted(narrow, wide, float(said["seconds"]))


def wide_of(narrow: Path) -> Path:
    """Where the 16 kHz file of an 8 kHz one is."""
    return narrow.with_name(f"{narrow.stem}.16k.wav")


def _refused(field: str, sentence: str) -> Invalid:
    return Invalid([Problem(field, sentence)])


async def _run(command: list[str]) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, _ = await process.communicate()
    except TimeoutError:
        return {"problem": "The file takes too long to convert; make it shorter or save it as WAV or MP3."}
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    try:
        said = json.loads(out)
    except ValueError:
        return {"problem": "The file could not be read as audio; save it as WAV or MP3 and upload that."}
    if not isinstance(said, dict):
        raise ProvdError("The conversion of audio is of another version than the server; restart it.")
    return said
