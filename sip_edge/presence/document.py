"""What a NOTIFY carries, rendered once for everybody who gets it.  (pure)"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """A body with a hole for the version, which every subscription counts for itself (RFC 4235 section 4.1).

    Rendering is dear and splicing is not: 500 watchers get one rendering and 500 numbers. `headers` are header lines
    (name, value) that belong to the document, such as Call-Info.
    """

    content_type: str
    before: bytes = b""
    after: bytes = b""
    versioned: bool = False
    headers: tuple[tuple[str, str], ...] = ()

    def body(self, version: int) -> bytes:
        """The body as the subscription at `version` (from 0) gets it."""
        return b"%s%d%s" % (self.before, version, self.after) if self.versioned else self.before


def markup(text: str) -> str:
    """`text` as XML character data or attribute value; what XML 1.0 cannot hold at all is left out."""
    return html.escape(_FORBIDDEN.sub("", text))
