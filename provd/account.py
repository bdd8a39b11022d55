"""Accounts without a sign-in: forgotten login names and passwords, one-time links, and the second step of a sign-in.

Rules of this file: whoever asks here may be anybody. What is answered, and how long that takes, is the same whether a
person exists or not; only the mail makes the difference. The pages call these, and the API for those signed in.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from provd import seal
from provd.errors import Invalid, NotFound, Problem, ProvdError
from provd.limits import Buckets
from provd.mail import Outbox
from provd.store import audit, links, second_factors, sessions, user_finding, users
from provd.store.database import Store
from provd.store.links import Link
from provd.store.rows import Domain, User

LOGIN_SENT = "If this address belongs to somebody here, a mail with the login name is on its way."
PASSWORD_SENT = "If there is such a login and it has a mail address, a mail with a link is on its way."  # noqa: S105
RESET_SECONDS, FORCED_SECONDS, SETUP_SECONDS = 3600, 86_400, 7 * 86_400
PATHS = {"reset": "reset", "setup": "welcome"}
MOST_ASKED = 5  # mails of one kind to one address within an hour
ANSWER_SECONDS = 0.6
SHORTEST, LONGEST = 8, 200


class TooOften(ProvdError):
    """An address asks more than any person does."""

    status = 429


class Accounts:
    """`base` says where the pages are (`https://host:port`), once that is known."""

    def __init__(
        self, store: Store, outbox: Outbox, base: Callable[[], str], *, answer_after: float = ANSWER_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._store = store
        self._outbox = outbox
        self._base = base
        self._answer_after = answer_after
        self._clock = clock
        self._addresses = Buckets(30, 30 / 3600)
        self._asked = Buckets(MOST_ASKED, MOST_ASKED / 3600)
        self._wrong = Buckets(30, 30 / 3600)

    # Forgotten

    async def forgot_login(self, email: str, extension: str, address: str) -> str:
        """Mails the login names that belong to a mail address (of this extension, where given); what to answer."""
        wanted = email.strip().lower()
        return await self._asks(f"mail {wanted[:300]}", address, LOGIN_SENT, self._tell_logins, wanted, extension)

    async def forgot_password(self, login: str, address: str) -> str:
        """Mails a link to the address on the profile; what to answer."""
        wanted = login.strip().lower()
        return await self._asks(f"login {wanted[:300]}", address, PASSWORD_SENT, self._tell_link, wanted, address)

    async def _asks(self, key: str, address: str, answer: str, work: Callable[..., None], *given: str) -> str:
        began = time.monotonic()
        if not self._addresses.take(address, began):
            raise TooOften("Too many forgotten logins and passwords from this address; try again in an hour.")
        if self._asked.take(key, began):
            await self._store.run(work, *given)
            self._outbox.wake()
        await asyncio.sleep(self._answer_after - (time.monotonic() - began))
        return answer

    def _tell_logins(self, store: Store, email: str, extension: str) -> None:
        with store.transaction():
            found = user_finding.by_email(store, email, extension.strip()[:20])
            if found:
                logins = [user.login_name for user in found]
                now = int(self._clock())
                self._outbox.write("forgot_login", email, {"logins": logins}, now, most=MOST_ASKED)

    def _tell_link(self, store: Store, login: str, address: str) -> None:
        now = int(self._clock())
        with store.transaction():
            user = users.by_login(store, login)
            if user is None or not user.emails or user.service_code:
                return
            link = self._link(store, user, "reset", now, RESET_SECONDS)
            values = {**self._named(user), "link": link, "minutes": RESET_SECONDS // 60}
            if not self._outbox.write("forgot_password", user.emails[0], values, now, most=MOST_ASKED):
                _note(store, now, user, f"address {address}", "ask")

    # Sent by managers, inside the transaction of their change

    def welcome(self, store: Store, user: User, company: Domain, now: int) -> str:
        """Mails the link to set up password and PIN; returns why not, empty when it is on its way."""
        if not user.emails:
            return "no mail address"
        values = {
            **self._named(user), "company": company.description or company.name, "extension": user.extension,
            "days": SETUP_SECONDS // 86_400, "link": self._link(store, user, "setup", now, SETUP_SECONDS),
        }  # fmt: skip
        return self._outbox.write("welcome", user.emails[0], values, now)

    def clear_password(self, store: Store, user: User, now: int, *, who: str, mail: bool) -> str:
        """Clears a password: nobody signs in with it, and those signed in are out. Mails a link where wanted; returns
        why not, empty when it is on its way or was not wanted."""
        users.set_password_hash(store, user.id, "")
        sessions.end_all(store, user.id)
        links.drop_of_user(store, user.id)
        if not mail:
            return ""
        if not user.emails:
            return "no mail address"
        link = self._link(store, user, "reset", now, FORCED_SECONDS)
        values = {**self._named(user), "link": link, "hours": FORCED_SECONDS // 3600, "who": who}
        return self._outbox.write("password_reset", user.emails[0], values, now)

    def wake(self) -> None:
        """Mails were written and are saved."""
        self._outbox.wake()

    # Links

    async def link(self, token: str) -> Link | None:
        """Whose link it is and what for; None when it is unknown, used or too old."""
        return await self._store.run(links.find, token, int(self._clock()))

    async def reset(self, token: str, password: str, address: str, *, voicemail_pin: str = "") -> User:
        """Sets the password, and the PIN where the link is one to set up; the person is signed out everywhere.

        Raises NotFound for a link that opens nothing, Invalid for a password or PIN that breaks a rule (the link stays
        good then), TooOften for an address that guesses.
        """
        now = time.monotonic()
        if self._wrong.empty(address, now):
            raise TooOften("Too many links that open nothing came from this address; try again in an hour.")
        found = await self.link(token)
        if found is None:
            self._wrong.take(address, now)
            raise _spent()
        problems = password_problems(password, found.user.login_name)
        if problems:
            raise Invalid(problems)
        hashed = await asyncio.to_thread(seal.hash_password, password)
        user = await self._store.run(self._set, token, hashed, voicemail_pin, address)
        self._outbox.wake()
        return user

    def _set(self, store: Store, token: str, hashed: str, pin: str, address: str) -> User:
        now = int(self._clock())
        with store.transaction():
            found = links.find(store, token, now)
            if found is None:
                raise _spent()
            user = found.user
            if pin and found.purpose == "setup" and user.domain_id is not None:
                users.set_voicemail_pin(store, user.domain_id, user.id, pin)
            users.set_password_hash(store, user.id, hashed)
            links.drop_of_user(store, user.id)
            sessions.end_all(store, user.id)
            _note(store, now, user, f"{user.login_name} by link, address {address}", "set")
            if found.purpose == "reset" and user.emails:
                self._outbox.write("password_changed", user.emails[0], self._named(user), now)
        return user

    # The second step of a sign-in

    async def needs_totp(self, user: User) -> bool:
        """Whether the sign-in goes on to ask a one-time code."""
        return await self._store.run(second_factors.needed, user)

    async def check_totp(self, user: User, code: str, now: int) -> bool:
        """Whether this one-time or recovery code opens; each does once, and ten wrong ones bar all for 15 minutes."""
        return await self._store.run(second_factors.check, user.id, code, now)

    def _named(self, user: User) -> dict[str, Any]:
        return {"name": user.name or user.login_name, "login": user.login_name}

    def _link(self, store: Store, user: User, purpose: str, now: int, seconds: int) -> str:
        """A new link as a mail has it; the pages answer it."""
        token = links.make(store, user.id, purpose, now, seconds)
        return f"{self._base().rstrip('/')}/{PATHS[purpose]}/{token}"


def password_problems(password: str, login: str) -> list[Problem]:
    """What is wrong with a new password of this login; how it is made up is free (NIST SP 800-63B, 3.1.1)."""
    if not SHORTEST <= len(password) <= LONGEST:
        return [Problem("password", f"The password must have {SHORTEST} to {LONGEST} characters.")]
    if not password.isprintable():
        return [Problem("password", "The password must not contain control characters.")]
    if password.lower() in (login, login.partition("@")[0]):
        return [Problem("password", "The password must not be the login name.")]
    return []


def _spent() -> NotFound:
    return NotFound("This link was used already or is too old; ask for another one with “Forgot password”.")


def _note(store: Store, now: int, user: User, who: str, action: str) -> None:
    audit.record(
        store, now, who=who, domain_id=user.domain_id, action=action, noun="password", ref=user.login_name
    )  # fmt: skip
