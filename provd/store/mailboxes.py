"""Mailboxes of users: settings, greetings, the recorded name, and the space that they take (SF-042 to SF-067).

Rules of this file: rows name files, and whoever deletes a row gets the names back and deletes the files once that is
saved. A mailbox without a row is one that nobody has changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.mailbox import AFTER_MAIL, MAILS, MOST_COPIES, MOST_NUMBERS, QUOTA, REMINDER_MINUTES, complete
from provd.store import changes, rules
from provd.store.database import Store

MOST_GREETINGS = 20
SOURCES = ("upload", "phone", "tts")
_CHOICES: dict[str, tuple[Any, ...]] = {"mail": MAILS, "after_mail": AFTER_MAIL, "reminder_minutes": REMINDER_MINUTES}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """`settings` are complete; `greeting_id` None is the system's own greeting; `name_file` is empty without one."""

    user_id: int
    domain_id: int
    settings: Mapping[str, Any]
    greeting_id: int | None
    name_file: str
    name_seconds: float
    name_octets: int
    reminded: int
    called: int = 0


@dataclass(frozen=True, slots=True)
class Greeting:
    """`source` says how it was made; `words` are those of a spoken text."""

    id: int
    user_id: int
    name: str
    source: str
    words: str
    seconds: float
    octets: int
    file: str
    created: int


_MAILBOX = "user_id, domain_id, settings, greeting_id, name_file, name_seconds, name_octets, reminded, called"
_GREETING = "id, user_id, name, source, words, seconds, octets, file, created"


def get(store: Store, domain_id: int, user_id: int) -> Mailbox:
    """The mailbox of this user of the company."""
    row = store.sql(f"SELECT {_MAILBOX} FROM mailboxes WHERE user_id = ?", (user_id,)).fetchone()  # noqa: S608
    if row is None:
        return Mailbox(user_id, domain_id, complete({}), None, "", 0.0, 0, 0)
    return Mailbox(row[0], row[1], complete(json.loads(row[2])), *row[3:])


def save(store: Store, domain_id: int, user_id: int, settings: Mapping[str, Any], now: int = 0) -> Mailbox:
    """Saves those settings that are given; raises Invalid for what cannot be. Calls learn of a mailbox that is switched
    on or off."""
    with store.transaction():
        box = get(store, domain_id, user_id)
        made = {**box.settings, **settings}
        rules.require(_problems(store, domain_id, user_id, made))
        _put(store, box, settings=json.dumps(made, ensure_ascii=False))
        if made["enabled"] != box.settings["enabled"]:
            changes.record(store, "answering", user_id, domain_id, now)
    return get(store, domain_id, user_id)


def _problems(store: Store, domain_id: int, user_id: int, made: Mapping[str, Any]) -> list[Problem]:
    found = [
        Problem(name, f"{name} must be one of {', '.join(str(one) for one in words)}.")
        for name, words in _CHOICES.items()
        if made[name] not in words
    ]
    found += rules.emails("reminder_mails", list(made["reminder_mails"]))
    if len(made["copies"]) > MOST_COPIES:
        found.append(Problem("copies", f"At most {MOST_COPIES} extensions can have copies."))
    for extension in made["copies"][:MOST_COPIES]:
        row = store.sql("SELECT id FROM users WHERE domain_id = ? AND extension = ?", (domain_id, extension)).fetchone()
        if row is None:
            found.append(Problem("copies", f"There is no user {str(extension)[:20]} here who could have a copy."))
        elif row[0] == user_id:
            found.append(Problem("copies", "A mailbox cannot have a copy of its own messages."))
    if made["operator"] and not _dialled(made["operator"]):
        found.append(Problem("operator", "The operator is an extension or a number, written in digits."))
    if len(made["reminder_numbers"]) > MOST_NUMBERS:
        found.append(Problem("reminder_numbers", f"At most {MOST_NUMBERS} numbers can be called."))
    if not all(_dialled(one) for one in made["reminder_numbers"]):
        found.append(Problem("reminder_numbers", "Write extensions and numbers in digits, one a line."))
    return found


def _dialled(number: object) -> bool:
    digits = str(number)
    return digits.isascii() and digits.removeprefix("+").isdecimal() and len(digits) <= 20


def _put(store: Store, box: Mailbox, **columns: Any) -> None:
    store.sql(
        "INSERT INTO mailboxes (user_id, domain_id, settings, name_file, name_seconds, name_octets, reminded) "
        "VALUES (?, ?, ?, '', 0, 0, 0) ON CONFLICT (user_id) DO NOTHING",
        (box.user_id, box.domain_id, json.dumps(dict(box.settings), ensure_ascii=False)),
    )
    names = ", ".join(f"{name} = ?" for name in columns)
    store.sql(f"UPDATE mailboxes SET {names} WHERE user_id = ?", (*columns.values(), box.user_id))  # noqa: S608


def touched(store: Store, domain_id: int, user_id: int) -> None:
    """The mailbox's lamp may have to change."""
    store.sql("INSERT INTO mailbox_changes (domain_id, user_id) VALUES (?, ?)", (domain_id, user_id))


def set_name(store: Store, domain_id: int, user_id: int, file: str, seconds: float, octets: int) -> str:
    """Saves a recorded name (SF-056), or takes it away with an empty `file`; → the file that was there before.

    Raises Conflict when it does not fit.
    """
    with store.transaction():
        box = get(store, domain_id, user_id)
        require_room(store, user_id, octets - box.name_octets)
        _put(store, box, name_file=file, name_seconds=seconds, name_octets=octets)
    return box.name_file


def set_reminded(store: Store, domain_id: int, user_id: int, now: int) -> None:
    """A reminder went out."""
    with store.transaction():
        _put(store, get(store, domain_id, user_id), reminded=now)


def set_called(store: Store, domain_id: int, user_id: int, now: int) -> None:
    """Somebody was called because of messages that wait."""
    with store.transaction():
        _put(store, get(store, domain_id, user_id), called=now)


def greetings(store: Store, user_id: int) -> list[Greeting]:
    """The user's greetings, by name."""
    rows = store.sql(f"SELECT {_GREETING} FROM greetings WHERE user_id = ? ORDER BY name, id", (user_id,))  # noqa: S608
    return [Greeting(*row) for row in rows.fetchall()]


def greeting(store: Store, user_id: int, greeting_id: int) -> Greeting:
    """One greeting of the user."""
    row = store.sql(
        f"SELECT {_GREETING} FROM greetings WHERE user_id = ? AND id = ?",  # noqa: S608
        (user_id, greeting_id),
    ).fetchone()
    if row is None:
        raise NotFound("There is no such greeting here.")
    return Greeting(*row)


def add_greeting(
    store: Store, domain_id: int, user_id: int, name: str, file: str, seconds: float, octets: int, now: int, *,
    source: str = "upload", words: str = "", choose: bool = False,
) -> Greeting:  # fmt: skip
    """Adds a greeting (SF-053 to SF-055), and makes it the active one with `choose`."""
    rules.require(rules.filled("name", name))
    with store.transaction():
        if len(greetings(store, user_id)) >= MOST_GREETINGS:
            raise Conflict(f"A mailbox has at most {MOST_GREETINGS} greetings; delete one first.")
        require_room(store, user_id, octets)
        made = store.sql(
            "INSERT INTO greetings (domain_id, user_id, name, source, words, seconds, octets, file, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (domain_id, user_id, name, source, words, seconds, octets, file, now),
        ).fetchone()[0]
        if choose:
            choose_greeting(store, domain_id, user_id, made)
    return greeting(store, user_id, made)


def rename_greeting(store: Store, user_id: int, greeting_id: int, name: str) -> Greeting:
    """Gives a greeting another name."""
    rules.require(rules.filled("name", name))
    with store.transaction():
        greeting(store, user_id, greeting_id)
        store.sql("UPDATE greetings SET name = ? WHERE id = ?", (name, greeting_id))
    return greeting(store, user_id, greeting_id)


def choose_greeting(store: Store, domain_id: int, user_id: int, greeting_id: int | None) -> None:
    """Makes a greeting the one that callers hear (SF-052); None: the system's own."""
    with store.transaction():
        if greeting_id is not None:
            try:
                greeting(store, user_id, greeting_id)
            except NotFound:
                raise Invalid([Problem("greeting_id", "There is no such greeting in this mailbox.")]) from None
        _put(store, get(store, domain_id, user_id), greeting_id=greeting_id)


def delete_greeting(store: Store, domain_id: int, user_id: int, greeting_id: int) -> str:
    """Deletes a greeting; callers hear the system's own if it was active. → its file."""
    with store.transaction():
        gone = greeting(store, user_id, greeting_id)
        store.sql("DELETE FROM greetings WHERE id = ?", (greeting_id,))
        box = get(store, domain_id, user_id)
        if box.greeting_id == greeting_id:
            _put(store, box, greeting_id=None)
    return gone.file


def used(store: Store, user_id: int) -> int:
    """Octets of everything in the mailbox (SF-057)."""
    row = store.sql(
        "SELECT (SELECT COALESCE(SUM(octets), 0) FROM voicemails WHERE user_id = ?) + "
        "(SELECT COALESCE(SUM(octets), 0) FROM greetings WHERE user_id = ?) + "
        "(SELECT COALESCE(SUM(name_octets), 0) FROM mailboxes WHERE user_id = ?)",
        (user_id, user_id, user_id),
    ).fetchone()
    return int(row[0])


def require_room(store: Store, user_id: int, octets: int) -> None:
    """Raises Conflict when the mailbox cannot take so many octets more."""
    if octets > 0 and used(store, user_id) + octets > QUOTA:
        raise Conflict(f"The mailbox is full: all of its {QUOTA // 1024 // 1024} MB are used; delete messages first.")


def files(store: Store, domain_id: int, user_id: int) -> frozenset[str] | None:
    """The names of all files that rows of a user's mailbox name; None where there is no such user."""
    if store.sql("SELECT 1 FROM users WHERE id = ? AND domain_id = ?", (user_id, domain_id)).fetchone() is None:
        return None
    rows = store.sql(
        "SELECT file FROM voicemails WHERE user_id = ? UNION SELECT file FROM greetings WHERE user_id = ? "
        "UNION SELECT name_file FROM mailboxes WHERE user_id = ?",
        (user_id, user_id, user_id),
    ).fetchall()
    return frozenset(str(row[0]) for row in rows if row[0])


def without(store: Store, domain_id: int) -> frozenset[str]:
    """The extensions of a company whose voicemail is switched off (SF-042)."""
    rows = store.sql(
        "SELECT u.extension, m.settings FROM mailboxes m JOIN users u ON u.id = m.user_id WHERE m.domain_id = ?",
        (domain_id,),
    ).fetchall()
    return frozenset(str(row[0]) for row in rows if not complete(json.loads(row[1]))["enabled"])
