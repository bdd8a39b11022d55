"""What a SUBSCRIBE asks for besides being told: a feature switched, an appearance of a shared line kept."""

from __future__ import annotations

from collections.abc import Callable

from sip_edge.message import Request, SipError
from sip_edge.presence import call_info, feature_event
from sip_edge.presence.book import Book
from sip_edge.presence.packages import LINE_SEIZE
from sip_edge.presence.situation import Situation, Subject
from sip_edge.presence.state import MOST_APPEARANCES, State
from sip_edge.presence.subscription import Subscription, Watcher, user_of

OnFeature = Callable[[Watcher, feature_event.Change], None]


def own(watcher: Watcher, name: str) -> bool:
    """Is this name the watcher's: its device, its person, or another device of that person?"""
    return name in (watcher.device, watcher.user) or user_of(name) == watcher.user


class Wishes:
    """Carried out before the SUBSCRIBE is answered; what is kept for a subscription ends with it."""

    def __init__(self, state: State, book: Book, finish: Callable[[Subscription, str], None]) -> None:
        """`finish` ends a subscription with a reason."""
        self._state = state
        self._book = book
        self._finish = finish
        self.stop = state.listen(self._changed)

    def carry_out(self, one: Subscription, request: Request, on_feature: OnFeature | None) -> None:
        """Do what `request` asks for; raises the SipError that it is answered with."""
        if one.package.name == "as-feature-event":
            self._feature(one, request, on_feature)
        elif one.package.name == LINE_SEIZE and not one.appearance:
            self._seize(one, request)

    def over(self, one: Subscription) -> None:
        """A subscription has ended."""
        if one.appearance:
            self._state.release(one.watcher.domain, one.name, one.id)

    def _feature(self, one: Subscription, request: Request, on_feature: OnFeature | None) -> None:
        change = feature_event.read(request.body)
        if change is None:
            return
        domain, user = one.watcher.domain, one.watcher.user
        if one.name not in (user, one.watcher.device):
            raise SipError(403, "A phone may switch the features of its own user only.")
        if isinstance(change, feature_event.SetDnd):
            self._state.set_dnd(domain, user, change.on)
        else:
            before = self._state.look(domain, user).forwards
            self._state.set_forwards(domain, user, feature_event.changed(before, change))
        if on_feature is not None:
            on_feature(one.watcher, change)

    def _seize(self, one: Subscription, request: Request) -> None:
        """One phone an appearance: who asks second for it is turned away, and tries the next (BroadSoft SIP access side
        extensions, line-seize)."""
        if not own(one.watcher, one.name):
            raise SipError(403, "A phone may seize lines of its own only.")
        appearance = call_info.wanted(request.headers.all("call-info"))
        if appearance is None or appearance > MOST_APPEARANCES:
            raise SipError(400, "A line is seized with Call-Info and its appearance-index.")
        one.appearance = self._state.seize(one.watcher.domain, one.name, appearance, one.id)
        if not one.appearance:
            raise SipError(480, "This appearance of the line is in use.")

    def _changed(self, subject: Subject, before: Situation, now: Situation) -> None:
        if before.seized == now.seized:
            return
        held = {seizure.by for seizure in now.seized}
        for one in list(self._book.watchers(subject).get(LINE_SEIZE, {}).values()):
            if one.id not in held and not one.ended:
                self._finish(one, "noresource")
