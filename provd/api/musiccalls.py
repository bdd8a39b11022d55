"""Messages and introductions recorded by phone: the server calls somebody, who hears what to do (SF-319)."""

from __future__ import annotations

from typing import Any

from provd.api.audio import shelf
from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.music import FOLDER, NAME, OF_COMPANY, OF_USER, holder, owner, require_name
from provd.api.recordingcalls import PROGRESS, TO, begin, calling, digits, shown
from provd.api.schema import choice, obj
from provd.errors import Conflict, NotFound
from provd.music.adding import LONGEST, add_recorded
from provd.recording import Wanted
from provd.sounds import Sound
from provd.store import music, users
from provd.store.database import Store

group = Group(
    "musiccalls",
    "Messages and introductions by phone: the server calls an extension, or a number, and says what to do. What was "
    "recorded and kept appears at once in the music on hold.",
    at_home=True,
)
BODY = obj({"to": TO, "kind": choice((music.INTRODUCTION, music.MESSAGE)), "name": NAME}, required=("to", "kind"))


@group.post(f"{OF_COMPANY}/call", "music.write", PROGRESS, status=202, body=BODY)
@group.post(f"{OF_USER}/call", "music.own", PROGRESS, status=202, body=BODY)
async def record_track_by_call(call: Call) -> Any:
    """Have the server call for a message or introduction

    Whoever answers presses 1, speaks after the tone, and keeps it with 1. At most three minutes."""
    require_name(call)
    store, whose = call.services.store, holder(call)
    await store.run(music.require_room, whose, 0)
    kind, name, sounds = call.body["kind"], call.body.get("name", ""), shelf(call, FOLDER)

    def save(store: Store, sound: Sound, now: int) -> str:
        path = sounds.path(whose.domain_id, whose.user_id, sound.file)
        add_recorded(store, whose, kind, name, path, sound.seconds, now)
        return ""

    wanted = Wanted("recording", "Music on hold", LONGEST[kind], sounds, whose.user_id, save)
    dials = await store.run(_dials, call)
    made = await begin(call, dials, wanted)
    await store.run(lambda store: call.audit(store, "call", "music", f"{owner(call)}: {digits(call)}"))
    return {**made, "id": f"{dials}.{made['id']}"}


def _dials(store: Store, call: Call) -> str:
    """As whose call it goes out: that of the user whose music it is; for the company that of whoever asks, or of who
    is called where the asker has no extension."""
    if call.user is not None:
        return call.user.extension
    if call.who.domain_id == call.domain_id and call.who.user_id is not None:
        return users.get(store, call.domain_id, call.who.user_id).extension
    try:
        return users.by_extension(store, call.domain_id, digits(call)).extension
    except NotFound:
        raise Conflict("You have no extension in this company to call from: have an extension of it called.") from None


@group.get(f"{OF_COMPANY}/call/{{recordingcall}}", "music.read", PROGRESS)
@group.get(f"{OF_USER}/call/{{recordingcall}}", "music.owned", PROGRESS)
async def get_music_call(call: Call) -> Any:
    """Get how far a call for a message or introduction is

    Known for a quarter of an hour after its end."""
    assert call.domain is not None, "the path names the company"
    dials, _, name = call.path["recordingcall"].partition(".")
    if call.user is not None and dials != call.user.extension:
        raise NotFound("There is no such call of this user.")
    found = calling(call).progress(call.domain.name, name, dials)
    return {**shown(found), "id": call.path["recordingcall"]}
