"""What the pages about people say once something is done, as sentences.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phone_manager.views.words import counted

NAMED = 5  # so many of a list are named in a sentence


def question(do: str, chosen: Sequence[Mapping[str, Any]]) -> str:
    """The title of what is asked before something is done to these users."""
    first = chosen[0]
    whom = (first["name"] or first["extension"]) if len(chosen) == 1 else counted(len(chosen), "user")
    titles = {
        "edit": f"Edit {whom}",
        "welcome": f"Send the welcome mail to {whom}",
        "password": f"Reset the password of {whom}",
        "delete": f"Delete {whom}",
    }
    return titles[do]


def some(names: Sequence[str]) -> str:
    """`101, 102, 103 and 4 more`."""
    left = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {left} more" if left > 0 else "")


def mails(answer: Mapping[str, Any]) -> str:
    """What became of welcome mails; the answer of users/welcome."""
    sent = f"{counted(answer['sent'], 'welcome mail')} {'is' if answer['sent'] == 1 else 'are'} on the way."
    return f"{sent}{_skipped(answer['skipped'])}"


def cleared(answer: Mapping[str, Any]) -> str:
    """What became of password resets; the answer of users/password-reset."""
    count = answer["cleared"]
    told = f"{counted(count, 'password')} {'is' if count == 1 else 'are'} cleared."
    if answer["sent"]:
        told += f" {counted(answer['sent'], 'mail')} with a link {'is' if answer['sent'] == 1 else 'are'} on the way."
    return f"{told}{_skipped(answer['skipped'])}"


def _skipped(skipped: Sequence[Mapping[str, str]]) -> str:
    if not skipped:
        return ""
    named = some([f"{one['user']} ({one['reason']})" for one in skipped])
    return f" Skipped: {named}."


def edited(answer: Mapping[str, Any]) -> str:
    """What became of an edit of many; the answer of users/bulk."""
    same = f" {counted(answer['unchanged'], 'user')} had these values already." if answer["unchanged"] else ""
    return f"{counted(answer['changed'], 'user')} changed.{same}"


def deleted(answer: Mapping[str, Any]) -> str:
    """Who is gone; the answer of users/delete."""
    gone = some([one["name"] or one["user"] for one in answer["users"]])
    phones = len({mac for one in answer["users"] for mac in one["along"]["phones"]})
    lost = f" {counted(phones, 'phone')} lost a line." if phones else ""
    return f"Deleted: {gone}.{lost}"


def recycled(answer: Mapping[str, Any]) -> str:
    """Who has the extension now; the answer of users/{user}/recycle."""
    user, phones = answer["user"], len(answer["phones"])
    told = f"{user['extension']} is {user['name']} now."
    if phones:
        told += f" {counted(phones, 'phone')} {'gets' if phones == 1 else 'get'} a new file with new passwords."
    mail = {"sent": " The welcome mail is on the way.", "not sent": f" No welcome mail: {answer['reason']}."}
    return told + mail.get(answer["mail"], "")


def of_bulk(errors: Mapping[str, str]) -> dict[str, str]:
    """Errors of something done to many: those of a field of the form by its name, those of a user with the user."""
    found: dict[str, str] = {}
    for name, text in errors.items():
        first, _, rest = name.partition(".")
        if first == "users" and rest:
            found[name] = f"{rest.partition('.')[0]}: {text}"
        else:
            found.setdefault(rest if first == "set" else name, text)
    return found
