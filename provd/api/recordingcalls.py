"""Recordings by phone: the server calls somebody, who hears what to do (SF-055, SF-056)."""

from __future__ import annotations

from typing import Any

from provd.api.audio import shelf
from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.greetings import LIST, LONGEST_NAME, NAME
from provd.api.schema import choice, define, obj, switch, text
from provd.errors import Conflict
from provd.mailbox import LONGEST_GREETING
from provd.recording import STATES, Progress, Wanted, keep_own
from provd.sounds import Sound
from provd.store.database import Store

group = Group(
    "recordingcalls",
    "Recordings by phone: the server calls an extension, or a number as the user would dial it, and says what to do. "
    "What was recorded and kept appears at once among the user's greetings, or as the recorded name.",
    at_home=True,
)

TO = text("An extension, or a number as the user would dial it", 40, pattern="^[+0-9][0-9 ().-]*$", examples=["101"])
PROGRESS = define(
    "RecordingCall",
    obj(
        {
            "id": text(), "to": text(),
            "state": choice(
                STATES,
                "ringing, talking; then kept: the recording is there; unanswered, busy; or ended, without a recording",
            ),
            "reason": text("Why nothing was kept, where there is something to say", 1000),
        }
    ),
)  # fmt: skip


def calling(call: Call) -> Any:
    """Who calls people from here; raises Conflict where nobody does."""
    hosting = call.services.applications
    if hosting is None or call.services.sip is None:
        why = " ".join(call.services.problems) or "the SIP edge does not run in this process; add sip to its roles."
        raise Conflict(f"Nobody can be called from here: {why}")
    return hosting.calling


def shown(one: Progress) -> dict[str, Any]:
    """A call as answers show it."""
    return {"id": one.id, "to": one.to, "state": one.state, "reason": one.reason}


def digits(call: Call) -> str:
    """Whom the body says to call."""
    return "".join(letter for letter in call.body["to"] if letter in "+0123456789")


async def begin(call: Call, owner: str, wanted: Wanted) -> dict[str, Any]:
    """Have the server call for a recording, on behalf of `owner`, an extension."""
    assert call.domain is not None, "the path names the company"
    made = await calling(call).record(call.domain.name, call.domain.language, owner, digits(call), wanted)
    return shown(made)


@group.post(
    f"{LIST}/call", "voicemails.write", PROGRESS, status=202,
    body=obj(
        {"to": TO, "name": text("What the greeting is called; without it, the day", 100), "active": switch()},
        required=("to",),
    ),
)  # fmt: skip
async def record_greeting_by_call(call: Call) -> Any:
    """Have the server call for a greeting (SF-055)

    Whoever answers presses 1, speaks after the tone, and keeps it with 1. At most two minutes."""
    user, name, choose = call.the_user, call.body.get("name", "").strip(), call.body.get("active", False)
    domain_id = call.domain_id

    def save(store: Store, sound: Sound, now: int) -> str:
        return keep_own(store, domain_id, user.id, sound, "greeting", name, now, choose=choose)

    made = Wanted("greeting", "Your greeting", LONGEST_GREETING, shelf(call), user.id, save)
    return await _audited(call, "greeting", await begin(call, user.extension, made))


@group.post(f"{NAME}/call", "voicemails.write", PROGRESS, status=202, body=obj({"to": TO}))
async def record_name_by_call(call: Call) -> Any:
    """Have the server call for the recorded name (SF-056)

    At most ten seconds."""
    user, domain_id = call.the_user, call.domain_id

    def save(store: Store, sound: Sound, now: int) -> str:
        return keep_own(store, domain_id, user.id, sound, "name", "", now)

    made = Wanted("name", "Your name", LONGEST_NAME, shelf(call), user.id, save)
    return await _audited(call, "recorded name", await begin(call, user.extension, made))


async def _audited(call: Call, what: str, made: dict[str, Any]) -> dict[str, Any]:
    await call.services.store.run(
        lambda store: call.audit(store, "call", what, f"{call.the_user.extension}: {digits(call)}")
    )
    return made


@group.get(f"{LIST}/call/{{recordingcall}}", "voicemails.read", PROGRESS)
async def get_recording_call(call: Call) -> Any:
    """Get how far a call for a recording is

    Known for a quarter of an hour after its end."""
    assert call.domain is not None, "the path names the company"
    found = calling(call).progress(call.domain.name, call.path["recordingcall"], call.the_user.extension)
    return shown(found)
