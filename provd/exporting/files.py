"""The files of exports and archives on the disk: written whole or not at all, in a folder a company.

Rules of this file: names are made here and never by a person; what is said to be written is on the disk (fsync).
Everything blocks, and is called in a thread.
"""

from __future__ import annotations

import gzip
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from provd.errors import NotFound, ProvdError

PIECE = 64 * 1024
_OURS = re.compile(r"[a-z0-9-]{1,60}\.(csv|csv\.gz)")


class ExportFolder:
    """The folder `exports` of the data directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, domain_id: int, file: str) -> Path:
        """One file; raises ProvdError for a name that was not made here."""
        if not _OURS.fullmatch(file):
            raise ProvdError("A file of an export has a name that is none of ours.")
        return self.root / str(domain_id) / file

    def write(self, domain_id: int, pieces: Iterable[str]) -> tuple[str, int]:
        """Writes a new file; → (its name, its octets). Raises OSError when it cannot; nothing is left then."""
        file = f"{secrets.token_hex(16)}.csv"
        path = self.path(domain_id, file)
        self._folder(path.parent)
        part = path.with_name(f".{file}.part")
        try:
            with _opened(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, "wb") as out:
                for piece in pieces:
                    out.write(piece.encode())
                out.flush()
                os.fsync(out.fileno())
                octets = out.tell()
            part.replace(path)
            _sync(path.parent)
        finally:
            part.unlink(missing_ok=True)
        return file, octets

    def append(self, domain_id: int, file: str, octets: int, text: str) -> int:
        """Adds `text` to a gzip file after its first `octets`, as a member of its own (RFC 1952, 2.2); → its octets
        now. What a crash left behind these is cut off. Raises OSError when it cannot be written."""
        path = self.path(domain_id, file)
        self._folder(path.parent)
        with _opened(path, os.O_RDWR | os.O_CREAT, "r+b") as out:
            out.truncate(octets)
            out.seek(octets)
            out.write(gzip.compress(text.encode(), 6, mtime=0))
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
        _sync(path.parent)
        return size

    def octets(self, domain_id: int, file: str) -> int:
        """How long a file is; 0 for one that is gone."""
        with suppress(OSError):
            return self.path(domain_id, file).stat().st_size
        return 0

    def pieces(self, domain_id: int, file: str, octets: int) -> Iterator[bytes]:
        """The first `octets` of a file, piece by piece; raises NotFound for one that is gone."""
        try:
            with self.path(domain_id, file).open("rb") as source:
                while octets > 0 and (piece := source.read(min(PIECE, octets))):
                    octets -= len(piece)
                    yield piece
        except FileNotFoundError:
            raise NotFound("The file is not on the disk any more; it may have been left out of a backup.") from None

    def delete(self, domain_id: int, file: str) -> None:
        """Deletes a file; one that is gone is no mistake."""
        self.path(domain_id, file).unlink(missing_ok=True)

    def companies(self) -> list[int]:
        """The companies that have a folder."""
        if not self.root.is_dir():
            return []
        return sorted(int(one.name) for one in self.root.iterdir() if one.name.isdecimal())

    def drop(self, domain_id: int) -> None:
        """Deletes the folder of a company that is gone."""
        shutil.rmtree(self.root / str(domain_id), ignore_errors=True)

    def sweep(self, domain_id: int, known: Collection[str], before: float) -> int:
        """Deletes files that no row knows, left by a crash, when they were last written before this moment; → how
        many."""
        count = 0
        for path in (self.root / str(domain_id)).iterdir():
            with suppress(OSError):
                if path.name not in known and path.stat().st_mtime < before:
                    path.unlink()
                    count += 1
        return count

    def _folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            _sync(self.root)


def _opened(path: Path, flags: int, mode: str) -> BinaryIO:
    """A file for its owner only, as numbers are personal."""
    return cast(BinaryIO, os.fdopen(os.open(path, flags, 0o600), mode))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
