"""What the pages of one mailbox have in common: whose it is, how full it is, its tabs; and audio as an answer."""

from __future__ import annotations

from typing import Any

from phone_manager.base import Page
from phone_manager.views import voicemail


class MailboxPage(Page):
    """A page of `/c/<company>/voicemail/<extension>`."""

    right = "voicemails.read"

    async def box_page(self, template: str, user: str, *, status: int = 200, **context: Any) -> None:
        """Answer with a page in the mailbox's frame."""
        person = (await self.ask("GET", "/domains/{domain}/users/{user}", user=user)).body
        box = (await self.ask("GET", "/domains/{domain}/users/{user}/voicemail", user=user)).body
        mine = self.session is not None and self.session.user.extension == user
        self.page(
            template, status=status, person=person, box=box, user=user, mine=mine,
            space=voicemail.space(box["used"], box["quota"]), **context,
        )  # fmt: skip


class AudioAnswer(Page):
    """A recording for the player of the page."""

    right = "voicemails.read"

    def sound(self, content: bytes, name: str) -> None:
        """Answer with a WAV file; `?download=1` to keep it."""
        self.set_header("Content-Type", "audio/wav")
        if self.wanted("download"):
            self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(content)
