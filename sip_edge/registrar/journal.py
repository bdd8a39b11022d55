"""What phones did with their registrations, as events of the phones that carry the device.

Rules of this file: work is put off to the next tick, so an answer never waits for it, and takes the same time for a
user that exists and one that does not. Refreshes are thinned, and so are failures: the table is for people. What a
phone does after it was told something, or has fetched its files, is never thinned: that is what people look for.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from provd.events import Recorder
from provd.identify import Recogniser
from provd.limits import Buckets
from provd.store.rows import PhoneEvent
from sip_edge.registrar.accounts import Account, Accounts, Name
from sip_edge.registrar.binding import Binding
from sip_edge.registrar.keeper import Keeper
from sip_edge.registrar.location import Change

REFRESHED_EVERY = 3600.0
"""Seconds between two `refreshed` events of one binding."""
AGAIN_EVERY = 300.0
"""And between two `registered` of a contact that is known: some phones take a new Call-ID for every refresh."""
STIRRING = frozenset(("fetched", "unchanged", "resync_sent", "resync_acknowledged"))
"""Events after which the next registration of a phone is noted however short the last one is ago."""
MOST_STIRRED = 50_000
MOST_WAITING = 50_000
SLICE = 1_000


@dataclass(frozen=True, slots=True)
class _Failure:
    at: float
    name: Name
    address: str
    protocol: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class _Done:
    at: float
    change: Change
    account: Account
    round_trip: float
    passing: bool
    """Is it told to those who look on, and not written?"""


class Journal:
    """Turns changes into rows."""

    def __init__(
        self,
        recorder: Recorder,
        recogniser: Recogniser,
        accounts: Accounts,
        keeper: Keeper,
        clock: Callable[[], float],
        *,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`clock`: seconds that never jump, for what is thinned; `wall`: epoch seconds, for rows beside those of other
        services."""
        self._recorder = recorder
        self._recogniser = recogniser
        self._accounts = accounts
        self._keeper = keeper
        self._clock = clock
        self._wall = wall
        self._waiting: deque[_Done | _Failure] = deque()
        self._noted: dict[int, float] = {}
        self._stirred: OrderedDict[int, float] = OrderedDict()
        self._firmware: dict[int, str] = {}
        self._failures = Buckets(10, 1 / 60)
        self.counts: dict[str, int] = {}
        """Everything that happened, by kind, thinned or not."""
        self.dropped = 0

    def heard(self, event: PhoneEvent) -> None:
        """A phone did something: what its lines do next is worth a row."""
        if event.phone_id is None or event.kind not in STIRRING:
            return
        self._stirred.pop(event.phone_id, None)
        self._stirred[event.phone_id] = self._clock() - max(0.0, self._wall() - event.at)
        if len(self._stirred) > MOST_STIRRED:
            self._stirred.popitem(last=False)

    def changed(self, change: Change, account: Account | None, round_trip: float = 0.0) -> None:
        """Note what happened to a binding; `round_trip` in seconds."""
        kind, binding = change.kind, change.binding
        self.counts[kind] = self.counts.get(kind, 0) + 1
        passing = False
        if kind in ("refreshed", "registered"):
            now, last = self._clock(), self._noted.get(binding.id)
            every = REFRESHED_EVERY if kind == "refreshed" else AGAIN_EVERY
            passing = last is not None and now - last < every and not self._stirred_since(last, binding.device_id)
            if not passing:
                self._noted[binding.id] = now
        else:
            self._noted.pop(binding.id, None)
        if account is not None and (not passing or self._recorder.passing):
            self._put(_Done(self._wall(), change, account, round_trip, passing))

    def lost(self, binding: Binding, account: Account | None) -> None:
        """Tell those who look on that a connection is gone; the registration stays until it runs out."""
        if account is not None and self._recorder.passing:
            self._put(_Done(self._wall(), Change("unreachable", binding), account, 0.0, True))

    def _stirred_since(self, last: float, device_id: int) -> bool:
        return any(self._stirred.get(phone_id, last) > last for phone_id in self._accounts.phones(device_id))

    def failed(self, name: Name, address: str, protocol: str, user_agent: str) -> None:
        """Note a wrong password."""
        self.counts["auth_failed"] = self.counts.get("auth_failed", 0) + 1
        self._put(_Failure(self._wall(), name, address, protocol, user_agent))

    def _put(self, one: _Done | _Failure) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
            return
        self._waiting.append(one)

    def work(self) -> bool:
        """Hand some of what waits to the recorder; True when there is more."""
        for _ in range(min(SLICE, len(self._waiting))):
            one = self._waiting.popleft()
            if isinstance(one, _Done):
                (self._recorder.tell if one.passing else self._recorder.add)(self._of_change(one))
            elif (event := self._of_failure(one)) is not None:
                self._recorder.add(event)
        return bool(self._waiting)

    def _of_failure(self, one: _Failure) -> PhoneEvent | None:
        domain, name = one.name
        account = self._accounts.get(domain, name)
        if account is None or not self._failures.take(f"{account.device_id} {one.address}", self._clock()):
            return None  # a guessed name is counted; a row would only help whoever guesses to fill the disk
        phone_id, mac = self._phone(account, one.user_agent)
        return PhoneEvent(
            mac, one.at, "auth_failed", phone_id, account.domain_id, one.address, f"SIP/{one.protocol}",
            f"{name}@{domain}", self._recogniser.agent(one.user_agent[:300]).firmware, one.user_agent, 0, 401,
            "It registered, or called, with a wrong password; apply its configuration again.",
        )  # fmt: skip

    def _of_change(self, one: _Done) -> PhoneEvent:
        binding, account = one.change.binding, one.account
        agent = self._recogniser.agent(binding.user_agent[:300])
        phone_id, mac = self._phone(account, binding.user_agent)
        if phone_id is not None and agent.firmware and self._firmware.get(phone_id) != agent.firmware:
            self._firmware[phone_id] = agent.firmware
            self._keeper.firmware(phone_id, agent.firmware)
        return PhoneEvent(
            mac, one.at, one.change.kind, phone_id, account.domain_id, binding.address, f"SIP/{binding.protocol}",
            f"{account.name}@{account.domain}", agent.firmware, binding.user_agent, int(one.round_trip * 1_000_000),
            200, sentence(one.change),
        )  # fmt: skip

    def _phone(self, account: Account, user_agent: str) -> tuple[int | None, str]:
        """The phone that speaks: the one whose MAC its User-Agent tells, else the only one that carries the device."""
        phones = self._accounts.phones(account.device_id)
        told = self._recogniser.agent(user_agent[:300]).mac
        for phone_id, mac in phones.items():
            if mac == told or len(phones) == 1:
                return phone_id, mac
        return None, ""


def sentence(change: Change) -> str:
    """What happened, for a technician."""
    binding, before = change.binding, change.before
    seconds = round(binding.expires - binding.refreshed)
    match change.kind:
        case "registered" if before is not None and before.contact == binding.contact:
            return f"It registered again, as after a restart, for {seconds} s."
        case "registered" if before is not None:
            return f"It registered with another contact than before, for {seconds} s."
        case "registered":
            nat = " from behind NAT" if binding.translated else ""
            return f"It registered{nat} for {seconds} s."
        case "refreshed" if before is not None and before.restored:
            return "Its registration outlived a restart of the server."
        case "refreshed":
            return f"It keeps its registration, for {seconds} s more."
        case "replaced":
            return "A newer registration took the place of this one."
        case "unreachable":
            return "Its connection is gone; it can be told nothing until it registers anew."
        case "expired":
            return "It did not come back in time; look at its network and power."
        case _:
            return "It ended its registration."
