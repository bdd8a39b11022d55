"""Many users at once: welcome mails, cleared passwords, edits, deletions; and a user who becomes another person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provd.api.call import Call, old_and_new
from provd.api.endpoint import Group
from provd.api.schema import Schema, choice, define, listing, number, obj, switch, text
from provd.api.scope import PROVIDER, may, may_give, outranks
from provd.api.user_changes import GONE, change, guard, guard_delete, guard_scope, place_of, remove, tell_phones
from provd.api.user_changes import going_along as along
from provd.api.users import EXTENSION, OVERWRITE, OWNED, PLACED, USER, shown
from provd.errors import Forbidden, Invalid, Problem, ProvdError
from provd.seal import MASK
from provd.store import api_keys, devices, domains, links, pointing, second_factors, sessions, user_finding, users
from provd.store.database import Store
from provd.store.rows import User

group = Group(
    "people",
    "Many users at once (SF-071 to SF-077), all or nothing, and a user who becomes another person (SF-070).",
)

MOST, SLICE = 1000, 20
WHO: Schema = listing(EXTENSION, "Extensions", MOST, minItems=1)
SKIPPED = listing(obj({"user": text(), "reason": text()}), "Who got no mail, and why")
SENT = define("SentMails", obj({"sent": number("Mails that are on their way"), "skipped": SKIPPED}))
CLEARED = define("ClearedPasswords", obj({"cleared": number(), "sent": number(), "skipped": SKIPPED}))
# Names, addresses and secrets are each person's own.
EDITS: dict[str, Schema] = {
    **{name: OWNED[name] for name in OWNED if name not in ("first_name", "last_name", "emails")},
    **{name: PLACED[name] for name in PLACED if name not in ("login_name", "service_code")},
    "overwrite_with_site_defaults": OVERWRITE,
}
EDITED = define("EditedUsers", obj({"changed": number(), "unchanged": number()}))
GONE_ONE = obj({"user": text(), "name": text(longest=401), "along": GONE})
GONE_ALL = define("DeletedUsers", obj({"deleted": number(), "users": listing(GONE_ONE)}))


@group.post("/domains/{domain}/users/welcome", "users.mail", SENT, body=obj({"users": WHO}), status=200, narrow=True)
async def welcome(call: Call) -> Any:
    """Send welcome mails

    With extension, login, and a link to choose a password and a voicemail PIN (SF-073, SF-074). Good for seven days,
    and once."""
    _, sent, skipped = await _mailed(call, _guard_rank, _welcome)
    return {"sent": sent, "skipped": skipped}


def _welcome(store: Store, call: Call, user: User) -> str:
    assert call.domain is not None
    reason = str(call.services.accounts.welcome(store, user, call.domain, call.now))
    if not reason:
        call.audit(store, "welcome", "user", user.login_name)
    return reason


@group.post(
    "/domains/{domain}/users/password-reset", "users.mail", CLEARED, status=200, narrow=True,
    body=obj({"users": WHO, "mail": switch("Also send a link for a new one", default=False)}, required=("users",)),
)  # fmt: skip
async def reset_passwords(call: Call) -> Any:
    """Force password resets

    Clears the passwords: nobody signs in with them, and who is signed in is out (SF-075, SF-076). A link that is sent
    is good for a day, and once."""
    cleared, sent, skipped = await _mailed(call, _guard_password, _reset)
    return {"cleared": cleared, "sent": sent if call.body.get("mail") else 0, "skipped": skipped}


def _reset(store: Store, call: Call, user: User) -> str:
    who = f"Your {call.who.scope.replace('_', ' ')}"
    call.audit(store, "clear", "password", user.login_name, {"password": [MASK, ""]})
    mail = bool(call.body.get("mail"))
    return str(call.services.accounts.clear_password(store, user, call.now, who=who, mail=mail))


async def _mailed(
    call: Call, allowed: Callable[[Call, User], None], work: Callable[[Store, Call, User], str]
) -> tuple[int, int, list[dict[str, str]]]:
    """Do it for everybody, some in one transaction: a letter is written in milliseconds, and others write too. How
    many users, how many mails, and who got none."""
    store = call.services.store
    chosen = await store.run_apart(_chosen, call, "users.mail", allowed)
    skipped: list[dict[str, str]] = []

    def some(store: Store, users: list[User]) -> None:
        with store.transaction():
            reasons = [(user, work(store, call, user)) for user in users]
        skipped.extend({"user": user.extension, "reason": reason} for user, reason in reasons if reason)

    for start in range(0, len(chosen), SLICE):
        await store.run_apart(some, chosen[start : start + SLICE])
        call.services.accounts.wake()
    return len(chosen), len(chosen) - len(skipped), skipped


@group.post(
    "/domains/{domain}/users/bulk", "users.write", EDITED, status=200, narrow=True,
    body=obj({"users": WHO, "set": obj(EDITS, required=()) | {"minProperties": 1}}),
)  # fmt: skip
async def edit(call: Call) -> Any:
    """Edit many users

    Everybody gets the same values (SF-077); all are saved, or none and `errors` says why for each."""
    return await _apart(call, _edit)


def _edit(store: Store, call: Call) -> dict[str, Any]:
    fields = call.body["set"]

    def allowed(call: Call, user: User) -> None:
        guard(call, user, fields)
        guard_scope(call, user, fields.get("scope", user.scope))

    chosen, changed, problems = _chosen(store, call, "users.write", allowed), 0, []
    for user in chosen:
        try:
            changed += change(store, call, user, fields) != user
        except Invalid as error:
            problems += [Problem(f"users.{user.extension}.{one.field}", one.text) for one in error.problems]
        except ProvdError as error:
            problems.append(Problem(f"users.{user.extension}", str(error)))
    if problems:
        raise Invalid(problems[:MOST])
    return {"changed": changed, "unchanged": len(chosen) - changed}


@group.post(
    "/domains/{domain}/users/delete", "users.delete", GONE_ALL, status=200, narrow=True,
    body=obj({"users": WHO, "preview": switch("Only tell what would go along", default=False)}, required=("users",)),
)  # fmt: skip
async def delete(call: Call) -> Any:
    """Delete many users

    With what goes along for each: devices, lines of phones, keys that point at nobody then (SF-071)."""
    return await _apart(call, _delete)


def _delete(store: Store, call: Call) -> dict[str, Any]:
    chosen = _chosen(store, call, "users.delete", guard_delete)
    keys, preview = pointing.keys(store, call.domain_id, [user.extension for user in chosen]), call.body.get("preview")
    gone = [
        {
            "user": user.extension, "name": user.name,
            "along": along(store, user, keys) if preview else remove(store, call, user, keys),
        }
        for user in chosen
    ]  # fmt: skip
    return {"deleted": 0 if preview else len(gone), "users": gone}


RECYCLED = define(
    "RecycledUser",
    obj(
        {
            "user": USER, "mail": choice(("sent", "not sent", "not wanted"), "The welcome mail"), "reason": text(),
            "devices": listing(text(), "They have new passwords"), "phones": listing(text(), "Due for a new file"),
        }
    ),
)  # fmt: skip
PERSON: dict[str, Schema] = {name: OWNED[name] for name in ("first_name", "last_name", "emails")}
RECYCLES = obj(
    {
        "confirm": text("The extension once more: there is no way back", 20), **PERSON,
        "login_name": PLACED["login_name"], "scope": PLACED["scope"], "department_id": PLACED["department_id"],
        "welcome": switch("Send the welcome mail"),
    },
    required=("confirm", "first_name", "last_name"),
)  # fmt: skip


@group.post("/domains/{domain}/users/{user}/recycle", "users.recycle", RECYCLED, body=RECYCLES, status=200)
async def recycle(call: Call) -> Any:
    """Recycle a user

    Somebody new has the extension (SF-070). Gone are the old person's name, login, role, mail addresses, password,
    voicemail PIN, second factor, API keys and sessions; site, department, numbers and devices stay, and the devices
    get new passwords, so that old apps are out."""
    return await _apart(call, _recycle)


def _recycle(store: Store, call: Call) -> dict[str, Any]:
    body, before = call.body, users.get(store, call.domain_id, call.the_user.id)
    if body["confirm"] != before.extension:
        raise Invalid([Problem("confirm", f"Write the extension {before.extension} to confirm.")])
    guard(call, before, ("password", "emails", "login_name", "scope"))
    company = domains.get(store, call.domain_id)
    fresh = {
        **{name: body.get(name, [] if name == "emails" else "") for name in PERSON}, "caller_id_name": "",
        "login_name": body.get("login_name", f"{before.extension}@{company.name}"),
        "scope": body.get("scope", "basic_user"), "department_id": body.get("department_id", before.department_id),
    }  # fmt: skip
    guard_scope(call, before, fresh["scope"])
    after = users.update(store, call.domain_id, before.id, call.now, **fresh)
    _forget(store, before)
    names = [device.name for device in devices.of_user(store, call.domain_id, before.id)]
    for device in devices.of_user(store, call.domain_id, before.id):
        devices.set_password(store, call.domain_id, device.id, call.now)
    call.audit(store, "recycle", "user", before.login_name, old_and_new(before, after, fresh))
    macs = tell_phones(store, call, after, f"extension {after.extension} has a new person")
    reason = call.services.accounts.welcome(store, after, company, call.now) if body.get("welcome") else ""
    mail = ("not sent" if reason else "sent") if body.get("welcome") else "not wanted"
    return {"user": shown(after), "mail": mail, "reason": reason, "devices": names, "phones": macs}


def _forget(store: Store, user: User) -> None:
    """Everything by which the old person could come back."""
    users.set_password_hash(store, user.id, "")
    users.clear_voicemail_pin(store, user.id)
    sessions.end_all(store, user.id)
    links.drop_of_user(store, user.id)
    second_factors.remove(store, user.id)
    api_keys.drop_of_user(store, user.id)


async def _apart(call: Call, work: Callable[[Store, Call], Any]) -> Any:
    """Do it in one transaction, in a thread: a thousand users are the work of a second. Then the mails go out."""

    def done(store: Store) -> Any:
        with store.transaction():
            return work(store, call)

    answer = await call.services.store.run_apart(done)
    call.after.append(call.services.accounts.wake)
    return answer


def _chosen(store: Store, call: Call, action: str, allowed: Callable[[Call, User], None]) -> list[User]:
    """The users that the body names; raises Forbidden unless the caller may do this to every one of them."""
    chosen = user_finding.some(store, call.domain_id, call.body["users"])
    for user in chosen:
        if not may(call.who, action, place_of(user)):
            raise Forbidden(f"User {user.extension} is out of your reach; nothing was done.")
        allowed(call, user)
    return chosen


def _guard_rank(call: Call, user: User) -> None:
    if not outranks(call.who, user.scope):
        raise Forbidden(f"A {call.who.scope} may not do this to a user with the scope {user.scope}.")


def _guard_password(call: Call, user: User) -> None:
    _guard_rank(call, user)
    if user.id == call.who.user_id:
        raise Forbidden("Your own password is not cleared but changed, in your profile.")
    if call.who.scope not in PROVIDER and not may_give(call.who, user.scope):
        raise Forbidden(f"Only the provider clears the password of another {user.scope}.")
