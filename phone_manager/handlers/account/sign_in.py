"""Signing in and out (SF-001, SF-002)."""

from __future__ import annotations

import asyncio
import logging
import time
from urllib.parse import urlencode

from phone_manager.base import COOKIE, Page
from phone_manager.handlers.account.entering import carried, enter, wait_for_code
from phone_manager.origin import local
from provd import seal
from provd.store import domains, sessions, users
from provd.store.database import Store
from provd.store.rows import Domain, User

log = logging.getLogger(__name__)

WRONG = "The login name or the password is wrong."
MANY = "Too many wrong passwords; wait a few minutes, or use “Forgot password”."


class Root(Page):
    """`/`: to where this person begins (SF-005)."""

    async def show(self, **_: str) -> None:
        if self.who.domain_id is None:
            self.go("/companies")
            return
        self.domain = await self.services.store.run(_own_domain, self.who.domain_id)
        self.go(self.url())


def _own_domain(store: Store, domain_id: int) -> Domain:
    return domains.get(store, domain_id)


class SignIn(Page):
    """The form, and what it sends. A wrong name takes as long as a wrong password and says the same."""

    open = True

    async def show(self, **_: str) -> None:
        if self.session is not None:
            self.go(local(self.wanted("next", "/")))
            return
        self._form()

    def _form(self, wrong: str = "", status: int = 200) -> None:
        self.page(
            "pages/sign_in.html", status=status, next=local(self.field("next") or self.wanted("next", "/")),
            login=self.field("login") or self.wanted("login"), carried=carried(self.sent),
            errors={"": wrong} if wrong else {},
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        login, password, now = self.field("login").strip()[:200], self.field("password")[:500], time.monotonic()
        if self.site.addresses.empty(self.address, now) or self.site.logins.empty(login.casefold(), now):
            self._form(MANY, 429)
            return
        user, hashed = await self.services.store.run(_known, login)
        if not await asyncio.to_thread(seal.verify_password, hashed, password) or user is None:
            self.site.addresses.take(self.address, now)
            self.site.logins.take(login.casefold(), now)
            log.warning("A sign-in as %.60r from %s was refused.", login, self.address)
            self._form(WRONG, 401)
            return
        if seal.needs_rehash(hashed):
            fresh = await asyncio.to_thread(seal.hash_password, password)
            await self.services.store.run(users.set_password_hash, user.id, fresh)
        going, left = local(self.field("next", "/")), carried(self.sent)
        step = wait_for_code if await self.services.accounts.needs_totp(user) else enter
        await step(self, user, remember=bool(self.field("remember")), going=going, left=left)


def _known(store: Store, login: str) -> tuple[User | None, str]:
    user = users.by_login(store, login)
    return user, users.password_hash(store, user.id) if user else ""


class SignOut(Page):
    """Ends this session."""

    async def act(self, **_: str) -> None:
        assert self.session is not None
        await self.services.store.run(sessions.end, self.session.id)
        self.clear_cookie(COOKIE)
        self.go("/sign-in?" + urlencode({"next": "/"}), "You are signed out.")


class View(Page):
    """An office manager's own things, or the organization (SF-008)."""

    async def act(self, **_: str) -> None:
        assert self.session is not None
        if self.session.user.scope == "office_manager":
            await self.services.store.run(sessions.set_own, self.session.id, self.field("own") == "1")
        self.go("/")


class Theme(Page):
    """Light, dark, or as the system has it."""

    open = True

    async def act(self, **_: str) -> None:
        wanted = self.field("theme")
        if wanted in ("light", "dark", "auto"):
            self.set_cookie("provd_theme", wanted, max_age=sessions.REMEMBERED * 12, samesite="Lax")
        self.go(local(self.field("next", "/")))
