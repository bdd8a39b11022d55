"""Texts spoken by what is installed: flite, espeak-ng, or piper with a voice of one's own."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from provd.audio.convert import Converted, convert
from provd.errors import Invalid, Problem, ProvdError

LONGEST_TEXT = 2_000
SECONDS = 60
NONE = "No speech is installed here: apt install flite, or set tts_engine."
_FLITE = {"slt": "Woman, US", "rms": "Man, US", "awb": "Man, Scotland", "kal16": "Man, US, plain"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_ESPEAK = re.compile(r"\s*\d+\s+(\S+)\s+\S+\s+(\S+)\s+(\S+)")


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice: `id` is what a choice is kept by, `language` a tag as `en-us`."""

    id: str
    language: str
    title: str


def engine_of(setting: str, which: Callable[[str], str | None] = shutil.which) -> str:
    """The engine to use: flite, espeak-ng or piper. Raises ProvdError when it is not there."""
    wanted = setting.partition(":")[0]
    for name in (wanted,) if wanted else ("flite", "espeak-ng"):
        if name in ("flite", "espeak-ng", "piper") and which(name):
            return name
    raise ProvdError(NONE if not setting else f"tts_engine says {wanted}, which is not installed here.")


async def voices(setting: str) -> list[Voice]:
    """The voices there are, empty when nothing is installed."""
    try:
        engine = engine_of(setting)
    except ProvdError:
        return []
    if engine == "flite":
        return [Voice(f"flite:{name}", "en-us", title) for name, title in _FLITE.items()]
    if engine == "piper":
        model = Path(setting.partition(":")[2])
        return [Voice(f"piper:{model.stem}", model.stem.split("-")[0].lower().replace("_", "-"), model.stem)]
    out = await _run(["espeak-ng", "--voices"], None)
    found = [match for line in out.decode("utf-8", "replace").splitlines() if (match := _ESPEAK.match(line))]
    return [Voice(f"espeak-ng:{one[3]}", one[1], one[2].replace("_", " ")) for one in found]


async def say(text: str, narrow: Path, *, setting: str = "", voice: str = "", field: str = "text") -> Converted:
    """Speak `text` into `narrow` (8 kHz) and its 16 kHz sister, with a voice of `voices()`, "" for the first.

    Raises Invalid for a text or voice that cannot be spoken, ProvdError when no engine is installed.
    """
    text = _CONTROL.sub(" ", text).strip()
    if not text or len(text) > LONGEST_TEXT:
        raise Invalid([Problem(field, f"Write a text of at most {LONGEST_TEXT} characters.")])
    engine, known = engine_of(setting), await voices(setting)
    chosen = next((one for one in known if one.id == voice or not voice), None)
    if chosen is None:
        raise Invalid([Problem("voice", "There is no such voice here; choose one of the list.")])
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        await _speak(engine, setting, chosen.id.partition(":")[2], text, spoken)
        return await convert(spoken, narrow, field=field)


async def _speak(engine: str, setting: str, voice: str, text: str, target: Path) -> None:
    """The text goes by file or standard input, never as an argument: it may begin like an option."""
    written = target.with_name("text.txt")
    written.write_text(text + "\n", encoding="utf-8")
    if engine == "flite":
        await _run(["flite", "-voice", voice, "-f", str(written), "-o", str(target)], None)
    elif engine == "espeak-ng":
        await _run(["espeak-ng", "-v", voice, "-s", "150", "-f", str(written), "-w", str(target)], None)
    else:
        model = setting.partition(":")[2]
        await _run(["piper", "--model", model, "--output_file", str(target)], (text + "\n").encode())
    if not await asyncio.to_thread(target.exists):
        raise ProvdError(f"{engine} could not speak the text.")


async def _run(command: list[str], given: bytes | None) -> bytes:
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, stdin=nothing if given is None else pipe, stdout=pipe, stderr=nothing
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, _ = await process.communicate(given)
    except TimeoutError:
        raise ProvdError("Speaking the text took too long; make it shorter.") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return out
