"""Mailboxes and their messages: heard, moved, sent on, deleted; what a mailbox is set to."""

from __future__ import annotations

from typing import Any

from provd.api.audio import WAV, forget, give, shelf
from provd.api.call import Call, plain
from provd.api.endpoint import PAGING, Group
from provd.api.gate import off_the_loop
from provd.api.schema import Schema, choice, define, listing, moment, nullable, number, obj, page, switch, text
from provd.errors import Conflict
from provd.mailbox import AFTER_MAIL, FOLDERS, MAILS, MOST_COPIES, MOST_NUMBERS, QUOTA, REMINDER_MINUTES
from provd.sounds import Sound
from provd.store import mailboxes, users, voicemails
from provd.store.database import Store
from provd.store.rows import User
from provd.store.voicemails import Voicemail

group = Group(
    "voicemails",
    "Voicemail (SF-042 to SF-067): each user's messages in the folders new, saved and trash, which is emptied at the "
    "end of the user's day. Lamps follow every change within a second.",
)

SETTINGS: dict[str, Schema] = {
    "enabled": switch("Callers can leave messages"),
    "latest_first": switch("The phone begins with the newest message"),
    "announce_time": switch("The phone says when a message was left"),
    "announce_caller": switch("The phone says who left a message"),
    "operator": text("Extension or number that 0 leads to during the greeting; empty: none", 20),
    "copies": listing(text(longest=20), "Extensions that get a copy of every new message", MOST_COPIES),
    "mail": choice(MAILS, "What is sent to the user's mail addresses when a message was left"),
    "mail_brief": switch("The mail is one line, fit for a cell that gets it as a text message"),
    "after_mail": choice(AFTER_MAIL, "What becomes of a message that was mailed"),
    "mail_when_full": switch("A mail when the mailbox is full"),
    "mail_when_missed": switch("A mail after a missed call without a message"),
    "reminder_minutes": {
        "type": "integer",
        "enum": list(REMINDER_MINUTES),
        "description": "How often people are reminded while a message is new; 0: never",
    },
    "reminder_mails": listing(text(longest=260), "Where reminders go", 10),
    "reminder_numbers": listing(
        text(longest=20),
        "Extensions and numbers that are called as often, to hear the messages with the PIN",
        MOST_NUMBERS,
    ),
}
MAILBOX = define(
    "Mailbox",
    obj(
        {
            **SETTINGS, "greeting_id": nullable(number("The active greeting; null: the system's own", 1)),
            "recorded_name": switch("The user has recorded their name"), "used": number("Octets used"),
            "quota": number("Octets there are"), "new": number(), "saved": number(), "trash": number(),
        }
    ),
)  # fmt: skip
MESSAGE = define(
    "Voicemail",
    obj(
        {
            "id": number(low=1), "folder": choice(FOLDERS), "at": moment("When it was left"), "number": text(),
            "name": text(), "seconds": {"type": "number"}, "octets": number(), "urgent": switch(),
            "copied_from": text("The extension that it was left for, where it is a copy"),
        }
    ),
)  # fmt: skip
BOX = "/domains/{domain}/users/{user}/voicemail"
LIST = "/domains/{domain}/users/{user}/voicemails"


def shown(one: Voicemail) -> dict[str, Any]:
    """A message as answers show it."""
    return plain(one, "domain_id", "user_id", "file", "moved")


@group.get(BOX, "voicemails.read", MAILBOX)
def get_mailbox(store: Store, call: Call) -> Any:
    """Get a user's mailbox

    What it is set to, how full it is, and how many messages are in it."""
    user = call.the_user
    box = mailboxes.get(store, call.domain_id, user.id)
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in box.settings.items()},
        "greeting_id": box.greeting_id, "recorded_name": bool(box.name_file), "used": mailboxes.used(store, user.id),
        "quota": QUOTA, **voicemails.counts(store, user.id),
    }  # fmt: skip


@group.patch(
    BOX, "voicemails.write", MAILBOX,
    body=obj({**SETTINGS, "greeting_id": nullable(number(low=1))}, required=()) | {"minProperties": 1},
)  # fmt: skip
def patch_mailbox(store: Store, call: Call) -> Any:
    """Change what a user's mailbox is set to

    `greeting_id` chooses the active greeting."""
    settings, user = dict(call.body), call.the_user
    if "greeting_id" in settings:
        mailboxes.choose_greeting(store, call.domain_id, user.id, settings.pop("greeting_id"))
    if settings:
        mailboxes.save(store, call.domain_id, user.id, settings, call.now)
    call.audit(store, "update", "mailbox", user.extension)
    return get_mailbox(store, call)


@group.delete(BOX, "voicemails.write")
async def clear_mailbox(call: Call) -> None:
    """Clear all data of a user's mailbox

    Messages, greetings and the recorded name (SF-058)."""
    await forget(call, await call.services.store.run(_cleared, call), user_id=call.the_user.id)


def _cleared(store: Store, call: Call) -> list[str]:
    user = call.the_user
    with store.transaction():
        files = voicemails.delete(store, call.domain_id, user.id)
        for one in mailboxes.greetings(store, user.id):
            files.append(mailboxes.delete_greeting(store, call.domain_id, user.id, one.id))
        files.append(mailboxes.set_name(store, call.domain_id, user.id, "", 0.0, 0))
        call.audit(store, "delete", "mailbox", user.extension)
    return files


@group.get(
    LIST, "voicemails.read", page(MESSAGE), query={**PAGING, "folder": choice(FOLDERS, "Only this folder")}
)  # fmt: skip
def list_voicemails(store: Store, call: Call) -> Any:
    """List a user's messages

    The latest first."""
    query = call.query
    found = voicemails.find(
        store, call.the_user.id, query.get("folder", ""), limit=query["limit"], cursor=query.get("cursor", "")
    )
    return {"items": [shown(one) for one in found.items], "next": found.next}


@group.post(f"{LIST}/clear", "voicemails.write", None, status=204, body=obj({"folder": choice(FOLDERS)}, required=()))
async def clear_voicemails(call: Call) -> None:
    """Clear messages

    All, or those of one folder, for good; greetings stay (SF-058)."""
    await forget(call, await call.services.store.run(_messages_cleared, call), user_id=call.the_user.id)


def _messages_cleared(store: Store, call: Call) -> list[str]:
    user, folder = call.the_user, call.body.get("folder", "")
    with store.transaction():
        call.audit(store, "delete", "voicemails", user.extension)
        chosen = voicemails.find(store, user.id, folder, limit=voicemails.MOST_MESSAGES).items
        return voicemails.delete(store, call.domain_id, user.id, {one.id for one in chosen})


@group.get(f"{LIST}/{{voicemail}}", "voicemails.read", MESSAGE)
def get_voicemail(store: Store, call: Call) -> Any:
    """Get a message"""
    return shown(voicemails.get(store, call.the_user.id, call.id("voicemail")))


@group.get(f"{LIST}/{{voicemail}}/audio", "voicemails.read", None, produces=WAV)
async def get_voicemail_audio(call: Call) -> Any:
    """Get what a message says"""
    user = call.the_user
    message = await call.services.store.run(voicemails.get, user.id, call.id("voicemail"))
    return await give(call, message.file, user_id=user.id)


@group.patch(f"{LIST}/{{voicemail}}", "voicemails.write", MESSAGE, body=obj({"folder": choice(FOLDERS)}))
def patch_voicemail(store: Store, call: Call) -> Any:
    """Put a message into another folder"""
    user, folder = call.the_user, call.body["folder"]
    return shown(voicemails.move(store, call.domain_id, user.id, call.id("voicemail"), folder, call.now))


@group.delete(f"{LIST}/{{voicemail}}", "voicemails.write")
async def delete_voicemail(call: Call) -> None:
    """Delete a message for good"""
    await forget(call, await call.services.store.run(_deleted, call), user_id=call.the_user.id)


def _deleted(store: Store, call: Call) -> list[str]:
    user = call.the_user
    with store.transaction():
        gone = voicemails.get(store, user.id, call.id("voicemail"))
        return voicemails.delete(store, call.domain_id, user.id, [gone.id])


@group.post(
    f"{LIST}/{{voicemail}}/copies", "voicemails.write", None, status=204,
    body=obj({"extensions": listing(text(longest=20), "Who gets it", MOST_COPIES, minItems=1)}),
)  # fmt: skip
async def copy_voicemail(call: Call) -> None:
    """Send a message on to other users

    Refused as a whole when one of their mailboxes is full."""
    store, user = call.services.store, call.the_user
    message, others = await store.run(_receivers, call)
    folder = shelf(call)
    source = folder.path(call.domain_id, user.id, message.file)
    copies: list[tuple[User, Sound]] = []
    try:
        for other in others:
            copies.append((other, await off_the_loop(folder.copy, source, call.domain_id, other.id)))
        await store.run(_copied, call, message, copies)
    except (OSError, Conflict):
        for other, sound in copies:
            await off_the_loop(folder.delete, call.domain_id, other.id, [sound.file])
        raise Conflict(
            "The message cannot be sent on: one of the mailboxes is full, or its recording is gone."
        ) from None


def _receivers(store: Store, call: Call) -> tuple[Voicemail, list[User]]:
    message = voicemails.get(store, call.the_user.id, call.id("voicemail"))
    wanted = dict.fromkeys(call.body["extensions"])
    return message, [users.by_extension(store, call.domain_id, one) for one in wanted]


def _copied(store: Store, call: Call, message: Voicemail, copies: list[tuple[User, Sound]]) -> None:
    with store.transaction():
        for other, sound in copies:
            voicemails.add(
                store, call.domain_id, other.id, sound.file, sound.seconds, sound.octets, call.now,
                number=message.number, name=message.name, urgent=message.urgent, copied_from=call.the_user.extension,
            )  # fmt: skip
