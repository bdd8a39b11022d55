"""Which characters may be part of a value at all.  (pure)"""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, surrogates and the two non-characters that XML 1.0 forbids.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def has_control(text: str) -> bool:
    """Say whether `text` holds a character that no phone's file can carry: a control, a line break, a surrogate."""
    return _CONTROL.search(text) is not None


def without_control(text: str) -> str:
    """Replace every such character by a blank, so that a value always stays on its line and in its element."""
    return _CONTROL.sub(" ", text)
