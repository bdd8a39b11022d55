"""The one place that knows who is idle, ringing, busy or parked, and which feature lamps are lit.  (pure)

Rules of this file: it is told, it never asks; it tells its listeners about every change and about nothing else. Calls,
registrar, queues and pages all speak to this object, so that a lamp, a page and the API can never disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from sip_edge.presence.situation import (
    DND,
    NOTHING,
    PHASES,
    Call,
    Forward,
    Lamp,
    Listener,
    Mailbox,
    Party,
    Seizure,
    Situation,
    Subject,
    subject,
)
from sip_edge.registrar.binding import Binding

MOST_APPEARANCES = 100
"""Of one shared line; phones show no more."""
MOST_PARTED = 16


class State:
    """The situation of every name that is not idle. One instance a process."""

    def __init__(self) -> None:
        self._situations: dict[Subject, Situation] = {}
        self._devices: dict[Subject, dict[str, bool]] = {}
        self._listeners: list[Listener] = []
        self.changes = 0
        """How many changes there have been."""

    def __len__(self) -> int:
        return len(self._situations)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` about every change from now on; returns the call that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def of(self, one: Subject) -> Situation:
        """What is known of a subject; NOTHING when it is idle, unregistered, or unknown."""
        return self._situations.get(one, NOTHING)

    def look(self, domain: str, name: str, owner: str = "") -> Situation:
        """What is known of a name of a company; `owner` is the extension a feature code belongs to."""
        return self.of(subject(domain, name, owner))

    def set_state(
        self,
        domain: str,
        name: str,
        state: str,
        *,
        owner: str = "",
        caller: Party = Party(),  # noqa: B008 - frozen
        incoming: bool = True,
    ) -> None:
        """Say in one word (of Lamp) what `name` does: for park orbits, feature codes, and whoever has no call at hand.

        `owner` is the extension a feature code (`*53`, `*54night`, `dnd`) belongs to. ValueError for another word.
        """
        lamp = Lamp(state)
        one = subject(domain, name, owner)
        # Its id is the name, like that of the dialog an idle name is told with: sloppy phones take it for the same one.
        others = tuple(call for call in self.of(one).calls if call.id != name)
        local = Party(f"sip:{name}@{one.domain}")
        plain = (Call(name, lamp, incoming, local, caller),) if lamp in PHASES else ()
        self._put(one, replace(self.of(one), calls=others + plain))

    def set_call(self, domain: str, name: str, call: Call) -> None:
        """A call of `name` began or changed; a call is told from others by its id. Idle or off ends it."""
        one = subject(domain, name, "")
        calls = {known.id: known for known in self.of(one).calls}
        if call.lamp in PHASES:
            calls[call.id] = call
        else:
            calls.pop(call.id, None)
        now = self.of(one)
        # The call that an appearance was seized for has begun, or another came first: the seizure is over.
        seized = tuple(held for held in now.seized if held.appearance != call.appearance)
        self._put(one, replace(now, calls=tuple(calls.values()), seized=seized))

    def end_call(self, domain: str, name: str, call_id: str) -> None:
        """The call with this id is over."""
        self.set_call(domain, name, Call(call_id, Lamp.IDLE))

    def set_registered(self, domain: str, user: str, device: str, registered: bool) -> None:
        """A device of a user can be reached, or cannot any more."""
        one = subject(domain, user, "")
        devices = self._devices.setdefault(one, {})
        if registered:
            devices[device] = True
        else:
            devices.pop(device, None)
            if not devices:
                del self._devices[one]
        self._put(one, replace(self.of(one), registered=len(devices)))

    def set_dnd(self, domain: str, user: str, on: bool) -> None:
        """The person's do-not-disturb; the lamp `dnd` of their own phones follows."""
        one = subject(domain, user, "")
        self._put(one, replace(self.of(one), dnd=on))
        self.set_state(domain, DND, Lamp.ON if on else Lamp.OFF, owner=user)

    def set_forwards(self, domain: str, user: str, forwards: Iterable[Forward]) -> None:
        """The person's forwards that are switched on."""
        one = subject(domain, user, "")
        ordered = tuple(sorted(forwards, key=lambda forward: forward.kind))
        self._put(one, replace(self.of(one), forwards=ordered))

    def set_messages(self, domain: str, user: str, messages: Mailbox) -> None:
        """The person's mailbox."""
        one = subject(domain, user, "")
        self._put(one, replace(self.of(one), messages=messages))

    def seize(self, domain: str, name: str, appearance: int, by: str) -> int:
        """Keep an appearance of a shared line for the call that `by` is about to make; 0: any that is free.

        Returns the appearance, 0 when it is taken, or none is free.
        """
        one = subject(domain, name, "")
        now = self.of(one)
        taken = {call.appearance for call in now.calls} | {held.appearance for held in now.seized if held.by != by}
        wanted = (appearance,) if appearance else range(1, MOST_APPEARANCES + 1)
        found = next((number for number in wanted if number not in taken), 0)
        if found:
            others = tuple(held for held in now.seized if held.by != by)
            self._put(one, replace(now, seized=(*others, Seizure(found, by))))
        return found

    def release(self, domain: str, name: str, by: str) -> None:
        """Give back what `by` has seized; nothing when the call has taken it."""
        one = subject(domain, name, "")
        now = self.of(one)
        self._put(one, replace(now, seized=tuple(held for held in now.seized if held.by != by)))

    def set_contacts(
        self, domain: str, name: str, contacts: Iterable[Binding], parted: tuple[int, str] | None = None
    ) -> None:
        """Where a device is registered, for those who watch it; `parted`: the contact that ended just now, and how."""
        one = subject(domain, name, "")
        now, kept = self.of(one), tuple(contacts)
        gone = now.parted + ((parted,) if parted else ())
        self._put(one, replace(now, contacts=kept, parted=gone[-MOST_PARTED:]))

    def forget_contacts(self, domain: str, name: str) -> None:
        """Nobody watches the registrations of a device any more."""
        one = subject(domain, name, "")
        self._put(one, replace(self.of(one), contacts=(), parted=()))

    def _put(self, one: Subject, now: Situation) -> None:
        before = self.of(one)
        if before == now:
            return
        if now == NOTHING:
            self._situations.pop(one, None)
        else:
            self._situations[one] = now
        self.changes += 1
        for listener in tuple(self._listeners):
            listener(one, before, now)
