"""The recordings of a backup: the files of the data directory that rows name, after the rows in the same file.

Each file is `{"file": "voicemail/3/17/….wav"}` and then its octets in pieces of base64, a line each; the last line says
how many files there were. Nothing is held but a piece. Restoring puts them beside those that are there and changes
places only when all has come, so that what goes wrong leaves everything as it was.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from provd.errors import ProvdError

FOLDERS = ("voicemail", "music", "prompts", "exports")
PIECE = 48 * 1024
DEEPEST = 4
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@ -]{0,199}\Z")
STAGING = "restoring"


def write(file: IO[str], data_dir: Path) -> int:
    """Add every recording of a data directory; → how many. One that is deleted meanwhile is left out, or ends where it
    ended."""
    count = 0
    for path in _every(data_dir):
        try:
            with path.open("rb") as content:
                _line(file, {"file": path.relative_to(data_dir).as_posix()})
                while piece := content.read(PIECE):
                    _line(file, base64.b64encode(piece).decode())
        except FileNotFoundError:
            continue
        count += 1
    _line(file, {"files": count})
    return count


def _line(file: IO[str], value: Any) -> None:
    file.write(json.dumps(value, separators=(",", ":")) + "\n")


def _every(data_dir: Path) -> Iterator[Path]:
    """The files below FOLDERS that a restore would take, folder by folder; links are not followed."""
    for folder in FOLDERS:
        for here, below, names in os.walk(data_dir / folder):
            below.sort()
            for name in sorted(names):
                path = Path(here) / name
                if path.is_file() and not path.is_symlink() and _safe(path.relative_to(data_dir).as_posix()):
                    yield path


def _safe(name: str) -> bool:
    first, *parts = name.split("/")
    return first in FOLDERS and 1 <= len(parts) <= DEEPEST and all(_NAME.match(part) for part in parts)


class StagedFiles:
    """A `with` block around a restore: `take` what the backup has, `swap` when the rows are there. Where the block ends
    with an exception all files are as they were; else those that were there before are gone."""

    def __init__(self, data_dir: Path) -> None:
        self._data = data_dir
        self._new, self._old = data_dir / STAGING / "new", data_dir / STAGING / "old"
        self._taken = False
        self._moved: list[tuple[Path, Path]] = []

    def __enter__(self) -> StagedFiles:
        shutil.rmtree(self._data / STAGING, ignore_errors=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is not None:
            self._back()
        shutil.rmtree(self._data / STAGING, ignore_errors=True)

    def take(self, lines: Iterator[Any], *, expected: bool = True) -> int:
        """Write down the files of a backup whose rows have been read; → how many. Raises ProvdError for one that is
        damaged, or when the disk is full. Only a backup without recordings may have no lines here: not `expected`."""
        count, out = 0, None
        try:
            for line in lines:
                if isinstance(line, str) and out is not None:
                    out.write(base64.b64decode(line, validate=True))
                    continue
                if isinstance(line, dict) and line.get("files") == count:
                    self._taken = True
                    return count
                if out is not None:
                    out.close()
                out = self._open(line)
                count += 1
        except (OSError, binascii.Error) as error:
            why = error.strerror if isinstance(error, OSError) else "they are damaged"
            raise ProvdError(f"The recordings of the backup cannot be restored ({why}).") from None
        finally:
            if out is not None:
                out.close()
        if count or expected:
            raise ProvdError("The backup is cut short among its recordings; take another one.")
        return 0

    def _open(self, line: Any) -> IO[bytes]:
        name = line.get("file") if isinstance(line, dict) else None
        if not isinstance(name, str) or not _safe(name):
            raise ProvdError("The backup is damaged: it has a recording that belongs nowhere; take another one.")
        path = self._new / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def swap(self) -> None:
        """Put what was taken in the place of what is there."""
        if not self._taken:
            return
        self._old.mkdir(parents=True, exist_ok=True)
        for folder in FOLDERS:
            for source, target in ((self._data, self._old), (self._new, self._data)):
                if (source / folder).exists():
                    (source / folder).rename(target / folder)
                    self._moved.append((source / folder, target / folder))

    def _back(self) -> None:
        for source, target in reversed(self._moved):
            target.rename(source)
