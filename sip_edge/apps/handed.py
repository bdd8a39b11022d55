"""A leg in the hands of an application, and what the call controller and the applications ask of each other.  (pure)

The controller first has the media engine accept the caller's offer (`accept(call, leg, sdp)`) and answers 200 with what
comes back; then `take(handed, …)`. From there on what plays, records and listens on this leg is the application's.
It ends in one of three ways, each exactly once: the application calls `hang_up()`, or it calls `send_on()`, after which
the leg is the controller's again, or the controller calls `gone()` because the caller hung up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

VOICEMAIL, MAILBOX, ANNOUNCE = "voicemail", "mailbox", "announce"
APPLICATIONS = (VOICEMAIL, MAILBOX, ANNOUNCE)


@dataclass(frozen=True, slots=True)
class Handed:
    """`call` and `leg` are the media engine's names; `number` (E.164 or an extension) and `name` are the caller's;
    `extension` is the caller's own when the caller is of the company, else empty."""

    call: str
    leg: str
    domain_id: int
    domain: str
    number: str = ""
    name: str = ""
    extension: str = ""
    hang_up: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)
    send_on: Callable[[str], None] = field(default=lambda _extension: None, repr=False, compare=False)
    """Takes an extension of the company or a number; the leg goes there as a call that is sent on."""


class Applications(Protocol):
    """Whoever runs the applications: sip_edge.apps.service."""

    def take(self, handed: Handed, application: str, argument: str = "") -> bool:
        """Take an answered leg: `voicemail` leaves a message for the extension `argument`; `mailbox` lets the caller
        hear the messages of extension `argument` (empty: asks which); `announce` says the sentence `argument` and
        hangs up. False when it cannot be; the leg is still the controller's then."""

    def gone(self, call: str, leg: str) -> None:
        """The leg has ended; unknown ones are no error."""
