"""Reading a folder: bounded in files, bytes and depth, and never out of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from provd.errors import NotFound, ProvdError
from provd.importing.grouping import FoundFile
from provd.importing.naming import IGNORED, understand_name
from provd.importing.report import FileOutcome
from provd.simulate.reading.reading import SIZE_LIMIT

FILE_LIMIT = 50_000
TOTAL_LIMIT = 512 * 1024 * 1024
DEPTH_LIMIT = 12


def read_folder(folder: Path, common: Collection[str]) -> tuple[list[FoundFile], list[FileOutcome]]:
    """The files of a folder that can hold settings, sorted by path, and what became of the others.

    A link is followed only to a file inside the folder. Raises ProvdError when there is no such folder or when it
    holds more than is ever read.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}; name the one that holds the phones' files.")
    root = folder.resolve()
    found: list[FoundFile] = []
    left: list[FileOutcome] = []
    total = 0
    for path in _paths(root):
        relative = _shown(path.relative_to(root))
        role = understand_name(path.name, common)
        if role.role == IGNORED:
            left.append(FileOutcome(relative, "ignored", "The name is not that of a file with settings."))
            continue
        try:
            content = _content(path, root)
        except _Unread as reason:
            left.append(FileOutcome(relative, "ignored", str(reason)))
            continue
        total += len(content)
        if total > TOTAL_LIMIT:
            raise ProvdError(f"The folder holds more than {TOTAL_LIMIT >> 20} MB of files; import a part of it.")
        found.append(FoundFile(relative, _shown(Path(path.name)), content, role.mac, role.role))
    return found, left


class _Unread(Exception):
    """A file that is not read; `str(error)` is the sentence."""


def _paths(root: Path) -> Iterator[Path]:
    """Everything in the folder that is no folder, in order of path."""
    count = 0
    for here, folders, names in os.walk(root, followlinks=False, onerror=_unreadable):
        depth = len(Path(here).relative_to(root).parts)
        folders[:] = sorted(one for one in folders if not one.startswith(".")) if depth < DEPTH_LIMIT else []
        for name in sorted(names):
            count += 1
            if count > FILE_LIMIT:
                raise ProvdError(f"The folder holds more than {FILE_LIMIT} files; import a part of it.")
            yield Path(here) / name


def _unreadable(error: OSError) -> None:
    raise ProvdError(f"The folder {error.filename} cannot be read ({error.strerror}).") from None


def _content(path: Path, root: Path) -> bytes:
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root):
            raise _Unread("It is a link to a place outside the folder.")
        # Not blocking: a pipe that nobody writes to would hold the import for ever.
        with os.fdopen(os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _Unread("It is not a file.")
            content = file.read(SIZE_LIMIT + 1)
    except (OSError, RuntimeError) as error:
        raise _Unread(f"It cannot be read ({getattr(error, 'strerror', None) or 'a link that goes round'}).") from None
    if len(content) > SIZE_LIMIT:
        raise _Unread(f"It has more than {SIZE_LIMIT >> 20} MB, more than any settings.")
    return content


def _shown(path: Path) -> str:
    """A path as text: bytes that are no UTF-8 and control characters are marks."""
    text = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(one if one.isprintable() else "\ufffd" for one in text)
