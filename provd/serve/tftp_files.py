"""Stored files (firmware), read piece by piece off the event loop."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from provd.serve.tftp_content import to_netascii

# One piece: its octets as they go over the wire, and whether it is the last.
Piece = tuple[bytes, bool]
PIECE = 65536
_THREADS = 4


class Changed(OSError):
    """The file was replaced in place while a phone was reading it: half a firmware must not look like a whole one."""


class StoredFile:
    """A file on disk, opened by the first `read`; `size` is known from then on.

    `read` blocks (it runs on a thread of Disk) and gives one piece after the other, translated when `netascii`.
    """

    def __init__(self, path: Path, *, netascii: bool = False) -> None:
        self._path = path
        self._netascii = netascii
        self._descriptor = -1
        self._modified = 0
        self._left = 0
        self.size = 0

    def read(self, size: int) -> Piece:
        """The next `size` octets (before translation) and whether they are the last; raises Changed or OSError."""
        if self._descriptor < 0:
            self._open()
        wanted = min(size, self._left)
        octets = os.pread(self._descriptor, wanted, self.size - self._left)
        self._left -= len(octets)
        now = os.fstat(self._descriptor)
        if len(octets) < wanted or (now.st_size, now.st_mtime_ns) != (self.size, self._modified):
            raise Changed(errno.ESTALE, "Replaced while it was being read", str(self._path))
        return to_netascii(octets) if self._netascii else octets, self._left == 0

    def close(self) -> None:
        """Give the descriptor back; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self) -> None:
        # O_NONBLOCK: opening a FIFO somebody left in the folder must not hold a thread for ever.
        self._descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        opened = os.fstat(self._descriptor)
        if not stat.S_ISREG(opened.st_mode):
            self.close()
            raise FileNotFoundError(errno.ENOENT, "Not a regular file", str(self._path))
        self.size = self._left = opened.st_size
        self._modified = opened.st_mtime_ns


class Disk:
    """The threads that read files, so that a slow disk holds up its own transfers and nothing else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "tftp-disk")
        self._loop = asyncio.get_running_loop()
        self._reads: set[asyncio.Future[Piece]] = set()

    def read(self, file: StoredFile, arrived: Callable[[asyncio.Future[Piece]], None]) -> None:
        """Read the next piece of `file`, then call `arrived` on the loop with the future of it."""
        future = self._loop.run_in_executor(self._threads, file.read, PIECE)
        self._reads.add(future)
        future.add_done_callback(self._reads.discard)
        future.add_done_callback(arrived)

    async def close(self) -> None:
        """Wait for the reads under way."""
        await asyncio.gather(*self._reads, return_exceptions=True)
        self._threads.shutdown(wait=False)
