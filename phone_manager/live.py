"""Pages that follow what happens: server-sent events for htmx's `sse` extension, made of HTML.

A page has `<div hx-ext="sse" sse-connect="…/live" sse-swap="progress">`; its Stream says which phones it is about and
makes the pieces: the name of an event and its HTML. A piece that is as before is not sent again. Every BEAT seconds
the pieces are made anew, also when no phone did anything, and the right to see them is looked at again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import ClassVar

from tornado.iostream import StreamClosedError

from phone_manager.base import Page
from provd.errors import ProvdError
from provd.live import Follower

BEAT = 15.0
AGAIN_MS = 3_000
STUCK_SECONDS = 60.0
MOST_TEXT = 20


class Stream(Page):
    """An endless answer. Subclasses write `watched()` and `pieces()`."""

    beat: ClassVar[float] = BEAT
    _follower: Follower | None = None

    async def watched(self, **path: str) -> Collection[str] | None:
        """The MACs of the phones to look at; None: all of the company. Raises what the page itself would."""
        return None

    async def pieces(self, **path: str) -> Mapping[str, str]:
        """HTML by the name of its event, as it is now."""
        return {}

    async def news(self, follower: Follower) -> bool:
        """Wait for something to happen, or for the next beat; False at the end."""
        return await follower.take(self.beat) is not None

    async def show(self, **path: str) -> None:
        macs = await self.watched(**path)
        assert self.domain is not None and self.session is not None, "prepare() has let the request in"
        after = self.request.headers.get("Last-Event-ID", "")
        known = int(after) if after.isascii() and after.isdecimal() and len(after) < MOST_TEXT else None
        owner = f"session {self.session.id}"
        self._follower = await self.services.live.follow(self.domain.id, macs, owner=owner, after=known)
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("X-Accel-Buffering", "no")  # proxies pass it on piece by piece
        with suppress(StreamClosedError, TimeoutError, ProvdError):  # the reader is gone, or may not read any more
            await self._tell(self._follower, path)
        self._follower.close()
        if not self._finished:
            self.finish()

    async def _tell(self, follower: Follower, path: Mapping[str, str]) -> None:
        self.write(f"retry: {AGAIN_MS}\n\n")
        told: dict[str, str] = {}
        while True:
            for name, html in (await self.pieces(**path)).items():
                if told.get(name) != html:
                    told[name] = html
                    self.write(block(name, html, follower.position))
            self.write(": here\n\n")
            async with asyncio.timeout(STUCK_SECONDS):
                await self.flush()
            if not await self.news(follower):
                return
            await self._still_here()

    async def _still_here(self) -> None:
        """Ends the stream when the session did."""
        await self.find_session()
        if self.session is None:
            raise StreamClosedError

    def on_connection_close(self) -> None:
        if self._follower is not None:
            self._follower.close()

    def on_finish(self) -> None:
        if self._follower is not None:
            self._follower.close()


def block(name: str, html: str, position: int) -> str:
    """One event as the wire has it (HTML standard, 9.2): every line of data begins with its name."""
    lines = [f"id: {position}"] if position else []
    lines += [f"event: {name}", *(f"data: {line}" for line in html.splitlines() or ("",))]
    return "\n".join(lines) + "\n\n"
