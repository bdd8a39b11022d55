"""Finding a phone model by whatever somebody calls it.  (pure)"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from provd.phone.model import Model


class ModelNames:
    """The names of every model: `yealink-t46u`, `T46U`, `Yealink T46U`, `SIP-T46U`, `VVX_450`, `CP-8851-3PCC`."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        self._models = models
        self._found: dict[str, set[str]] = {}
        for model in models.values():
            for name in (model.name, model.id, *model.user_agents):
                for word in (name, f"{model.vendor} {name}"):
                    self._found.setdefault(_bare(word), set()).add(model.id)

    def find(self, text: str) -> Model:
        """The model that `text` names; raises ValueError with a sentence, and the names closest to it, for none."""
        for word in dict.fromkeys((_bare(text), _bare(re.sub(r"(?i)\b(?:SIP-|Polycom\b)|-3PCC\b", "", text)))):
            ids = self._found.get(word, set())
            if len(ids) == 1:
                return self._models[next(iter(ids))]
        shown = "".join(one if one.isprintable() else " " for one in text[:40])
        close = difflib.get_close_matches(_bare(text)[:40], self._found, n=3, cutoff=0.7)
        names = dict.fromkeys(self._models[next(iter(self._found[word]))].id for word in close)
        hint = f"did you mean {' or '.join(names)}?" if names else "the list of models names them all."
        raise ValueError(f"There is no phone model “{shown}”; {hint}")


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
