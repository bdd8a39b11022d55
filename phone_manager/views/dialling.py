"""How a company dials, and its trunks, as forms.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KINDS = [("static", "Known by its addresses"), ("registering", "We register with the carrier")]
TRANSPORTS = [("udp", "UDP"), ("tcp", "TCP"), ("tls", "TLS")]
WRITES = [("e164", "+12145550100"), ("plain", "12145550100")]
NEW: Mapping[str, Any] = {
    "name": "", "place": 0, "kind": "static", "host": "", "port": 5060, "transport": "udp", "user_name": "",
    "networks": [], "most_calls": 100, "writes": "e164", "enabled": True,
    "asks": True,
}  # fmt: skip
_ARROW = "→"


_STATES: Mapping[str, tuple[str, str]] = {
    "registered": ("Registered", "ok"), "refused": ("Refused", "bad"), "waiting": ("Registering", "wait"),
    "unreachable": ("Unreachable", "bad"), "silent": ("Never answered", "warn"), "answers": ("Answers", "ok"),
    "unknown": ("Not asked yet", "off"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a trunk, for people: `word` and `kind` for the badge, `text` what is behind it, and `since`
    (epoch seconds, 0 for nothing) since when it is so."""

    word: str
    kind: str
    text: str = ""
    since: int = 0


def standing(trunk: Mapping[str, Any]) -> Standing:
    """The standing of a trunk as the API shows it, the worst first; sentences say what to do."""
    now = trunk["state"]
    if not trunk["enabled"]:
        return Standing("Switched off", "off")
    if not trunk.get("asks", True) and now["word"] == "unknown":
        return Standing("In use", "ok", "It is not asked whether it is there.")
    word, kind = _STATES[now["word"]]
    heard = f"Answered {now['heard']} after {now['millis']} ms." if now["answers"] else ""
    match now["word"]:
        case "refused":
            mend = " Look at the user name and the password." if now["refusal"][:3] in ("401", "403", "404") else ""
            return Standing(f"{word} {now['refusal'][:3]}", kind, f"The carrier said {now['refusal']}.{mend}")
        case "unreachable" if now["answers"] is False:
            return Standing(word, kind, f"Asked, but {_small(now['heard'])}. Others are tried before it.", now["since"])
        case "unreachable":
            return Standing(word, kind, f"It could not register: {now['refusal']}")
        case "silent":
            return Standing(word, kind, f"Asked, but {_small(now['heard'])}. Calls are tried all the same.")
        case "registered":
            return Standing(word, kind, heard, now["registered_since"])
        case "answers":
            return Standing(word, kind, heard, now["since"])
    return Standing(word, kind)


def _small(text: str) -> str:
    """A sentence of its own as a part of another."""
    return text[:1].lower() + text[1:].rstrip(".")


def asked(trunk: Mapping[str, Any]) -> str:
    """What came back when the carrier was asked just now, as a notice."""
    now = trunk["state"]
    if now["answers"]:
        return f"{trunk['name']} is there: it answered {now['heard']} after {now['millis']} ms."
    return f"{trunk['name']} did not answer: {_small(now['heard'])}."


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
        "support": field("support"),
        "spam_offered": field("spam_offered") == "1",
    }
