"""The second step of a sign-in: a one-time code of an app, or a recovery code (SF-007)."""

from __future__ import annotations

import logging
import time

from phone_manager.base import COOKIE, Page
from phone_manager.handlers.account.entering import carried, enter
from phone_manager.origin import local
from provd.store import sessions
from provd.store.sessions import Session

log = logging.getLogger(__name__)

TEMPLATE = "pages/account/second_step.html"
WRONG = "This code is wrong, or was used already; wait for the next one of the app."
MANY = "Too many wrong codes; wait 15 minutes, then try again."


class SecondStep(Page):
    """`/sign-in/code`: for a session that has given its password and waits."""

    open = True

    async def _waiting(self) -> Session | None:
        token = self.get_cookie(COOKIE, "")
        found = await self.services.store.run(sessions.find, token, int(self.now)) if token else None
        return found if found is not None and found.waits else None

    async def show(self, **_: str) -> None:
        if await self._waiting() is None:
            self.go("/sign-in")
            return
        self.page(TEMPLATE, next=local(self.wanted("next", "/")), remember=self.wanted("remember"), carried=[])

    async def act(self, **_: str) -> None:
        waiting = await self._waiting()
        if waiting is None:
            self.go("/sign-in", "That took too long; sign in again.")
            return
        going, remember, now = local(self.field("next", "/")), bool(self.field("remember")), time.monotonic()
        left = carried(self.sent)
        bucket = f"code {waiting.user.id}"
        wrong, status = "", 401
        if self.site.addresses.empty(self.address, now) or self.site.logins.empty(bucket, now):
            wrong, status = MANY, 429
        elif not await self.services.accounts.check_totp(waiting.user, self.field("code"), int(self.now)):
            self.site.addresses.take(self.address, now)
            self.site.logins.take(bucket, now)
            log.warning("A one-time code for %.60r from %s was refused.", waiting.user.login_name, self.address)
            wrong = WRONG
        if wrong:
            errors = {"code": wrong}
            self.page(TEMPLATE, status=status, next=going, remember=remember, carried=left, errors=errors)
            return
        await self.services.store.run(sessions.end, waiting.id)
        await enter(self, waiting.user, remember=remember, going=going, left=left)
