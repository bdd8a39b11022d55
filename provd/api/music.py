"""Music on hold of the company and of users: heard, added, ordered, renamed, copied, deleted, set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provd.api.audio import AUDIO, WAV, forget, give, keep, shelf, speak
from provd.api.call import Call, plain
from provd.api.endpoint import AUDIO_BODY, Group
from provd.api.gate import off_the_loop
from provd.api.schema import Schema, choice, define, listing, moment, number, obj, page, switch, text
from provd.audio.speech import voices
from provd.errors import Conflict, Invalid, NotFound, Problem, ProvdError
from provd.music.adding import LONGEST
from provd.music.playlist import GAPS
from provd.sounds import Sound
from provd.store import music
from provd.store.database import Store
from provd.store.music import INTRODUCTION, KINDS, LONGEST_NAME, MESSAGE, SONG, SOURCES, Holder, MusicTrack

group = Group(
    "music",
    "Music on hold (SF-315 to SF-324). Who waits hears the music of the person they wait for, else the company's, else "
    "the standard music; a level that has songs or messages replaces the others wholly. The introduction comes first "
    "and once; then songs, interrupted by the messages in turn.",
)
FOLDER = "music"
OF_COMPANY, OF_USER = "/domains/{domain}/music", "/domains/{domain}/users/{user}/music"

TRACK = define(
    "MusicTrack",
    obj(
        {
            "id": number(low=1), "kind": choice(KINDS), "place": number("In the order of its kind"), "name": text(),
            "source": choice(SOURCES, "How it was made"), "words": text("What it says, where a text was spoken", 2000),
            "voice": text("The voice that speaks them"), "language": text("The voice's, such as en-us"),
            "seconds": {"type": "number"}, "octets": number(), "created": moment(),
        }
    ),
)  # fmt: skip
USERS_SETTINGS: dict[str, Schema] = {
    "shuffle": switch("The songs come in random order, another one for everybody who waits (SF-322)"),
    "gap": number(
        "Seconds from the end of a message to the start of the next, with music in between (SF-323)",
        GAPS[0], GAPS[-1], multipleOf=GAPS.step,
    ),
}  # fmt: skip
SETTINGS: dict[str, Schema] = {
    **USERS_SETTINGS,
    "standard": switch("Of the company: standard music plays while there is no song of its own"),
    "silent": switch("Of the company: nobody who waits hears music, people's own neither"),
}
MUSIC = define("Music", obj({**SETTINGS, "used": number("Octets used"), "quota": number("Octets there are")}))
NAME = text("What it is called; an introduction is called so without one", LONGEST_NAME)
KIND = choice(KINDS, "An introduction takes the place of the one before")

Work = Callable[..., Any]


def holder(call: Call) -> Holder:
    """Whose music the path names."""
    if call.user is not None:
        return music.of_user(call.domain_id, call.user.id)
    return music.of_company(call.domain_id)


def owner(call: Call) -> str:
    """The same, for the trail of changes."""
    return call.user.extension if call.user is not None else "company"


def both(method: str, end: str, answer: Schema | None, **more: Any) -> Callable[[Work], Work]:
    """Declares an endpoint for the company's music and one for a user's."""
    company, own = ("music.read", "music.owned") if method == "GET" else ("music.write", "music.own")

    def declare(work: Work) -> Work:
        for path, action in ((OF_COMPANY, company), (OF_USER, own)):
            group.add(method, f"{path}{end}", action, answer=answer, **more)(work)
        return work

    return declare


def shown(one: MusicTrack) -> dict[str, Any]:
    """A track as answers show it."""
    return plain(one, "domain_id", "owner", "owner_id", "file")


@both("GET", "", MUSIC)
def get_music(store: Store, call: Call) -> Any:
    """Get what music on hold is set to

    With the space that it takes."""
    whose = holder(call)
    used = sum(one.octets for one in music.tracks(store, whose))
    return {**plain(music.settings(store, whose)), "used": used, "quota": music.QUOTAS[whose.owner]}


@both("PATCH", "", MUSIC, body=obj(SETTINGS, required=()) | {"minProperties": 1})
def patch_music(store: Store, call: Call) -> Any:
    """Change what music on hold is set to"""
    music.save(store, holder(call), call.body)
    call.audit(store, "update", "music", owner(call))
    return get_music(store, call)


@both("GET", "/tracks", page(TRACK))
def list_tracks(store: Store, call: Call) -> Any:
    """List songs and messages

    The introduction first, then the songs and the messages, each in the order that they are played in."""
    return {"items": [shown(one) for one in music.tracks(store, holder(call))], "next": None}


@both(
    "POST", "/tracks", TRACK, status=201, largest=AUDIO_BODY,
    body=obj({"kind": KIND, "name": NAME, "audio": AUDIO}, required=("kind", "audio")),
)  # fmt: skip
async def create_track(call: Call) -> Any:
    """Upload a song or a message

    Songs of at most 15 minutes, messages of three; any usual format, converted here (AM-77)."""
    kind = call.body["kind"]
    require_name(call)
    await call.services.store.run(music.require_room, holder(call), 0)
    kept = await keep(call, LONGEST[kind], user_id=holder(call).user_id, name=FOLDER)
    return await _created(call, kept, "upload")


@both(
    "POST", "/tracks/spoken", TRACK, status=201,
    body=obj(
        {
            "kind": choice((INTRODUCTION, MESSAGE)), "name": NAME, "words": text("What it says", 2000),
            "voice": text("One of GET /api/v2/voices; without it, the first", 100),
        },
        required=("kind", "words"),
    ),
)  # fmt: skip
async def create_spoken_track(call: Call) -> Any:
    """Have a text spoken as a message (SF-319)"""
    require_name(call)
    await call.services.store.run(music.require_room, holder(call), 0)
    voice = call.body.get("voice", "")
    kept = await speak(call, call.body["words"], voice, user_id=holder(call).user_id, name=FOLDER)
    found = await voices(call.services.settings.tts_engine)
    spoken = next((one for one in found if one.id == voice or not voice), None)
    return await _created(
        call, kept, "tts", voice=spoken.id if spoken else "", language=spoken.language if spoken else ""
    )


def require_name(call: Call) -> None:
    """Raises Invalid where a song or message has no name: before it is converted."""
    if call.body["kind"] != INTRODUCTION and not call.body.get("name", "").strip():
        raise Invalid([Problem("name", "Give it a name, so that you find it again in the list.")])


async def _created(call: Call, kept: Sound, source: str, **more: str) -> Any:
    try:
        return await call.services.store.run(_saved, call, kept, source, more)
    except ProvdError:
        await forget(call, [kept.file], user_id=holder(call).user_id, name=FOLDER)
        raise


def _saved(store: Store, call: Call, kept: Sound, source: str, more: dict[str, str]) -> Any:
    body = call.body
    with store.transaction():
        made = music.add(
            store, holder(call), body["kind"], body.get("name", ""), kept.file, kept.seconds, kept.octets, call.now,
            source=source, words=body.get("words", ""), **more,
        )  # fmt: skip
        call.audit(store, "create", "music", f"{owner(call)}: {made.name}")
    return shown(made)


@both("GET", "/tracks/{track}/audio", None, produces=WAV)
async def get_track_audio(call: Call) -> Any:
    """Get what a song or message sounds like"""
    whose = holder(call)
    one = await call.services.store.run(music.track, whose, call.id("track"))
    return await give(call, one.file, user_id=whose.user_id, name=FOLDER)


@both("PATCH", "/tracks/{track}", TRACK, body=obj({"name": NAME}))
def patch_track(store: Store, call: Call) -> Any:
    """Give a song or message another name"""
    made = music.rename(store, holder(call), call.id("track"), call.body["name"])
    call.audit(store, "update", "music", f"{owner(call)}: {made.name}")
    return shown(made)


@both("POST", "/tracks/{track}/copy", TRACK, status=201)
async def copy_track(call: Call) -> Any:
    """Copy a song or message

    The copy is at the end of the list, with "Copy" after its name (SF-321)."""
    store, whose = call.services.store, holder(call)
    one = await store.run(music.track, whose, call.id("track"))
    if one.kind == INTRODUCTION:
        raise Conflict("There is one introduction only; copy songs and messages.")
    folder = shelf(call, FOLDER)
    try:
        path = folder.path(call.domain_id, whose.user_id, one.file)
        kept = await off_the_loop(folder.copy, path, call.domain_id, whose.user_id)
    except OSError:
        raise NotFound("The file of this song or message is gone; upload it again.") from None
    try:
        return await store.run(_copied, call, one, kept)
    except ProvdError:
        await forget(call, [kept.file], user_id=whose.user_id, name=FOLDER)
        raise


def _copied(store: Store, call: Call, one: MusicTrack, kept: Sound) -> Any:
    with store.transaction():
        made = music.add(
            store, holder(call), one.kind, music.copied_name(one.name), kept.file, kept.seconds, kept.octets, call.now,
            source=one.source, words=one.words, voice=one.voice, language=one.language,
        )  # fmt: skip
        call.audit(store, "create", "music", f"{owner(call)}: {made.name}")
    return shown(made)


@both("DELETE", "/tracks/{track}", None, status=204)
def delete_track(store: Store, call: Call) -> None:
    """Delete a song, a message or the introduction

    Who is hearing it hears it to its end."""
    gone = music.delete(store, holder(call), call.id("track"))
    call.audit(store, "delete", "music", f"{owner(call)}: {gone.name}")


@both(
    "PUT", "/order", None, status=204,
    body=obj(
        {"kind": choice((SONG, MESSAGE)), "tracks": listing(number(low=1), "All of this kind", music.MOST_TRACKS)}
    ),
)  # fmt: skip
def put_order(store: Store, call: Call) -> None:
    """Put the songs or the messages into another order (SF-321)

    Refused when some were added or deleted in the meantime."""
    music.reorder(store, holder(call), call.body["kind"], call.body["tracks"])
    call.audit(store, "update", "music", f"{owner(call)}: order")
