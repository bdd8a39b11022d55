"""Files that phones send: their own settings and logs, kept only where a setting allows it.

Rules of this file: only a phone with a proof, only a name its family sends, only so many bytes. The name on disk is
made from the MAC and the family's rule, never from the path that was asked.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from tornado.web import stream_request_body

from provd.serve.http import AnswerFunction, PhoneFileHandler, phone_request


@stream_request_body
class UploadHandler(PhoneFileHandler):
    """GET as for every phone; PUT and POST for the files a family uploads."""

    SUPPORTED_METHODS = ("GET", "HEAD", "PUT", "POST")  # type: ignore[assignment]

    def initialize(  # type: ignore[override]
        self, answer: AnswerFunction, trusted_proxies: tuple[str, ...], upload: Any, folder: Path, limit: int
    ) -> None:
        super().initialize(answer, trusted_proxies)
        self._upload = upload
        self._folder = folder
        self._limit = limit
        self._body = bytearray()

    def prepare(self) -> None:
        self.request.connection.set_max_body_size(self._limit)  # type: ignore[union-attr]

    def data_received(self, chunk: bytes) -> None:
        self._body += chunk

    async def put(self, _path: str) -> None:
        request = phone_request(self, self._trusted)
        accepted = await self._upload(request, len(self._body))
        if accepted is None:
            self.set_status(404)
            self.finish(b"Not found\n")
            return
        mac, pattern = accepted
        name = re.sub(r"[^a-z0-9.-]", "", pattern.format(mac=mac, MAC=mac).lower())
        await asyncio.to_thread(_keep, self._folder / mac, name, bytes(self._body))
        self.set_status(201)
        self.finish()

    post = put


def _keep(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f".{name}.part"
    part.write_bytes(content)
    part.replace(folder / name)
