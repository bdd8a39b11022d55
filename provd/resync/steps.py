"""One phone's resync from the wish to the new configuration, as steps: what happened → what is so, and to do.  (pure)

Rules of this file: time is an argument (epoch seconds); `due` is when the machine wants to hear of time again. Every
end is a sentence a technician can act on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from provd.phone.parameter import PARAMETERS

TIMES = ("now", "idle", "tonight")
BACK_OFF = (60.0, 300.0, 900.0)
"""Seconds before the second, third and fourth attempt."""
ASK_AGAIN = 10.0
"""Seconds between two looks at a phone that is in a call."""
RESUME_AFTER = 10.0
"""Seconds phones are given to be heard of, when the server itself has restarted."""
LOOK_AGAIN = 300.0
"""And at one that is not registered: when it registers, we hear of it anyway."""
PATIENCE = 24 * 3600.0
"""How long a phone is waited for that is not registered, or always in a call."""
ANSWER_WITHIN = 90.0
FETCH_WITHIN, FETCH_AFTER_REBOOT = 120.0, 360.0
REGISTER_WITHIN, REGISTER_AFTER_REBOOT = 60.0, 300.0


class Phase(StrEnum):
    """How far a resync is."""

    WAITING = "waiting"
    SENDING = "sending"
    ACKNOWLEDGED = "acknowledged"
    FETCHED = "fetched"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Resync:
    """A resync as it stands. `restarts`: the phone is told to restart, so it is gone for a while and registers anew;
    `decides`: it restarts as well when what has changed by then needs it."""

    id: str
    mac: str
    phone_id: int
    time: str
    restarts: bool
    asked: float
    due: float
    phase: Phase = Phase.WAITING
    attempts: int = 0
    sent: float = 0.0
    fetched: float = 0.0
    text: str = ""
    decides: bool = False

    @property
    def over(self) -> bool:
        """Has it come to its end?"""
        return self.phase in (Phase.DONE, Phase.STOPPED)


@dataclass(frozen=True, slots=True)
class Due:
    """The moment asked for has come; is the phone in a call, and registered? `changed`: settings it restarts for."""

    busy: bool
    registered: bool
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """The NOTIFY has been answered: a SIP status; 408 for silence, 503 for a broken connection, 0 when it was not
    registered after all."""

    status: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """The phone has fetched its configuration, or been told that it has the newest."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A line of the phone has registered."""


Happened = Due | Answered | Fetched | Registered


@dataclass(frozen=True, slots=True)
class Send:
    """Send the NOTIFY."""


@dataclass(frozen=True, slots=True)
class Note:
    """Record an event of this kind with this sentence."""

    kind: str
    reason: str


Command = Send | Note
Step = tuple[Resync, list[Command]]


def needs_restart(changed: Iterable[str]) -> bool:
    """Whether one of these settings is one that most phones restart for."""
    return any(name in PARAMETERS and PARAMETERS[name].reboot for name in changed)


def event_of(facts: Mapping[str, str], *, restart: bool) -> str:
    """The Event header of a family's resync or restart; `facts` is the family's `resync`."""
    return facts.get("reboot", facts["event"]) if restart else facts["event"]


def resumed(before: Resync, now: float) -> Step:
    """What becomes of a resync when the server starts again. While it was down, no phone could fetch or register."""
    restarts = before.restarts
    match before.phase:
        case Phase.SENDING:
            text = "The server restarted while it was told; it is told again."
            attempts, due = max(0, before.attempts - 1), now + RESUME_AFTER
            return replace(before, phase=Phase.WAITING, attempts=attempts, due=due, text=text), [
                Note("resync_waiting", text)
            ]
        case Phase.ACKNOWLEDGED:
            due = now + (FETCH_AFTER_REBOOT if restarts else FETCH_WITHIN)
            return replace(before, due=max(before.due, due)), []
        case Phase.FETCHED:
            due = now + (REGISTER_AFTER_REBOOT if restarts else REGISTER_WITHIN)
            return replace(before, due=max(before.due, due)), []
    return before, []


def step(now_is: Resync, happened: Happened, now: float) -> Step:
    """What a resync becomes, and what is to be done."""
    match now_is.phase, happened:
        case Phase.WAITING, Due():
            return _turn(now_is, happened, now)
        case Phase.WAITING, Registered() if now_is.time != "tonight" or now_is.attempts:
            return replace(now_is, due=min(now_is.due, now)), []
        case Phase.WAITING, Fetched() if not now_is.restarts:
            return _end(now_is, Phase.DONE, "It fetched its configuration by itself before it was told to.")
        case Phase.SENDING, Answered():
            return _answered(now_is, happened.status, now)
        case Phase.SENDING, Due():
            return _answered(now_is, 408, now)
        case Phase.SENDING, Fetched():  # the fetch may overtake the answer
            return replace(now_is, fetched=now), []
        case Phase.ACKNOWLEDGED, Fetched():
            return _fetched(now_is, now), []
        case Phase.ACKNOWLEDGED, Due():
            return _no_fetch(now_is, now)
        case Phase.FETCHED, Registered():
            text = f"It fetched its configuration after {_after(now_is, now_is.fetched)} and registered again."
            return _end(now_is, Phase.DONE, text)
        case Phase.FETCHED, Due():
            return _no_registration(now_is)
    return now_is, []


def _turn(now_is: Resync, due: Due, now: float) -> Step:
    if not due.registered:
        text = "It is not registered; it is told as soon as it is."
        return _put_off(
            now_is, now, LOOK_AGAIN, text, "It was not registered for a day; look at its network and power."
        )
    if due.busy and now_is.time != "now":
        text = "A call is going on; it is told when the call is over."
        return _put_off(
            now_is, now, ASK_AGAIN, text, "It was in a call whenever we looked, for a day; try it with “now”."
        )
    attempts, needs = now_is.attempts + 1, now_is.decides and bool(due.changed)
    restarts = now_is.restarts or needs
    what = "restart" if restarts else "fetch its configuration"
    what += f", which a change of {due.changed[0]} needs" if needs else ""
    text = f"It was told to {what}." if attempts == 1 else f"It was told to {what}, attempt {attempts}."
    sent = replace(
        now_is, phase=Phase.SENDING, restarts=restarts, attempts=attempts, sent=now, fetched=0.0,
        due=now + ANSWER_WITHIN, text=text,
    )  # fmt: skip
    return sent, [Note("resync_sent", text), Send()]


def _put_off(now_is: Resync, now: float, seconds: float, text: str, at_last: str) -> Step:
    if now - now_is.asked > PATIENCE:
        return _end(now_is, Phase.STOPPED, at_last)
    commands: list[Command] = [] if text == now_is.text else [Note("resync_waiting", text)]
    return replace(now_is, due=now + seconds, text=text), commands


def _answered(now_is: Resync, status: int, now: float) -> Step:
    if status == 0:
        return replace(now_is, phase=Phase.WAITING, due=now), []
    if status >= 300:
        return _refused(now_is, status, now)
    text = "It acknowledged the resync."
    within = FETCH_AFTER_REBOOT if now_is.restarts else FETCH_WITHIN
    acknowledged = replace(now_is, phase=Phase.ACKNOWLEDGED, due=now + within, text=text)
    if now_is.fetched:
        acknowledged = _fetched(acknowledged, now_is.fetched)
    return acknowledged, [Note("resync_acknowledged", text)]


_FINAL = {
    401: "It refused the password of its line, so it does not have the present one; apply its configuration by hand.",
    403: "It forbids being told to resync; allow it in the phone (resync from SIP).",
    405: "Its firmware takes no NOTIFY; restart it by hand.",
    489: "Its firmware does not know this event; restart it by hand, or give it newer firmware.",
    501: "Its firmware takes no NOTIFY; restart it by hand.",
}
_FINAL[407] = _FINAL[401]


def _refused(now_is: Resync, status: int, now: float) -> Step:
    final = _FINAL.get(status)
    if final:
        return _end(now_is, Phase.STOPPED, final)
    silent = status == 408
    said = "It did not answer" if silent else "Its connection broke" if status == 503 else f"It answered {status}"
    mend = "it may be off, or behind a firewall that has closed." if silent or status == 503 else "look at its own log."
    return _again(now_is, now, f"{said}; {mend}")


def _again(now_is: Resync, now: float, why: str) -> Step:
    """Another attempt after a pause, or the end."""
    if now_is.attempts > len(BACK_OFF):
        return _end(now_is, Phase.STOPPED, f"{why} It was tried {now_is.attempts} times.")
    due = now + BACK_OFF[now_is.attempts - 1]
    return replace(now_is, phase=Phase.WAITING, due=due, text=f"{why} It is tried again."), []


def _fetched(now_is: Resync, now: float) -> Resync:
    within = REGISTER_AFTER_REBOOT if now_is.restarts else REGISTER_WITHIN
    text = f"It fetched its configuration after {_after(now_is, now)}."
    return replace(now_is, phase=Phase.FETCHED, fetched=now, due=now + within, text=text)


def _no_fetch(now_is: Resync, now: float) -> Step:
    why = "It acknowledged the resync but has not fetched its file; check the provisioning address stored in the phone."
    return _again(now_is, now, why)


def _no_registration(now_is: Resync) -> Step:
    after = _after(now_is, now_is.fetched)
    if now_is.restarts:
        text = f"It fetched its configuration after {after} but has not registered since; look at the phone."
        return _end(now_is, Phase.STOPPED, text)
    return _end(now_is, Phase.DONE, f"It fetched its configuration after {after} and kept its registration.")


def _after(now_is: Resync, at: float) -> str:
    return f"{max(0, round(at - now_is.sent))} s"


def _end(now_is: Resync, phase: Phase, text: str) -> Step:
    kind = "resync_done" if phase is Phase.DONE else "resync_stopped"
    return replace(now_is, phase=phase, text=text, due=float("inf")), [Note(kind, text)]
