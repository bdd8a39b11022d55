"""Rendered files, kept while their phone's revision stays: a table bounded in bytes."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict

from provd.exchange import Answer

WORTH_COMPRESSING = 1_000


class Rendered:
    """One file as it goes to a phone. Its ETag is the hash of its content."""

    __slots__ = ("_answers", "_gzip", "body", "content_type", "etag", "revision")

    def __init__(self, revision: str, body: bytes, content_type: str) -> None:
        self.revision = revision
        self.body = body
        self.content_type = content_type
        self.etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        self._gzip = b""
        self._answers: dict[int, Answer] = {}

    def answer(self, status: int) -> Answer:
        """The answer with this status; made once, since phones ask for the same file day after day."""
        found = self._answers.get(status)
        if found is None:
            body = b"" if status == 304 else self.body
            found = Answer(status, body, None, self.content_type, self.etag, (), self.compressed)
            self._answers[status] = found
        return found

    def compressed(self) -> bytes:
        """The gzip form (RFC 1952); empty where it would save nothing worth the work."""
        if not self._gzip and len(self.body) >= WORTH_COMPRESSING:
            self._gzip = gzip.compress(self.body, 6, mtime=0)
        return self._gzip

    @property
    def size(self) -> int:
        """Bytes this entry is counted with."""
        return len(self.body) + len(self._gzip) + 600


class RenderedFiles:
    """Rendered files by (MAC, file, outcome); those asked for longest ago go first when `most` bytes are reached."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._files: OrderedDict[tuple[str, str, str], Rendered] = OrderedDict()

    def get(self, key: tuple[str, str, str], revision: str) -> Rendered | None:
        """The file, if it was rendered at this revision."""
        found = self._files.get(key)
        if found is None or found.revision != revision:
            return None
        self._files.move_to_end(key)
        return found

    def put(self, key: tuple[str, str, str], rendered: Rendered) -> None:
        """Keep a file, in the place of an older version."""
        old = self._files.pop(key, None)
        self._bytes += rendered.size - (old.size if old else 0)
        self._files[key] = rendered
        while self._bytes > self._most and len(self._files) > 1:
            _, forgotten = self._files.popitem(last=False)
            self._bytes -= forgotten.size
