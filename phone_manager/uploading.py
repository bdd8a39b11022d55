"""Pages with a form that brings audio: the file goes to the disk while it comes, the fields stay as ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from phone_manager.base import Page
from phone_manager.multipart import BROKEN, Multipart, boundary
from provd.api.arriving import Arriving, be_patient
from provd.errors import Invalid, Problem, ProvdError


class TakesAudio(Page):
    """A page whose form has the file field `audio`. A file too large is read to its end all the same: only then does
    a browser show the answer, and it is the form with a sentence."""

    _form: Multipart | None = None
    _upload: Arriving | None = None
    _broken: ProvdError | None = None

    async def prepare(self) -> None:
        await super().prepare()
        mark = boundary(self.request.headers.get("Content-Type", ""))
        if self._finished or self.request.method != "POST" or self.session is None or mark is None:
            return
        try:
            self._upload = Arriving(self.services.settings.data_dir, f"user {self.session.user.id}")
        except ProvdError as error:
            self.refuse(error)
            return
        self._form = Multipart(mark, "audio", self._upload.write)
        be_patient(self.request.connection)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        if self._form is None:
            return super().data_received(chunk)
        return asyncio.to_thread(self._feed, self._form, chunk)

    def _feed(self, form: Multipart, chunk: bytes) -> None:
        if self._broken is None:
            try:
                form.feed(chunk)
            except ProvdError as error:
                self._broken = error

    def _read_body(self) -> None:
        if self._form is None:
            super()._read_body()
            return
        if self._broken is not None or not self._form.done:
            raise self._broken or ProvdError(BROKEN)
        self.request.body_arguments.update(self._form.fields)
        self.request.arguments.update(self._form.fields)

    def audio(self) -> Arriving:
        """The file that was sent. Raises Invalid where none was chosen."""
        if self._upload is None or not self._upload.size:
            raise Invalid([Problem("audio", "Choose an audio file first.")])
        return self._upload

    def on_finish(self) -> None:
        super().on_finish()
        self._let_go()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._let_go()

    def _let_go(self) -> None:
        if self._upload is not None:
            self._upload.close_soon()
