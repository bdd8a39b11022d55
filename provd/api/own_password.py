"""The caller's own password, changed by whoever knows the present one."""

from __future__ import annotations

from typing import Any

from provd import seal
from provd.account import password_problems
from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.gate import off_the_loop
from provd.api.problems import Refused
from provd.api.schema import obj, text
from provd.errors import Conflict, Invalid, Problem
from provd.limits import Buckets
from provd.store import links, sessions, users
from provd.store.database import Store
from provd.store.rows import User

group = Group("own password", "The caller's own password.")

BODY = obj(
    {"current": text("The present password", 500), "password": text("The new one, 8 to 200 characters", 500)},
    required=("current", "password"),
)
WRONG = Buckets(10, 1 / 60)


@group.post("/me/password", "self.write", None, status=204, body=BODY)
async def change_own(call: Call) -> None:
    """Change the caller's own password

    Whoever is signed in as this person is signed out; links to reset the password open nothing any more."""
    user, hashed = await call.services.store.run(_present, call)
    bucket = f"password {user.id}"
    if WRONG.empty(bucket, call.clock):
        raise Refused(429, "Too many wrong passwords; wait a few minutes, or use “Forgot password”.")
    if not await off_the_loop(seal.verify_password, hashed, call.body["current"]):
        WRONG.take(bucket, call.clock)
        raise Invalid([Problem("current", "This is not the present password.")])
    problems = password_problems(call.body["password"], user.login_name)
    if problems:
        raise Invalid(problems)
    fresh = await off_the_loop(seal.hash_password, call.body["password"])
    await call.services.store.run(_save, call, user, fresh)


def _present(store: Store, call: Call) -> tuple[User, str]:
    user = users.by_id(store, call.who.user_id) if call.who.user_id is not None else None
    if user is None:
        raise Conflict("This key stands for nobody; sign in, or use the key of a person.")
    return user, users.password_hash(store, user.id)


def _save(store: Store, call: Call, user: User, hashed: str) -> Any:
    with store.transaction():
        users.set_password_hash(store, user.id, hashed)
        sessions.end_all(store, user.id)
        links.drop_of_user(store, user.id)
        call.audit(store, "update", "password", user.login_name, {"password": [seal.MASK, seal.MASK]})
