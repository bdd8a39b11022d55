"""Audio that the API takes and gives: base64 or the file itself in, WAV out, the files kept beside the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from provd import sounds
from provd.api.call import Call
from provd.api.gate import off_the_loop
from provd.api.schema import Schema, text
from provd.audio.convert import Converted, convert
from provd.audio.speech import say
from provd.errors import NotFound
from provd.sounds import Sound, Sounds

WAV = "audio/wav"
AUDIO: Schema = text("A WAV, MP3, FLAC or OGG file in base64; only its conversion to 8 kHz mono is kept", 12_000_000)


def shelf(call: Call, name: str = "voicemail") -> Sounds:
    """The folder of the data directory with these recordings."""
    return Sounds(call.services.settings.data_dir / name)


async def keep(
    call: Call, longest: float, *, user_id: int | None, name: str = "voicemail", field: str = "audio"
) -> Sound:
    """Convert what was sent and write it down."""
    narrow = await off_the_loop(shelf(call, name).new, call.domain_id, user_id)
    made = await converted(call, narrow, longest, field=field)
    return await off_the_loop(_sound, made)  # type: ignore[no-any-return]


async def converted(call: Call, narrow: Path, longest: float, *, field: str = "audio") -> Converted:
    """What was sent, as the body itself or in base64, converted to the file `narrow`; the upload is deleted."""
    if call.upload is not None:
        try:
            return await convert(await off_the_loop(call.upload.whole, field), narrow, field=field, longest=longest)
        finally:
            await off_the_loop(call.upload.close)
    content = await off_the_loop(sounds.decoded, call.body[field], field)
    source = narrow.with_suffix(".upload")
    try:
        await off_the_loop(source.write_bytes, content)
        return await convert(source, narrow, field=field, longest=longest)
    finally:
        await off_the_loop(_gone, source)


async def speak(call: Call, words: str, voice: str, *, user_id: int | None, name: str = "voicemail") -> Sound:
    """Have a text spoken and write that down."""
    narrow = await off_the_loop(shelf(call, name).new, call.domain_id, user_id)
    made = await say(words, narrow, setting=call.services.settings.tts_engine, voice=voice, field="words")
    return await off_the_loop(_sound, made)  # type: ignore[no-any-return]


def _gone(path: Path) -> None:
    path.unlink(missing_ok=True)


def _sound(made: Converted) -> Sound:
    """Phones are played 8 kHz; nobody listens to more, and it would count against the mailbox's space."""
    made.wide.unlink(missing_ok=True)
    return Sound(made.narrow.name, made.seconds, made.narrow.stat().st_size)


async def give(call: Call, file: str, *, user_id: int | None, name: str = "voicemail") -> bytes:
    """The octets of a recording; NotFound when it is not there."""
    content = await off_the_loop(shelf(call, name).read, call.domain_id, user_id, file) if file else None
    if content is None:
        raise NotFound("There is no such recording here.")
    return bytes(content)


async def forget(call: Call, files: list[str], *, user_id: int | None, name: str = "voicemail") -> Any:
    """Delete files whose rows are gone."""
    await off_the_loop(shelf(call, name).delete, call.domain_id, user_id, files)
