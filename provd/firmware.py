"""Firmware images: which there are, for which models, and that their bytes are the right ones.

Rules of this file: a request's path never becomes a path on disk. The manifest names the files; a request names an
entry of the manifest or gets nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from provd.errors import ProvdError

_NAME = re.compile(r"[A-Za-z0-9._(),+-]{1,120}")


@dataclass(frozen=True, slots=True)
class Image:
    """One firmware file: `name` as phones ask for it, `models` the ids it is for."""

    name: str
    path: Path
    version: str
    models: tuple[str, ...]
    sha256: str
    size: int
    modified: float


class FirmwareShelf:
    """The images of one folder, as its manifest.yaml lists them."""

    def __init__(self, images: Mapping[str, Image] | None = None, problems: tuple[str, ...] = ()) -> None:
        self._images = dict(images or {})
        self.problems = problems

    def get(self, name: str) -> Image | None:
        """The image a phone asks for by name; None when the manifest has none or the file was changed since."""
        image = self._images.get(name)
        if image is None:
            return None
        try:
            stat = image.path.stat()
        except OSError:
            return None
        return image if (stat.st_size, stat.st_mtime) == (image.size, image.modified) else None

    def image(self, model: str, version: str) -> Image | None:
        """The image with `version` for a model."""
        return next((i for i in self._images.values() if i.version == version and model in i.models), None)

    def all(self) -> list[Image]:
        """Every image that passed its check."""
        return sorted(self._images.values(), key=lambda image: image.name)


def read_shelf(folder: Path) -> FirmwareShelf:
    """Read manifest.yaml and check every file's sha256; what is wrong is left out and told in `problems`.

    Takes as long as hashing the files does: call it in a thread.
    """
    manifest = folder / "manifest.yaml"
    if not manifest.exists():
        return FirmwareShelf()
    try:
        said = yaml.safe_load(manifest.read_text(encoding="utf-8")) or {}
        entries = said["images"] if isinstance(said, dict) else None
        if not isinstance(entries, list):
            raise TypeError
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError):
        return FirmwareShelf(problems=(f"{manifest} is not a manifest; firmware/README.md shows one.",))
    images: dict[str, Image] = {}
    problems = []
    for entry in entries:
        try:
            image = _image(folder, entry)
            images[image.name] = image
        except ProvdError as error:
            problems.append(str(error))
    return FirmwareShelf(images, tuple(problems))


def _image(folder: Path, entry: object) -> Image:
    if not isinstance(entry, dict) or not {"name", "version", "models", "sha256"} <= set(entry):
        raise ProvdError("An image in the firmware manifest needs name, version, models and sha256.")
    name = str(entry["name"])
    file = str(entry.get("file", name))
    if not _NAME.fullmatch(name) or not _NAME.fullmatch(file):
        raise ProvdError(f"The firmware image “{name[:60]}” has a name with characters that a URL or a folder refuses.")
    path = folder / file
    if not path.is_file():
        raise ProvdError(f"The firmware image {name} is in the manifest, but {file} is not in its folder.")
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if digest != str(entry["sha256"]).lower():
        raise ProvdError(f"The firmware image {name} is not the one in the manifest: its sha256 is {digest}.")
    stat = path.stat()
    models = tuple(str(model) for model in entry["models"])
    return Image(name, path, str(entry["version"]), models, digest, stat.st_size, stat.st_mtime)
