"""Rendered files, kept while their phone's revision stays: a table bounded in bytes."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict

from provd.exchange import Answer

WORTH_COMPRESSING = 1_000

Key = tuple[str, str, str]


class Rendered:
    """One file as it goes to a phone. Its ETag is the hash of its content."""

    __slots__ = ("_answers", "body", "content_type", "etag", "revision")

    def __init__(self, revision: str, body: bytes, content_type: str) -> None:
        self.revision = revision
        self.body = body
        self.content_type = content_type
        self.etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
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
        if len(self.body) < WORTH_COMPRESSING:
            return b""
        return gzip.compress(self.body, 1, mtime=0)

    @property
    def size(self) -> int:
        """Bytes this entry is counted with."""
        return len(self.body) + 600


class RenderedFiles:
    """Rendered files by (MAC, file, outcome): bodies up to `most` bytes, those asked for longest ago going first.

    ETags are kept when their body goes: a phone that has the file already is told so without rendering it again.
    """

    def __init__(self, most: int, most_tags: int = 100_000) -> None:
        self._most = most
        self._most_tags = most_tags
        self._bytes = 0
        self._files: OrderedDict[Key, Rendered] = OrderedDict()
        self._tags: OrderedDict[Key, tuple[str, str]] = OrderedDict()

    def get(self, key: Key, revision: str) -> Rendered | None:
        """The file, if it was rendered at this revision and is still here."""
        found = self._files.get(key)
        if found is None or found.revision != revision:
            return None
        self._files.move_to_end(key)
        return found

    def is_unchanged(self, key: Key, revision: str, if_none_match: str) -> bool:
        """Whether the phone holds the file of this revision, even if its body has gone from here."""
        said = self._tags.get(key)
        return said is not None and said[0] == revision and said[1] in if_none_match

    def put(self, key: Key, rendered: Rendered) -> None:
        """Keep a file, in the place of an older version."""
        old = self._files.pop(key, None)
        self._bytes += rendered.size - (old.size if old else 0)
        self._files[key] = rendered
        self._tags.pop(key, None)
        self._tags[key] = (rendered.revision, rendered.etag)
        while self._bytes > self._most and len(self._files) > 1:
            _, forgotten = self._files.popitem(last=False)
            self._bytes -= forgotten.size
        if len(self._tags) > self._most_tags:
            self._tags.popitem(last=False)
