"""What came of a phone's start, as the phone itself would see it.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from provd.simulate.makes import Unit
from provd.simulate.reading import ReadAccount, ReadContact, Reading, ReadKey
from provd.simulate.wire import Made


@dataclass(frozen=True, slots=True)
class VirtualPhone:
    """One phone after its start.

    `failure` is a sentence when it is of no use to anybody, "" when it is up; `problems` are what it would complain
    about. `directory` is what it shows, `found` what a search in it finds (None: nobody searched).
    """

    unit: Unit
    reading: Reading | None
    directory: tuple[ReadContact, ...]
    found: tuple[ReadContact, ...] | None
    requests: tuple[Made, ...]
    problems: tuple[str, ...]
    failure: str
    seconds: float = 0.0
    again: VirtualPhone | None = field(default=None, repr=False)

    @property
    def up(self) -> bool:
        """Whether it has all it needs to register, and in the second start too."""
        return not self.failure and (self.again is None or self.again.up)

    def tally(self) -> VirtualPhone:
        """The same without what it read: all that a summary of very many phones needs."""
        again = self.again.tally() if self.again else None
        return replace(self, reading=None, directory=(), found=None, again=again)

    @property
    def accounts(self) -> tuple[ReadAccount, ...]:
        """The accounts it would register: those that are switched on."""
        return tuple(account for account in (self.reading.accounts if self.reading else ()) if account.enabled)

    @property
    def keys(self) -> tuple[ReadKey, ...]:
        """The keys that do something, in their order on phone and modules."""
        return tuple(key for key in (self.reading.keys if self.reading else ()) if key.kind != "none")

    @property
    def asked(self) -> tuple[str, ...]:
        """The names it asked for, in order, each request once."""
        return tuple(made.name for made in self.requests)


def failure_of(reading: Reading | None, lost: str, problems: tuple[str, ...]) -> str:
    """Why a phone with this reading is of no use, as a sentence; "" when it is up. `lost` names a file it needs."""
    if reading is None:
        return "It got no configuration: the server has none of the files it asked for."
    if reading.refused:
        return f"It ignores the configuration it got: {next(iter(problems), 'no file of it is one of its own.')}"
    if lost:
        return f"It did not get {lost}, without which its configuration is not complete."
    blank = [account for account in reading.accounts if account.enabled and not account.password]
    if blank:
        return f"The password of {blank[0].user} is blank: the phone brought no proof of who it is."
    homeless = [account for account in reading.accounts if account.enabled and not account.server]
    if homeless:
        return f"Account {homeless[0].user} names no server to register with."
    return ""
