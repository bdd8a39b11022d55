"""Recordings of people on the disk: uploads made playable to phones, kept by company and user, deleted again.

Rules of this file: only what was converted is kept (AM-78); a file appears whole or not at all; its name is made here
and never by a person. Everything blocks, and is called in a thread.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import shutil
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from provd.errors import Invalid, Problem, ProvdError

RATE = 8000
PIECE = 4 * 65_536
"""Characters of base64, in fours."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that was kept: its name in the folder, its length and its size."""

    file: str
    seconds: float
    octets: int


def decoded(text: str, field: str = "audio") -> bytes:
    """The octets of base64 text; raises Invalid for what is none. Piece by piece, so that in a thread it holds up
    nobody."""
    try:
        pieces = (text[at : at + PIECE] for at in range(0, len(text), PIECE))
        return b"".join(base64.b64decode(piece, validate=True) for piece in pieces)
    except (binascii.Error, ValueError):
        raise Invalid([Problem(field, "The audio must be written in base64 (RFC 4648, section 4).")]) from None


def fresh() -> str:
    """A name that no file has."""
    return secrets.token_hex(12)


def seconds_of(path: Path) -> float:
    """The length of one of our own files."""
    with wave.open(str(path), "rb") as wav:
        return wav.getnframes() / (wav.getframerate() or RATE)


class Sounds:
    """The folder `voicemail` or `music` of the data directory: a folder a company, in it one a user."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def folder(self, domain_id: int, user_id: int | None) -> Path:
        """Where the files of a user are; None: those of the company as a whole."""
        return self._root / str(domain_id) / (str(user_id) if user_id is not None else "company")

    def path(self, domain_id: int, user_id: int | None, file: str) -> Path:
        """One file; raises ProvdError for a name that was not made here."""
        if not file.removesuffix(".wav").isalnum() or not file.endswith(".wav"):
            raise ProvdError("A recording has a name that is none of ours.")
        return self.folder(domain_id, user_id) / file

    def new(self, domain_id: int, user_id: int | None) -> Path:
        """The path of a file that is about to be written; its folder is there."""
        folder = self.folder(domain_id, user_id)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / f"{fresh()}.wav"

    def keep(self, domain_id: int, user_id: int | None, content: bytes) -> Sound:
        """Write a converted file."""
        path = self.new(domain_id, user_id)
        part = path.with_suffix(".part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise ProvdError(f"The recording cannot be kept ({error.strerror}); the disk may be full.") from None
        return Sound(path.name, seconds_of(path), len(content))

    def copy(self, source: Path, domain_id: int, user_id: int | None) -> Sound:
        """The same recording in another folder; one on the disk where that can be."""
        target = self.new(domain_id, user_id)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
        return Sound(target.name, seconds_of(target), target.stat().st_size)

    def read(self, domain_id: int, user_id: int | None, file: str) -> bytes | None:
        """The octets of a recording; None when it is gone."""
        try:
            return self.path(domain_id, user_id, file).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, domain_id: int, user_id: int | None, files: Iterable[str]) -> None:
        """Delete recordings; those that are gone are no error."""
        for file in files:
            if file:
                self.path(domain_id, user_id, file).unlink(missing_ok=True)
