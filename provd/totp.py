"""One-time codes by time (RFC 6238) over HMAC-SHA-1 (RFC 4226), as every authenticator app makes them.  (pure)"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from urllib.parse import quote

STEP = 30
DIGITS = 6
SECRET_BYTES = 20  # RFC 4226, section 4, R6
DRIFT = 1  # steps to either side, for clocks that are not right (RFC 6238, 5.2)


def code(secret: bytes, step: int) -> str:
    """The code of one step of 30 seconds since 1970 (RFC 4226, 5.3: dynamic truncation)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: bytes, said: str, now: float, after: int) -> int | None:
    """The step that a code belongs to; None when it fits none near `now` (epoch seconds), or only steps up to `after`:
    a code opens once (RFC 6238, 5.2)."""
    plain = re.sub(r"\s", "", said[:20])
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", plain, re.ASCII):
        return None
    present, found = int(now // STEP), None
    for step in range(present - DRIFT, present + DRIFT + 1):
        # Every step is compared, so that the time tells nothing.
        if hmac.compare_digest(code(secret, max(step, 0)), plain) and step > after and found is None:
            found = step
    return found


def spelled(secret: bytes) -> str:
    """The secret as people type it into an app: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def uri(secret: bytes, login: str, issuer: str) -> str:
    """The otpauth:// address that an app reads from a QR code; `issuer` is what it shows above the login."""
    name = issuer.replace(":", " ").strip() or "Phone system"
    label = f"{quote(name, safe='')}:{quote(login, safe='@')}"
    return f"otpauth://totp/{label}?secret={spelled(secret)}&issuer={quote(name, safe='')}"
