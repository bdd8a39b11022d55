"""Home as it happens: calls, the own phones, and what colleagues say."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping

from phone_manager.handlers.home.home import Home
from phone_manager.live import Stream
from provd.api.following import Following
from provd.live import Follower

NAMES = ("calls", "own", "colleagues")


class HomeLive(Stream, Home):
    """`/c/<company>/live`."""

    right = "home.read"
    _following: Following | None = None

    async def show(self, **path: str) -> None:
        await Stream.show(self, **path)

    async def act(self, **_: str) -> None:
        await Stream.act(self)

    async def watched(self, **_: str) -> Collection[str] | None:
        """The own phones: of no others is anything shown here."""
        return [phone["mac"] for phone in (await self.ask("GET", "/domains/{domain}/home/phones")).body["items"]]

    async def pieces(self, **_: str) -> Mapping[str, str]:
        self.now = time.time()
        phones = (await self.ask("GET", "/domains/{domain}/home/phones")).body["items"]
        told = self.frame() | {"own_phones": phones, **await self.calls(), **await self.colleagues()}
        return {name: self.site.pages.get_template(f"pages/home/{name}.html").render(told) for name in NAMES}

    async def news(self, follower: Follower) -> bool:
        """Wait for a call or a phone to change."""
        if self._following is None:
            assert self.domain is not None
            self._following = Following(self.services, self.domain, follower)
        return await self._following.news(self.beat)

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._unfollow()

    def on_finish(self) -> None:
        super().on_finish()
        self._unfollow()

    def _unfollow(self) -> None:
        if self._following is not None:
            self._following.close()
