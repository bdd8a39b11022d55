"""Greetings and recorded names of mailboxes."""

from __future__ import annotations

from typing import Any

from provd.api.audio import AUDIO, WAV, forget, give, keep, speak
from provd.api.call import Call, plain
from provd.api.endpoint import AUDIO_BODY, Group
from provd.api.schema import Schema, choice, define, moment, number, obj, page, switch, text
from provd.audio.speech import voices
from provd.errors import Invalid, Problem, ProvdError
from provd.mailbox import LONGEST_GREETING
from provd.sounds import Sound
from provd.store import mailboxes
from provd.store.database import Store
from provd.store.mailboxes import SOURCES, Greeting

group = Group(
    "greetings",
    "Greetings of mailboxes (SF-052 to SF-056): several to choose from, one of them active, and the user's name.",
)

GREETING = define(
    "Greeting",
    obj(
        {
            "id": number(low=1), "name": text(), "source": choice(SOURCES, "How it was made"), "words": text(),
            "seconds": {"type": "number"}, "octets": number(), "created": moment(),
            "active": switch("The one that callers hear"),
        }
    ),
)  # fmt: skip
LIST = "/domains/{domain}/users/{user}/greetings"
NAME = "/domains/{domain}/users/{user}/recordedname"
LONGEST_NAME = 10
SPOKEN: dict[str, Schema] = {
    "words": text("What it says", 2000, minLength=1),
    "voice": text("One of GET /api/v2/voices; without it, the first", 100),
}


def _shown(store: Store, call: Call, one: Greeting) -> dict[str, Any]:
    active = mailboxes.get(store, call.domain_id, one.user_id).greeting_id
    return {**plain(one, "user_id", "file"), "active": one.id == active}


VOICE = obj({"id": text(), "language": text("A tag such as en-us"), "title": text()})


@group.get("/voices", "catalogue.read", page(VOICE))
async def list_voices(call: Call) -> Any:
    """List the voices that texts can be spoken with

    Empty where no speech engine is installed."""
    found = await voices(call.services.settings.tts_engine)
    return {"items": [plain(one) for one in found], "next": None}


@group.get(LIST, "voicemails.read", page(GREETING))
def list_greetings(store: Store, call: Call) -> Any:
    """List a user's greetings

    None is active when callers hear the system's own."""
    found = mailboxes.greetings(store, call.the_user.id)
    return {"items": [_shown(store, call, one) for one in found], "next": None}


@group.post(
    LIST, "voicemails.write", GREETING,
    body=obj({"name": text("What it is called", 100), "audio": AUDIO, "active": switch()}, required=("name", "audio")),
    largest=AUDIO_BODY,
)  # fmt: skip
async def create_greeting(call: Call) -> Any:
    """Upload a greeting

    At most two minutes."""
    return await _created(call, await keep(call, LONGEST_GREETING, user_id=call.the_user.id), "upload")


@group.post(
    f"{LIST}/spoken", "voicemails.write", GREETING,
    body=obj({"name": text("What it is called", 100), **SPOKEN, "active": switch()}, required=("name", "words")),
)  # fmt: skip
async def create_spoken_greeting(call: Call) -> Any:
    """Have a text spoken as a greeting (SF-053)"""
    body = call.body
    return await _created(
        call, await speak(call, body["words"], body.get("voice", ""), user_id=call.the_user.id), "tts"
    )


@group.post(
    f"{LIST}/preview", "voicemails.write", None, status=200, produces=WAV, body=obj(SPOKEN, required=("words",))
)  # fmt: skip
async def preview_spoken_greeting(call: Call) -> Any:
    """Hear what a text sounds like

    Nothing is kept."""
    body, user_id = call.body, call.the_user.id
    made = await speak(call, body["words"], body.get("voice", ""), user_id=user_id)
    try:
        return await give(call, made.file, user_id=user_id)
    finally:
        await forget(call, [made.file], user_id=user_id)


async def _created(call: Call, kept: Sound, source: str) -> Any:
    try:
        return await call.services.store.run(_saved, call, kept, source)
    except ProvdError:
        await forget(call, [kept.file], user_id=call.the_user.id)
        raise


def _saved(store: Store, call: Call, kept: Sound, source: str) -> Any:
    user = call.the_user
    with store.transaction():
        made = mailboxes.add_greeting(
            store, call.domain_id, user.id, call.body["name"], kept.file, kept.seconds, kept.octets, call.now,
            source=source, words=call.body.get("words", ""), choose=call.body.get("active", False),
        )  # fmt: skip
        call.audit(store, "create", "greeting", f"{user.extension}: {made.name}")
    return _shown(store, call, made)


@group.get(f"{LIST}/{{greeting}}/audio", "voicemails.read", None, produces=WAV)
async def get_greeting_audio(call: Call) -> Any:
    """Get what a greeting says"""
    user = call.the_user
    one = await call.services.store.run(mailboxes.greeting, user.id, call.id("greeting"))
    return await give(call, one.file, user_id=user.id)


@group.patch(f"{LIST}/{{greeting}}", "voicemails.write", GREETING, body=obj({"name": text("", 100)}))
def patch_greeting(store: Store, call: Call) -> Any:
    """Give a greeting another name"""
    made = mailboxes.rename_greeting(store, call.the_user.id, call.id("greeting"), call.body["name"])
    return _shown(store, call, made)


@group.delete(f"{LIST}/{{greeting}}", "voicemails.write")
async def delete_greeting(call: Call) -> None:
    """Delete a greeting

    If it was active, callers hear the system's own."""
    await forget(call, [await call.services.store.run(_deleted, call)], user_id=call.the_user.id)


def _deleted(store: Store, call: Call) -> str:
    user = call.the_user
    with store.transaction():
        call.audit(store, "delete", "greeting", f"{user.extension}: {call.path['greeting']}")
        return mailboxes.delete_greeting(store, call.domain_id, user.id, call.id("greeting"))


@group.get(f"{NAME}/audio", "voicemails.read", None, produces=WAV)
async def get_recorded_name(call: Call) -> Any:
    """Get a user's recorded name"""
    user = call.the_user
    box = await call.services.store.run(mailboxes.get, call.domain_id, user.id)
    return await give(call, box.name_file, user_id=user.id)


@group.put(NAME, "voicemails.write", None, status=204, body=obj({"audio": AUDIO}), largest=AUDIO_BODY)
async def put_recorded_name(call: Call) -> None:
    """Replace a user's recorded name

    At most ten seconds."""
    await _replace_name(call, await keep(call, LONGEST_NAME, user_id=call.the_user.id))


@group.put(f"{NAME}/spoken", "voicemails.write", None, status=204, body=obj(SPOKEN, required=("words",)))
async def put_spoken_name(call: Call) -> None:
    """Have a text spoken as a user's recorded name (SF-056)

    At most ten seconds."""
    body, user_id = call.body, call.the_user.id
    made = await speak(call, body["words"], body.get("voice", ""), user_id=user_id)
    if made.seconds > LONGEST_NAME:
        await forget(call, [made.file], user_id=user_id)
        raise Invalid([Problem("words", f"A name is at most {LONGEST_NAME} seconds long; say less.")])
    await _replace_name(call, made)


async def _replace_name(call: Call, kept: Sound) -> None:
    user = call.the_user
    try:
        before = await call.services.store.run(_named, call, kept)
    except ProvdError:
        await forget(call, [kept.file], user_id=user.id)
        raise
    await forget(call, [before], user_id=user.id)


@group.delete(NAME, "voicemails.write")
async def delete_recorded_name(call: Call) -> None:
    """Delete a user's recorded name"""
    nothing = Sound("", 0.0, 0)
    await forget(call, [await call.services.store.run(_named, call, nothing)], user_id=call.the_user.id)


def _named(store: Store, call: Call, kept: Sound) -> str:
    user = call.the_user
    with store.transaction():
        call.audit(store, "update", "recorded name", user.extension)
        return mailboxes.set_name(store, call.domain_id, user.id, kept.file, kept.seconds, kept.octets)
