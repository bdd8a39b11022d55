"""What a person switches by dialling: do not disturb, forwards, callers without a number, the rules of a time frame.

The same state as pages, the API and the keys of phones show: it is in the store, and everybody follows that.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from provd.answering.rule import Destination
from provd.errors import ProvdError
from provd.numbering import e164
from provd.store import answering, domains, timeframes, users
from provd.store.database import Store
from provd.store.rows import Domain, User

_FORWARDS = {
    f"forward_{kind}_{state}": (kind, state == "on") for kind in answering.KINDS for state in ("on", "off")
}  # fmt: skip
_PLAIN = {
    "dnd_on": {"do_not_disturb": True}, "dnd_off": {"do_not_disturb": False},
    "anonymous_reject_on": {"block_anonymous": True}, "anonymous_reject_off": {"block_anonymous": False},
}  # fmt: skip
FUNCTIONS = frozenset({"timeframe_toggle", *_FORWARDS, *_PLAIN})
"""The functions of routing/codes.py that are carried out here."""
_EXTENSION = re.compile(r"[0-9]{1,6}")
_DEVICE = re.compile(r"[0-9]{1,20}[a-z]{1,8}")


@dataclass(frozen=True, slots=True)
class Switched:
    """What became of it. `on` is what it is now; None: nothing was switched, and `why` says what was wrong."""

    on: bool | None
    why: str = ""


class Switches:
    """Carries out the codes of people."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    async def dial(self, domain: str, extension: str, function: str, argument: str) -> Switched:
        """Do what a feature code of FUNCTIONS says for the person of an extension; `argument` is what came after it.

        Raises KeyError for another function, and nothing for what people dial.
        """
        if function not in FUNCTIONS:
            raise KeyError(function)
        try:
            return await self._store.run(_switched, domain, extension, function, argument, int(self._clock()))
        except ProvdError as error:
            return Switched(None, str(error))

    async def set_forward(self, domain: str, extension: str, kind: str, target: str) -> Switched:
        """Forward `kind` of answering.KINDS to a number or phone; to nobody for an empty one."""
        return await self.dial(domain, extension, f"forward_{kind}_{'on' if target else 'off'}", target)


def _switched(store: Store, domain: str, extension: str, function: str, argument: str, now: int) -> Switched:
    with store.transaction():
        company = domains.by_name(store, domain)
        person = users.by_extension(store, company.id, extension)
        if function == "timeframe_toggle":
            return _toggled(store, company, person, argument, now)
        if function in _PLAIN:
            answering.update(store, company.id, person.id, now, **_PLAIN[function])
            return Switched(next(iter(_PLAIN[function].values())))
        kind, on = _FORWARDS[function]
        to = _place(store, company, person, argument) if on else None
        if on and to is None:
            return Switched(None, "Dial the number to forward to after the code.")
        answering.update(store, company.id, person.id, now, forwards={kind: to})
        return Switched(on)


def _toggled(store: Store, company: Domain, person: User, argument: str, now: int) -> Switched:
    """A toggle key switches that person's own rules of the frame (platform-facts section 8)."""
    if not argument.isascii() or not argument.isdecimal() or len(argument) > 6:
        return Switched(None, "Dial the number of the time frame after the code.")
    return Switched(timeframes.toggle(store, company.id, int(argument), [person.id], now).get(person.id))


def _place(store: Store, company: Domain, person: User, digits: str) -> Destination | None:
    """Codes forward to a phone or an outside number, not to a person's rules (platform-facts section 5)."""
    if not digits:
        return None
    if _DEVICE.fullmatch(digits):
        return Destination("device", digits)
    if _EXTENSION.fullmatch(digits):
        return Destination("user", digits)
    try:
        number = e164(digits, company.country, person.area_code or company.area_code)
    except ValueError:
        return None
    return Destination("external", number)
