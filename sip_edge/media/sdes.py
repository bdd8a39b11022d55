"""SRTP keys in session descriptions (RFC 4568).  (pure)"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

SUITE = "AES_CM_128_HMAC_SHA1_80"
KEY_OCTETS = 30
"""16 of key and 14 of salt (RFC 4568 section 6.2)."""
_CRYPTO = re.compile(r"([0-9]{1,9})[ ]+(\S+)[ ]+inline:([A-Za-z0-9+/=]{40,44})(\|\S*)?(?:[ ]+(\S.*))?\Z")
_LIFETIME = re.compile(r"(?:\|(?:2\^[0-9]{1,2}|[0-9]{1,20}))?\Z")


@dataclass(frozen=True, slots=True)
class Crypto:
    """An a=crypto line of the suite that we speak: its tag, and key and salt in one."""

    tag: int
    key: bytes = field(repr=False)

    def __str__(self) -> str:
        return f"{self.tag} {SUITE} inline:{base64.b64encode(self.key).decode('ascii')}"


def first_usable(values: Iterable[str]) -> Crypto | None:
    """The first a=crypto value that we can speak; None when there is none.

    Lines with an MKI or session parameters (unencrypted, other rates) are not ours: section 6.3 lets us pass them over.
    """
    for value in values:
        match = _CRYPTO.match(value.strip())
        if match is None or match[2] != SUITE or match[5] or not _LIFETIME.match(match[4] or ""):
            continue
        try:
            key = base64.b64decode(match[3], validate=True)
        except (ValueError, binascii.Error):
            continue
        if len(key) == KEY_OCTETS:
            return Crypto(int(match[1]), key)
    return None
