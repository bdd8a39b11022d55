"""What the machine of a call asks for: the words between `call.call`, which decides, and the controller.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """Ask the caller for a name; then call `named` or `unnamed`."""


@dataclass(frozen=True, slots=True)
class Proceed:
    """The caller has been asked for a name: call `ring` with the phones there are now."""


@dataclass(frozen=True, slots=True)
class Invite:
    """Send this leg its INVITE."""

    leg: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel this leg. `elsewhere`: another phone has answered, so that this one lists no missed call (RFC 3326)."""

    leg: int
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class HangUp:
    """This leg's 2xx came too late: acknowledge it and end it."""

    leg: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask this leg, which has answered, whether it takes the call; then call `accepts`, `declined` or `refers`."""

    leg: int


@dataclass(frozen=True, slots=True)
class Join:
    """This leg was asked, and takes the call: connect its audio, then call `confirmed` or `declined`."""

    leg: int


@dataclass(frozen=True, slots=True)
class Release:
    """End this leg, which was asked and does not get the call; `why`: elsewhere (another phone has it), cancelled (the
    caller gave up), declined, no_key, or voicemail (it sent the caller there)."""

    leg: int
    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Tell the caller 180, or 183 with what `leg` describes, when `media`."""

    leg: int
    status: int
    media: bool


@dataclass(frozen=True, slots=True)
class Connect:
    """`leg` has won: it and the caller are connected."""

    leg: int


@dataclass(frozen=True, slots=True)
class GoOn:
    """It was in vain: ask routing what follows, then call `ring`, `refuse` or `taken`. `why` is busy, no_answer, or
    voicemail (who answered wants it there); `status` is what the caller gets when nothing follows."""

    why: str
    status: int


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer the caller with this status."""

    status: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Call `due(name)` in so many seconds."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Forget:
    """Never mind that timer."""

    name: str


Command = (
    Name | Proceed | Invite | Cancel | HangUp | Ask | Join
    | Release | Progress | Connect | GoOn | Refuse | Wait | Forget
)  # fmt: skip
