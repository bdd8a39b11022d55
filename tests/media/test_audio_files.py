"""Uploads become WAV files that phones can be played; what is no audio is told in a sentence."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from provd.audio.convert import Converted, convert
from provd.audio.speech import LONGEST_TEXT, engine_of, say, voices
from provd.errors import Invalid, ProvdError
from sip_edge.media import wav
from tests.media.phone import strength


def made(path: Path, rate: int = 44_100, seconds: float = 1.0, **how: str) -> Path:
    """A stereo file with 600 Hz in it."""
    time = np.arange(int(rate * seconds)) / rate
    soundfile.write(path, np.column_stack([np.sin(2 * np.pi * 600 * time) * 0.5] * 2), rate, **how)
    return path


def run(source: Path, target: Path, **how: float) -> Converted:
    return asyncio.run(convert(source, target, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_what_people_upload_is_made_narrow_and_wide(tmp_path: Path, name: str) -> None:
    done = run(made(tmp_path / name), tmp_path / "greeting.wav")
    assert done.wide == tmp_path / "greeting.16k.wav" and done.seconds == pytest.approx(1.0, abs=0.1)
    for path, rate in ((done.narrow, 8_000), (done.wide, 16_000)):
        sound = wav.parse(path.read_bytes())
        assert sound.rate == rate and sound.seconds == pytest.approx(1.0, abs=0.1)
        assert strength(sound.samples[rate // 4 : rate // 2], 600 * 8_000 // rate) > 0.9
    assert {path.name for path in tmp_path.iterdir()} == {name, "greeting.wav", "greeting.16k.wav"}


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed: apt install ffmpeg")
@pytest.mark.parametrize("name", ["a.m4a", "a.webm"])
def test_what_browsers_and_phones_record_is_read_by_ffmpeg(tmp_path: Path, name: str) -> None:
    made(tmp_path / "source.wav", 48_000)
    subprocess.run(["ffmpeg", "-v", "error", "-i", tmp_path / "source.wav", tmp_path / name], check=True)
    done = run(tmp_path / name, tmp_path / "out.wav")
    assert strength(wav.parse(done.narrow.read_bytes()).samples[2_000:4_000], 600) > 0.9


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"This is a letter.",
        b"RIFF\xff\xff\xff\xffWAVEfmt ",
        b"ID3" + bytes(500),
        bytes(range(256)) * 40,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
def test_what_is_no_audio_is_one_sentence_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "upload").write_bytes(content)
    with pytest.raises(Invalid) as refused:
        run(tmp_path / "upload", tmp_path / "out.wav")
    assert len(refused.value.problems) == 1 and str(refused.value).endswith(".") and "passwd" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["upload"]


def test_what_is_too_long_or_empty_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    first = run(made(tmp_path / "a.wav"), tmp_path / "out.wav")
    before = first.narrow.read_bytes()
    with pytest.raises(Invalid, match="The audio is longer than"):
        run(made(tmp_path / "b.wav", seconds=2.0), tmp_path / "out.wav", longest=0.6)
    with pytest.raises(Invalid, match="The file holds no sound"):
        run(made(tmp_path / "c.wav", seconds=0), tmp_path / "out.wav")
    assert first.narrow.read_bytes() == before


@pytest.mark.parametrize("setting", ["flite", "espeak-ng"])
def test_a_text_is_spoken(tmp_path: Path, setting: str) -> None:
    if not shutil.which(setting):
        pytest.skip(f"{setting} is not installed: apt install {setting}")
    done = asyncio.run(say("-o /dev/null Hello, this is a test.\x07", tmp_path / "hello.wav", setting=setting))
    assert done.seconds > 1.0 and wav.parse(done.narrow.read_bytes()).seconds > 1.0
    named = asyncio.run(voices(setting))
    assert named and all(voice.id.startswith(setting) and voice.language for voice in named)
    with pytest.raises(Invalid, match="There is no such voice"):
        asyncio.run(say("Hello", tmp_path / "x.wav", setting=setting, voice="flite:../../x"))


def test_texts_that_are_empty_or_endless_are_refused(tmp_path: Path) -> None:
    for text in ("", "\n\t", "x" * (LONGEST_TEXT + 1)):
        with pytest.raises(Invalid, match="Write a text of at most"):
            asyncio.run(say(text, tmp_path / "x.wav"))


def test_the_engine_is_the_one_that_is_set_or_the_first_that_is_there() -> None:
    def only(*names: str) -> object:
        return lambda name: name if name in names else None

    assert engine_of("", only("flite", "espeak-ng")) == "flite"  # type: ignore[arg-type]
    assert engine_of("", only("espeak-ng")) == "espeak-ng"  # type: ignore[arg-type]
    assert engine_of("piper:/v/en_US-joe.onnx", only("piper")) == "piper"  # type: ignore[arg-type]
    with pytest.raises(ProvdError, match="No speech is installed here"):
        engine_of("", only())  # type: ignore[arg-type]
    with pytest.raises(ProvdError, match="tts_engine says piper"):
        engine_of("piper:/v/x.onnx", only("flite"))  # type: ignore[arg-type]
