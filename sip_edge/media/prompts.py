"""Where the sound of a system sentence is: a company's own, the server's own, or the one that is shipped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from sip_edge.media.engine import File

SHIPPED = Path(__file__).resolve().parent.parent.parent / "prompts"
DEFAULT = "en"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}\Z")


class Prompts:
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

    def clips(self, names: Iterable[str], *, domain: str = "", language: str = DEFAULT) -> list[File]:
        """Sentences as what the media engine plays."""
        return [File(str(self.path(name, domain=domain, language=language))) for name in names]
