"""Audio that the API takes and gives: base64 in, WAV out, with the files kept beside the rows."""

from __future__ import annotations

from typing import Any

from provd import sounds
from provd.api.call import Call
from provd.api.gate import off_the_loop
from provd.api.schema import Schema, text
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
    """Convert what the body holds and write it down."""
    content = sounds.decoded(call.body[field], field)
    made = await off_the_loop(sounds.converted, content, longest, field)
    kept: Sound = await off_the_loop(shelf(call, name).keep, call.domain_id, user_id, made)
    return kept


async def give(call: Call, file: str, *, user_id: int | None, name: str = "voicemail") -> bytes:
    """The octets of a recording; NotFound when it is not there."""
    content = await off_the_loop(shelf(call, name).read, call.domain_id, user_id, file) if file else None
    if content is None:
        raise NotFound("There is no such recording here.")
    return bytes(content)


async def forget(call: Call, files: list[str], *, user_id: int | None, name: str = "voicemail") -> Any:
    """Delete files whose rows are gone."""
    await off_the_loop(shelf(call, name).delete, call.domain_id, user_id, files)
