"""Audio as it arrives: written to a file piece by piece, so that a long recording is never held in memory.

Rules of this file: the name on the disk is made here; so many octets of a file, and so many files at a time in a
process. What a crash leaves behind is swept away (provd.sweeping).
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from provd.api.problems import Refused
from provd.api.schema import Schema
from provd.errors import Invalid, Problem, ProvdError
from provd.sounds import fresh

LARGEST_FILE = 50_000_000
"""Octets: close to five minutes of CD quality, and hours of MP3."""
MOST, MOST_OF_ONE = 8, 3
FOLDER = "arriving"
SECONDS = 600.0
"""How long somebody may send."""
DRAINED = 4 * LARGEST_FILE
"""Octets that are read, if not kept, so that the sentence about a file too large is seen."""

_places: set[Arriving] = set()


class Arriving:
    """A file that somebody sends. `whole` and `close` block, and are called in threads."""

    def __init__(self, data_dir: Path, sender: str) -> None:
        """Raises Refused (503) where so many arrive, of everybody or of the `sender`, that one more has to wait."""
        self.sender = sender
        if len(_places) >= MOST or sum(one.sender == sender for one in _places) >= MOST_OF_ONE:
            raise Refused(503, "Several large files are being sent at this moment; try again.", Retry_After="5")
        self.path = data_dir / FOLDER / f"{fresh()}.upload"
        self.size = 0
        self._file: IO[bytes] | None = None
        self._failed = ""
        self._closed = False
        self._lock = threading.Lock()
        _places.add(self)

    @property
    def too_large(self) -> bool:
        """Whether more came than may."""
        return self.size > LARGEST_FILE

    async def take(self, piece: bytes) -> None:
        """The next octets; whoever sends waits until they are written."""
        await asyncio.to_thread(self.write, piece)

    def write(self, piece: bytes) -> None:
        """The same, for who is in a thread already. Once more came than may, nothing is kept."""
        with self._lock:
            self.size += len(piece)
            if self._closed or self._failed or not piece:
                return
            if self.too_large:
                self._away()
                return
            try:
                self._opened().write(piece)
            except OSError as error:
                self._failed = error.strerror or "the disk does not answer"
                self._away()

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        return self._file

    def whole(self, field: str) -> Path:
        """The file, once all has come. Raises Invalid about `field` for none and for one too large, ProvdError for one
        that could not be written."""
        with self._lock:
            if self.too_large:
                most = LARGEST_FILE // 1_000_000
                raise Invalid([Problem(field, f"The file is larger than {most} MB; save it as MP3 and send that.")])
            if self._failed:
                raise ProvdError(f"The file cannot be kept ({self._failed}); the disk may be full.")
            if self._file is None:
                raise Invalid([Problem(field, "Choose an audio file first.")])
            try:
                self._file.flush()
            except OSError as error:
                raise ProvdError(f"The file cannot be kept ({error.strerror}); the disk may be full.") from None
            return self.path

    def close(self) -> None:
        """The file is not needed any more."""
        with self._lock:
            self._closed = True
            _places.discard(self)
            self._away()

    def close_soon(self) -> None:
        """The same from the loop."""
        asyncio.get_running_loop().run_in_executor(None, self.close)

    def _away(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # what it still had to write found no room
                self._file.close()
            self._file = None
        self.path.unlink(missing_ok=True)


def be_patient(connection: Any) -> None:
    """A request that brings a file may be larger than others, and take longer."""
    connection.set_max_body_size(DRAINED)
    connection.set_body_timeout(SECONDS)


def is_audio(kind: str) -> bool:
    """Whether a Content-Type says that the body is the file itself."""
    plain = kind.partition(";")[0].strip().lower()
    return plain.startswith("audio/") or plain == "application/octet-stream"


def beside(fields: Mapping[str, Schema], arguments: Mapping[str, Sequence[bytes]]) -> dict[str, Any]:
    """The other fields of the body, which come in the address: text as it is, switches as true or false."""
    found: dict[str, Any] = {}
    for name in fields.keys() & arguments.keys():
        said = arguments[name][-1].decode("utf-8", "replace")
        found[name] = {"true": True, "false": False}.get(said, said) if fields[name].get("type") == "boolean" else said
    return found
