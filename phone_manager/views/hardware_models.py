"""Models of the catalogue in words.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CONFIDENCE: Mapping[str, tuple[str, str, str]] = {
    "verified": ("Documented", "ok", "The vendor's own documents say what is written here, but for what stands below."),
    "likely": (
        "Likely",
        "warn",
        "Taken from the documents of the series and its relatives, not of this model.",
    ),
    "unverified": ("Not confirmed", "off", "Taken from its relatives; nothing of this model itself is confirmed."),
}
FACTS: Mapping[str, str] = {
    "accounts": "Lines",
    "certificate": "Factory certificate",
    "certificate_issuers": "Factory certificate",
    "codecs": "Codecs",
    "directory": "Directory",
    "drawing": "Picture",
    "encoding": "Letters in the file",
    "files": "Names of its files",
    "firmware": "Firmware",
    "keys": "Keys",
    "label_length": "Length of labels",
    "language": "Language",
    "modules": "Expansion modules",
    "modules.most": "Number of expansion modules",
    "ouis": "MAC ranges",
    "pages": "Pages of keys",
    "resync": "Resync",
    "screen": "Screen",
    "shared_line": "Shared lines",
    "srtp": "Encrypted audio",
    "url": "URL keys",
    "voicemail": "Voicemail key",
}


def by_vendor(found: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Models as the API lists them, by vendor, in the order of their names."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for one in sorted(found, key=lambda one: (one["vendor"].casefold(), one["name"].casefold())):
        groups.setdefault(one["vendor"], []).append(one)
    return groups


def fact_words(fact: str) -> str:
    """What a fact is called: `facts.module_shown` is “Module shown”."""
    if fact in FACTS:
        return FACTS[fact]
    words = fact.removeprefix("facts.").replace(".", ": ").replace("_", " ")
    return words[:1].upper() + words[1:]


def doubts(model: Mapping[str, Any], family: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(fact, note) of what no device has confirmed: of the model first, then of all of its family."""
    return [(fact_words(one["fact"]), one["note"]) for one in (*model["unverified"], *family["unverified"])]


def rules(found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What keys can do, those that are possible first; without the kind that stands for an empty key."""
    return sorted((one for one in found if one["kind"] != "none"), key=lambda one: not one["possible"])
