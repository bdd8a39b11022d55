"""What is to be done with a call, and the steps that led there.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass, replace

from provd.answering.rule import Destination


@dataclass(frozen=True, slots=True)
class Leg:
    """One phone to ring: a `device` of the company or an `external` number, after so many seconds."""

    kind: str
    target: str
    delay: int = 0
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class CallerId:
    """What the called sees."""

    number: str = ""
    name: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of a call's life.

    `action`: `ring` the legs for `seconds` (None: until somebody ends it); `send` it to a `destination` that is no
    person: voicemail, an engine, an outside number; `feature`, a code with its argument; `announce` a sentence of the
    catalogue and end; `refuse` with a SIP `status`. What follows ringing is in `busy` and `no_answer`: the caller of
    decide() asks again with onward() then, so that rules of that moment count.
    """

    action: str
    legs: tuple[Leg, ...] = ()
    seconds: int | None = None
    screening: bool = False
    destination: Destination | None = None
    busy: Destination | None = None
    no_answer: Destination | None = None
    feature: str = ""
    argument: str = ""
    announcement: str = ""
    status: int = 0
    emergency: bool = False
    caller_id: CallerId = CallerId()
    owner: str = ""
    """The extension whose rules decided: who sends the call on when it is sent on."""
    hops: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    """Why, sentence by sentence, in the order in which it was found out."""

    def because(self, *steps: str) -> Decision:
        """The same decision with these steps before its own."""
        return replace(self, steps=(*steps, *self.steps))


def refuse(status: int, *steps: str) -> Decision:
    """The call is answered with this SIP status."""
    return Decision("refuse", status=status, steps=steps)


def not_in_service(*steps: str) -> Decision:
    """The caller hears that there is nobody here."""
    return Decision("announce", announcement="not_in_service", status=404, steps=steps)
