"""The sentences of the system: their texts, and where the sound of each is, for a company, for all, or as shipped."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path

import yaml

SHIPPED = Path(__file__).resolve().parent.parent / "prompts"
DEFAULT = "en"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}\Z")


class Sentences:
    """Sentences by id and language. Replaced ones are `<data_dir>/prompts/<domain>/<language>/<id>.wav`, for all
    companies `<data_dir>/prompts/<language>/<id>.wav`; a language without a sentence has the English one."""

    def __init__(self, data_dir: Path, shipped: Path = SHIPPED) -> None:
        self._own, self._shipped = data_dir / "prompts", shipped
        self.sentences: dict[str, dict[str, str]] = {
            catalogue.stem: yaml.safe_load(catalogue.read_text(encoding="utf-8"))
            for catalogue in sorted(shipped.glob("*.yaml"))
        }
        """Language → id → sentence, for pages that show and replace them."""

    def path(self, name: str, *, domain: str = "", language: str = DEFAULT) -> Path:
        """The file of a sentence. Raises KeyError for an id that is in no catalogue."""
        if name not in self.sentences[DEFAULT]:
            raise KeyError(name)
        languages = [one for one in dict.fromkeys((language, language.split("-")[0], DEFAULT)) if _SAFE.match(one)]
        for each in languages:
            folders = [self._own / each, self._shipped / each]
            if domain and _SAFE.match(domain):
                folders.insert(0, self._own / domain / each)
            for folder in folders:
                if (file := folder / f"{name}.wav").is_file():
                    return file
        return self._shipped / DEFAULT / f"{name}.wav"

    def own(self, name: str, *, domain: str, language: str) -> Path:
        """Where a company's own sound of a sentence is, or would be. Raises KeyError for what is no sentence, language
        or company that a folder can be named after."""
        if name not in self.sentences[DEFAULT] or not _SAFE.match(language) or not _SAFE.match(domain):
            raise KeyError(name)
        return self._own / domain / language / f"{name}.wav"

    def replaced(self, domain: str, language: str) -> frozenset[str]:
        """The ids of the sentences that a company has its own sound of."""
        folder = self._own / domain / language
        return frozenset(one.stem for one in folder.glob("*.wav")) if _SAFE.match(domain) else frozenset()


def rename(data_dir: Path, before: str, after: str) -> None:
    """A company has another name: its own sounds go along. What a deleted one of that name has left goes first."""
    forget(data_dir, after)
    if _SAFE.match(before) and _SAFE.match(after):
        with suppress(FileNotFoundError):
            (data_dir / "prompts" / before).rename(data_dir / "prompts" / after)


def forget(data_dir: Path, domain: str) -> None:
    """A company is gone, and so are its own sounds; never those of a language, whose folder holds them itself."""
    folder = data_dir / "prompts" / domain
    if _SAFE.match(domain) and not any(folder.glob("*.wav")):
        shutil.rmtree(folder, ignore_errors=True)
