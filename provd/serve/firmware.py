"""Firmware over HTTP: whole images, ranges (RFC 9110 §14) and HEAD, read in pieces that never hold the loop."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from provd.firmware import FirmwareShelf

PIECE = 256 * 1024

_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


class FirmwareHandler(RequestHandler):
    """One image by its name in the manifest."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(self, shelf: FirmwareShelf) -> None:
        self._shelf = shelf

    async def get(self, name: str) -> None:
        image = self._shelf.get(name)
        self.set_header("Server", "provd")
        if image is None:
            self.set_status(404)
            self.set_header("Content-Type", "text/plain")
            self.finish(b"Not found\n")
            return
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("ETag", f'"{image.sha256[:32]}"')
        wanted = wanted_range(self.request.headers.get("Range", ""), image.size)
        if wanted is None:
            self.set_status(416)
            self.set_header("Content-Range", f"bytes */{image.size}")
            self.finish()
            return
        start, stop = wanted
        if (start, stop) != (0, image.size):
            self.set_status(206)
            self.set_header("Content-Range", f"bytes {start}-{stop - 1}/{image.size}")
        self.set_header("Content-Length", str(stop - start))
        if self.request.method != "HEAD":
            await self._send(image.path, start, stop)
        self.finish()

    head = get

    async def _send(self, path: Path, start: int, stop: int) -> None:
        with await asyncio.to_thread(path.open, "rb") as content:
            await asyncio.to_thread(content.seek, start)
            while start < stop:
                piece = await asyncio.to_thread(content.read, min(PIECE, stop - start))
                if not piece:
                    return
                start += len(piece)
                self.write(piece)
                try:
                    await self.flush()
                except StreamClosedError:
                    return

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        return value.decode("utf-8", "replace")

    def compute_etag(self) -> None:
        """The manifest's hash is the ETag."""


def wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """(first byte, byte after the last) of a Range header; everything when it is none; None when it fits nothing."""
    found = _RANGE.fullmatch(header.strip())
    if not found or not (found[1] or found[2]):
        return 0, size
    if not found[1]:
        return (max(0, size - int(found[2])), size) if int(found[2]) else None
    start = int(found[1])
    stop = min(size, int(found[2]) + 1) if found[2] else size
    return (start, stop) if start < stop else None
