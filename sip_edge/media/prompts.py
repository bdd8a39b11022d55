"""The sentences of the system as what the media engine plays."""

from __future__ import annotations

from collections.abc import Iterable

from provd.sentences import DEFAULT, SHIPPED, Sentences
from sip_edge.media.engine import File

__all__ = ["DEFAULT", "SHIPPED", "Prompts"]


class Prompts(Sentences):
    """Sentences by id and language, with what is replaced."""

    def clips(self, names: Iterable[str], *, domain: str = "", language: str = DEFAULT) -> list[File]:
        """Sentences as what the media engine plays."""
        return [File(str(self.path(name, domain=domain, language=language))) for name in names]
