"""The reg event package (RFC 3680): where devices are registered, for as long as somebody watches them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sip_edge.presence.book import Book
from sip_edge.presence.situation import Subject
from sip_edge.presence.state import State
from sip_edge.presence.subscription import Subscription
from sip_edge.registrar import reginfo
from sip_edge.registrar.binding import Binding
from sip_edge.registrar.location import Change

_ENDS = frozenset(("replaced", "unregistered", "expired"))


class Registrations:
    """Carries what the registrar knows into the state; only of devices that are watched, for there are many."""

    def __init__(self, state: State, book: Book, bindings: Callable[[str, str], Iterable[Binding]]) -> None:
        """`bindings`: (domain, device name) → where it is registered now."""
        self._state = state
        self._book = book
        self._bindings = bindings
        self._watched: set[Subject] = set()

    def begins(self, one: Subscription) -> None:
        """A subscription begins; its phone has been told nothing yet."""
        if one.package.name == reginfo.EVENT:
            for subject in one.subjects:
                self._watched.add(subject)
                self._state.set_contacts(subject.domain, subject.name, self._bindings(subject.domain, subject.name))

    def changed(self, change: Change) -> None:
        """The registrar tells of a change."""
        binding = change.binding
        subject = Subject(binding.domain, binding.name)
        if subject in self._watched:
            parted = (binding.id, change.kind) if change.kind in _ENDS else None
            self._state.set_contacts(*subject[:2], self._bindings(binding.domain, binding.name), parted)

    def sweep(self) -> None:
        """Forget what nobody watches any more."""
        for subject in list(self._watched):
            if reginfo.EVENT not in self._book.watchers(subject):
                self._watched.discard(subject)
                self._state.forget_contacts(subject.domain, subject.name)
