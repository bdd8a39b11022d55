"""piper as the program that speaks: how it is called, and what comes of what it does. A script stands in its place."""

from __future__ import annotations

import asyncio
import json
import sys
import wave
from pathlib import Path

import pytest

from provd.audio import speech
from provd.audio.speech import say, voices
from provd.errors import Invalid, ProvdError

SCRIPT = """#!{python}
import json, sys, time, wave
open({heard!r}, "w").write(json.dumps([sys.argv[1:3], sys.stdin.read()]))
out = sys.argv[sys.argv.index("--output_file") + 1]
{then}
"""
SPEAKS = """
with wave.open(out, "wb") as file:
    file.setparams((1, 2, 22050, 0, "NONE", ""))
    file.writeframes(bytes(range(256)) * 345)
"""


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The setting tts_engine, with piper in the path."""
    install(tmp_path, SPEAKS)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return f"piper:{tmp_path}/en_US-joe.onnx"


def install(folder: Path, then: str) -> None:
    program = folder / "bin" / "piper"
    program.parent.mkdir(exist_ok=True)
    program.write_text(SCRIPT.format(python=sys.executable, heard=str(folder / "heard"), then=then))
    program.chmod(0o755)


def test_the_model_is_the_voice(setting: str) -> None:
    (one,) = asyncio.run(voices(setting))
    assert (one.id, one.language, one.title) == ("piper:en_US-joe", "en-us", "en_US-joe")


def test_the_text_goes_to_its_input_and_the_sound_becomes_8_khz(tmp_path: Path, setting: str) -> None:
    made = asyncio.run(say("--help yourself;\nrm -rf /", tmp_path / "said.wav", setting=setting))
    arguments, text = json.loads((tmp_path / "heard").read_text())
    assert arguments == ["--model", f"{tmp_path}/en_US-joe.onnx"] and text == "--help yourself; rm -rf /\n"
    assert 1.9 < made.seconds < 2.1
    with wave.open(str(made.narrow)) as narrow, wave.open(str(made.wide)) as wide:
        assert (narrow.getframerate(), narrow.getnchannels(), wide.getframerate()) == (8000, 1, 16_000)


def test_a_voice_that_it_does_not_have_is_refused(tmp_path: Path, setting: str) -> None:
    with pytest.raises(Invalid, match="no such voice"):
        asyncio.run(say("Hello.", tmp_path / "said.wav", setting=setting, voice="flite:slt"))


@pytest.mark.parametrize("then", ["sys.exit(1)", "open(out, 'w').write('no audio')"])
def test_a_model_that_is_not_there_or_broken_is_said(tmp_path: Path, setting: str, then: str) -> None:
    install(tmp_path, then)
    with pytest.raises(ProvdError):
        asyncio.run(say("Hello.", tmp_path / "said.wav", setting=setting))
    assert not list(tmp_path.glob("said*"))


def test_one_that_never_ends_is_ended(tmp_path: Path, setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "SECONDS", 0.3)
    install(tmp_path, "time.sleep(60)")
    with pytest.raises(ProvdError, match="took too long"):
        asyncio.run(say("Hello.", tmp_path / "said.wav", setting=setting))
