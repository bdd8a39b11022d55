"""What the system says: a company's own sound in the place of a sentence that is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from provd import sounds
from provd.api.audio import AUDIO, WAV, converted
from provd.api.call import Call
from provd.api.endpoint import AUDIO_BODY, Group
from provd.api.gate import off_the_loop
from provd.api.greetings import SPOKEN
from provd.api.schema import define, obj, page, switch, text
from provd.audio.speech import say
from provd.errors import NotFound, ProvdError
from provd.sentences import DEFAULT, Sentences

group = Group(
    "sentences",
    "What the system says to callers and to people at their phones, sentence by sentence. A company can have its own "
    "sound of each, in its language; it is heard from the next time on.",
)

LONGEST = 60
SENTENCE = define(
    "Sentence",
    obj({"id": text(), "words": text("As the catalogue has it", 500), "own": switch("The company has its own sound")}),
)
LIST = "/domains/{domain}/sentences"
ONE = f"{LIST}/{{sentence}}"


def _catalogue(call: Call) -> tuple[Sentences, str, str]:
    """The sentences, the company and its language."""
    assert call.domain is not None, "the path names the company"
    return Sentences(call.services.settings.data_dir), call.domain.name, call.domain.language or DEFAULT


async def _own(call: Call) -> Path:
    """Where the company's own sound of the sentence is, or would be."""
    known, domain, language = await off_the_loop(_catalogue, call)
    try:
        found: Path = known.own(call.path["sentence"], domain=domain, language=language)
    except KeyError:
        raise NotFound("There is no such sentence here.") from None
    return found


@group.get(LIST, "sentences.read", page(SENTENCE))
async def list_sentences(call: Call) -> Any:
    """List what the system says

    In the company's language, where the catalogue has it, else in English."""
    return {"items": await off_the_loop(_listed, call), "next": None}


def _listed(call: Call) -> list[dict[str, Any]]:
    known, domain, language = _catalogue(call)
    own = known.replaced(domain, language)
    words = {**known.sentences[DEFAULT], **known.sentences.get(language, {})}
    return [{"id": name, "words": said, "own": name in own} for name, said in words.items()]


@group.get(f"{ONE}/audio", "sentences.read", None, produces=WAV)
async def get_sentence_audio(call: Call) -> Any:
    """Get a sentence as it is heard"""
    return await off_the_loop(_heard, call)


def _heard(call: Call) -> bytes:
    known, domain, language = _catalogue(call)
    try:
        return known.path(call.path["sentence"], domain=domain, language=language).read_bytes()
    except (KeyError, FileNotFoundError):
        raise NotFound("There is no such sentence here.") from None


@group.put(ONE, "sentences.write", None, status=204, body=obj({"audio": AUDIO}), largest=AUDIO_BODY)
async def put_sentence(call: Call) -> None:
    """Replace a sentence by an upload

    At most a minute."""
    target = await _own(call)
    draft = await off_the_loop(_draft, target)
    try:
        made = await converted(call, draft, LONGEST)
        await _placed(call, made.narrow, target)
    finally:
        await off_the_loop(_gone, [draft, draft.with_name(f"{draft.stem}.16k.wav")])


@group.put(f"{ONE}/spoken", "sentences.write", None, status=204, body=obj(SPOKEN, required=("words",)))
async def put_spoken_sentence(call: Call) -> None:
    """Replace a sentence by a text that is spoken"""
    target = await _own(call)
    draft = await off_the_loop(_draft, target)
    try:
        voice, setting = call.body.get("voice", ""), call.services.settings.tts_engine
        made = await say(call.body["words"], draft, setting=setting, voice=voice, field="words")
        await _placed(call, made.narrow, target)
    finally:
        await off_the_loop(_gone, [draft, draft.with_name(f"{draft.stem}.16k.wav")])


@group.delete(ONE, "sentences.write")
async def delete_sentence(call: Call) -> None:
    """Have a sentence as it is shipped again"""
    target = await _own(call)
    await off_the_loop(_gone, [target])
    await _audited(call, "delete")


def _draft(target: Path) -> Path:
    """A file beside the target that is not played: its name is no sentence's."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return target.with_name(f"{sounds.fresh()}.wav")


def _gone(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


async def _placed(call: Call, made: Path, target: Path) -> None:
    try:
        await off_the_loop(made.replace, target)
    except OSError as error:
        raise ProvdError(f"The sentence cannot be kept ({error.strerror}); the disk may be full.") from None
    await _audited(call, "update")


async def _audited(call: Call, action: str) -> None:
    await call.services.store.run(lambda store: call.audit(store, action, "sentence", call.path["sentence"]))
