"""How a company dials, and its trunks, as forms.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

KINDS = [("static", "Known by its addresses"), ("registering", "We register with the carrier")]
TRANSPORTS = [("udp", "UDP"), ("tcp", "TCP"), ("tls", "TLS")]
WRITES = [("e164", "+12145550100"), ("plain", "12145550100")]
NEW: Mapping[str, Any] = {
    "name": "", "place": 0, "kind": "static", "host": "", "port": 5060, "transport": "udp", "user_name": "",
    "networks": [], "most_calls": 100, "writes": "e164", "enabled": True,
}  # fmt: skip
_ARROW = "→"


def lines(translations: Sequence[Mapping[str, str]]) -> str:
    """Translations as text, one a line: `9* → *`."""
    return "\n".join(f"{one['dialled']} {_ARROW} {one['means']}" for one in translations)


def body(sent: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What the form sent, as the API's body; `=` may stand for the arrow."""

    def field(name: str) -> str:
        return sent.get(name, [""])[-1].strip()

    translations = []
    for line in field("translations").replace("=", _ARROW).replace("->", _ARROW).splitlines():
        dialled, _, means = (part.strip() for part in line.partition(_ARROW))
        if dialled or means:
            translations.append({"dialled": dialled, "means": means})
    return {
        "translations": translations,
        "emergency": field("emergency").replace(",", " ").split(),
        "caller_id_number": field("caller_id_number"),
        "emergency_caller_id": field("emergency_caller_id"),
        "spam_offered": field("spam_offered") == "1",
    }
