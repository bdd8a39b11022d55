"""Audio files as they are played, read in a thread so that no disk holds up the audio."""

from __future__ import annotations

import os
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from sip_edge.media import g711, wav
from sip_edge.media.worker.outgoing import framed
from sip_edge.message.errors import SipError

LARGEST = 64_000_000
KEPT = 64_000_000
"""Octets of μ-law that are kept in memory: some two hours."""
PIECE = 65_536
MU = "PCMU/8000"

Version = tuple[str, int, int]


def _codes(path: str) -> tuple[Version, bytes]:
    """A file's version and its sound as μ-law in whole frames. Raises OSError, ValueError."""
    with Path(path).open("rb") as file:
        status = os.fstat(file.fileno())
        if status.st_size > LARGEST:
            raise ValueError("The file is too long.")
        sound = wav.parse(file.read(LARGEST))
    if sound.rate != 8_000:
        raise ValueError("The file is not of 8 kHz.")
    pieces = (sound.samples[at : at + PIECE] for at in range(0, len(sound.samples), PIECE))
    codes = b"".join(g711.encode(MU, np.ascontiguousarray(piece)) for piece in pieces)
    return (path, status.st_mtime_ns, status.st_size), framed(codes)


class Sounds:
    """Read files, the last used ones from memory. `fileno` becomes readable when `collect` has something to do."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Version, bytes] = OrderedDict()
        self._size = 0
        self._wanted: queue.SimpleQueue[tuple[list[str], Callable[[dict[str, bytes] | SipError], None]]]
        self._wanted = queue.SimpleQueue()
        self._ready: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.fileno = os.eventfd(0, os.EFD_NONBLOCK)
        threading.Thread(target=self._read_on, daemon=True).start()

    def get(self, paths: Iterable[str], then: Callable[[dict[str, bytes] | SipError], None]) -> None:
        """Call `then` with the codes of all files by path, or with the error of one: on the thread of the audio."""
        self._wanted.put((sorted(set(paths)), then))

    def collect(self) -> None:
        """Call those whose files are read."""
        os.eventfd_read(self.fileno)
        while not self._ready.empty():
            self._ready.get()()

    def _read_on(self) -> None:
        while True:
            paths, then = self._wanted.get()
            found: dict[str, bytes] | SipError
            try:
                found = {path: self._one(path) for path in paths}
            except (OSError, ValueError) as error:
                found = SipError(404, f"A sound cannot be played: {error}")
            self._ready.put(lambda then=then, found=found: then(found))  # type: ignore[misc]
            os.eventfd_write(self.fileno, 1)

    def _one(self, path: str) -> bytes:
        status = Path(path).stat()
        version = (path, status.st_mtime_ns, status.st_size)
        if version in self._kept:
            self._kept.move_to_end(version)
            return self._kept[version]
        version, codes = _codes(path)
        self._kept[version] = codes
        self._size += len(codes)
        while self._size > KEPT:
            self._size -= len(self._kept.popitem(last=False)[1])
        return codes
