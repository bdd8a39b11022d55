"""What can be done with calls to a number of the company (SF-249), and with a call that a rule sends on.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

UNTIL_THEN = "until then callers hear that the number is not in service"


@dataclass(frozen=True, slots=True)
class Treatment:
    """`target` says what the destination is: a `user` of the company, a `number` of the world, an `extension` that
    need not be a user's, or nothing. `planned`: what of it this server cannot do yet, as a sentence."""

    name: str
    title: str
    target: str
    planned: str = ""


def _later(what: str) -> str:
    return f"This server has no {what} yet; {UNTIL_THEN}."


TREATMENTS: MappingProxyType[str, Treatment] = MappingProxyType(
    {
        one.name: one
        for one in (
            Treatment("available", "Available", ""),
            Treatment("user", "User", "user"),
            Treatment("voicemail", "Voicemail", "user"),
            Treatment("pstn", "PSTN Number", "number"),
            Treatment("conference", "Conference", "extension", _later("conference bridges")),
            Treatment("call_queue", "Call Queue", "extension", _later("call queues")),
            Treatment("auto_attendant", "Auto Attendant", "extension", _later("auto attendants")),
            Treatment("fax_server", "Fax Server", "extension", _later("fax server")),
        )
    }
)
